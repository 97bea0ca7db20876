"""Many channels to one, and what is too quiet."""

import numpy as np
import pytest

from minutes.sound import mixing
from minutes.sound.samples import Samples

SEED = 7
SECONDS = np.arange(32_000) / 16_000
TALK: Samples = (
    0.3 * np.sin(2 * np.pi * 300 * SECONDS) * (np.sin(2 * np.pi * 1.3 * SECONDS) > 0)
).astype(np.float32)
NOISE: Samples = np.random.default_rng(SEED).normal(0, 1, len(TALK)).astype(np.float32)


def mixed(*channels: Samples) -> Samples:
    return np.concatenate(list(mixing.mixed([np.stack(channels, axis=1)])))


def strength(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def test_one_channel_stays_as_it_is() -> None:
    assert np.array_equal(mixed(TALK), TALK)


def test_equal_channels_give_the_same_sound() -> None:
    assert mixed(TALK, TALK) == pytest.approx(TALK, abs=1e-6)


@pytest.mark.parametrize("dead", [0 * NOISE, 1e-4 * NOISE, 0 * NOISE + 1e-4], ids=str)
def test_a_dead_channel_does_not_halve_the_sound(dead: Samples) -> None:
    for channels in ((TALK, dead), (dead, TALK)):
        assert strength(mixed(*channels)) == pytest.approx(strength(TALK), rel=0.01)


def test_a_channel_upside_down_does_not_cancel_the_sound() -> None:
    assert strength(mixed(TALK, -0.8 * TALK)) == pytest.approx(0.9 * strength(TALK), rel=0.01)


def test_two_people_on_two_microphones_are_both_heard() -> None:
    one, other = TALK.copy(), TALK[::-1].copy()
    one[16_000:], other[:16_000] = 0, 0
    made = mixed(one, other)
    assert strength(made[:16_000]) > 0.4 * strength(one[:16_000])
    assert strength(made[16_000:]) > 0.4 * strength(other[16_000:])


def test_a_microphone_that_dies_later_makes_no_hole() -> None:
    blocks = [np.stack([TALK, TALK], axis=1), np.stack([0 * TALK, -TALK], axis=1)]
    first, second = mixing.mixed(blocks)
    assert strength(first) == pytest.approx(strength(TALK), rel=0.01)
    assert strength(second) == pytest.approx(strength(TALK), rel=0.05)
    assert np.abs(np.diff(second)).max() < 2 * np.abs(np.diff(TALK)).max()


def test_silence_in_all_channels_is_silence() -> None:
    assert strength(mixed(0 * TALK, 0 * TALK)) == 0


def gain_decibels(samples: Samples) -> float:
    return float(20 * np.log10(mixing.gain(mixing.levels(samples))))


def test_usual_speech_is_left_alone() -> None:
    assert gain_decibels(TALK + 1e-3 * NOISE) == 0


@pytest.mark.parametrize("decibels", [-40, -60])
def test_speech_far_too_quiet_is_made_louder_but_not_without_end(decibels: float) -> None:
    quiet = (TALK + 1e-3 * NOISE) * 10 ** (decibels / 20)
    assert 20 < gain_decibels(quiet) <= mixing.MOST_GAIN_DECIBELS


@pytest.mark.parametrize("still", [0 * NOISE, 1e-5 * NOISE, 1e-3 * NOISE], ids=str)
def test_silence_and_steady_noise_are_not_made_louder(still: Samples) -> None:
    assert gain_decibels(still) == 0


def test_nothing_at_all_has_no_gain() -> None:
    assert mixing.gain(np.zeros(0, np.float32)) == 1


def test_speech_beyond_full_scale_is_made_softer() -> None:
    loud = 100 * TALK + NOISE
    assert strength(loud * mixing.gain(mixing.levels(loud))) < 0.1
