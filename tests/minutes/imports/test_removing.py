"""A transcript that was taken in by mistake, and taken away: what goes with it and what stays."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import NotPossibleNow
from minutes.assignment import spans
from minutes.imports import importing, removing
from minutes.imports.pieces import ImportedPiece
from minutes.imports.placing import by_times
from minutes.records import publication, records
from minutes.transcripts import editing, transcripts
from models.audit import AuditLine
from models.base import Base
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.recording import Recording, Step, WorkState
from models.term import Confusion
from models.transcript import Correction, EditingTime, Proposal, Segment, Speaker, Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders

WRONG = [
    ImportedPiece("貧困率は改善していません", "議長", 1.0, 5.0),
    ImportedPiece("別の会議の話です", "", 6.0, 9.0),
]


@pytest.fixture
def recording(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Recording:
    folder = builders.folder("dx-council")
    made = builders.add_recording(session, storage, cast.secretary, meeting, folder)
    builders.add_transcript(session, cast.secretary, made, HEARD)
    return made


@pytest.fixture
def imported(session: Session, cast: Cast, recording: Recording) -> Transcript:
    placing = by_times(WRONG, 0.0, recording.duration_seconds)
    prepared = importing.PreparedFile("別の会議.srt", "0" * 64, placing)
    made = importing.add_imported(session, cast.secretary, recording, prepared)
    session.flush()
    return made


def count(session: Session, kind: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def sent(session: Session, cast: Cast, imported: Transcript) -> MinutesRevision:
    spans.leave_rest_out(session, cast.secretary, imported)
    revision = records.draft(session, cast.secretary, imported)
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    return revision


def test_everything_of_it_goes_and_the_rest_stays(
    session: Session, cast: Cast, recording: Recording, meeting: Meeting, imported: Transcript
) -> None:
    kinds = (Segment, Speaker, Correction, Proposal, EditingTime, Confusion)
    with_import = {kind: count(session, kind) for kind in kinds}
    first = imported.segments[0]
    transcripts.correct(session, cast.secretary, first, "貧困率は改善しています", based_on=0)
    transcripts.confirm(session, cast.secretary, first)
    editing.note_time(session, cast.secretary, imported, 3.0)
    session.flush()
    assert removing.count_corrected(session, imported) == 1
    removing.remove(session, cast.secretary, imported)
    session.flush()
    left = {kind: count(session, kind) for kind in kinds}
    assert left == with_import | {Segment: len(HEARD), Speaker: with_import[Speaker] - 1}
    (machine,) = transcripts.transcripts_of(session, meeting)
    assert [segment.text for segment in machine.segments] == [heard.text for heard in HEARD]
    assert [run.id for run in recording.transcriptions] == [machine.transcription_id]
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.verb, line.thing, line.person_id) == ("remove", "transcription", cast.secretary.id)
    assert line.thing_id == imported.transcription_id


def test_a_step_that_waits_for_it_is_not_begun(
    session: Session, cast: Cast, imported: Transcript
) -> None:
    removing.remove(session, cast.secretary, imported)
    steps = session.scalars(select(Step).where(Step.transcription_id == imported.transcription_id))
    assert {(step.kind.value, step.state) for step in steps} >= {("items", WorkState.CANCELLED)}


def test_what_the_machine_heard_cannot_be_taken_away(
    session: Session, cast: Cast, recording: Recording, meeting: Meeting
) -> None:
    (machine,) = transcripts.transcripts_of(session, meeting)
    with pytest.raises(NotPossibleNow, match="取り込んだ逐語録だけ"):
        removing.remove(session, cast.secretary, machine)
    assert len(machine.segments) == len(HEARD)


def test_a_draft_made_from_it_can_still_be_read_but_not_be_approved(
    session: Session, cast: Cast, meeting: Meeting, imported: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, imported)
    revision = records.draft(session, cast.secretary, imported)
    removing.remove(session, cast.secretary, imported)
    assert WRONG[0].text in str(revision.content)
    assert records.removed_sources(session, revision) == {imported.id}
    with pytest.raises(NotPossibleNow, match="もとになった逐語録は消されています"):
        records.request_approval(session, cast.secretary, revision)


def test_nothing_goes_while_an_approver_decides_or_once_they_have_approved(
    session: Session, cast: Cast, imported: Transcript
) -> None:
    revision = sent(session, cast, imported)
    with pytest.raises(NotPossibleNow, match="第1版）は承認を依頼中"):
        removing.remove(session, cast.secretary, imported)
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    publication.withdraw(session, cast.approver, revision, "誤りがあったため")
    records.draft(session, cast.secretary, imported)
    with pytest.raises(NotPossibleNow, match="第1版）が承認されている"):
        removing.remove(session, cast.secretary, imported)
    assert len(imported.segments) == len(WRONG)


def test_after_it_was_sent_back_it_can_go(
    session: Session, cast: Cast, meeting: Meeting, imported: Transcript
) -> None:
    revision = sent(session, cast, imported)
    records.send_back(session, cast.approver, revision, "別の会議の逐語録です。")
    removing.remove(session, cast.secretary, imported)
    assert imported not in transcripts.transcripts_of(session, meeting)
