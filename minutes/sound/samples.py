"""Types for sound in memory and for functions that read a part of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound with `pcm.RATE` samples per second, between -1 and 1."""

SoundReader = Callable[[float, float], Samples]
"""Type of a function that returns the samples between two times of the recording, in seconds."""

ReadSamples = Callable[[Path, float, float], Samples]
"""Type of a function that returns the samples of a normalised WAV between two times, in seconds:
`audio.read`, or one that may stop the work by an exception.
"""
