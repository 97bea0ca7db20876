"""Corrects recognised segments with the words of their meeting and with words of the same sound:
finds candidates, rescores them with the sound and selects.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from meetings.errors import ConfigurationError
from minutes.conversion import dictionary as conversion_dictionary
from minutes.conversion.conversions import Converter
from minutes.japanese import dictionary
from minutes.japanese.readings import plain
from minutes.proposals import rescoring
from minutes.proposals.selection import ScreenedCandidate, Selection, Teach, choose, worth_rescoring
from minutes.recognition.heard import HeardSegment
from minutes.recognition.whisper import Encoded, Whisper
from minutes.recognition.windows import heard_together
from minutes.sound.samples import SoundReader
from minutes.speech_models.speech_model import SpeechModel
from minutes.terms.terms import MeetingVocabulary

LOG = logging.getLogger(__name__)
BEFORE_SECONDS, AFTER_SECONDS = 0.3, 0.5
"""Sound before and after the segments of a window."""

LANGUAGE = "ja"
"""The only language with readings and a dictionary here."""


def load(model: SpeechModel, threads: int) -> Teach:
    """Return a function that corrects segments with a meeting's vocabulary. `threads` 0 means all
    cores.

    Raises ConfigurationError if the file of the speech model is no longer the one that was chosen.
    """
    whisper = Whisper(model, threads, LANGUAGE)
    dictionary.prepare()
    converter = load_converter()

    def teach(
        segments: Sequence[HeardSegment], sound: SoundReader, vocabulary: MeetingVocabulary
    ) -> Iterator[Selection]:
        if converter is None and not vocabulary.terms:
            yield from (Selection(segment.text) for segment in segments)
            return
        of_meeting = converter and converter.with_terms(vocabulary.terms, vocabulary.taught)

        def one(window: Sequence[HeardSegment]) -> list[Selection]:
            return _taught(whisper, window, sound, vocabulary, of_meeting)

        with ThreadPoolExecutor(whisper.workers) as threads:
            for choices in threads.map(one, heard_together(segments)):
                yield from choices

    return teach


def load_converter() -> Converter | None:
    """Return what converts readings, without terms; None, with a warning in the log, where its
    dictionary is missing or damaged.
    """
    try:
        return Converter(conversion_dictionary.load())
    except ConfigurationError as problem:
        LOG.warning("%s", problem.message)
        return None


def _taught(
    whisper: Whisper,
    window: Sequence[HeardSegment],
    sound: SoundReader,
    vocabulary: MeetingVocabulary,
    converter: Converter | None,
) -> list[Selection]:
    asked = [worth_rescoring(one.text, vocabulary, one.confidence, converter) for one in window]
    return [
        choose(segment.text, questions, gains)
        for segment, questions, gains in zip(
            window, asked, log_ratios(whisper, window, sound, asked), strict=True
        )
    ]


def log_ratios(
    whisper: Whisper,
    window: Sequence[HeardSegment],
    sound: SoundReader,
    asked: Sequence[Sequence[ScreenedCandidate]],
) -> list[list[float]]:
    """Rescore the candidates `asked` of each segment of a window with its sound. Returns the log
    ratio of each, positive if it is more probable than the recognised text.
    """
    if not any(asked):
        return [[] for _ in window]
    origin = max(0.0, window[0].start_seconds - BEFORE_SECONDS)
    samples = sound(origin, window[-1].end_seconds + AFTER_SECONDS)
    (encoded,) = whisper.encode([whisper.features(samples)])
    return [
        _gains(whisper, encoded, segment, questions, origin)
        for segment, questions in zip(window, asked, strict=True)
    ]


def _gains(
    whisper: Whisper,
    encoded: Encoded,
    segment: HeardSegment,
    asked: Sequence[ScreenedCandidate],
    origin: float,
) -> list[float]:
    """Return the log ratio of each candidate of one segment; `origin` is the start of the window
    in seconds of the recording.
    """
    text = plain(segment.text)
    start, end = segment.start_seconds - origin, segment.end_seconds - origin
    gains: dict[int, float] = {}
    for place in rescoring.places([one.candidate for one in asked]):
        scores = rescoring.log_ratios(whisper, encoded, text, place, start, end)
        gains |= {id(one): score for one, score in zip(place, scores, strict=True)}
    return [gains[id(one.candidate)] for one in asked]
