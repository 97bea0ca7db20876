"""Writes the peaks of a recording's waveform, small enough to be drawn at once.

The format is version 2 of the binary format of BBC's audiowaveform (its doc/DataFormat.md), which
players such as peaks.js and wavesurfer.js read: a head of six 32-bit numbers, little-endian
(version 2, flags 1 for 8 bits, samples per second, samples per pair, number of pairs, channels),
then for each pair the least and the greatest sample as signed bytes. At 50 pairs a second four
hours are 1.44 MB.
"""

import struct
import wave
from pathlib import Path

import numpy as np

from minutes.sound.audio import RATE

PAIRS_A_SECOND = 50
VALUES_A_PAIR = RATE // PAIRS_A_SECOND
BLOCK_PAIRS = 60 * PAIRS_A_SECOND
VERSION, EIGHT_BITS, CHANNELS = 2, 1, 1
TYPE = "application/octet-stream"


def write_peaks(wav: Path, target: Path) -> None:
    """Write the peaks of a normalised WAV, which is read in blocks of a minute, whatever its
    length.
    """
    with wave.open(str(wav), "rb") as sound, target.open("wb") as made:
        pairs = -(-sound.getnframes() // VALUES_A_PAIR)
        made.write(
            struct.pack("<iIiiIi", VERSION, EIGHT_BITS, RATE, VALUES_A_PAIR, pairs, CHANNELS)
        )
        while frames := sound.readframes(BLOCK_PAIRS * VALUES_A_PAIR):
            made.write(_pairs(frames))


def _pairs(frames: bytes) -> bytes:
    """Return the upper bytes of the least and the greatest sample of each pair. The last pair may
    be of fewer samples.
    """
    values = np.frombuffer(frames, dtype="<i2")
    last = values[-1:].repeat(-len(values) % VALUES_A_PAIR)
    upper = (np.concatenate([values, last]) >> 8).astype(np.int8).reshape(-1, VALUES_A_PAIR)
    return np.stack([upper.min(axis=1), upper.max(axis=1)], axis=1).tobytes()
