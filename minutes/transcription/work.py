"""The work of transcribing, as rows of tables: what people request, and what a worker has done.

The queue only says which row to look at. Every segment is committed together with its chunk's
progress, so what was committed is not lost when a worker is killed. Who may write what is decided
in `leases.py`, whose turn it is in `scheduling.py`; `progress.py` tells how far it is.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, clean_text, department_years
from meetings.errors import InvalidInput, NotPossibleNow
from minutes import deleted
from minutes.recognition.heard import HeardSegment
from minutes.transcription import leases
from models.base import now
from models.meeting import Series
from models.person import Person
from models.recording import Chunk, Recording, Step, StepKind, Transcription, WorkState
from models.transcript import Segment, Transcript

LANGUAGES = {"ja": "日本語", "en": "英語", "zh": "中国語", "ko": "韓国語"}
"""The languages to choose from. The language is not detected, because each chunk might be taken for
another one.
"""

LANGUAGE_OF_PAPERS = "ja"
"""The language in which documents can correct recognised text."""

MOST_VOICES = 20
"""The most speakers that may be asked for."""

AGAIN = (WorkState.FAILED, WorkState.CANCELLED)
"""States in which any later step can be run again."""
CHANGING = (StepKind.ITEMS, StepKind.PROPOSALS)
"""Steps whose result may change when the agenda or the documents have changed."""


def request_transcription(
    session: Session,
    by: Person,
    recording: Recording,
    *,
    language: str = "ja",
    speech_model: str = "",
    voices: int | None = None,
) -> Transcription:
    """Request a new transcription of the recording, with an empty transcript of its own; older
    ones and their corrections stay. Returns it.

    `speech_model` is one of `speech_model.installed`; empty means that of the series, or else of
    the settings. `voices` is the number of speakers, if known. Raises NotPossibleNow while another
    transcription of the recording is open, InvalidInput, ContentDeleted.
    """
    deleted.refuse("録音", recording.emptied_at)
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
    """Pause the transcription. The worker stops after the current segment; what was recognised
    stays. Raises NotPossibleNow if it is neither waiting nor running.
    """
    if transcription.state not in (WorkState.WAITING, WorkState.RUNNING):
        raise NotPossibleNow("この文字起こしは動いていません。画面を開き直して確かめてください。")
    _stop(transcription, WorkState.PAUSED)
    audit.note(session, by, "pause", transcription)


def resume_transcription(session: Session, by: Person, transcription: Transcription) -> None:
    """Resume a transcription that was paused or failed. Segments that are there are not recognised
    again. Raises NotPossibleNow in any other state, and if a failed one would be the second open
    one of its recording.
    """
    if transcription.state not in (WorkState.PAUSED, WorkState.FAILED):
        raise NotPossibleNow("この文字起こしは止まっていません。画面を開き直して確かめてください。")
    if transcription.state == WorkState.FAILED:
        _refuse_second_open(transcription.recording)
        _forget_failures(transcription)
    if transcription.started_at and transcription.ended_at:
        # The time of the pause must not count in the estimate of the remaining time.
        transcription.started_at += max(now() - transcription.ended_at, timedelta(0))
    transcription.problem, transcription.ended_at = "", None
    transcription.state = WorkState.RUNNING if transcription.chunks else WorkState.WAITING
    audit.note(session, by, "resume", transcription)


def cancel_transcription(session: Session, by: Person | None, transcription: Transcription) -> None:
    """Cancel the transcription; what was recognised stays. `by`: None for the clock. Raises
    NotPossibleNow if it has ended.
    """
    _refuse_ended(transcription)
    _stop(transcription, WorkState.CANCELLED)
    _cancel_steps(transcription)
    audit.note(session, by, "cancel", transcription)


def move_up(session: Session, by: Person, transcription: Transcription) -> None:
    """Move the transcription before all that nobody moved up. Raises NotPossibleNow if it has
    ended.
    """
    _refuse_ended(transcription)
    transcription.moved_up_at = now()
    audit.note(session, by, "move_up", transcription)


def run_again(session: Session, by: Person, step: Step) -> None:
    """Request one step again; the text and other steps stay. Raises NotPossibleNow if the step is
    in no state for that.
    """
    if not may_run_again(step):
        raise NotPossibleNow("この工程はやり直せる状態にありません。画面を開き直してください。")
    _wait_again(step)
    audit.note(session, by, "run_again", step)


def may_run_again(step: Step) -> bool:
    """Return whether the step can be run again: it failed or was cancelled, or it is finished but
    may give another result since the agenda, the documents or the recording's start time have
    changed.
    """
    if step.kind == StepKind.SOUND:
        return False
    return step.state in AGAIN or (step.kind in CHANGING and step.state == WorkState.FINISHED)


def was_finished(session: Session, transcription: Transcription, kind: StepKind) -> bool:
    """Return whether the step was finished before, so that it is now done again."""
    of_kind = select(Step.ended_at).where(
        Step.transcription_id == transcription.id, Step.kind == kind
    )
    return session.scalar(of_kind) is not None


def tell_voices_apart(
    session: Session, by: Person, transcription: Transcription, voices: int | None
) -> Step:
    """Request diarisation again, with this number of voices or, if None, as many as are found.
    Names that people gave stay. Returns the step.

    Raises NotPossibleNow before the text is complete and while diarisation waits or runs,
    InvalidInput.
    """
    transcription.voices = _possible_voices(voices)
    step = next((s for s in transcription.steps if s.kind == StepKind.SPEAKERS), None)
    if step is None:  # a transcript from before diarisation was a step
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
    """Set the speech model for future transcriptions of the series: one of
    `speech_model.installed`, or empty for that of the settings.
    """
    series.speech_model = name
    audit.note(session, by, "choose_speech_model", series)


def begin(
    session: Session,
    transcription: Transcription,
    speech_model: str,
    spans: list[tuple[float, float]],
    sha256: str | None = None,
) -> list[Chunk]:
    """Store the chunks with their `spans` in seconds, and which speech model is used, unless there
    are chunks already. Returns the chunks.
    """
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
    """Lease the first free chunk and return it, or None if there is none to do."""
    if transcription.state != WorkState.RUNNING:
        return None
    for chunk in transcription.chunks:
        if leases.is_free(chunk):
            leases.take(session, chunk)
            return chunk
    return None


def add_segment(session: Session, chunk_id: int, lease: str, heard: HeardSegment) -> Segment:
    """Store a recognised segment and how far its chunk has come. Returns the segment. Raises
    LeaseLost.
    """
    chunk = leases.hold(session, Chunk, chunk_id, lease)
    transcript = session.scalars(
        select(Transcript).where(Transcript.transcription_id == chunk.transcription_id)
    ).one()
    text = clean_text.line(heard.text)  # a model may write any byte
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
    chunk.attempts = 1  # an attempt with progress does not count as a failure
    return segment


def finish_chunk(session: Session, chunk_id: int, lease: str) -> None:
    """Mark the chunk as finished, and with its last chunk the transcription. Raises LeaseLost."""
    chunk = leases.hold(session, Chunk, chunk_id, lease)
    leases.end(chunk, WorkState.FINISHED)
    chunk.done_seconds = chunk.duration_seconds
    session.flush()
    if all(c.state == WorkState.FINISHED for c in chunk.transcription.chunks):
        _stop(chunk.transcription, WorkState.FINISHED)
        department_years.changed(session, chunk.transcription.meeting)


def finish_step(session: Session, step_id: int, lease: str) -> Step:
    """Mark the step as finished and return it. The caller writes its result in the same
    transaction. Raises LeaseLost.
    """
    step = leases.hold(session, Step, step_id, lease)
    leases.end(step, WorkState.FINISHED)
    return step


def fail(session: Session, piece: leases.WorkItem, problem: str) -> None:
    """Mark the piece as failed; `problem` is the reason that the secretary reads, in Japanese.
    What was recognised and made stays.

    A later step fails by itself. If the sound or a chunk fails, the transcription does.
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
    """Return the steps of a new transcription, the sound first. The playback copy is not made
    again; documents correct text only in Japanese, as words are compared by their Japanese sound.
    """
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
    """Give every piece that is not finished all its attempts again."""
    for chunk in transcription.chunks:
        chunk.attempts = 0
    for step in transcription.steps:
        if step.state in AGAIN:
            _wait_again(step)


def _wait_again(step: Step) -> None:
    if step.state != WorkState.FINISHED:
        step.ended_at = None
    step.state, step.problem, step.attempts = WorkState.WAITING, "", 0
