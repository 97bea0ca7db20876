"""Many channels to one, and a loudness that speech detection can work with.

The plain mean of the channels halves a recorder with one broken microphone, and two microphones
wired the other way round cancel each other out.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from minutes.sound.samples import Samples

DEAD_DECIBELS = 30.0
"""A channel so much below the loudest one has nothing to say."""

INVERTED = -0.5
"""Channels with a correlation below this show the same sound upside down."""

FADE_SAMPLES = 800
NOTHING = 1e-7
LEVEL_SAMPLES = 1600
SPEECH_SHARE, FLOOR_SHARE = 95, 20
TOO_QUIET_DECIBELS, TOO_LOUD_DECIBELS = -45.0, -6.0
SPEECH_DECIBELS, MOST_GAIN_DECIBELS = -26.0, 40.0
LEAST_CONTRAST_DECIBELS = 6.0


def mixed(blocks: Iterable[NDArray[np.float32]]) -> Iterator[Samples]:
    """Each block (samples × channels) as one channel: the mean of the living ones, the right way
    up. The weights pass softly from one block's to the next one's."""
    before: NDArray[np.float32] | None = None
    for block in blocks:
        if block.shape[1] == 1:
            yield block[:, 0]
            continue
        now = _weights(block)
        if before is None or len(before) != len(now):
            before = now
        if float(now @ before) < 0:  # upside down altogether: sounds the same, but not in between
            now = -now
        yield _faded(block, before, now)
        before = now


def levels(samples: Samples) -> Samples:
    """The root mean square of every 0.1 s."""
    whole = samples[: len(samples) // LEVEL_SAMPLES * LEVEL_SAMPLES].reshape(-1, LEVEL_SAMPLES)
    found: Samples = np.sqrt(np.mean(whole**2, axis=1))
    return found


def gain(levels: Samples) -> float:
    """What a recording with these levels is multiplied by: 1 unless all of it is far too quiet,
    or beyond full scale as recorders in floating point may write it.

    Steady noise stays as quiet as it is: it has no louder and softer places.
    """
    decibels = 20 * np.log10(np.maximum(levels, NOTHING))
    decibels = decibels[decibels > 20 * np.log10(NOTHING)]  # pauses of a recorder are no floor
    if not len(decibels):
        return 1.0
    speech, floor = np.percentile(decibels, [SPEECH_SHARE, FLOOR_SHARE])
    if speech > TOO_LOUD_DECIBELS:
        return float(10 ** ((SPEECH_DECIBELS - speech) / 20))
    if speech > TOO_QUIET_DECIBELS or speech - floor < LEAST_CONTRAST_DECIBELS:
        return 1.0
    return float(10 ** (min(SPEECH_DECIBELS - speech, MOST_GAIN_DECIBELS) / 20))


def _weights(block: NDArray[np.float32]) -> NDArray[np.float32]:
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
    made: Samples = block @ now
    head = min(FADE_SAMPLES, len(block))
    share = np.linspace(0, 1, head, dtype=np.float32)
    made[:head] = share * made[:head] + (1 - share) * (block[:head] @ before)
    return made
