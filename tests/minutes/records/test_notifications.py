"""What those who make minutes are told by mail."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations import mail
from minutes.assignment import spans
from minutes.records import publication, records
from minutes.records.content import content_of
from models.minutes import MinutesRevision
from models.notice import Notice, NoticeKind
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def told(session: Session) -> list[tuple[NoticeKind, str]]:
    """Kind and address of every letter that goes with no invitation, and all of it is forgotten."""
    session.flush()
    found = session.scalars(select(Notice).where(Notice.invitation_id.is_(None))).all()
    letters = [(NoticeKind(notice.kind), notice.address) for notice in found]
    for notice in found:
        session.delete(notice)
    session.flush()
    return letters


def test_what_was_sent_back_is_told_with_the_reason_and_where_to_mend_it(
    session: Session, config: Config, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    records.send_back(session, cast.approver, revision, "発言者を確かめてください。")
    session.flush()
    notice = session.scalars(select(Notice).where(Notice.invitation_id.is_(None))).one()
    letter = mail.compose(config, notice)
    body = letter.get_content() if not letter.is_multipart() else ""
    assert letter["To"].addresses[0].addr_spec == cast.secretary.email
    assert "差戻し" in letter["Subject"] and "発言者を確かめてください。" in body
    assert f"/meetings/{revision.meeting.id}/minutes" in body and "出欠" not in body


def test_the_approver_who_is_asked_is_told_and_told_when_it_is_taken_back(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    assert told(session) == [], "nobody in particular: it waits on their first screens"
    records.take_request_back(session, cast.secretary, revision)
    with pytest.raises(NotPossibleNow, match="依頼されていません"):
        records.take_request_back(session, cast.secretary, revision)
    with pytest.raises(InvalidInput, match="承認者を一覧から"):
        records.request_approval(session, cast.secretary, revision, addressee=cast.attendee)
    records.request_approval(session, cast.secretary, revision, addressee=cast.approver)
    assert told(session) == [(NoticeKind.APPROVAL_ASKED, cast.approver.email)]
    records.take_request_back(session, cast.secretary, revision)
    assert told(session) == [(NoticeKind.APPROVAL_TAKEN_BACK, cast.approver.email)]
    with pytest.raises(NotPossibleNow, match="取り下げられたか"):
        records.approve(session, cast.approver, revision)


def test_a_decision_cannot_be_taken_back_as_a_request(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    assert told(session) == [(NoticeKind.APPROVED, cast.secretary.email)]
    with pytest.raises(NotPossibleNow, match="すでに承認"):
        records.take_request_back(session, cast.secretary, revision)


def test_what_became_of_what_was_public_is_told_to_those_who_answer_for_it(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    def approved(one: MinutesRevision) -> MinutesRevision:
        records.request_approval(session, cast.secretary, one)
        records.approve(session, cast.approver, one)
        return one

    publication.publish(session, cast.secretary, approved(revision))
    content = content_of(revision)
    content.sections[-1].paragraphs[0].text = "直した文"
    newer = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    approved(newer)
    told(session)
    publication.publish(session, cast.secretary, newer, reason="誤字を直した")
    assert told(session) == [(NoticeKind.REPLACED, cast.approver.email)]
    publication.withdraw(session, cast.approver, newer, "確かめるため")
    assert told(session) == [(NoticeKind.WITHDRAWN, cast.secretary.email)]
