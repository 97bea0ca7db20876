"""Years of meetings, a whole city's people: lists in pages, and what is found in them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from meetings import dates, setting_up
from meetings.dates import TOKYO, local
from meetings.invitations import invitations
from models.base import now
from models.meeting import Meeting, Series
from models.person import Person
from tests import pages
from tests.conftest import Browser, Cast

pytestmark = pytest.mark.hostile

Browse = Callable[[Person], Browser]


@pytest.fixture
def many(session: Session, cast: Cast) -> list[Meeting]:
    """Seventy meetings of two bodies, the newest a week ago, one every tenth day."""
    bodies = [Series(name=name, department=cast.secretary.department) for name in "甲乙"]
    made = [
        _meeting(cast, bodies[n % 2], f"第{n}回 定例会", now() - timedelta(days=7 + 10 * n))
        for n in range(70)
    ]
    session.add_all(made)
    session.flush()
    return made


def _meeting(cast: Cast, series: Series, title: str, starts_at: datetime) -> Meeting:
    return Meeting(
        series=series,
        department=series.department,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        place="第1会議室",
        created_by=cast.organiser,
    )


def test_old_meetings_come_a_page_at_a_time_the_newest_first(
    cast: Cast, browse: Browse, many: list[Meeting]
) -> None:
    browser = browse(cast.secretary)
    first, last = browser.get("/meetings").text, browser.get("/meetings?page=3").text
    assert "これまで（70件）" in first and "1／3頁" in first
    assert "第0回 定例会" in first and "第29回 定例会" in first and "第30回 定例会" not in first
    assert "第69回 定例会" in last and "第59回 定例会" not in last
    assert browser.get("/meetings?page=99").text.count("第69回 定例会") == 1


def test_meetings_are_found_by_words_body_and_year(
    cast: Cast, browse: Browse, session: Session, many: list[Meeting]
) -> None:
    other = Series(name="道路審議会", department=cast.secretary.department)
    session.add(_meeting(cast, other, "臨時会", datetime(2020, 3, 31, 10, tzinfo=TOKYO)))
    session.flush()
    browser = browse(cast.secretary)
    assert "（1件）" in browser.get("/meetings?q=第６３回").text, "as it is typed with wide figures"
    assert "（35件）" in browser.get(f"/meetings?series={many[0].series_id}").text
    assert "臨時会" in browser.get("/meetings?q=道路 臨時").text, "in the name of the body too"
    assert "（1件）" in browser.get("/meetings?year=2019").text, "令和元年度 ends with March"
    assert "当てはまる会議はありません" in browser.get("/meetings?q=100%25").text


def test_nobody_finds_what_they_may_not_see(
    cast: Cast, browse: Browse, session: Session, many: list[Meeting]
) -> None:
    invitations.invite(session, cast.organiser, many[3], cast.attendee)
    page = browse(cast.attendee).get("/meetings?q=定例会").text
    assert "第3回 定例会" in page and "（1件）" in page


def test_the_first_page_shows_a_few_and_says_how_many_more_there_are(
    cast: Cast, browse: Browse, session: Session, many: list[Meeting]
) -> None:
    tomorrow = local(now()).replace(hour=0, minute=0) + timedelta(days=1)
    for half_days, meeting in enumerate(many[:12]):
        meeting.starts_at = tomorrow + timedelta(hours=12 * half_days)
        meeting.ends_at = meeting.starts_at + timedelta(hours=1)
        invitations.invite(session, cast.organiser, meeting, cast.attendee)
    browser = browse(cast.attendee)
    today = browser.get("/today").text
    assert "出欠の回答を待っています（12件）" in today and "ほか7件を見る" in today
    assert "これから1週間の会議" in today and "ほか2件を見る" in today
    assert "出欠の回答待ち（12件）" in browser.get("/meetings?shown=to-answer").text


@pytest.fixture
def of_today(session: Session, cast: Cast, many: list[Meeting]) -> list[Meeting]:
    """Two that are held now, one that begins last thing today, and one of these hours that was
    called off, all of one name; the attendee is invited to all."""
    day_begins = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    day_ends = day_begins + timedelta(days=1)
    first, second, later, off = many[:4]
    first.starts_at, first.ends_at = now() - timedelta(hours=3), day_ends + timedelta(hours=1)
    second.starts_at, second.ends_at = now() - timedelta(hours=1), day_ends + timedelta(hours=1)
    later.starts_at, later.ends_at = day_ends - timedelta(microseconds=1), day_ends
    off.starts_at, off.ends_at = second.starts_at, second.ends_at
    for meeting in many[:4]:
        meeting.title = "防災会議"
        invitations.invite(session, cast.organiser, meeting, cast.attendee)
    session.flush()
    setting_up.call_off(session, cast.organiser, off, "")
    session.flush()
    return many[:4]


def test_every_meeting_of_today_has_its_door(
    cast: Cast, browse: Browse, of_today: list[Meeting]
) -> None:
    first, second, later, _called_off = of_today
    page = browse(cast.attendee).get("/today").text
    doors = pages.tree(page).xpath('//a[contains(@href, "/presentation")]')
    led_to = [door.get("href") for door in doors]
    assert led_to == [f"/meetings/{one.id}/presentation" for one in (first, second, later)]
    large = [door for door in doors if "button-large" in door.classes]
    assert large == doors[:2], "one as large as the other"
    assert "今日のほかの会議" in page and "これから1週間の会議" not in page


def test_a_meeting_that_was_called_off_is_told_as_such_in_every_list(
    cast: Cast, browse: Browse, session: Session, of_today: list[Meeting]
) -> None:
    off = of_today[3]
    attendee, organiser = browse(cast.attendee), browse(cast.organiser)
    for browser in (attendee, organiser):
        for page in ("/meetings", "/meetings?q=防災"):
            line = browser.get(page).text.partition(f'/meetings/{off.id}"')[2].partition("</li>")[0]
            assert "中止" in line
        assert "開催中" not in browser.get(f"/meetings/{off.id}").text
    notice = attendee.get("/today").text.partition('id="notices"')[2].partition("</section>")[0]
    assert dates.span(off.starts_at, off.ends_at) in notice and off.place in notice
    change = organiser.get(f"/meetings/{off.id}/change").text
    assert "中止を取り消す" in change and "やめる" not in change.partition("reinstate")[2]
    session.commit()
    organiser.post(f"/meetings/{off.id}/reinstatement", data={})
    session.commit()
    assert off.called_off_at is None
    assert f"/meetings/{off.id}/presentation" in attendee.get("/today").text


@pytest.fixture
def crowd(session: Session, cast: Cast) -> None:
    """Sixty more people in one department."""
    session.execute(
        insert(Person),
        [
            {
                "login": f"crowd-{n}",
                "name": f"群衆 {n:02}",
                "kana": f"ぐんしゅう {n:02}",
                "department_id": cast.secretary.department_id,
                "password_hash": "",
            }
            for n in range(60)
        ],
    )


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("page", ["invitations", "roster"])
def test_whoever_is_to_be_invited_is_looked_for_in_a_large_city(
    cast: Cast, browse: Browse, meeting: Meeting, page: str
) -> None:
    browser, url = browse(cast.organiser), f"/meetings/{meeting.id}/{page}"
    assert (
        "person_ids" not in browser.get(url).text and "人の中から探します" in browser.get(url).text
    )
    found = browser.get(f"{url}?find=群衆 07").text
    assert found.count('name="person_ids"') == 1 and "群衆 07" in found
    by_department = browser.get(f"{url}?find={cast.secretary.department.name}").text
    assert by_department.count('name="person_ids"') == 50
    assert "50人を出しています" in by_department
    assert "当てはまる人はいません" in browser.get(f"{url}?find=いない人").text
