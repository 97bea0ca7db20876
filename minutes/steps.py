"""The steps of a transcription beside its chunks: one function for each, one line in STEPS.

A step reads its piece, does the slow part without a transaction, and returns what is to be
written; the worker writes that together with the step's end, or not at all. It may be called
again at any time after it was killed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.storage import Storage
from minutes import transcription as work
from minutes.recognition import audio, peaks, speech_model, windows
from models.recording import Recording, StepKind, Transcription

LIMIT_BYTES = 8_000_000_000


@dataclass(frozen=True)
class Material:
    """What a step is given. `wav` is the normalised sound, `scratch` an empty folder that is
    removed afterwards; `transcription` is read only, with its recording and its meeting's series.
    """

    config: Config
    storage: Storage
    transcription: Transcription
    wav: Path
    scratch: Path


Write = Callable[[Session, Transcription], None]


def cut_into_chunks(material: Material) -> Write:
    """Which speech model hears it is settled here, before any chunk: a later change of the
    settings concerns later transcriptions."""
    config, wanted = material.config, wanted_model(material.config, material.transcription)
    model = speech_model.choose(config, wanted)
    speech = config.speech
    spans = windows.cut_chunks(material.wav, speech.first_chunk_seconds, speech.chunk_seconds)

    def write(session: Session, transcription: Transcription) -> None:
        transcription.wanted_model = wanted
        work.begin(session, transcription, model.name, spans, model.sha256)

    return write


def make_playback(material: Material) -> Write:
    """The copy that browsers play, and its peaks; what the recording has already stays."""
    recording = material.transcription.recording
    copy = recording.playback_sha256 or _make(material, audio.make_playback_copy)
    outline = recording.peaks_sha256 or _make(material, peaks.write_peaks)

    def write(session: Session, transcription: Transcription) -> None:
        kept = session.get_one(Recording, transcription.recording_id)
        kept.playback_sha256, kept.peaks_sha256 = copy, outline

    return write


STEPS: dict[StepKind, Callable[[Material], Write]] = {
    StepKind.SOUND: cut_into_chunks,
    StepKind.PLAYBACK: make_playback,
}


def wanted_model(config: Config, transcription: Transcription) -> str:
    """Asked for with the run, else for its series, else in the settings, else the packaged one."""
    of_series = transcription.meeting.series.speech_model
    return transcription.wanted_model or of_series or config.speech.model or speech_model.PACKAGED


def _make(material: Material, make: Callable[[Path, Path], None]) -> str:
    """Made in the scratch folder, then put into the store; its hash."""
    made = material.scratch / "made"
    make(material.wav, made)
    with made.open("rb") as file:
        return material.storage.add(file, LIMIT_BYTES).sha256
