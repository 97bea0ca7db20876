"""The diarization error rate (DER): the share of speech that is missed, given to the wrong voice,
or heard where nobody spoke.

Source: NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan": voices are
mapped one to one so that the most time agrees; COLLAR_SECONDS on both sides of every start and end
of the reference are not scored; where two people speak at once, each counts.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from minutes.voices.speaker_turns import SpeakerTurn

COLLAR_SECONDS = 0.25


@dataclass(frozen=True)
class VoiceErrors:
    """Seconds of each kind of error; `total` is the speech of the reference, each voice for
    itself.
    """

    total: float = 0.0
    missed: float = 0.0
    false_alarm: float = 0.0
    confused: float = 0.0

    @property
    def rate(self) -> float | None:
        """Return the diarization error rate as a fraction; None where the reference has no
        speech.
        """
        wrong = self.missed + self.false_alarm + self.confused
        return wrong / self.total if self.total else None

    def __add__(self, other: "VoiceErrors") -> "VoiceErrors":
        return VoiceErrors(
            self.total + other.total,
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confused + other.confused,
        )


def compare(reference: Sequence[SpeakerTurn], found: Sequence[SpeakerTurn]) -> VoiceErrors:
    """Return the errors of the turns that were found against those of the reference. The voices of
    the two may have any names.
    """
    moments = _moments(reference, found)
    names = {said.voice for said in reference}, {said.voice for said in found}
    together = {
        (real, heard): sum(m.seconds for m in moments if real in m.real and heard in m.heard)
        for real in names[0]
        for heard in names[1]
    }
    is_same = best_pairs(together)
    errors = VoiceErrors()
    for moment in moments:
        real, heard = len(moment.real), len(moment.heard)
        right = sum(is_same.get(voice) in moment.heard for voice in moment.real)
        errors += VoiceErrors(
            real * moment.seconds,
            max(0, real - heard) * moment.seconds,
            max(0, heard - real) * moment.seconds,
            (min(real, heard) - right) * moment.seconds,
        )
    return errors


def best_pairs(together: dict[tuple[Hashable, Hashable], float]) -> dict[Hashable, Hashable]:
    """Return one partner from the second elements for each of the first, so that the sum of the
    values of `together` is largest. Pairs with the value 0 are left out.

    Source: the assignment algorithm of Kuhn and Munkres, with potentials over rows and columns.
    """
    rows, columns = (sorted({pair[side] for pair in together}, key=str) for side in (0, 1))
    if not together:
        return {}
    size = max(len(rows), len(columns))
    cost = [
        [-together[row, column] for column in columns] + [0.0] * (size - len(columns))
        for row in rows
    ] + [[0.0] * size for _ in range(size - len(rows))]
    chosen = _assign(cost)
    return {
        row: columns[chosen[place]]
        for place, row in enumerate(rows)
        if chosen[place] < len(columns) and together[row, columns[chosen[place]]] > 0
    }


class _Moment(NamedTuple):
    seconds: float
    real: set[Hashable]
    heard: set[Hashable]


def _moments(reference: Sequence[SpeakerTurn], found: Sequence[SpeakerTurn]) -> list[_Moment]:
    """Return the scored time, cut wherever somebody starts or ends."""
    edges = sorted(chain.from_iterable((s.start_seconds, s.end_seconds) for s in reference))
    collars = [(edge - COLLAR_SECONDS, edge + COLLAR_SECONDS) for edge in edges]
    cuts = chain.from_iterable(
        [*collars, *((s.start_seconds, s.end_seconds) for s in (*reference, *found))]
    )
    return [
        _Moment(end - start, _speaking(reference, start, end), _speaking(found, start, end))
        for start, end in pairwise(sorted(set(cuts)))
        if not any(first < (start + end) / 2 < last for first, last in collars)
    ]


def _speaking(said: Iterable[SpeakerTurn], start: float, end: float) -> set[Hashable]:
    middle = (start + end) / 2
    return {each.voice for each in said if each.start_seconds < middle < each.end_seconds}


def _assign(cost: list[list[float]]) -> list[int]:
    """Return, for each row of a square cost matrix, the column of the assignment with the smallest
    sum (the Hungarian algorithm). Rows are added one by one, along the cheapest way of changing the
    earlier ones.
    """
    size = len(cost)
    of_row, of_column = [0.0] * (size + 1), [0.0] * (size + 1)
    owner = [0] * (size + 1)
    for row in range(1, size + 1):
        owner[0], column = row, 0
        slack, came_from = [float("inf")] * (size + 1), [0] * (size + 1)
        is_done = [False] * (size + 1)
        while owner[column]:
            is_done[column] = True
            current, least, nearest = owner[column], float("inf"), 0
            for other in range(1, size + 1):
                if is_done[other]:
                    continue
                rest = cost[current - 1][other - 1] - of_row[current] - of_column[other]
                if rest < slack[other]:
                    slack[other], came_from[other] = rest, column
                if slack[other] < least:
                    least, nearest = slack[other], other
            for other in range(size + 1):
                if is_done[other]:
                    of_row[owner[other]] += least
                    of_column[other] -= least
                else:
                    slack[other] -= least
            column = nearest
        while column:
            owner[column] = owner[came_from[column]]
            column = came_from[column]
    chosen = [0] * size
    for column in range(1, size + 1):
        chosen[owner[column] - 1] = column - 1
    return chosen
