"""The steps of a transcription besides its chunks: one function for each, one line in STEPS.

A step reads its material, does the slow part without a transaction, and returns a function that
writes the result. The worker calls that function in one transaction with the step's end, or not at
all. So a step can be started again at any time after its worker was killed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import preparation
from minutes.assignment import decisions as assignment
from minutes.assignment import sources
from minutes.assignment.assigning import assign
from minutes.proposals import decisions
from minutes.proposals.selection import Selection, Teach
from minutes.recognition import windows
from minutes.recognition.heard import FindTokenTimings, HeardSegment, TokenTiming
from minutes.sound import audio, peaks
from minutes.sound.samples import ReadSamples
from minutes.speakers import naming, samples, suggestions
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel
from minutes.terms import papers
from minutes.transcription import work
from minutes.transcripts import transcripts, word_times
from minutes.voices.voices import TellApart
from models.database import reading
from models.meeting import Meeting
from models.recording import Recording, StepKind, Transcription
from models.transcript import Segment, Transcript

LIMIT_BYTES = 8_000_000_000
"""The largest file that a step may store."""


@dataclass(frozen=True)
class Material:
    """What a step may use. `transcription` is for reading only, with its recording and its
    meeting's series; other rows are read through `engine`. `wav` is the normalised sound, `scratch`
    an empty folder that is removed afterwards.

    `load_teacher` loads what corrects text with a speech model, `load_word_finder` what finds token
    timings with a speech model for a language, `tell_apart` does diarisation. `read` reads samples
    of the sound; it raises Leaving if the worker has to stop, so long work reads by it.
    """

    config: Config
    engine: Engine
    load_teacher: Callable[[SpeechModel], Teach]
    load_word_finder: Callable[[SpeechModel, str], FindTokenTimings]
    tell_apart: TellApart
    storage: Storage
    transcription: Transcription
    wav: Path
    scratch: Path
    read: ReadSamples


Write = Callable[[Session, Transcription], None]
"""Type of a function that writes the result of a step."""


def cut_into_chunks(material: Material) -> Write:
    """Choose the speech model and cut the sound into chunks. From here on the model is fixed;
    later changes of the settings apply to later transcriptions.
    """
    config, wanted = material.config, wanted_model(material.config, material.transcription)
    model = speech_model.choose(config, wanted)
    speech = config.speech
    spans = windows.cut_chunks(material.wav, speech.first_chunk_seconds, speech.chunk_seconds)

    def write(session: Session, transcription: Transcription) -> None:
        transcription.wanted_model = wanted
        work.begin(session, transcription, model.name, spans, model.sha256)

    return write


def make_playback(material: Material) -> Write:
    """Make the copy that browsers play and the peaks of its waveform, unless the recording has
    them.
    """
    recording = material.transcription.recording
    copy = recording.playback_sha256 or _make(material, audio.make_playback_copy)
    outline = recording.peaks_sha256 or _make(material, peaks.write_peaks)

    def write(session: Session, transcription: Transcription) -> None:
        kept = session.get_one(Recording, transcription.recording_id)
        kept.playback_sha256, kept.peaks_sha256 = copy, outline

    return write


def propose(material: Material) -> Write:
    """Correct the recognised text with the words of the meeting's documents, by the speech model
    that recognised it. When it is run again because there are new documents, only segments that
    nobody has corrected get proposals.
    """
    _read_pages(material)
    papers.collect(material.engine, material.transcription.meeting.id)
    with reading(material.engine) as session:
        meeting = session.get_one(Meeting, material.transcription.meeting.id)
        vocabulary = papers.vocabulary_of(session, meeting)
        segments = transcripts.segments_of(session, _transcript(session, material.transcription))
        said = {segment.id: _heard(segment) for segment in segments if segment.heard}
        is_again = work.was_finished(session, material.transcription, StepKind.PROPOSALS)
    choices = dict[int, Selection]()
    if said:
        teach = material.load_teacher(_speech_model(material))
        taught = teach(list(said.values()), partial(material.read, material.wav), vocabulary)
        choices = dict(zip(said, taught, strict=True))

    def write(session: Session, transcription: Transcription) -> None:
        says = {n for n, one in choices.items() if one.text != said[n].text or one.proposed}
        transcript = _transcript(session, transcription)
        if transcripts.is_closed(session, transcript):
            return
        keep = decisions.keep if not is_again else decisions.keep_more
        if is_again:
            says -= transcripts.corrected_in(session, transcript)
        for segment in transcripts.segments_of(session, transcript, touched=says):
            keep(segment, choices[segment.id])

    return write


def tell_voices_apart(material: Material) -> Write:
    """Tell the speakers apart (diarisation) and assigns each segment a voice without a name. If
    the series keeps voiceprints, suggests whose voice it may be.
    """
    config = material.config
    if not config.speakers.tell_apart:
        return lambda session, transcription: None
    count = material.transcription.voices
    diarisation = material.tell_apart(config, material.wav, count, material.read)

    def write(session: Session, transcription: Transcription) -> None:
        transcript = _transcript(session, transcription)
        if transcripts.is_closed(session, transcript):
            return
        naming.keep(session, transcript, diarisation.turns)
        if transcript.meeting.series.keeps_voiceprints:
            samples.keep(session, transcript, diarisation.heard, diarisation.embedding_sha256)
            least = config.speakers.voiceprint_likeness
            suggestions.suggest(session, transcript, diarisation.embedding_sha256, least)

    return write


def time_words(material: Material) -> Write:
    """Find the token timings of the recognised text, with the speech model that recognised it."""
    with reading(material.engine) as session:
        segments = transcripts.segments_of(session, _transcript(session, material.transcription))
        said = {segment.id: _heard(segment) for segment in segments if segment.heard}
    timings = dict[int, list[TokenTiming]]()
    if said:
        find = material.load_word_finder(_speech_model(material), material.transcription.language)
        found = find(list(said.values()), partial(material.read, material.wav))
        timings = dict(zip(said, found, strict=True))

    def write(session: Session, transcription: Transcription) -> None:
        texts = {number: said[number].text for number in timings}
        word_times.keep(session, _transcript(session, transcription), texts, timings)

    return write


def assign_items(material: Material) -> Write:
    """Assign segments that nobody has placed to agenda items."""
    _read_pages(material)
    with reading(material.engine) as session:
        recording = session.get_one(Recording, material.transcription.recording_id)
        topics = sources.topics_of(session, recording.meeting)
        transcript = _transcript(session, material.transcription)
        segments = transcripts.segments_of(session, transcript)
        said = sources.said_in(session, recording, segments, list(topics))
        is_beginning = sources.is_beginning(session, recording)
        numbers = [segment.id for segment in segments]
    found = assign(said, list(topics.values()), is_beginning=is_beginning)

    def write(session: Session, transcription: Transcription) -> None:
        if transcripts.is_closed(session, _transcript(session, transcription)):
            return
        found_for = dict(zip(numbers, found, strict=True))
        segments = transcripts.texts_of(session, _transcript(session, transcription))
        known = [(one, found_for[one.id]) for one in segments if one.id in found_for]
        assignment.keep(session, known, list(topics))

    return write


def _read_pages(material: Material) -> None:
    """Read the text of all pages that nobody has read yet, so that their words are known."""
    while preparation.prepare_some(material.engine, material.storage):
        pass


def _heard(segment: Segment) -> HeardSegment:
    return HeardSegment(
        segment.start_seconds, segment.end_seconds, segment.heard, segment.confidence
    )


def _transcript(session: Session, transcription: Transcription) -> Transcript:
    return session.scalars(
        select(Transcript).where(Transcript.transcription_id == transcription.id)
    ).one()


STEPS: dict[StepKind, Callable[[Material], Write]] = {
    StepKind.SOUND: cut_into_chunks,
    StepKind.PLAYBACK: make_playback,
    StepKind.PROPOSALS: propose,
    StepKind.ITEMS: assign_items,
    StepKind.SPEAKERS: tell_voices_apart,
    StepKind.WORDS: time_words,
}


def _speech_model(material: Material) -> SpeechModel:
    config = material.config
    return speech_model.choose(config, wanted_model(config, material.transcription))


def wanted_model(config: Config, transcription: Transcription) -> str:
    """Return the name of the speech model to use: that of the request, or else of the series, of
    the settings, or the packaged one.
    """
    of_series = transcription.meeting.series.speech_model
    return transcription.wanted_model or of_series or config.speech.model or speech_model.PACKAGED


def _make(material: Material, make: Callable[[Path, Path], None]) -> str:
    """Make a file in the scratch folder, store it and return its hash."""
    made = material.scratch / "made"
    make(material.wav, made)
    with made.open("rb") as file:
        return material.storage.add(file, LIMIT_BYTES).sha256
