"""Finds when each piece of a recognised text was spoken (forced alignment).

The speech model decodes the given text once more over the sound of its segment (teacher forcing).
CTranslate2's `align` derives the times from the decoder's cross-attention by dynamic time warping.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from minutes.recognition.heard import FindTokenTimings, HeardSegment, TokenTiming
from minutes.recognition.whisper import (
    LONGEST_WINDOW_SECONDS,
    TICK_SECONDS,
    Encoded,
    Whisper,
)
from minutes.recognition.windows import heard_together
from minutes.sound.samples import SoundReader
from minutes.speech_models.speech_model import SpeechModel

BEFORE_SECONDS, AFTER_SECONDS = 0.3, 0.5
"""Sound before and after a segment that is aligned with it, as its first and last word may lie a
little outside.
"""


def load(model: SpeechModel, threads: int, language: str) -> FindTokenTimings:
    """Return a function that finds the token timings of segments in their sound. `threads` 0 means
    all cores.

    Raises ConfigurationError if the file is no longer the one that was chosen.
    """
    whisper = Whisper(model, threads, language)

    def find(segments: Sequence[HeardSegment], sound: SoundReader) -> Iterator[list[TokenTiming]]:
        windows = heard_together(segments)
        prompts = ["", *(window[-1].text for window in windows)]

        def of_window(window: Sequence[HeardSegment], prompt: str) -> list[list[TokenTiming]]:
            return _of_window(whisper, window, prompt, sound)

        with ThreadPoolExecutor(whisper.workers) as threads:
            for found in threads.map(of_window, windows, prompts):
                yield from found

    return find


def _of_window(
    whisper: Whisper, window: Sequence[HeardSegment], prompt: str, sound: SoundReader
) -> list[list[TokenTiming]]:
    origin = max(0.0, window[0].start_seconds - BEFORE_SECONDS)
    samples = sound(origin, window[-1].end_seconds + AFTER_SECONDS)
    (encoded,) = whisper.encode([whisper.features(samples)])
    prompts = [prompt, *(segment.text for segment in window)]
    return [
        _of_segment(whisper, segment, text_before, encoded, origin)
        for segment, text_before in zip(window, prompts, strict=False)
    ]


def _of_segment(
    whisper: Whisper, segment: HeardSegment, prompt: str, encoded: Encoded, origin: float
) -> list[TokenTiming]:
    """Return the token timings of one segment, kept within its times.

    Returns an empty list without text, or if the segment ends beyond the window: then it is longer
    than the model hears at once, which only an editor can make.
    """
    start, end = segment.start_seconds - origin, segment.end_seconds - origin
    if not segment.text or end > LONGEST_WINDOW_SECONDS:
        return []
    first = max(0, round((start - BEFORE_SECONDS) / TICK_SECONDS))
    last = round((end + AFTER_SECONDS) / TICK_SECONDS)
    begins = origin + first * TICK_SECONDS
    return [
        replace(one, seconds=_within(segment, begins + one.seconds))
        for one in whisper.token_timings(encoded[:, first:last], segment.text, prompt)
    ]


def _within(segment: HeardSegment, seconds: float) -> float:
    return min(max(seconds, segment.start_seconds), segment.end_seconds)
