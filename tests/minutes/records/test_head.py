"""The head of the record, derived from the rows of the meeting."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from meetings.invitations.invitations import answer_invitation, invite
from meetings.people import people
from meetings.sitting import attendance, decisions, events
from meetings.sitting.decisions import DecisionFacts
from meetings.sitting.openness import set_openness
from minutes.records import heading, records
from minutes.records.content import content_of
from minutes.records.head import MEMBER_KINDS, Head, HeadPaper, head_of
from minutes.records.head_lines import decision_lines, head_lines
from minutes.records.paper import as_text
from models.base import now
from models.meeting import AnswerWord, InvitationKind, Meeting, Openness
from models.proceedings import ItemResult, SittingEventKind, VotingMethod
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def sat(session: Session, cast: Cast, meeting: Meeting) -> Meeting:
    """It sat: one member came, a proxy for another; the rest stayed away."""
    by, at = cast.secretary, meeting.starts_at
    for person, kind in (
        (cast.organiser, InvitationKind.CHAIR),
        (cast.attendee, InvitationKind.ATTENDEE),
        (cast.outsider, InvitationKind.WITNESS),
    ):
        invite(session, cast.organiser, meeting, person, kind)
        if person is not cast.attendee:
            attendance.note_by_hand(session, by, meeting, person=person, came_at=at)
    attendance.note_by_hand(
        session, by, meeting, name="代わりの 者", proxy_for=cast.attendee, came_at=at
    )
    attendance.note_by_hand(
        session, by, meeting, name="速記 者", kind=InvitationKind.STAFF, came_at=at
    )
    attendance.count_audience(session, by, meeting, 3)
    set_openness(session, by, meeting, Openness.PARTLY, "個人情報を扱うため")
    for kind, minutes in ((SittingEventKind.OPENED, 2), (SittingEventKind.CLOSED, 61)):
        events.note_event(session, by, meeting, kind, at=at + timedelta(minutes=minutes))
    decisions.note_decision(
        session,
        by,
        meeting,
        DecisionFacts(
            ItemResult.PASSED,
            meeting.agenda_items[0],
            method=VotingMethod.HANDS,
            votes_for=2,
            votes_against=0,
        ),
    )
    session.commit()
    return meeting


def test_the_head_says_who_met_in_which_role_and_when_it_really_was(
    session: Session, cast: Cast, sat: Meeting
) -> None:
    head = head_of(session, sat)
    assert head.starts_at == (sat.starts_at + timedelta(minutes=2)).isoformat()
    assert head.ends_at == (sat.starts_at + timedelta(minutes=61)).isoformat()
    assert [(p.name, p.proxy_for) for p in head.present] == [
        (cast.organiser.name, ""),
        ("代わりの 者", cast.attendee.name),
    ]
    assert (cast.attendee.name, "代わりの 者") in [(p.name, p.proxy) for p in head.absent]
    assert [p.name for p in head.chairs] == [cast.organiser.name]
    assert [p.name for p in head.witnesses] == [cast.outsider.name]
    assert [p.name for p in head.staff] == ["速記 者"]
    lines = dict(head_lines(head))
    assert lines["傍聴者数"] == "3人"
    assert lines["公開の別"] == "部分公開（理由：個人情報を扱うため）"
    assert [line.split("　")[1] for line in lines["経過"].splitlines()] == ["開会", "閉会"]
    ((subject, words),) = decision_lines(head)
    assert subject == f"1　{sat.agenda_items[0].title}"
    assert words == "可決（挙手採決　賛成2人、反対0人）"


def test_where_nobody_kept_a_list_the_answers_say_who_was_there(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    attendees = [i for i in meeting.invitations if i.kind in MEMBER_KINDS]
    coming, absent, sends = (one.person for one in attendees[:3])
    answer_invitation(session, coming, meeting, AnswerWord.COMING)
    answer_invitation(session, absent, meeting, AnswerWord.ABSENT)
    answer_invitation(session, sends, meeting, AnswerWord.PROXY, proxy_name="課長 代理 太郎")
    session.commit()
    head = head_of(session, meeting)
    assert [p.name for p in head.present] == [coming.name, "課長 代理 太郎"]
    assert [(p.name, p.proxy) for p in head.absent] == [
        (absent.name, ""),
        (sends.name, "課長 代理 太郎"),
    ]


def test_the_office_is_that_of_the_day_whatever_title_follows(
    session: Session, cast: Cast, sat: Meeting
) -> None:
    before = cast.organiser.title

    def promote(title: str) -> None:
        people.change_person(session, None, cast.organiser, title=title)
        session.commit()

    promote("副市長")
    assert head_of(session, sat).present[0].office == before
    sat.starts_at, sat.ends_at = now() + timedelta(days=1), now() + timedelta(days=2)
    for invitation in sat.invitations:
        invitation.office = None
    promote("市長")
    assert head_of(session, sat).present[0].office == "市長"


def test_a_revision_keeps_its_head_until_somebody_renews_it(
    session: Session, cast: Cast, sat: Meeting, transcript: Transcript
) -> None:
    revision = records.draft(session, cast.secretary, transcript)
    content = content_of(revision)
    assert not heading.is_head_old(session, revision)
    assert "結果　可決（挙手採決" in as_text(content) and "経過　" in as_text(content)
    attendance.count_audience(session, cast.secretary, sat, 5)
    assert heading.is_head_old(session, revision)
    content.head = None  # whatever is sent
    content.place = "大会議室"
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert dict(head_lines(content_of(second).shown_head))["傍聴者数"] == "3人"
    assert "場所　大会議室" in as_text(content_of(second))
    third = heading.renew_head(session, cast.secretary, revision.minutes)
    assert third.number == 3 and "傍聴者数　5人" in as_text(content_of(third))
    assert heading.renew_head(session, cast.secretary, revision.minutes) is third


def test_a_paper_has_the_name_that_the_list_of_papers_gives_it() -> None:
    head = Head(
        title="会議", series="会議体", starts_at="", ends_at="", place="",
        papers=[HeadPaper(document_id=1, number="資料1", title="予算書")],
    )  # fmt: skip
    assert head.paper_name(1, "予算書") == "資料1　予算書"
    assert head.paper_name(2, "当日の資料") == "当日の資料"


def test_a_text_from_before_there_were_heads_prints_what_it_knows(
    session: Session, cast: Cast, sat: Meeting, transcript: Transcript
) -> None:
    revision = records.draft(session, cast.secretary, transcript)
    old = content_of(revision).model_dump(exclude={"head"})
    old["attendees"] = [{"name": "古い 人", "title": "委員"}]
    revision.content = old
    assert "出席委員　古い 人（委員）" in as_text(content_of(revision))


def test_a_meeting_that_is_not_open_has_a_reason(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    with pytest.raises(InvalidInput, match="理由"):
        set_openness(session, cast.secretary, meeting, Openness.CLOSED, " ")
