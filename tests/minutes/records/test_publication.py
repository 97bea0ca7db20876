"""Publishing and withdrawing."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import published_revision
from minutes.assignment import spans
from minutes.records import publication, records, search
from minutes.records.content import content_of
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast


@pytest.fixture
def approved(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    session.commit()
    return revision


def test_what_is_approved_and_published_is_what_citizens_read(
    session: Session, cast: Cast, approved: MinutesRevision
) -> None:
    meeting = approved.meeting
    assert published_revision(session, meeting.id) is None
    publication.publish(session, cast.approver, approved)
    assert published_revision(session, meeting.id) is approved
    (found,) = search.list_published(session, search.MinutesQuery()).found
    assert found.publication.revision is approved


def test_nothing_is_published_without_approval(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    with pytest.raises(NotPossibleNow, match="承認された"):
        publication.publish(session, cast.approver, revision)


def test_a_newer_draft_does_not_change_what_is_public(
    session: Session, cast: Cast, approved: MinutesRevision
) -> None:
    publication.publish(session, cast.approver, approved)
    content = content_of(approved)
    content.sections[-1].paragraphs[0].text = "公開後に直した文"
    newer = records.revise(session, cast.secretary, approved.minutes, content, based_on=1)
    session.flush()
    assert published_revision(session, approved.meeting.id) is approved
    with pytest.raises(NotPossibleNow):
        publication.publish(session, cast.approver, newer)


def test_publishing_twice_is_refused(
    session: Session, cast: Cast, approved: MinutesRevision
) -> None:
    publication.publish(session, cast.approver, approved)
    session.flush()
    with pytest.raises(NotPossibleNow, match="すでに公開"):
        publication.publish(session, cast.approver, approved)


def test_a_withdrawal_has_a_reason_and_leaves_the_publication_as_a_row(
    session: Session, cast: Cast, approved: MinutesRevision
) -> None:
    publication.publish(session, cast.approver, approved)
    session.flush()
    with pytest.raises(InvalidInput, match="理由"):
        publication.withdraw(session, cast.approver, approved, " ")
    publication.withdraw(session, cast.approver, approved, "誤字のため")
    session.flush()
    assert published_revision(session, approved.meeting.id) is None
    assert publication.current_publication(approved) is None
    assert len(approved.publications) == 1
    with pytest.raises(NotPossibleNow, match="公開されていません"):
        publication.withdraw(session, cast.approver, approved, "もう一度")


def test_what_was_withdrawn_can_be_published_again(
    session: Session, cast: Cast, approved: MinutesRevision
) -> None:
    publication.publish(session, cast.approver, approved)
    session.flush()
    publication.withdraw(session, cast.approver, approved, "確かめるため")
    session.flush()
    again = publication.publish(session, cast.approver, approved)
    session.flush()
    session.expire_all()
    assert publication.current_publication(approved) is again
    assert published_revision(session, approved.meeting.id) is approved
