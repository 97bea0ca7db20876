"""Lanes: a chunk's speech in stretches that are decoded side by side.

Whisper hears best window after window, each beginning where the one before really ended. So the
chunk is cut at pauses into lanes of about a minute; each lane is decoded in sequence, all of
them together in batches.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from minutes.sound.audio import RATE
from minutes.sound.samples import Samples

Span = tuple[float, float]
"""Start and end in seconds."""

LANE_SECONDS = 50.0
"""Speech in a lane, two or three windows with its pauses: the first one knows no words before,
and five minutes of sound should be lanes enough for both cores."""

SHORTEST_LANE_SECONDS = 40.0
"""Where there is less to share, fewer lanes."""

PAD_SECONDS = 0.4
LONGEST_PAUSE_SECONDS = 1.2
"""Beyond PAD_SECONDS on both sides: longer pauses are shortened, the model hears no more."""

NEAR = 0.15
"""How far from an even cut, as a share of a lane, a longer pause is preferred."""


@dataclass(frozen=True)
class SpeechLane:
    """Speech without its long pauses. Times in seconds of the lane, unless they say otherwise."""

    samples: Samples
    speech: tuple[Span, ...]
    pieces: tuple[tuple[float, float], ...]
    """Where each piece of the chunk's sound begins: in the lane, and in the chunk."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def spoken(self, start: float, end: float) -> float:
        """Seconds of speech between the two."""
        return sum(max(0.0, min(b, end) - max(a, start)) for a, b in self.speech)

    def pause_near(self, position: float, reach: float) -> float:
        """The middle of the pause that is nearest, if there is one within `reach` seconds."""
        middles = [(a + b) / 2 for (_, a), (b, _) in pairwise(self.speech)]
        place = bisect_left(middles, position)
        near = [m for m in middles[max(0, place - 1) : place + 1] if abs(m - position) <= reach]
        return min(near, key=lambda m: abs(m - position), default=position)

    def in_chunk(self, position: float) -> float:
        """The same moment in seconds of the chunk."""
        starts = [start for start, _ in self.pieces]
        place = max(0, bisect_left(starts, position + 1e-6) - 1)
        start, origin = self.pieces[place]
        return origin + position - start


def cut_lanes(samples: Samples, speech: Sequence[Span], workers: int) -> list[SpeechLane]:
    """The lanes of a chunk in order of time, of about equal speech and equally many for each
    worker; none without speech."""
    if not speech:
        return []
    total = sum(end - start for start, end in speech)
    count = max(1, round(total / LANE_SECONDS / workers)) * workers
    count = max(1, min(count, int(total / SHORTEST_LANE_SECONDS)))
    cuts = [0, *_cuts(speech, total, count), len(speech)]
    return [_lane(samples, speech[a:b]) for a, b in pairwise(cuts) if b > a]


def _cuts(speech: Sequence[Span], total: float, count: int) -> list[int]:
    """Before which spans a new lane begins: at the longest pause near each even cut."""
    said = np.cumsum([end - start for start, end in speech])
    pauses = np.array([b - a for (_, a), (b, _) in pairwise(speech)])
    found = []
    for number in range(1, count):
        away = np.abs(said[:-1] - total * number / count)
        is_near = away <= NEAR * total / count
        best = np.argmax(np.where(is_near, pauses, 0)) if is_near.any() else np.argmin(away)
        found.append(int(best) + 1)
    return sorted(set(found))


def _lane(samples: Samples, speech: Sequence[Span]) -> SpeechLane:
    parts = _padded(speech, len(samples) / RATE)
    pieces, sounds, length = [], [], 0
    for start, end in parts:
        pieces.append((length / RATE, start))
        sounds.append(samples[round(start * RATE) : round(end * RATE)])
        length += len(sounds[-1])
    begins = {start: (place, start) for place, start in pieces}
    moved: list[Span] = []
    for a, b in speech:
        place, origin = begins[max(start for start, _ in parts if start <= a)]
        moved.append((a - origin + place, b - origin + place))
    return SpeechLane(np.concatenate(sounds), tuple(moved), tuple(pieces))


def _padded(speech: Sequence[Span], length: float) -> list[Span]:
    """Speech with a little silence around it, as one part where the pause is short."""
    parts: list[Span] = []
    for start, end in speech:
        start, end = max(0.0, start - PAD_SECONDS), min(length, end + PAD_SECONDS)
        if parts and start - parts[-1][1] <= LONGEST_PAUSE_SECONDS:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return parts
