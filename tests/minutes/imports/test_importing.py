"""A transcript of its own beside the machine's, and what it counts as."""

from sqlalchemy.orm import Session

from minutes import statistics
from minutes.imports import importing
from minutes.imports.importing import PlacingOptions, PreparedFile
from minutes.imports.placing import PlacedPiece, Placement
from minutes.recordings.parts import usual_transcript
from minutes.records import records
from minutes.transcription import leases, work
from minutes.transcription.scheduling import next_piece
from minutes.transcripts import editing, history, transcripts
from models.recording import Recording, StepKind, WorkState
from models.transcript import Doubt, Transcript
from tests.conftest import Cast
from tests.world import HEARD

PLACED = [
    PlacedPiece("それでは、定刻となりました。", "会長（篠原泰成君）", 1.0, 8.6),
    PlacedPiece("（拍手）", "", 8.6, 9.0, is_sure=False),
    PlacedPiece("本日はお忙しい中ありがとうございます。", "篠原会長", 9.0, 13.0),
    PlacedPiece("事務局から説明をお願いします。", "傍聴人", 13.4, 19.5),
]


def take_in(session: Session, cast: Cast, recording: Recording) -> Transcript:
    prepared = PreparedFile("会議録.docx", "0" * 64, Placement(PLACED, True, []))
    made = importing.add_imported(session, cast.secretary, recording, prepared)
    session.commit()
    return made


def confirm_all(session: Session, cast: Cast, transcript: Transcript) -> None:
    for segment in transcripts.segments_of(session, transcript):
        transcripts.confirm(session, cast.secretary, segment)
    session.commit()


def test_it_stands_beside_the_machines_which_stays_as_it_is(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    transcripts.correct(session, cast.secretary, transcript.segments[0], "直した文", based_on=0)
    taken = take_in(session, cast, transcript.recording)
    assert [t.id for t in transcripts.transcripts_of(session, taken.meeting)] == [
        transcript.id, taken.id,
    ]  # fmt: skip
    assert transcript.segments[0].text == "直した文"
    assert [s.text for s in taken.segments] == [one.text for one in PLACED]
    assert [s.doubt for s in taken.segments] == [None, Doubt.UNPLACED, None, None]
    run = taken.transcription
    assert (run.imported_file_name, run.speech_model) == ("会議録.docx", "")
    assert run.requested_by == cast.secretary


def test_marks_of_one_attendee_are_one_speaker_by_the_attendees_name(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    taken = take_in(session, cast, transcript.recording)
    assert [s.speaker.name if s.speaker else "" for s in taken.segments] == [
        "篠原 泰成", "", "篠原 泰成", "傍聴人",
    ]  # fmt: skip


def test_its_history_begins_with_the_words_of_the_file(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    taken = take_in(session, cast, transcript.recording)
    (first,) = history.states_of(session, taken.segments[0])
    assert (first.text, first.words) == (PLACED[0].text, "取り込んだまま")


def test_minutes_are_drafted_from_it(session: Session, cast: Cast, transcript: Transcript) -> None:
    taken = take_in(session, cast, transcript.recording)
    assert usual_transcript(session, taken.recording) is taken
    revision = records.draft(session, cast.secretary, taken)
    said = [p.text for section in records.content_of(revision).sections for p in section.paragraphs]
    assert said == [one.text for one in PLACED]


def test_it_counts_as_no_accuracy_however_much_is_corrected_and_confirmed(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    taken = take_in(session, cast, transcript.recording)
    transcripts.correct(session, cast.secretary, taken.segments[0], "直した文", based_on=0)
    confirm_all(session, cast, taken)
    for counted in (
        *transcripts.accuracy_of(taken.segments),
        *transcripts.accuracy_with_papers(taken.segments),
    ):
        assert counted.total == 0 and counted.rate is None


def test_the_statistics_go_on_counting_what_the_machine_heard(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    confirm_all(session, cast, transcript)
    before = statistics.figures(session)
    taken = take_in(session, cast, transcript.recording)
    confirm_all(session, cast, taken)
    editing.note_time(session, cast.secretary, taken, 60.0)
    after = statistics.figures(session)
    assert after.raw == before.raw
    assert after.editing_seconds == 0.0
    assert after.raw.total == sum(len(heard.text) for heard in HEARD)


def test_a_recording_that_only_people_wrote_down_is_not_transcribed(
    session: Session, cast: Cast, recording: Recording
) -> None:
    confirm_all(session, cast, take_in(session, cast, recording))
    assert statistics.figures(session).recordings == 0


def test_another_file_is_not_placed_by_what_was_taken_in(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    take_in(session, cast, transcript.recording)
    heard = importing.heard_in(session, transcript.recording)
    assert [one.text for one in heard] == [one.text for one in HEARD]


def test_nothing_was_heard_before_a_run_has_finished(
    session: Session, cast: Cast, recording: Recording
) -> None:
    work.request_transcription(session, cast.secretary, recording)
    take_in(session, cast, recording)
    assert importing.heard_in(session, recording) == []


def test_sound_for_the_desk_is_made_where_nobody_else_makes_it(
    session: Session, cast: Cast, recording: Recording
) -> None:
    alone = take_in(session, cast, recording)
    assert kinds_of(alone) == [StepKind.PLAYBACK, StepKind.ITEMS]
    assert next_piece(session) is alone.transcription.steps[0]
    assert kinds_of(take_in(session, cast, recording)) == [StepKind.ITEMS]
    leases.end(alone.transcription.steps[0], WorkState.FAILED)
    recording.playback_sha256 = recording.peaks_sha256 = "0" * 64
    assert kinds_of(take_in(session, cast, recording)) == [StepKind.ITEMS]


def kinds_of(transcript: Transcript) -> list[StepKind]:
    return [StepKind(step.kind) for step in transcript.transcription.steps]


def test_files_with_times_are_placed_by_the_sound_where_one_wants_it() -> None:
    pieces = [importing.ImportedPiece("それでは、定刻となりましたので", "", 100.0, 101.0)]
    heard = [importing.Timed("それでは提告となりましたので", 1.0, 8.6)]
    by_sound = importing.place(pieces, PlacingOptions(by_sound=True), heard, 20.0)
    assert by_sound.placed[0].start_seconds == 1.0
    as_they_are = importing.place(pieces, PlacingOptions(offset_seconds=-99.0), [], 20.0)
    assert as_they_are.placed[0].start_seconds == 1.0


def test_what_became_of_the_file_is_said() -> None:
    remarks = importing.remarks_of(Placement(PLACED, True, []))
    assert "4発話のうち3発話" in remarks[0] and "1発話" in remarks[1]
    assert "時刻のとおり" in importing.remarks_of(Placement(PLACED, False, ["注意。"]))[0]
