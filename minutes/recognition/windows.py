"""Cuts a recording into chunks at quiet places, and groups segments into windows that the speech
model hears at once.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from minutes.recognition.heard import HeardSegment
from minutes.sound import audio

STEP_SECONDS = 0.1
"""Length of sound over which one loudness level is taken."""
QUIET_SECONDS = 0.5
"""A cut is made in the middle of the quietest stretch of this length."""

SEARCH_SECONDS = 15.0
"""How far before the planned end of a chunk the quietest stretch is searched for."""
SHORTEST_SECONDS = 30.0
"""The shortest chunk, unless the recording is shorter."""
SHORTEST_REST = 0.25
"""As a share of a chunk: a shorter rest is added to the last chunk, as little speech leaves cores
idle.
"""

BLOCK_SECONDS = 60.0
"""Sound that is read from the file at once."""
TOGETHER_SECONDS = 16.0
"""The longest stretch of segments that are encoded together."""


def cut_chunks(wav: Path, first_seconds: float, chunk_seconds: float) -> list[tuple[float, float]]:
    """Return start and end of each chunk in seconds, without gaps or overlaps; the first chunk is
    short so that the first text appears soon.

    Each cut is at the quietest place in the SEARCH_SECONDS before the planned end.
    """
    return spans(loudness(wav), audio.length_seconds(wav), first_seconds, chunk_seconds)


def loudness(wav: Path) -> NDArray[np.float32]:
    """Return the root mean square of every STEP_SECONDS of the file, which is read block by
    block.
    """
    step = round(STEP_SECONDS * audio.RATE)
    levels, position, end = [], 0.0, audio.length_seconds(wav)
    while position < end:
        samples = audio.read(wav, position, min(position + BLOCK_SECONDS, end))
        whole = samples[: len(samples) // step * step].reshape(-1, step)
        levels.append(np.sqrt(np.mean(whole**2, axis=1)))
        position += BLOCK_SECONDS
    return np.concatenate(levels) if levels else np.zeros(0, np.float32)


def spans(
    levels: NDArray[np.float32], length: float, first_seconds: float, chunk_seconds: float
) -> list[tuple[float, float]]:
    """Return start and end of each chunk of a recording of `length` seconds; `levels` holds its
    loudness for every STEP_SECONDS.

    A rest shorter than SHORTEST_REST of a chunk or SHORTEST_SECONDS is added to the last chunk, and
    no chunk is planned shorter than SHORTEST_SECONDS.
    """
    found, start, planned = [], 0.0, max(first_seconds, SHORTEST_SECONDS)
    while start + planned + max(SHORTEST_SECONDS, planned * SHORTEST_REST) < length:
        latest = start + planned
        end = _quietest(levels, latest - min(SEARCH_SECONDS, planned / 2), latest)
        found.append((start, end))
        start, planned = end, max(chunk_seconds, SHORTEST_SECONDS)
    return [*found, (start, length)]


def _quietest(levels: NDArray[np.float32], earliest: float, latest: float) -> float:
    """Return the middle of the quietest QUIET_SECONDS between the two times; the last of
    several.
    """
    first = round(earliest / STEP_SECONDS)
    width = round(QUIET_SECONDS / STEP_SECONDS)
    near = levels[first : round(latest / STEP_SECONDS)]
    if len(near) <= width:
        return latest
    smooth = np.convolve(near, np.ones(width) / width, mode="valid")
    position = len(smooth) - 1 - int(np.argmin(smooth[::-1]))
    return round((first + position + width / 2) * STEP_SECONDS, 3)


def heard_together(segments: Sequence[HeardSegment]) -> list[list[HeardSegment]]:
    """Return the segments in groups of neighbours that fit into TOGETHER_SECONDS, so that one pass
    of the encoder serves each group. A longer segment is a group by itself.
    """
    found: list[list[HeardSegment]] = []
    for segment in segments:
        if found and segment.end_seconds - found[-1][0].start_seconds <= TOGETHER_SECONDS:
            found[-1].append(segment)
        else:
            found.append([segment])
    return found
