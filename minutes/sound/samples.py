"""Sound in memory, and the ways to get at a stretch of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound, `pcm.RATE` values a second, between -1 and 1."""

SoundReader = Callable[[float, float], Samples]
"""The samples between two moments of the recording, in seconds."""

ReadSamples = Callable[[Path, float, float], Samples]
"""The samples of a normalised WAV between two moments, in seconds: `audio.read`, or one that ends
the work by an exception."""
