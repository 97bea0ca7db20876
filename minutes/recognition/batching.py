"""Batched decoding: cuts the speech of a chunk into lanes, which are decoded side by side.

Whisper makes the fewest errors when it decodes window after window, each starting where the text of
the one before ended. That allows no batch within one stretch of speech. So a chunk is cut at pauses
into lanes of about a minute; the windows of a lane are decoded in sequence, and the windows of
several lanes in one batch.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from minutes.sound.audio import RATE
from minutes.sound.samples import Samples

TimeSpan = tuple[float, float]
"""Start and end in seconds."""

LANE_SECONDS = 50.0
"""Speech that is planned for a lane: with its pauses two or three windows. Longer is better for the
text, as the first window of a lane has no text before it as prompt; but five minutes of sound
should still be lanes enough for both cores.
"""

SHORTEST_LANE_SECONDS = 40.0
"""Average speech of a lane below which a chunk is cut into fewer lanes than planned."""

PAD_SECONDS = 0.4
"""Silence that is left before and after speech."""
END_PAD_SECONDS = 1.5
"""Silence that is left after the last speech of a chunk."""
LONGEST_PAUSE_SECONDS = 1.2
"""The longest pause that stays as it is, beyond PAD_SECONDS on both sides. Of longer ones only the
padding is left.
"""

NEAR = 0.15
"""How far from an even cut, as a share of a lane, the longest pause is searched for."""


@dataclass(frozen=True)
class SpeechLane:
    """A stretch of a chunk's speech without its long pauses. Times are in seconds from the start of
    the lane unless they say otherwise.
    """

    samples: Samples
    speech: tuple[TimeSpan, ...]
    """Start and end of each stretch of detected speech."""
    pieces: tuple[tuple[float, float], ...]
    """For each continuous piece of the chunk's sound in the lane: its start in seconds of the lane,
    and in seconds of the chunk.
    """

    @property
    def seconds(self) -> float:
        """Return the length of the lane in seconds."""
        return len(self.samples) / RATE

    def spoken(self, start: float, end: float) -> float:
        """Return the seconds of detected speech between `start` and `end`."""
        return sum(max(0.0, min(b, end) - max(a, start)) for a, b in self.speech)

    def pause_near(self, position: float, reach: float) -> float:
        """Return the middle of the pause nearest to `position`, or `position` itself if no pause
        has its middle within `reach` seconds.
        """
        middles = [(a + b) / 2 for (_, a), (b, _) in pairwise(self.speech)]
        place = bisect_left(middles, position)
        near = [m for m in middles[max(0, place - 1) : place + 1] if abs(m - position) <= reach]
        return min(near, key=lambda m: abs(m - position), default=position)

    def in_chunk(self, position: float) -> float:
        """Convert seconds of the lane to seconds of the chunk."""
        starts = [start for start, _ in self.pieces]
        place = max(0, bisect_left(starts, position + 1e-6) - 1)
        start, origin = self.pieces[place]
        return origin + position - start


def cut_lanes(samples: Samples, speech: Sequence[TimeSpan], workers: int) -> list[SpeechLane]:
    """Return the lanes of a chunk in order of time, with about equal amounts of speech.

    Their number is a multiple of `workers` unless that would make them shorter than
    SHORTEST_LANE_SECONDS. Returns an empty list if there is no speech.
    """
    if not speech:
        return []
    total = sum(end - start for start, end in speech)
    count = max(1, round(total / LANE_SECONDS / workers)) * workers
    count = max(1, min(count, int(total / SHORTEST_LANE_SECONDS)))
    cuts = [0, *_cuts(speech, total, count), len(speech)]
    lanes = [speech[a:b] for a, b in pairwise(cuts) if b > a]
    ends = [PAD_SECONDS] * (len(lanes) - 1) + [END_PAD_SECONDS]
    return [_lane(samples, *lane) for lane in zip(lanes, ends, strict=True)]


def _cuts(speech: Sequence[TimeSpan], total: float, count: int) -> list[int]:
    """Return the indices of the stretches of speech before which a new lane begins: each after the
    longest pause near the place of an even cut.
    """
    said = np.cumsum([end - start for start, end in speech])
    pauses = np.array([b - a for (_, a), (b, _) in pairwise(speech)])
    found = []
    for number in range(1, count):
        away = np.abs(said[:-1] - total * number / count)
        is_near = away <= NEAR * total / count
        best = np.argmax(np.where(is_near, pauses, 0)) if is_near.any() else np.argmin(away)
        found.append(int(best) + 1)
    return sorted(set(found))


def _lane(samples: Samples, speech: Sequence[TimeSpan], end_pad: float) -> SpeechLane:
    parts = _padded(speech, len(samples) / RATE, end_pad)
    pieces, sounds, length = [], [], 0
    for start, end in parts:
        pieces.append((length / RATE, start))
        sounds.append(samples[round(start * RATE) : round(end * RATE)])
        length += len(sounds[-1])
    begins = {start: (place, start) for place, start in pieces}
    moved: list[TimeSpan] = []
    for a, b in speech:
        place, origin = begins[max(start for start, _ in parts if start <= a)]
        moved.append((a - origin + place, b - origin + place))
    return SpeechLane(np.concatenate(sounds), tuple(moved), tuple(pieces))


def _padded(speech: Sequence[TimeSpan], length: float, end_pad: float) -> list[TimeSpan]:
    """Return speech with PAD_SECONDS around each stretch, and `end_pad` seconds after the last;
    stretches with a short pause between them are joined.
    """
    parts: list[TimeSpan] = []
    for start, end in speech:
        start, end = max(0.0, start - PAD_SECONDS), min(length, end + PAD_SECONDS)
        if parts and start - parts[-1][1] <= LONGEST_PAUSE_SECONDS:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    start, _ = parts.pop()
    return [*parts, (start, min(length, speech[-1][1] + end_pad))]
