"""A voice as a direction: numbers of length 1 together, as they are kept and compared.

Voices are compared by their cosine, and what several stretches say of one voice is summed up by the
mean of their directions, as is usual in speaker verification (Dehak et al., "Front-End Factor
Analysis for Speaker Verification", IEEE TASLP 19(4), 2011).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Direction = NDArray[np.float32]
STORED = np.dtype("<f4")
AWAY_FROM_ONE = 0.01


def mean(parts: Iterable[tuple[Direction, float]]) -> Direction | None:
    """Of directions, each with its weight in seconds; None where they say nothing together."""
    weighted = [direction * seconds for direction, seconds in parts]
    if not weighted:
        return None
    total = np.sum(weighted, axis=0)
    length = float(np.linalg.norm(total))
    unit: Direction = (total / max(length, 1e-9)).astype(np.float32)
    return unit if length > 0 else None


def to_bytes(direction: Direction) -> bytes:
    return direction.astype(STORED).tobytes()


def from_bytes(raw: bytes) -> Direction | None:
    """None when they are not a direction: cut off, not numbers, not of length 1."""
    if not raw or len(raw) % STORED.itemsize:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        values: Direction = np.frombuffer(raw, STORED).astype(np.float32)
        length = float(np.linalg.norm(values))
    return values if abs(length - 1) < AWAY_FROM_ONE else None
