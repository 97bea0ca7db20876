"""Writes the sound of an mp4 that has lost its index, in a sandbox: `python -m
minutes.inside.recovering FILE`.

It goes to standard output in the format that ffmpeg writes for others: AU, big-endian floats, all
channels.
"""

import sys
from pathlib import Path

import av
import numpy as np

from minutes.sound import mp4_recovery
from minutes.sound.pcm import RATE, head


def _write(path: Path) -> None:
    resampler: av.AudioResampler | None = None
    for frame in mp4_recovery.frames(path):
        if resampler is None:
            sys.stdout.buffer.write(head(frame.layout.nb_channels))
            resampler = av.AudioResampler("flt", frame.layout, RATE)
        _put(resampler.resample(frame))
    if resampler is not None:
        _put(resampler.resample(None))


def _put(frames: list["av.AudioFrame"]) -> None:
    for frame in frames:
        sys.stdout.buffer.write(frame.to_ndarray().astype(np.dtype(">f4")).tobytes())


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
