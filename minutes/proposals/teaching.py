"""Corrects recognised segments with the words of their meeting and with words of the same sound:
finds candidates, rescores them with the sound and selects.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from meetings.errors import ConfigurationError
from minutes.conversion import dictionary as conversion_dictionary
from minutes.conversion.conversions import Converter
from minutes.conversion.reading_graph import OtherReading
from minutes.japanese import dictionary
from minutes.japanese.readings import plain
from minutes.proposals import rescoring
from minutes.proposals.selection import ScreenedCandidate, Selection, Teach, choose, worth_rescoring
from minutes.recognition.heard import HeardSegment
from minutes.recognition.second_hearing import HeardWindow, heard_again
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


WINDOWS_TOGETHER = 4
"""The most windows whose doubtful words are heard again together."""

HeardAgain = Sequence[Sequence[OtherReading]]
"""The readings of the second hearing for each segment of a window."""


def load(model: SpeechModel, threads: int, *, second_hearing: bool = True) -> Teach:
    """Return a function that corrects segments with a meeting's vocabulary. `threads` 0 means all
    cores. `second_hearing`: whether doubtful words are heard a second time.

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

        def choices(windows: Sequence[Sequence[HeardSegment]]) -> list[Selection]:
            heard = [encoded(whisper, window, sound) for window in windows]
            again: Sequence[HeardAgain] = [[()] * len(window) for window in windows]
            if second_hearing and of_meeting:
                again = heard_again(whisper, heard)
            return [
                choice
                for window, readings in zip(heard, again, strict=True)
                for choice in _taught(whisper, window, vocabulary, of_meeting, readings)
            ]

        with ThreadPoolExecutor(whisper.workers) as threads:
            for found in threads.map(choices, _together(heard_together(segments), whisper.workers)):
                yield from found

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


def _together(
    windows: Sequence[Sequence[HeardSegment]], workers: int
) -> Iterator[Sequence[Sequence[HeardSegment]]]:
    """Yield the windows in groups, so small that every worker has one."""
    size = max(1, min(WINDOWS_TOGETHER, len(windows) // workers))
    return (windows[n : n + size] for n in range(0, len(windows), size))


def encoded(whisper: Whisper, segments: Sequence[HeardSegment], sound: SoundReader) -> HeardWindow:
    """Return the segments of one window with their sound encoded."""
    origin = max(0.0, segments[0].start_seconds - BEFORE_SECONDS)
    samples = sound(origin, segments[-1].end_seconds + AFTER_SECONDS)
    (made,) = whisper.encode([whisper.features(samples)])
    return HeardWindow(made, segments, origin)


def _taught(
    whisper: Whisper,
    window: HeardWindow,
    vocabulary: MeetingVocabulary,
    converter: Converter | None,
    again: HeardAgain,
) -> list[Selection]:
    asked = [
        worth_rescoring(one.text, vocabulary, one.confidence, converter, readings)
        for one, readings in zip(window.segments, again, strict=True)
    ]
    return [
        choose(segment.text, questions, gains)
        for segment, questions, gains in zip(
            window.segments, asked, log_ratios(whisper, window, asked), strict=True
        )
    ]


def log_ratios(
    whisper: Whisper, window: HeardWindow, asked: Sequence[Sequence[ScreenedCandidate]]
) -> list[list[float]]:
    """Rescore the candidates `asked` of each segment of a window with its sound. Returns the log
    ratio of each, positive if it is more probable than the recognised text.
    """
    return [
        _gains(whisper, window.encoded, segment, questions, window.origin)
        for segment, questions in zip(window.segments, asked, strict=True)
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
