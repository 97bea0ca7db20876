"""Which candidates are put before the judge, and what becomes of them: changed at once where the
evidence is strong, proposed where it is only likely, forgotten where it is weak."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from minutes.japanese.readings import plain
from minutes.proposals import features as evidence
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.features import Evidence, Weights
from minutes.proposals.weights import JUDGED, SCREENED
from minutes.recognition.heard import HeardSegment
from minutes.sound.samples import Sound
from minutes.terms.terms import MeetingVocabulary
from models.transcript import Origin

WORTH_ASKING = 0.3
"""With more questions the judge costs more and the choice becomes worse (docs/accuracy.md)."""

MOST_ASKED, MOST_ASKED_AT_A_PLACE = 16, 3
"""In one segment: the judge costs more than everything else together."""

SURE, LIKELY = 0.85, 0.65
FOR, AGAINST = 20.0, -30.0
"""Further apart the judge's log probabilities say no more."""

SCALE = 5.0
OPPOSED = -10.0
"""Where the judge hears so clearly something else, an earlier correction proves nothing."""


@dataclass(frozen=True)
class ScreenedCandidate:
    """A candidate that is worth asking the judge about."""

    candidate: Candidate
    evidence: Evidence
    screened: float


@dataclass(frozen=True)
class RatedCandidate:
    """A candidate with what is thought of it in the end, from 0 to 1."""

    candidate: Candidate
    probability: float


@dataclass(frozen=True)
class Selection:
    """`text` with the `changed` ones in it; all have their places in the text before."""

    text: str
    changed: tuple[RatedCandidate, ...] = ()
    proposed: tuple[RatedCandidate, ...] = ()


Teach = Callable[[Sequence[HeardSegment], Sound, MeetingVocabulary], Iterator[Selection]]
"""A choice for each segment, in their order, with what the speech model says to it."""


def worth_asking(
    text: str, vocabulary: MeetingVocabulary, confidence: float | None
) -> list[ScreenedCandidate]:
    """Of all candidates the best, by what is known without the sound."""
    text = plain(text)
    screened = []
    for one in candidates(text, vocabulary):
        known = evidence.of_candidate(one, text, vocabulary, confidence)
        probability = evidence.probability(known, SCREENED)
        if one.origin == Origin.LEARNED:
            probability = max(probability, WORTH_ASKING)
        screened.append(ScreenedCandidate(one, known, probability))
    return best_of(screened)


def best_of(screened: Iterable[ScreenedCandidate]) -> list[ScreenedCandidate]:
    """What was corrected before is always asked about."""
    kept: list[ScreenedCandidate] = []
    for asked in sorted(screened, key=lambda asked: (-asked.candidate.times, -asked.screened)):
        if asked.screened < WORTH_ASKING or len(kept) == MOST_ASKED:
            break
        rivals = sum(asked.candidate.overlaps(other.candidate) for other in kept)
        if rivals < MOST_ASKED_AT_A_PLACE:
            kept.append(asked)
    return kept


def choose(
    text: str,
    asked: Sequence[ScreenedCandidate],
    judged: Sequence[float],
    weights: Weights = JUDGED,
    sure: float = SURE,
    likely: float = LIKELY,
) -> Selection:
    """`judged`: for each of the asked, by how much more probable it is than what was heard."""
    changes = [
        RatedCandidate(one.candidate, _probability(one, gain, weights, likely))
        for one, gain in zip(asked, judged, strict=True)
    ]
    changes.sort(key=lambda change: -change.probability)
    changed = _apart([change for change in changes if change.probability >= sure])
    possible = [change for change in changes if likely <= change.probability < sure]
    proposed = _apart(possible, beside=changed)
    for change in sorted(changed, key=lambda change: -change.candidate.start):
        text = change.candidate.applied_to(text)
    return Selection(text, tuple(changed), tuple(proposed))


def _probability(asked: ScreenedCandidate, gain: float, weights: Weights, likely: float) -> float:
    """What a person corrected before is proposed, unless the judge is against it."""
    weighed = evidence.probability(with_judgement(asked, gain), weights)
    is_learned = asked.candidate.origin == Origin.LEARNED and gain > OPPOSED
    return likely if is_learned else weighed


def with_judgement(asked: ScreenedCandidate, gain: float) -> Evidence:
    """What the judge says weighs differently for words of the papers and of the dictionary."""
    known = asked.evidence
    gain = max(AGAINST, min(FOR, gain)) / SCALE
    is_printed = known[Origin.TERM] or known[Origin.NAME]
    return {
        **known,
        "screened": math.log(asked.screened / (1 - asked.screened)),
        "judged_for": max(0.0, gain),
        "judged_against": min(0.0, gain),
        "judged_dictionary": gain * known[Origin.DICTIONARY],
        "judged_printed": gain * is_printed,
    }


def _apart(
    changes: list[RatedCandidate], beside: Iterable[RatedCandidate] = ()
) -> list[RatedCandidate]:
    """The best ones that do not stand in each other's way."""
    kept: list[RatedCandidate] = []
    for change in changes:
        others = (*beside, *kept)
        if not any(change.candidate.overlaps(other.candidate) for other in others):
            kept.append(change)
    return kept
