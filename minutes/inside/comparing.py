"""How much sound a track has, for choosing between several. Apart from the measuring, because
numpy takes long to load and most recordings have one track."""

import av
import numpy as np
from numpy.typing import NDArray

from minutes.recognition import mixing
from minutes.recognition.pcm import BLOCK_SECONDS, RATE


class Loudness:
    """The energy of one track, brought to one rate and mixed as it would be heard."""

    def __init__(self) -> None:
        self._energy = 0.0
        self._resampler: av.AudioResampler | None = None
        self._waiting: list[NDArray[np.float32]] = []

    def add(self, frame: "av.AudioFrame") -> None:
        if self._resampler is None:
            self._resampler = av.AudioResampler("flt", frame.layout, RATE)
        channels = frame.layout.nb_channels
        for made in self._resampler.resample(frame):
            values = np.nan_to_num(made.to_ndarray(), nan=0.0, posinf=0.0, neginf=0.0)
            self._waiting.append(values.astype(np.float32).reshape(-1, channels))
        if sum(map(len, self._waiting)) >= BLOCK_SECONDS * RATE:
            self._count()

    def energy(self) -> float:
        """Of all that was added."""
        self._count()
        return self._energy

    def _count(self) -> None:
        if self._waiting:
            for samples in mixing.mixed([np.concatenate(self._waiting)]):
                self._energy += float(np.sum(samples**2))
            self._waiting = []
