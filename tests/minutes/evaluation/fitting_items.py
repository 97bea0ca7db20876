"""Chooses the weights of `minutes.assignment` by random search, and tells what they are worth on
meetings that had no part in the choice.

`python -m tests.minutes.evaluation.fitting_items 500 FOLDER…`: besides the meetings of
`tests/data/items` these, as `gijido evaluate` reads them, with their exact text and, where there
is a `heard.json`,
with what was heard.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from minutes.assignment.weights import AssignmentWeights
from minutes.evaluation.items import Case, cases_of, share_right
from tests.minutes.assignment.meetings import MEETINGS, meeting

CHOICES: dict[str, list[float]] = {
    "vote": [0.02, 0.04, 0.08, 0.15],
    "title": [1, 2, 3],
    "led_title": [4, 6, 8],
    "number": [2, 3, 4],
    "bill": [5, 7, 9],
    "presenter": [1, 2, 3],
    "last": [1, 1.5, 2, 3],
    "led": [0, 0.4, 0.7, 1],
    "joined": [0.7, 0.9],
    "opening": [1, 1.5, 2],
    "closing": [1, 2, 3],
    "outside": [0.1, 0.3, 0.6],
    "enter": [2, 3, 4],
    "skip": [0.5, 1, 1.5],
    "back": [2, 3, 4],
    "close": [0, 1, 2],
}


def search(cases: Sequence[tuple[str, Case]], tries: int) -> None:
    """`cases` of one name are left out together."""
    chance = random.Random(1)
    drawn = [AssignmentWeights()] + [
        AssignmentWeights(**{name: chance.choice(values) for name, values in CHOICES.items()})
        for _ in range(tries)
    ]
    rights = np.array([[share_right(case, w) for _, case in cases] for w in drawn])
    names = [name for name, _ in cases]
    held_out = np.zeros(len(cases))
    for name in dict.fromkeys(names):
        inside = np.array([other == name for other in names])
        # The chosen ones have seen every meeting: they take no part.
        held_out[inside] = rights[1 + rights[1:, ~inside].mean(axis=1).argmax()][inside]
    for place, name in enumerate(names):
        print(f"{name:<24}{held_out[place]:>8.3f} held out{rights[0, place]:>8.3f} now")
    print(f"{'all':<24}{held_out.mean():>8.3f} held out{rights[0].mean():>8.3f} now")
    for best in rights.mean(axis=1).argsort()[::-1][:5]:
        print(f"{rights[best].mean():.3f}", _changed(drawn[best]))


def _changed(weights: AssignmentWeights) -> dict[str, Any]:
    return {name: asdict(weights)[name] for name in CHOICES}


if __name__ == "__main__":
    found = [(name, meeting(name)) for name in MEETINGS]
    for folder in map(Path, sys.argv[2:]):
        found += [(folder.name, case) for case in cases_of(folder)]
    search(found, int(sys.argv[1]))
