"""The work of transcribing, as rows: what people ask for, and what a worker has done.

The queue only says which row to look at. Every segment is committed together with how far its
chunk has come, so a killed worker loses at most the segment in hand. Who may write what:
`leases.py`; whose turn it is: `turns.py`; how far it is: `following.py`.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, clean_text
from meetings.errors import InvalidInput, NotPossibleNow
from minutes.recognition.heard import HeardSegment
from minutes.transcription import leases
from models.base import now
from models.meeting import Series
from models.person import Person
from models.recording import Chunk, Recording, Step, StepKind, Transcription, WorkState
from models.transcript import Segment, Transcript

LANGUAGES = {"ja": "日本語", "en": "英語", "zh": "中国語", "ko": "韓国語"}
"""What may be chosen: the language is never guessed, because chunks would be guessed apart."""

LANGUAGE_OF_PAPERS = "ja"

MOST_VOICES = 20

AGAIN = (WorkState.FAILED, WorkState.CANCELLED)
CHANGING = (StepKind.ITEMS, StepKind.PROPOSALS)
"""Steps that may find something else when the agenda or the papers have changed."""


def request_transcription(
    session: Session,
    by: Person,
    recording: Recording,
    *,
    language: str = "ja",
    speech_model: str = "",
    voices: int | None = None,
) -> Transcription:
    """A new run with its own empty transcript, beside the older ones and their corrections.

    `speech_model`: one of `speech_model.installed`; empty: the one of the series, else of the
    settings. `voices`: how many speak, if known. Raises NotPossibleNow while a run is open,
    InvalidInput.
    """
    _refuse_second_open(recording)
    if language not in LANGUAGES:
        raise InvalidInput("language", f"言語は {'、'.join(LANGUAGES)} から選んでください。")
    transcription = Transcription(
        recording=recording,
        language=language,
        wanted_model=speech_model,
        voices=_possible_voices(voices),
        requested_by=by,
    )
    session.add(transcription)
    session.add(Transcript(transcription=transcription))
    transcription.steps = [Step(kind=kind) for kind in _needed_steps(recording, language)]
    audit.note(session, by, "request", transcription)
    return transcription


def pause_transcription(session: Session, by: Person, transcription: Transcription) -> None:
    """The worker leaves after the segment in hand; what was heard so far stays."""
    if transcription.state not in (WorkState.WAITING, WorkState.RUNNING):
        raise NotPossibleNow("この文字起こしは動いていません。画面を開き直して確かめてください。")
    _stop(transcription, WorkState.PAUSED)
    audit.note(session, by, "pause", transcription)


def resume_transcription(session: Session, by: Person, transcription: Transcription) -> None:
    """Go on where it was paused or failed. Nothing that stands already is heard again."""
    if transcription.state not in (WorkState.PAUSED, WorkState.FAILED):
        raise NotPossibleNow("この文字起こしは止まっていません。画面を開き直して確かめてください。")
    if transcription.state == WorkState.FAILED:
        _refuse_second_open(transcription.recording)
        _forget_failures(transcription)
    if transcription.started_at and transcription.ended_at:
        # The time in which it stood still says nothing about how long the rest takes.
        transcription.started_at += max(now() - transcription.ended_at, timedelta(0))
    transcription.problem, transcription.ended_at = "", None
    transcription.state = WorkState.RUNNING if transcription.chunks else WorkState.WAITING
    audit.note(session, by, "resume", transcription)


def cancel_transcription(session: Session, by: Person, transcription: Transcription) -> None:
    """What was heard so far stays."""
    _refuse_ended(transcription)
    _stop(transcription, WorkState.CANCELLED)
    _cancel_steps(transcription)
    audit.note(session, by, "cancel", transcription)


def move_up(session: Session, by: Person, transcription: Transcription) -> None:
    """Before all that nobody moved up."""
    _refuse_ended(transcription)
    transcription.moved_up_at = now()
    audit.note(session, by, "move_up", transcription)


def run_again(session: Session, by: Person, step: Step) -> None:
    """One later step, alone: the text and the other steps stay as they are."""
    if not may_run_again(step):
        raise NotPossibleNow("この工程はやり直せる状態にありません。画面を開き直してください。")
    _wait_again(step)
    audit.note(session, by, "run_again", step)


def may_run_again(step: Step) -> bool:
    """A step that did not get done; and one that is finished but may find something else by now,
    after the agenda, the papers or the recording's place on the clock have changed."""
    if step.kind == StepKind.SOUND:
        return False
    return step.state in AGAIN or (step.kind in CHANGING and step.state == WorkState.FINISHED)


def was_finished(session: Session, transcription: Transcription, kind: StepKind) -> bool:
    """Whether this step got done before, and is done once more now."""
    of_kind = select(Step.ended_at).where(
        Step.transcription_id == transcription.id, Step.kind == kind
    )
    return session.scalar(of_kind) is not None


def tell_voices_apart(
    session: Session, by: Person, transcription: Transcription, voices: int | None
) -> Step:
    """Once more, with this many voices or as many as are found. Names that people gave stay.

    Raises NotPossibleNow before the text is whole or while it is being done, InvalidInput.
    """
    transcription.voices = _possible_voices(voices)
    step = next((s for s in transcription.steps if s.kind == StepKind.SPEAKERS), None)
    if step is None:  # a transcript from before voices were told apart
        step = Step(kind=StepKind.SPEAKERS)
        transcription.steps.append(step)
    elif transcription.state != WorkState.FINISHED or WorkState(step.state).is_open:
        raise NotPossibleNow(
            "発言者の聞き分けは、いま順番を待っているか、処理の途中です。終わってからお試しください。"
        )
    _wait_again(step)
    session.flush()
    audit.note(session, by, "tell_voices_apart", step)
    return step


def _possible_voices(voices: int | None) -> int | None:
    if voices is not None and not 1 <= voices <= MOST_VOICES:
        raise InvalidInput(
            "voices", f"発言者の数は1から{MOST_VOICES}までの数字で入力してください。"
        )
    return voices


def choose_speech_model(session: Session, by: Person, series: Series, name: str) -> None:
    """What hears the meetings of this series from now on: one of `speech_model.installed`;
    empty: the one of the settings."""
    series.speech_model = name
    audit.note(session, by, "choose_speech_model", series)


def begin(
    session: Session,
    transcription: Transcription,
    speech_model: str,
    spans: list[tuple[float, float]],
    sha256: str | None = None,
) -> list[Chunk]:
    """Write the chunks down, once, and which speech model hears them."""
    if not transcription.chunks:
        transcription.chunks = [
            Chunk(number=number, start_seconds=start, end_seconds=end)
            for number, (start, end) in enumerate(spans, 1)
        ]
        transcription.speech_model, transcription.speech_model_sha256 = speech_model, sha256
        transcription.started_at = now()
        if transcription.state == WorkState.WAITING:
            transcription.state = WorkState.RUNNING
        for step in transcription.steps:
            if step.kind == StepKind.SOUND:
                leases.end(step, WorkState.FINISHED)
        session.flush()
    return transcription.chunks


def take_chunk(session: Session, transcription: Transcription) -> Chunk | None:
    """Lease the first chunk that nobody works on; None when there is none to do."""
    if transcription.state != WorkState.RUNNING:
        return None
    for chunk in transcription.chunks:
        if leases.is_free(chunk):
            leases.take(session, chunk)
            return chunk
    return None


def add_segment(session: Session, chunk_id: int, lease: str, heard: HeardSegment) -> Segment:
    """Keep one heard segment and how far the chunk has come. Raises LeaseLost."""
    chunk = leases.hold(session, Chunk, chunk_id, lease)
    transcript = session.scalars(
        select(Transcript).where(Transcript.transcription_id == chunk.transcription_id)
    ).one()
    text = clean_text.line(heard.text)  # a model may say any byte
    segment = Segment(
        transcript_id=transcript.id,
        chunk_id=chunk.id,
        start_seconds=heard.start_seconds,
        end_seconds=heard.end_seconds,
        heard=text,
        machine=text,
        text=text,
        confidence=heard.confidence,
        doubt=heard.doubt,
    )
    session.add(segment)
    done = heard.end_seconds - chunk.start_seconds
    chunk.done_seconds = max(chunk.done_seconds, min(done, chunk.duration_seconds))
    chunk.attempts = 1  # an attempt that gets on is no failure
    return segment


def finish_chunk(session: Session, chunk_id: int, lease: str) -> None:
    """The chunk is done; with its last one the transcription is. Raises LeaseLost."""
    chunk = leases.hold(session, Chunk, chunk_id, lease)
    leases.end(chunk, WorkState.FINISHED)
    chunk.done_seconds = chunk.duration_seconds
    session.flush()
    if all(c.state == WorkState.FINISHED for c in chunk.transcription.chunks):
        _stop(chunk.transcription, WorkState.FINISHED)


def finish_step(session: Session, step_id: int, lease: str) -> Step:
    """Raises LeaseLost. What the step made is written in the same transaction."""
    step = leases.hold(session, Step, step_id, lease)
    leases.end(step, WorkState.FINISHED)
    return step


def fail(session: Session, piece: leases.WorkItem, problem: str) -> None:
    """`problem` is shown to the secretary. What was heard and made so far stays.

    A later step fails alone; without the sound, or without a chunk, the transcription does.
    """
    if isinstance(piece, Step):
        leases.end(piece, WorkState.FAILED)
        piece.problem = problem
        if piece.kind != StepKind.SOUND:
            return
        _cancel_steps(piece.transcription)
    else:
        leases.end(piece, WorkState.WAITING)
    if WorkState(piece.transcription.state).is_open:
        piece.transcription.problem = problem
        _stop(piece.transcription, WorkState.FAILED)


def _needed_steps(recording: Recording, language: str) -> list[StepKind]:
    """Sound first. A recording that has its playback copy and peaks needs no others; words are
    compared by their Japanese sound."""
    needless = set()
    if recording.playback_sha256 and recording.peaks_sha256:
        needless.add(StepKind.PLAYBACK)
    if language != LANGUAGE_OF_PAPERS:
        needless.add(StepKind.PROPOSALS)
    return [kind for kind in StepKind if kind not in needless]


def _refuse_second_open(recording: Recording) -> None:
    if any(WorkState(t.state).is_open for t in recording.transcriptions):
        raise NotPossibleNow("この録音は文字起こしの途中です。終わるか中止してからお試しください。")


def _refuse_ended(transcription: Transcription) -> None:
    if not WorkState(transcription.state).is_open:
        raise NotPossibleNow("この文字起こしはすでに終わっています。")


def _stop(transcription: Transcription, state: WorkState) -> None:
    transcription.state = state
    transcription.ended_at = now()


def _cancel_steps(transcription: Transcription) -> None:
    for step in transcription.steps:
        if WorkState(step.state).is_open:
            leases.end(step, WorkState.CANCELLED)


def _forget_failures(transcription: Transcription) -> None:
    """Every piece that did not get done gets its attempts again."""
    for chunk in transcription.chunks:
        chunk.attempts = 0
    for step in transcription.steps:
        if step.state in AGAIN:
            _wait_again(step)


def _wait_again(step: Step) -> None:
    if step.state != WorkState.FINISHED:
        step.ended_at = None
    step.state, step.problem, step.attempts = WorkState.WAITING, "", 0
