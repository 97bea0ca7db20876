"""Clusters the embeddings of stretches of speech into voices, and finds how many there are.

Embeddings are points on the unit sphere, weighted by the length of their stretch in seconds. The
voices are the k centroids of spherical k-means. Each further voice begins as a cut through one of
the voices found before, so that no lucky start is needed.

Sources: Dhillon and Modha, "Concept decompositions for large sparse text data using clustering",
Machine Learning 42, 2001; Likas, Vlassis and Verbeek, "The global k-means clustering algorithm",
Pattern Recognition 36, 2003; the order in time as a hidden Markov model: Viterbi, 1967.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
"""Embeddings, one a row (stretches × values), each of length 1."""

Lengths = NDArray[np.float32]
"""Seconds of each stretch, the weight of its point."""

Labels = NDArray[np.int64]

MOST_VOICES = 20
MOST_POINTS = 1500
"""Most points from which the voices are computed; all others only get the nearest voice."""

LEAST_GAIN = 3.0
"""Least gain of a further voice: it must bring all points together nearer to their voices by as
much as this number of points are away from theirs on average."""

SAME_VOICE = 0.9
"""Cosine from which two centroids are one voice that was cut in two."""

SMALLEST = 4
"""Least points of a voice that may be cut in two."""

FIRST_ROUNDS, MOST_ROUNDS = 3, 20
SWITCH = 0.3
"""Cost of changing to another voice, in seconds of similarity (cosine × seconds)."""


def voices_of(points: Points, weights: Lengths, count: int | None = None) -> Points:
    """Return the centroid of each voice (voices × values). Without `count` there are as many
    voices as the points give reasons for. `weights` are the seconds of each stretch.
    """
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
    return _centroids(points, weights, labels)


def follow(likeness: NDArray[np.float32]) -> Labels:
    """Return the voice of each stretch on the most likely path in order of time (Viterbi).
    `likeness` (stretches × voices) is in seconds of similarity; a row of zeros is a stretch that
    says nothing.
    """
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
    """Return up to `MOST_POINTS` indexes, spread evenly over all points."""
    return np.unique(np.linspace(0, total - 1, min(total, MOST_POINTS)).astype(np.int64))


def _is_reason(points: Points, weights: Lengths, labels: Labels, gain: float, away: float) -> bool:
    """Return whether the newest voice is one. Both tests are needed: in a long recording much that
    one person says differs in the same way, and in a short one little differs by chance.
    """
    voices = _centroids(points, weights, labels)
    nearest = float((voices @ voices.T - 2 * np.eye(len(voices))).max())
    return gain * len(points) > LEAST_GAIN * away and nearest < SAME_VOICE


def _best_cut(points: Points, weights: Lengths, labels: Labels) -> Labels | None:
    """Return the labels after the best way to begin a further voice: of all cuts the best three
    after a few rounds, settled. None where no cut keeps all voices.
    """
    begun = [_settle(points, weights, cut, FIRST_ROUNDS) for cut in _cuts(points, weights, labels)]
    wanted = _count(labels) + 1
    whole = [each for each in begun if _count(each) == wanted]
    if not whole:
        return None
    best = sorted(whole, key=lambda each: -_fit(points, weights, each))[:3]
    settled = [_settle(points, weights, each, MOST_ROUNDS) for each in best]
    return max(settled, key=lambda each: (_count(each), _fit(points, weights, each)))


def _cuts(points: Points, weights: Lengths, labels: Labels) -> Iterator[Labels]:
    """Yield the labels after each possible cut: through each voice across the two directions in
    which it spreads most, and around the point that is farthest from its centroid.
    """
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


def _settle(points: Points, weights: Lengths, labels: Labels, rounds: int) -> Labels:
    """Alternate centroids and labels until nothing changes, at most `rounds` times."""
    for _ in range(rounds):
        likeness = points @ _centroids(points, weights, labels).T * weights[:, None]
        nearest = np.unique(follow(likeness), return_inverse=True)[1]
        if np.array_equal(nearest, labels):
            break
        labels = nearest
    return labels


def _centroids(points: Points, weights: Lengths, labels: Labels) -> Points:
    """Return the centroid of each voice, of length 1."""
    belongs = (labels == np.arange(_count(labels))[:, None]) * weights
    return _unit(belongs @ points)


def _fit(points: Points, weights: Lengths, labels: Labels) -> float:
    """Return how similar the points are to their voices, less the cost of changes, in seconds."""
    own = _centroids(points, weights, labels)[labels]
    changes = np.count_nonzero(np.diff(labels))
    return float(weights @ np.einsum("ij,ij->i", points, own)) - SWITCH * changes


def _count(labels: Labels) -> int:
    return int(labels.max()) + 1


def _unit(values: Points) -> Points:
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    unit: Points = values / np.maximum(length, 1e-9)
    return unit
