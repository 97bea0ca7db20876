"""Sound in a pipe between two programs, in the simplest format that declares the number of channels
and may be endless: AU with big-endian floats.
"""

from collections.abc import Generator
from struct import Struct
from typing import IO

import numpy as np
from numpy.typing import NDArray

from meetings.errors import FileRejected
from minutes.sound.formats import BROKEN, MOST_CHANNELS

RATE = 16_000
"""Samples per second."""
BLOCK_SECONDS = 10
"""The longest block of sound."""
HEAD = Struct(">4s5I")
UNKNOWN_SIZE, FLOATS = 0xFFFFFFFF, 6

Blocks = Generator[NDArray[np.float32], None, None]
"""Sound in blocks of at most BLOCK_SECONDS at RATE: samples × channels, full scale is 1."""


def head(channels: int) -> bytes:
    """Return the head of the format, which comes before the samples."""
    return HEAD.pack(b".snd", HEAD.size, UNKNOWN_SIZE, FLOATS, RATE, channels)


def blocks(stream: IO[bytes]) -> Blocks:
    """Yield the sound in blocks. Raises FileRejected if the head is damaged."""
    begin = stream.read(HEAD.size)
    if len(begin) < HEAD.size:
        raise FileRejected(BROKEN)
    _, start, *_, channels = HEAD.unpack(begin)
    if not (0 < channels <= MOST_CHANNELS and HEAD.size <= start <= HEAD.size + 1024):
        raise FileRejected(BROKEN)
    stream.read(start - HEAD.size)
    size = 4 * channels
    while piece := stream.read(BLOCK_SECONDS * RATE * size):
        values = np.frombuffer(piece[: len(piece) // size * size], ">f4").astype(np.float32)
        # A sample that is not a number would make every mean with it not a number.
        yield np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).reshape(-1, channels)
