"""Which stretches of speech are of one voice, and how many voices there are.

Stretches are points on a sphere, weighted by their length. The voices are the k directions to which
they lie nearest, found by spherical k-means; each further one begins as a cut through one of those
found before, so that no lucky start is needed.

Sources: Dhillon and Modha, "Concept decompositions for large sparse text data using clustering",
Machine Learning 42, 2001; Likas, Vlassis and Verbeek, "The global k-means clustering algorithm",
Pattern Recognition 36, 2003; the order in time as a hidden Markov model: Viterbi, 1967.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
"""Stretches × values, each of length 1."""

Weights = NDArray[np.float32]
Labels = NDArray[np.int64]

MOST_VOICES = 20
MOST_POINTS = 1500
"""More are not needed to know the voices; the rest goes to the nearest."""

LEAST_GAIN = 3.0
"""A further voice must bring the points nearer to their voices by as much as so many of them are
away on the average."""

SAME_VOICE = 0.9
"""Two directions with this cosine are one voice that was cut in two."""

SMALLEST = 4
"""Fewer points are not cut."""

FIRST_ROUNDS, MOST_ROUNDS = 3, 20
SWITCH = 0.3
"""What changing to another voice costs, in seconds of similarity."""


def voices_of(points: Points, weights: Weights, count: int | None = None) -> Points:
    """The direction of each voice; without `count` as many as there are reasons for."""
    some = _spread(len(points))
    points, weights = points[some], weights[some]
    labels = np.zeros(len(points), np.int64)
    fit = _fit(points, weights, labels)
    for number in range(2, min(count or MOST_VOICES, len(points)) + 1):
        further = _best_cut(points, weights, labels)
        if further is None or _count(further) < number:
            break
        gain = _fit(points, weights, further) - fit
        if count is None and not _is_reason(points, weights, further, gain, weights.sum() - fit):
            break
        labels, fit = further, fit + gain
    return _directions(points, weights, labels)


def follow(likeness: NDArray[np.float32]) -> Labels:
    """The likeliest way through the stretches in order of time. `likeness`: stretches × voices, in
    seconds of similarity; nothing at all where a stretch says nothing."""
    came_from = np.zeros(likeness.shape, np.int64)
    stay, reached = np.arange(likeness.shape[1]), likeness[0]
    for place in range(1, len(likeness)):
        top = int(reached.argmax())
        least = reached[top] - SWITCH
        came_from[place] = np.where(reached >= least, stay, top)
        reached = np.maximum(reached, least) + likeness[place]
    labels = np.empty(len(likeness), np.int64)
    labels[-1] = reached.argmax()
    for place in range(len(likeness) - 1, 0, -1):
        labels[place - 1] = came_from[place, labels[place]]
    return labels


def _spread(total: int) -> Labels:
    return np.unique(np.linspace(0, total - 1, min(total, MOST_POINTS)).astype(np.int64))


def _is_reason(points: Points, weights: Weights, labels: Labels, gain: float, away: float) -> bool:
    """Whether the newest voice is one. Both tests are needed: much that one person says differs
    in the same way when a recording is long, and little by chance when it is short."""
    voices = _directions(points, weights, labels)
    nearest = float((voices @ voices.T - 2 * np.eye(len(voices))).max())
    return gain * len(points) > LEAST_GAIN * away and nearest < SAME_VOICE


def _best_cut(points: Points, weights: Weights, labels: Labels) -> Labels | None:
    """The best of all ways to begin a further voice, after a few rounds; then settled."""
    begun = [_settle(points, weights, cut, FIRST_ROUNDS) for cut in _cuts(points, weights, labels)]
    wanted = _count(labels) + 1
    whole = [each for each in begun if _count(each) == wanted]
    if not whole:
        return None
    best = sorted(whole, key=lambda each: -_fit(points, weights, each))[:3]
    settled = [_settle(points, weights, each, MOST_ROUNDS) for each in best]
    return max(settled, key=lambda each: (_count(each), _fit(points, weights, each)))


def _cuts(points: Points, weights: Weights, labels: Labels) -> Iterator[Labels]:
    """Through each voice across the two ways in which it spreads most, and around the point that
    is farthest from it."""
    new = _count(labels)
    for voice in range(new):
        inside = np.flatnonzero(labels == voice)
        if len(inside) < SMALLEST:
            continue
        own, weight = points[inside], weights[inside]
        middle = _unit(weight @ own)
        spread = own - np.outer(own @ middle, middle)
        _, ways = np.linalg.eigh((spread * weight[:, None]).T @ spread)
        far = own[np.argmin(own @ middle)]
        for is_new in (
            spread @ ways[:, -1] > 0,
            spread @ ways[:, -2] > 0,
            own @ far > own @ middle,
        ):
            cut = labels.copy()
            cut[inside[is_new]] = new
            yield cut


def _settle(points: Points, weights: Weights, labels: Labels, rounds: int) -> Labels:
    for _ in range(rounds):
        likeness = points @ _directions(points, weights, labels).T * weights[:, None]
        nearest = np.unique(follow(likeness), return_inverse=True)[1]
        if np.array_equal(nearest, labels):
            break
        labels = nearest
    return labels


def _directions(points: Points, weights: Weights, labels: Labels) -> Points:
    belongs = (labels == np.arange(_count(labels))[:, None]) * weights
    return _unit(belongs @ points)


def _fit(points: Points, weights: Weights, labels: Labels) -> float:
    """How near the points are to their voices and how seldom these change, in seconds."""
    own = _directions(points, weights, labels)[labels]
    changes = np.count_nonzero(np.diff(labels))
    return float(weights @ np.einsum("ij,ij->i", points, own)) - SWITCH * changes


def _count(labels: Labels) -> int:
    return int(labels.max()) + 1


def _unit(values: Points) -> Points:
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    unit: Points = values / np.maximum(length, 1e-9)
    return unit
