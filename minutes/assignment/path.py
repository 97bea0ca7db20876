"""The most likely way through an agenda: in its order, nearly always (Viterbi 1967).

Places: 0 is the talk before the first item, 1 to n are the items, n + 1 the talk after the last.
"""

from collections.abc import Sequence

import numpy as np

from minutes.assignment.topics import Scores
from minutes.assignment.weights import AssignmentWeights

MOST_SKIPPED = 4
"""Most items left out at once that cost more; beyond it, the cost stays the same."""


def between(count: int, weights: AssignmentWeights) -> Scores:
    """Return the scores (places × places) for changing from the place of the row to that of the
    column. Nobody returns to the talk before the first item.
    """
    places = np.arange(count + 2, dtype=np.float64)
    step = places[None, :] - places[:, None]
    change = -weights.enter - weights.skip * np.clip(step - 1, 0, MOST_SKIPPED)
    change = np.where(step < 0, change - weights.back, change)
    change[:, -1] = -weights.close
    change[:, 0] = -np.inf
    np.fill_diagonal(change, 0.0)
    return change


def most_likely(staying: Scores, entering: Scores, change: Scores, first: Scores) -> Sequence[int]:
    """Return the place of each piece of talk on the most likely path. `staying` scores each piece
    for each place, `entering` scores it in addition for a change to that place (both pieces ×
    places), and `first` scores beginning in each place.
    """
    best = first + staying[0]
    before = np.zeros(staying.shape, dtype=np.int32)
    own = np.arange(staying.shape[1])
    for line in range(1, len(staying)):
        gained = best[:, None] + change + entering[line][None, :]
        gained[own, own] = best
        before[line] = gained.argmax(axis=0)
        best = gained[before[line], own] + staying[line]
    place = int(best.argmax())
    way = [place]
    for line in range(len(staying) - 1, 0, -1):
        place = int(before[line, place])
        way.append(place)
    return way[::-1]
