"""Measures the loudness of tracks over time, to choose between several. It is a module of its own
because numpy takes long to load and most recordings have one track.
"""

import av
import numpy as np
from numpy.typing import NDArray

from minutes.sound import mixing
from minutes.sound.pcm import BLOCK_SECONDS, RATE

MOST_LATE, SMOOTHED = 5, 5
"""Tenths of a second: most by which one coder may be behind another, and over which levels are
averaged, because the delay is never a whole number of tenths."""

SAME_SOUND = 0.95
"""Correlation of the levels. Two coders of one sound reached 0.988, neighbours of whom each
is heard 10 dB softer by the other's microphone 0.15."""


class Loudness:
    """The energy and the levels of one track, resampled to one rate and mixed as it would be
    heard.
    """

    def __init__(self) -> None:
        self._energy, self.channels = 0.0, 1
        self._levels: list[NDArray[np.float32]] = []
        self._resampler: av.AudioResampler | None = None
        self._waiting: list[NDArray[np.float32]] = []

    def add(self, frame: "av.AudioFrame") -> None:
        """Add a decoded frame."""
        if self._resampler is None:
            self._resampler = av.AudioResampler("flt", frame.layout, RATE)
        self.channels = channels = frame.layout.nb_channels
        for made in self._resampler.resample(frame):
            values = np.nan_to_num(made.to_ndarray(), nan=0.0, posinf=0.0, neginf=0.0)
            self._waiting.append(values.astype(np.float32).reshape(-1, channels))
        if sum(map(len, self._waiting)) >= BLOCK_SECONDS * RATE:
            self._count()

    def energy(self) -> float:
        """Return the sum of the squares of all samples that were added."""
        self._count()
        return self._energy

    def is_like(self, other: "Loudness") -> bool:
        """Return whether both tracks become loud and soft together: they are the same sound in
        another form.
        """
        whole = [np.concatenate(track._levels) for track in (self, other)]
        length = max(map(len, whole))
        if length <= 2 * MOST_LATE + SMOOTHED:
            return True
        softly = np.ones(SMOOTHED) / SMOOTHED
        padded = [np.pad(levels, (0, length - len(levels))) for levels in whole]
        one, two = (np.convolve(levels, softly, "valid") for levels in padded)
        middle = one[MOST_LATE:-MOST_LATE]
        alike = (
            np.corrcoef(middle, two[start : start + len(middle)])[0, 1]
            for start in range(2 * MOST_LATE + 1)
        )
        return bool(max(np.nan_to_num(value, nan=1.0) for value in alike) > SAME_SOUND)

    def _count(self) -> None:
        if self._waiting:
            for samples in mixing.mixed([np.concatenate(self._waiting)]):
                self._energy += float(np.sum(samples**2))
                self._levels.append(mixing.levels(samples))
            self._waiting = []
