"""Lists of people: what they would change, taken in whole or not at all, on a day or at once."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import dates
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import csv_lists, lists, people
from meetings.people.planning import ListChange, ListPlan, plan_of
from models.audit import AuditLine
from models.base import now
from models.people_list import PeopleList
from models.person import Department, Person, Role
from tests import queries
from tests.conftest import Cast

APRIL = """利用者ID,氏名,局,所属,職名,役割
okuma,大隈 千鶴,市民局,市民課,課長,承認者=市民課、書記=市民課@2027-04-01..2027-04-30
shinjin,新人 太郎,財政局,契約課,主事,
"""


def plan(session: Session, text: str) -> ListPlan:
    return plan_of(session, csv_lists.lines_of(text.encode()))


def take(session: Session, text: str) -> PeopleList:
    return lists.take(session, None, "april.csv", text.encode())


def wrong(session: Session, *lines: str, head: str = "利用者ID,氏名,所属,役割,終了日") -> list[str]:
    planned = plan(session, "\n".join((head, *lines)))
    return [f"{problem.number} {problem.message}" for problem in planned.problems]


def test_a_list_says_what_it_would_do_before_it_does_anything(
    session: Session, cast: Cast, engine: Engine
) -> None:
    session.commit()
    with queries.unchanged(engine):
        planned = plan(session, APRIL)
    moved, added = planned.changing
    assert moved.does[ListChange.MOVE] == "外部委員 → 市民課"
    assert "課長" in moved.does[ListChange.CHANGE]
    assert moved.does[ListChange.ROLES] == ("＋承認者=市民課、＋書記=市民課@2027-04-01..2027-04-30")
    assert list(added.does) == [ListChange.ADD]
    assert planned.new_departments == {"契約課": "財政局"} and not planned.problems


def test_a_list_is_done_as_it_says_and_then_changes_nothing_more(
    session: Session, cast: Cast
) -> None:
    sent = take(session, APRIL)
    lists.apply(session, cast.administrator, sent)
    session.commit()
    assert cast.attendee.department.full_name == "市民局 市民課"
    grants = {grant.role: grant for grant in cast.attendee.all_grants}
    assert csv_lists.last_day(grants[Role.SECRETARY]) == date(2027, 4, 30)
    new = people.person_with(session, "shinjin")
    assert (new.department.full_name, new.password_hash) == ("財政局 契約課", "")
    assert plan(session, APRIL).changing == []
    noted = session.execute(select(AuditLine.verb, AuditLine.thing_id)).all()
    assert {("add", new.id), ("move", cast.attendee.id)} <= {tuple(row) for row in noted}
    with pytest.raises(NotPossibleNow, match="すでに反映"):
        lists.apply(session, cast.administrator, sent)


def test_each_wrong_line_is_told_with_its_number_and_then_nobody_is_taken(
    session: Session, cast: Cast
) -> None:
    told = wrong(
        session,
        "okuma,大隈 千鶴,財政課,部長,",
        "okuma,大隈 千鶴,財政課,書記=無い課,",
        "nagano,長野,財政課,,2027-02-30",
        ",名無し,財政課,,",
        "x1,,財政課,,",
        "x2,二人目,財政課,書記、書記,",
        "x3,三人目,財政課,,",
        "ｘ３,三人目,財政課,,",
        "shimada,島田,財政課,,",
    )
    numbers = [int(each.split()[0]) for each in told]
    assert numbers == [2, 3, 4, 5, 6, 7, 9, 10]
    assert "行が2つ" in told[6] and "最後の管理者" in told[7]
    before = session.query(Person).count()
    with pytest.raises(InvalidInput, match="3行目"):
        sent = take(session, "利用者ID,氏名,所属\nnew,新しい人,財政課\nx1,,財政課\n")
        lists.apply(session, None, sent)
    assert session.query(Person).count() == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("氏名,所属\n大隈,財政課", "利用者ID は必ず"),
        ("利用者ID,年齢\nokuma,5", "「年齢」という列はありません"),
        ("利用者ID,氏名,氏名\nokuma,a,b", "2つあります"),
        ("利用者ID,氏名\n", "1行もありません"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(session: Session, text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        take(session, text)


def test_what_is_written_is_read_again_and_changes_nothing(session: Session, cast: Cast) -> None:
    section = people.department_named(session, "市民課")
    people.set_posts(session, None, cast.secretary, {section: "副主幹"})
    tomorrow = dates.local(now()).date() + timedelta(days=1)
    people.grant_role(session, cast.attendee, Role.APPROVER, section, until_on=tomorrow)
    people.end_person(session, None, cast.attendee, tomorrow)
    people.change_person(session, None, cast.attendee, phone="+81-3-0000", title="=1+1")
    session.flush()
    text = csv_lists.written(session.scalars(people.chosen()))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(csv_lists.COLUMNS)
    assert "'=1+1" in text and "市民課=副主幹" in text
    for encoding in ("utf-8-sig", "utf-8", "cp932"):
        planned = plan_of(session, csv_lists.lines_of(text.encode(encoding)))
        assert (planned.changing, planned.problems) == ([], [])


def test_people_end_go_on_and_come_back_by_the_column_of_the_end(
    session: Session, cast: Cast
) -> None:
    tomorrow = dates.local(now()).date() + timedelta(days=1)
    people.end_person(session, None, cast.outsider)
    people.end_person(session, None, cast.attendee, tomorrow)
    session.flush()
    told = wrong(session, cast.outsider.login, head="利用者ID")
    assert "利用を終えています" in told[0]
    text = f"利用者ID,終了日\n{cast.outsider.login},\nokuma,\nmorishita,{tomorrow:%Y/%-m/%-d}\n"
    planned = lists.apply(session, None, take(session, text))
    assert planned.counts == {ListChange.REINSTATE: 2, ListChange.END: 1}
    assert cast.outsider.ended_at is None and not cast.outsider.password_hash
    assert cast.attendee.ended_at is None and cast.attendee.password_hash
    assert cast.secretary.ended_at == dates.beginning_of(tomorrow)


def test_a_prepared_list_is_done_when_its_day_begins_without_the_line_that_became_wrong(
    session: Session, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = dates.local(now()).date() + timedelta(days=30)
    sent = take(session, APRIL + "koga,,財政課,,\n".replace("koga,,", "koga,古賀,財政局,"))
    with pytest.raises(InvalidInput, match="あす以後"):
        lists.set_day(session, None, sent, dates.local(now()).date())
    lists.set_day(session, cast.administrator, sent, day)
    session.commit()
    assert not lists.apply_due(engine)
    people.add_department(session, "契約課")  # elsewhere than the list wants it
    session.commit()
    monkeypatch.setattr(lists, "now", lambda: dates.beginning_of(day))
    assert lists.apply_due(engine) and not lists.apply_due(engine)
    session.expire_all()
    assert cast.attendee.department.name == "市民課"
    ((number, why),) = sent.left_out
    assert number == 3 and "契約課" in why and sent.csv == b""


def test_a_withdrawn_list_is_never_done(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = dates.local(now()).date() + timedelta(days=2)
    sent = take(session, APRIL)
    lists.set_day(session, None, sent, day)
    lists.withdraw(session, None, sent)
    session.commit()
    monkeypatch.setattr(lists, "now", lambda: dates.beginning_of(day))
    assert not lists.apply_due(engine)


def test_the_list_of_a_large_city_is_taken_in_by_few_statements(
    session: Session, cast: Cast, engine: Engine
) -> None:
    """Nothing is asked or changed once for each of its people; only new rows are each put in."""
    sections = [Department(name=f"第{number}課") for number in range(2)]
    session.add_all(sections)
    rows = [
        f"p{number:04},職員{number},第{number % 2}課,係員,承認者=第0課" for number in range(300)
    ]
    head = "利用者ID,氏名,所属,職名,役割"
    with queries.asked(engine) as statements:
        lists.apply(session, None, take(session, "\n".join((head, *rows))))
        session.commit()
    assert sum(not statement.startswith("INSERT") for statement in statements) < 60
    moved = [row.replace("第0課,係員", "第1課,主査") for row in rows]
    sent = take(session, "\n".join((head, *moved)))
    session.commit()
    with queries.asked(engine) as statements:
        planned = lists.apply(session, None, sent)
        session.commit()
    assert planned.counts[ListChange.MOVE] == 150
    assert len(statements) < 100
    session.expire_all()
    with queries.asked(engine) as statements:
        written = csv_lists.written(session.scalars(people.chosen()))
    assert written.count("\n") > 300 and len(statements) < 20
