"""The input of the embedding network: 80 logarithmic mel bands every hundredth of a second, as
Kaldi computes them, less their mean.

Source: the `fbank` features of Kaldi (feature-window.cc, mel-computations.cc) with their usual
settings and without dither.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from minutes.sound.audio import RATE
from minutes.sound.samples import Samples

LogMelBands = NDArray[np.float32]
"""Logarithmic energies, frames × BANDS."""

BANDS = 80
FRAME, STEP, FFT = 400, 160, 512
FRAMES_A_SECOND = RATE // STEP
PRE_EMPHASIS = 0.97
LOWEST_HERTZ = 20.0
SMALLEST = np.finfo(np.float32).eps


def features(samples: Samples) -> LogMelBands:
    """Return the features of one stretch of at least FRAME samples, less their mean over time."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    windowed = (frames - PRE_EMPHASIS * before) * _window()
    power = np.abs(np.fft.rfft(windowed, FFT)[:, : FFT // 2]) ** 2
    bands = np.log(np.maximum(power.astype(np.float32) @ _filters(), SMALLEST))
    levelled: LogMelBands = bands - bands.mean(axis=0)
    return levelled


@cache
def _window() -> NDArray[np.float32]:
    """Return Kaldi's own window function, named after its author Povey."""
    made: NDArray[np.float32] = (np.hanning(FRAME) ** 0.85).astype(np.float32)
    return made


@cache
def _filters() -> NDArray[np.float32]:
    """Return the filter bank (FFT bins × BANDS): triangles of equal width on the mel scale."""
    edges = np.linspace(_mel(LOWEST_HERTZ), _mel(RATE / 2), BANDS + 2)
    places = _mel(np.arange(FFT // 2) * RATE / FFT)[:, None]
    rising = (places - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - places) / (edges[2:] - edges[1:-1])
    made: NDArray[np.float32] = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return made


def _mel(hertz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)
