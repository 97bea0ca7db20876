"""Before minutes are approved and published it is told what nobody has passed of them."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from meetings.rights import published_revision
from minutes.assignment import spans
from minutes.records import publication, records
from minutes.records.content import content_of
from minutes.speakers import naming
from minutes.transcripts import transcripts
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, transcript)
    for segment, name in zip(transcript.segments, ("声1", "声2", "声1"), strict=True):
        naming.name_speaker(session, cast.secretary, segment, name)
    session.flush()
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def test_letters_that_nobody_has_confirmed_are_counted_and_told(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    transcripts.confirm(session, cast.secretary, revision.transcript.segments[0])
    session.flush()
    found = records.unread_of(session, revision)
    letters = [len(heard.text) for heard in HEARD]
    assert (found.segments, found.letters, found.all_letters) == (2, sum(letters[1:]), sum(letters))
    assert found.sentences[0] == "まだ人が確認していない発話が2件・52字あります（全体の79％）。"


def test_hardly_anything_unread_is_not_nothing_and_nearly_all_is_not_all(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    first, second, third = revision.transcript.segments
    transcripts.correct(session, cast.secretary, first, "あ" * 900, based_on=0)
    transcripts.correct(session, cast.secretary, second, "い", based_on=0)
    for segment in (first, third):
        transcripts.confirm(session, cast.secretary, segment)
    session.flush()
    assert records.unread_of(session, revision).percent == 1
    transcripts.take_back_confirmation(session, cast.secretary, first)
    transcripts.confirm(session, cast.secretary, second)
    session.flush()
    assert records.unread_of(session, revision).percent == 98
    transcripts.take_back_confirmation(session, cast.secretary, third)
    session.flush()
    assert records.unread_of(session, revision).percent == 99


def test_voices_that_have_no_name_in_the_minutes_are_told(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    for segment in revision.transcript.segments:
        transcripts.confirm(session, cast.secretary, segment)
    session.flush()
    found = records.unread_of(session, revision)
    assert found.sentences == ["名前の決まっていない発言者がいます：声1、声2（発言3件）。"]
    content = content_of(revision)
    for section in content.sections:
        for paragraph in section.paragraphs:
            paragraph.speaker = "篠原 泰成"
    named = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    session.flush()
    assert records.unread_of(session, named).is_nothing


def test_a_city_may_let_nothing_unread_become_minutes(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    by, approver = cast.secretary, cast.approver
    with pytest.raises(NotPossibleNow, match=r"3件・.*全体の100％.*声1、声2.*名前を決めて"):
        records.request_approval(session, by, revision, allows_unread=False)
    records.request_approval(session, by, revision)
    session.flush()
    with pytest.raises(NotPossibleNow, match="全体の100％"):
        records.approve(session, approver, revision, allows_unread=False)
    records.approve(session, approver, revision)
    session.flush()
    with pytest.raises(NotPossibleNow, match="全体の100％"):
        publication.publish(session, approver, revision, allows_unread=False)
    publication.publish(session, approver, revision)


def test_what_everybody_has_passed_is_approved_in_such_a_city(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    for segment in transcript.segments:
        transcripts.confirm(session, cast.secretary, segment)
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    records.request_approval(session, cast.secretary, revision, allows_unread=False)
    session.flush()
    records.approve(session, cast.approver, revision, allows_unread=False)
    session.flush()
    publication.publish(session, cast.approver, revision, allows_unread=False)
    session.flush()
    assert published_revision(session, transcript.meeting.id) is revision
