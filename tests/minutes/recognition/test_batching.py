"""Lanes: nothing that was said is lost, and every moment can be found again in the chunk."""

import random
from itertools import pairwise

import numpy as np
import pytest

from minutes.recognition import batching
from minutes.recognition.batching import TimeSpan, cut_lanes
from minutes.sound.audio import RATE
from minutes.sound.samples import Samples


def ramp(seconds: float) -> Samples:
    """A sound whose values say where they stand."""
    return np.arange(round(seconds * RATE), dtype=np.float32)


def talk(seconds: float, seed: int) -> list[TimeSpan]:
    print(f"seed {seed}")
    chance, position, speech = random.Random(seed), 0.5, list[TimeSpan]()
    while position < seconds - 8:
        length = chance.uniform(0.4, 6.0)
        speech.append((position, position + length))
        position += length + chance.choice([0.2, 0.3, 0.6, 1.5, 5.0])
    return speech


@pytest.mark.parametrize("seed", range(5))
def test_everything_said_is_in_one_lane_in_order(seed: int) -> None:
    sound, speech = ramp(400), talk(400, seed)
    cut = cut_lanes(sound, speech, 2)
    assert len(cut) % 2 == 0
    again = [
        (lane.in_chunk(start), lane.in_chunk(end)) for lane in cut for start, end in lane.speech
    ]
    assert again == [pytest.approx(span, abs=0.002) for span in speech]


@pytest.mark.parametrize("seed", range(5))
def test_a_moment_of_a_lane_is_the_same_sound_as_in_the_chunk(seed: int) -> None:
    sound = ramp(400)
    for lane in cut_lanes(sound, talk(400, seed), 2):
        for start, end in lane.speech:
            middle = (start + end) / 2
            there = lane.samples[round(middle * RATE)] / RATE
            assert lane.in_chunk(middle) == pytest.approx(there, abs=0.002)


def test_long_pauses_are_shortened_and_short_ones_stay() -> None:
    (lane,) = cut_lanes(ramp(60), [(1.0, 5.0), (6.0, 10.0), (40.0, 45.0)], 1)
    pauses = [b - a for (_, a), (b, _) in pairwise(lane.speech)]
    assert pauses == [pytest.approx(1.0), pytest.approx(2 * batching.PAD_SECONDS)]
    assert lane.seconds < 17


def test_more_silence_is_left_after_the_last_words_of_a_chunk() -> None:
    *_, earlier, last = cut_lanes(ramp(400), [(n * 6.0, n * 6.0 + 2.0) for n in range(60)], 2)
    assert earlier.seconds - earlier.speech[-1][1] == pytest.approx(batching.PAD_SECONDS)
    assert last.seconds - last.speech[-1][1] == pytest.approx(batching.END_PAD_SECONDS)
    (whole,) = cut_lanes(ramp(9), [(2.0, 8.5)], 1)
    assert whole.in_chunk(whole.seconds) == pytest.approx(9.0)


def test_lanes_are_about_equally_long_and_parted_at_long_pauses() -> None:
    speech = [(n * 4.0, n * 4.0 + 3.8) for n in range(100)]
    speech = [(a + (2.0 if n >= 50 else 0.0), b + (2.0 if n >= 50 else 0.0))
              for n, (a, b) in enumerate(speech)]  # fmt: skip
    cut = cut_lanes(ramp(410), speech, 2)
    said = [sum(b - a for a, b in lane.speech) for lane in cut]
    assert max(said) < 1.4 * min(said)
    assert any(lane.in_chunk(lane.speech[0][0]) == pytest.approx(202.0) for lane in cut)


def test_where_nobody_speaks_there_is_no_lane() -> None:
    assert cut_lanes(ramp(30), [], 2) == []


def test_speech_and_pauses_are_found_by_their_place() -> None:
    (lane,) = cut_lanes(ramp(30), [(2.0, 5.0), (5.5, 9.0)], 1)
    first, second = lane.speech
    assert lane.spoken(first[0], second[1]) == pytest.approx(6.5)
    assert lane.spoken(first[1], second[0]) == 0
    assert lane.pause_near(first[1] + 0.4, 0.5) == pytest.approx(first[1] + 0.25)
    assert lane.pause_near(first[0], 0.5) == first[0]
