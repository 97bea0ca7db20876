"""What the recogniser hands to everybody else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from minutes.sound.samples import Samples, Sound
from models.transcript import Doubt


@dataclass(frozen=True)
class HeardSegment:
    """One segment in the speech model's own words. Times in seconds from the samples' start;
    confidence from 0 to 1. With a doubt the text may be empty: somebody spoke, and the model
    found no words for it.
    """

    start_seconds: float
    end_seconds: float
    text: str
    confidence: float | None = None
    doubt: Doubt | None = None


Recognise = Callable[[Samples], Iterator[HeardSegment]]
"""Yields segments in order of time while later ones are still being decoded."""


@dataclass(frozen=True)
class TokenTiming:
    """When a piece of a heard text begins: so many letters, a few, that are one token of the speech
    model or several. `probability`: how sure it was of the least likely of them."""

    letters: int
    seconds: float
    probability: float


FindWords = Callable[[Sequence[HeardSegment], Sound], Iterator[list[TokenTiming]]]
"""The moments of each segment in their order, together as long as its text; none where they cannot
be told. Times in seconds of the recording."""
