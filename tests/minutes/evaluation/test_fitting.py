"""The weights that turn features into a probability."""

import random

import pytest

from minutes.evaluation.fitting import fitted
from minutes.evaluation.scoring import Tally, errors, said_in_each, score
from minutes.proposals import weights
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.features import CONVERTED, of_candidate, probability
from minutes.proposals.selection import RatedCandidate, Selection
from minutes.terms.terms import Paper, collect
from models.transcript import Origin


def test_what_tells_right_from_wrong_gets_the_weight() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    examples = []
    for _ in range(400):
        near = chance.random()
        examples.append(({"near": near, "noise": chance.random()}, near > 0.5))
    found = fitted(examples, 0.1)
    assert found["near"] > 3 * abs(found["noise"])
    assert probability({"near": 0.9, "noise": 0.5}, found) > 0.8
    assert probability({"near": 0.1, "noise": 0.5}, found) < 0.2


@pytest.mark.slow
def test_every_feature_has_its_weight() -> None:
    vocabulary = collect([Paper("資料", "予算の質疑")])
    (one, *_) = candidates("これより室議に入ります", vocabulary)
    known = of_candidate(one, "これより室議に入ります", vocabulary, 0.5)
    of_input_method = {f"{CONVERTED}{name}" for name in known}
    assert {*known, *of_input_method, "constant"} == set(weights.SCREENED)
    assert set(weights.SCREENED) < set(weights.RESCORED)


def test_what_was_said_is_parted_as_it_was_heard() -> None:
    assert said_in_each(["北急集市の", "計画です"], "北九州市の計画です") == [
        "北九州市の",
        "計画です",
    ]
    assert errors("北急集市の", "北九州市の") == 2


def test_changes_are_counted_each_by_itself() -> None:
    def change(old: str, new: str, text: str) -> RatedCandidate:
        start = text.index(old)
        return RatedCandidate(Candidate(start, start + 2, old, new, Origin.TERM, 0, 6, 0), 0.9)

    heard = "危代と予備が百四"
    changed = (change("危代", "議題", heard), change("予備", "予算", heard))
    other = change("百四", "104", heard)
    counted = score([heard], [Selection("議題と予算が104", (*changed, other))], "議題と予備が104")
    assert counted.changed == Tally(right=1, wrong=1)


def test_weights_in_force_stay_where_the_meetings_tell_nothing() -> None:
    in_force = {"near": 1.0, "rare": -2.0, "constant": 0.5}
    examples = [({"near": one / 10, "rare": 0.0}, one > 5) for one in range(10)] * 5
    moved = fitted(examples, 5.0, near=in_force)
    assert moved["rare"] == in_force["rare"]
    assert moved["near"] > in_force["near"]
    held = fitted(examples, 1e6, near=in_force)
    assert abs(held["near"] - in_force["near"]) < 0.01
