"""How many voices there are, and which stretches are of one."""

import numpy as np
import pytest
from numpy.typing import NDArray

from minutes.voices import clustering


def spoken(*voices: int, spread: float = 0.7, each: int = 12) -> NDArray[np.float32]:
    """Stretches around these directions of 192 dimensions, turn after turn."""
    chance = np.random.default_rng(7)
    directions = chance.standard_normal((20, 192))
    points = np.concatenate(
        [directions[voice] + spread * chance.standard_normal((each, 192)) for voice in voices]
    )
    unit: NDArray[np.float32] = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(
        np.float32
    )
    return unit


def told_apart(points: NDArray[np.float32], count: int | None = None) -> list[int]:
    weights = np.full(len(points), 2.0, np.float32)
    voices = clustering.voices_of(points, weights, count)
    return clustering.follow(points @ voices.T * weights[:, None]).tolist()


def test_one_person_is_one_voice() -> None:
    assert set(told_apart(spoken(0, 0, 0))) == {0}


@pytest.mark.slow
def test_as_many_voices_are_found_as_there_are() -> None:
    labels = np.array(told_apart(spoken(0, 1, 0, 2, 1, 3, 2)))
    turns = labels.reshape(7, 12)
    assert (turns == turns[:, :1]).all()
    assert len({*labels}) == 4
    assert turns[0, 0] == turns[2, 0] and turns[1, 0] == turns[4, 0]


def test_a_number_that_is_given_is_kept() -> None:
    assert len(set(told_apart(spoken(0, 1, 2), count=2))) == 2
    assert len(set(told_apart(spoken(0, 0, 0), count=2))) == 2


def test_more_voices_than_stretches_cannot_be() -> None:
    assert len(clustering.voices_of(spoken(0, each=1), np.ones(1, np.float32), 5)) == 1


def test_a_stretch_that_says_nothing_stays_with_its_neighbours() -> None:
    likeness = np.array([[3, 0], [0, 0], [3, 0], [0, 3], [0, 0]], np.float32)
    assert clustering.follow(likeness).tolist() == [0, 0, 0, 1, 1]
