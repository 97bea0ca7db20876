"""Speaker embeddings as they are stored and compared: vectors of length 1.

Voices are compared by the cosine of their embeddings, and the embedding of several stretches of one
voice is the mean of theirs, as is usual in speaker verification (Dehak et al., "Front-End Factor
Analysis for Speaker Verification", IEEE TASLP 19(4), 2011).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]
STORED = np.dtype("<f4")
AWAY_FROM_ONE = 0.01


def mean(parts: Iterable[tuple[Embedding, float]]) -> Embedding | None:
    """Return the mean of embeddings, each weighted by its seconds, scaled to length 1. None where
    there are none or they cancel out.
    """
    weighted = [embedding * seconds for embedding, seconds in parts]
    if not weighted:
        return None
    total = np.sum(weighted, axis=0)
    length = float(np.linalg.norm(total))
    unit: Embedding = (total / max(length, 1e-9)).astype(np.float32)
    return unit if length > 0 else None


def to_bytes(embedding: Embedding) -> bytes:
    """Return the embedding as it is stored: 32-bit floats, little-endian."""
    return embedding.astype(STORED).tobytes()


def from_bytes(raw: bytes) -> Embedding | None:
    """Return a stored embedding; None where the bytes are cut off, not numbers, or not of length
    1.
    """
    if not raw or len(raw) % STORED.itemsize:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        values: Embedding = np.frombuffer(raw, STORED).astype(np.float32)
        length = float(np.linalg.norm(values))
    return values if abs(length - 1) < AWAY_FROM_ONE else None
