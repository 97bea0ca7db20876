"""The results of recognition, as all other modules use them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from minutes.sound.samples import Samples, SoundReader
from models.transcript import Doubt


@dataclass(frozen=True)
class HeardSegment:
    """One segment as the speech model recognised it. Times are in seconds from the start of the
    samples; `confidence` is from 0 to 1. If there is a doubt, the text may be empty: there is
    speech, but the model found no words for it.
    """

    start_seconds: float
    end_seconds: float
    text: str
    confidence: float | None = None
    doubt: Doubt | None = None


Recognise = Callable[[Samples], Iterator[HeardSegment]]
"""Type of a function that yields the segments of samples in order of time, the first ones while
later ones are still being decoded.
"""


@dataclass(frozen=True)
class TokenTiming:
    """When a short piece of recognised text begins: one token of the speech model, or several if
    only together they make whole characters. `letters`: its length in characters; `probability`:
    that of the least likely token in it.
    """

    letters: int
    seconds: float
    probability: float


FindTokenTimings = Callable[[Sequence[HeardSegment], SoundReader], Iterator[list[TokenTiming]]]
"""Type of a function that yields the token timings of each segment, in order. The lengths of a
segment's pieces add up to the length of its text; the list is empty if no timings can be found.
Times are in seconds of the recording.
"""
