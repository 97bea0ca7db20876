"""Mixes many channels to one, and computes the gain with which speech detection works.

The plain mean of the channels would halve the loudness if one microphone is broken, and two
microphones with opposite polarity would cancel each other out.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from minutes.sound.samples import Samples

DEAD_DECIBELS = 30.0
"""A channel so far below the loudest one is left out."""

INVERTED = -0.5
"""A channel whose correlation with the loudest one is below this has opposite polarity."""

FADE_SAMPLES = 800
"""Samples over which the weights change from one block to the next."""
NOTHING = 1e-7
"""Amplitude that counts as silence."""
LEVEL_SAMPLES = 1600
"""Samples of one level: 0.1 s."""
SPEECH_SHARE, FLOOR_SHARE = 95, 20
"""Percentiles of the levels that are taken for speech and for the noise floor."""
TOO_QUIET_DECIBELS, TOO_LOUD_DECIBELS = -45.0, -6.0
"""Levels of speech, relative to full scale, outside which the loudness is changed."""
SPEECH_DECIBELS, MOST_GAIN_DECIBELS = -26.0, 40.0
"""The level of speech that is aimed at, and the most amplification."""
LEAST_CONTRAST_DECIBELS = 6.0
"""Least difference of speech and noise floor for amplification."""


def mixed(blocks: Iterable[NDArray[np.float32]]) -> Iterator[Samples]:
    """Yield each block (samples × channels) as one channel: the mean of the channels that carry
    sound, with equal polarity. The weights change gradually from one block to the next.
    """
    before: NDArray[np.float32] | None = None
    for block in blocks:
        if block.shape[1] == 1:
            yield block[:, 0]
            continue
        now = _weights(block)
        if before is None or len(before) != len(now):
            before = now
        if float(now @ before) < 0:  # all inverted: it sounds the same, but the fade would not
            now = -now
        yield _faded(block, before, now)
        before = now


def levels(samples: Samples) -> Samples:
    """Return the root mean square of every 0.1 s."""
    whole = samples[: len(samples) // LEVEL_SAMPLES * LEVEL_SAMPLES].reshape(-1, LEVEL_SAMPLES)
    found: Samples = np.sqrt(np.mean(whole**2, axis=1))
    return found


def gain(levels: Samples) -> float:
    """Return the factor for a recording with these levels: 1 unless all of it is far too quiet, or
    above full scale, as recorders with floating-point samples may write it.

    Steady noise is not amplified: its levels differ too little.
    """
    decibels = 20 * np.log10(np.maximum(levels, NOTHING))
    decibels = decibels[decibels > 20 * np.log10(NOTHING)]  # digital silence is no noise floor
    if not len(decibels):
        return 1.0
    speech, floor = np.percentile(decibels, [SPEECH_SHARE, FLOOR_SHARE])
    if speech > TOO_LOUD_DECIBELS:
        return float(10 ** ((SPEECH_DECIBELS - speech) / 20))
    if speech > TOO_QUIET_DECIBELS or speech - floor < LEAST_CONTRAST_DECIBELS:
        return 1.0
    return float(10 ** (min(SPEECH_DECIBELS - speech, MOST_GAIN_DECIBELS) / 20))


def _weights(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the weight of each channel of the block, negative if its polarity is opposite to the
    loudest one's.
    """
    strength = np.sqrt(np.mean(block**2, axis=0))
    loudest = int(np.argmax(strength))
    is_living = strength >= max(strength[loudest] * 10 ** (-DEAD_DECIBELS / 20), NOTHING)
    if not is_living.any():
        is_living[:] = True
    alike = block.T @ block[:, loudest] / len(block)
    alike /= np.maximum(strength * strength[loudest], NOTHING**2)
    signs = np.where(alike < INVERTED, -1, 1)
    weights: NDArray[np.float32] = (is_living * signs / is_living.sum()).astype(np.float32)
    return weights


def _faded(
    block: NDArray[np.float32], before: NDArray[np.float32], now: NDArray[np.float32]
) -> Samples:
    """Return the mix of the block, with a fade from the weights `before` to `now` at its start."""
    made: Samples = block @ now
    head = min(FADE_SAMPLES, len(block))
    share = np.linspace(0, 1, head, dtype=np.float32)
    made[:head] = share * made[:head] + (1 - share) * (block[:head] @ before)
    return made
