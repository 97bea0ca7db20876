"""Cuts speech into stretches within which the voices do not change: at pauses, where the voice
changes, and where two begin or cease to speak at once.

The segmentation network hears ten seconds at a time; of each window only the middle counts, where
it knows what comes before and after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from minutes.sound.audio import RATE
from minutes.sound.samples import SoundReader
from minutes.voices.networks import Networks
from minutes.voices.pyannet import FIRST_SAMPLES, POWERSET, STEP_SAMPLES

WINDOW_SECONDS, STEP_SECONDS = 10.0, 8.0
WINDOWS_AT_ONCE = 8
MOMENT_SECONDS = STEP_SAMPLES / RATE
PAUSE_SECONDS = 0.15
LONGEST_SECONDS = 4.0
SHORTEST_SECONDS = 0.1


@dataclass(frozen=True)
class Stretch:
    """A stretch of speech in seconds of the recording. `is_overlapped`: two speak at once."""

    start_seconds: float
    end_seconds: float
    is_overlapped: bool

    @property
    def seconds(self) -> float:
        """Return its length in seconds."""
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True)
class Timeline:
    """For each moment of a recording: how many people speak, and whether another one than before
    begins.
    """

    speaking: NDArray[np.int8]
    changes: NDArray[np.bool_]


def find(sound: SoundReader, length: float, networks: Networks) -> list[Stretch]:
    """Return the stretches of a sound of `length` seconds in order of time. The sound is read
    window by window.
    """
    return cut(_listen(sound, length, networks), length)


def cut(timeline: Timeline, length: float) -> list[Stretch]:
    """Return the stretches of a recording of `length` seconds, none longer than
    LONGEST_SECONDS.
    """
    found = []
    for first, last in _spoken(timeline.speaking):
        inside = np.arange(first + 1, last)
        twice = timeline.speaking > 1
        is_edge = timeline.changes[inside] | (twice[inside] != twice[inside - 1])
        for start, end in pairwise([first, *inside[is_edge], last]):
            overlapped = bool(np.median(timeline.speaking[start:end]) > 1)
            for a, b in _even(start * MOMENT_SECONDS, min(length, end * MOMENT_SECONDS)):
                found.append(Stretch(a, b, overlapped))
    return [stretch for stretch in found if stretch.seconds >= SHORTEST_SECONDS]


def _listen(sound: SoundReader, length: float, networks: Networks) -> Timeline:
    total = int(length / MOMENT_SECONDS) + 1
    timeline = Timeline(np.zeros(total, np.int8), np.zeros(total, np.bool_))
    edge = (WINDOW_SECONDS - STEP_SECONDS) / 2
    for start, answers in _windows(sound, length, networks):
        first = start + edge if start else 0.0
        last = start + WINDOW_SECONDS - edge
        if start + WINDOW_SECONDS >= length:
            last = length
        times = start + (FIRST_SAMPLES + np.arange(len(answers)) * STEP_SAMPLES) / RATE
        counted = (times >= first) & (times < last)
        moments = (times[counted] / MOMENT_SECONDS).astype(np.int64)
        timeline.speaking[moments] = POWERSET[answers[counted]].sum(axis=1)
        timeline.changes[moments] = _changes(answers)[counted]
    return timeline


def _windows(
    sound: SoundReader, length: float, networks: Networks
) -> Iterator[tuple[float, NDArray[np.int64]]]:
    """Yield the start of each window in seconds, and the most likely class for each of its
    moments.
    """
    count = max(1, int(np.ceil((length - WINDOW_SECONDS) / STEP_SECONDS)) + 1)
    starts = [number * STEP_SECONDS for number in range(count)]
    for place in range(0, count, WINDOWS_AT_ONCE):
        some = starts[place : place + WINDOWS_AT_ONCE]
        sounds = np.zeros((len(some), round(WINDOW_SECONDS * RATE)), np.float32)
        for row, start in zip(sounds, some, strict=True):
            samples = sound(start, start + WINDOW_SECONDS)
            row[: len(samples)] = samples
        yield from zip(some, networks.activity(sounds).argmax(axis=2), strict=True)


def _changes(answers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where one voice speaks alone and it is another one than the last that spoke alone."""
    alone = np.flatnonzero(POWERSET[answers].sum(axis=1) == 1)
    found = np.zeros(len(answers), np.bool_)
    found[alone[1:][answers[alone[1:]] != answers[alone[:-1]]]] = True
    return found


def _spoken(speaking: NDArray[np.int8]) -> list[tuple[int, int]]:
    """Return the first moment and the one after the last of each run of speech, joined over pauses
    shorter than PAUSE_SECONDS.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], speaking > 0, [0]])))
    found: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found and (start - found[-1][1]) * MOMENT_SECONDS < PAUSE_SECONDS:
            found[-1] = (found[-1][0], int(end))
        else:
            found.append((int(start), int(end)))
    return found


def _even(start: float, end: float) -> list[tuple[float, float]]:
    """Cut a stretch into equal ones of at most LONGEST_SECONDS."""
    count = max(1, int(np.ceil((end - start) / LONGEST_SECONDS)))
    return list(pairwise(np.linspace(start, end, count + 1).tolist()))
