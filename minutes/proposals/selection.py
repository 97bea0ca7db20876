"""Selects the candidates to rescore, and then what to do with each: apply it if its probability is
high, propose it if it is likely, drop it otherwise.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from minutes.conversion.conversions import Converter
from minutes.conversion.lattice import COST_OF_E
from minutes.conversion.reading_graph import OtherReading
from minutes.japanese.readings import plain
from minutes.proposals import features
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.converted import converted
from minutes.proposals.features import FeatureValues, FeatureWeights
from minutes.proposals.weights import RESCORED, SCREENED
from minutes.recognition.heard import HeardSegment
from minutes.sound.samples import SoundReader
from minutes.terms.terms import MeetingVocabulary
from models.transcript import Origin

WORTH_RESCORING = 0.2
"""Probability from which a candidate is rescored. With a lower one more are rescored, which takes
longer and makes the selection worse (docs/accuracy.md).
"""

MOST_RESCORED, MOST_RESCORED_AT_A_PLACE = 16, 3
"""The most candidates that are rescored in a segment, and that overlap at one place. Rescoring
takes more time than everything else together.
"""

SURE, LIKELY = 0.88, 0.78
"""Probabilities from which a candidate is applied, and from which it is proposed."""
FOR, AGAINST = 20.0, -30.0
"""Limits to which log ratios are clipped: beyond them they say no more."""

SCALE = 5.0
"""Divisor that brings log ratios to the size of the other features."""
OPPOSED = -10.0
"""Log ratio below which the sound contradicts an earlier correction."""
EVEN, FITTING = 0.5, 0.85
"""Probabilities by corrections and the words beside them: below the first these contradict an
earlier correction, from the second on they do not speak against it. Corrections that are sure come
to 0.86 or more where the words beside say nothing.
"""


@dataclass(frozen=True)
class ScreenedCandidate:
    """A candidate that is worth rescoring, with its features and the probability `screened` that it
    has without the sound.
    """

    candidate: Candidate
    features: FeatureValues
    screened: float


@dataclass(frozen=True)
class RatedCandidate:
    """A candidate with its probability after rescoring, from 0 to 1."""

    candidate: Candidate
    probability: float


@dataclass(frozen=True)
class Selection:
    """The `text` with the `changed` candidates applied, and the `proposed` ones. The places of all
    candidates are those of the text before.
    """

    text: str
    changed: tuple[RatedCandidate, ...] = ()
    proposed: tuple[RatedCandidate, ...] = ()


Teach = Callable[[Sequence[HeardSegment], SoundReader, MeetingVocabulary], Iterator[Selection]]
"""Type of a function that yields the selection for each segment, in order, after rescoring with the
sound.
"""


def worth_rescoring(
    text: str,
    vocabulary: MeetingVocabulary,
    confidence: float | None,
    converter: Converter | None = None,
    again: Sequence[OtherReading] = (),
) -> list[ScreenedCandidate]:
    """Return the candidates of a text that are worth rescoring, by their features without the
    sound. `confidence` is that of its segment; `converter` puts its reading back into kanji, also
    where parts of it were heard `again` otherwise.
    """
    text = plain(text)
    screened = []
    suggested = converted(text, converter, again) if converter else ()
    for one in candidates(text, vocabulary, suggested):
        known = features.of_candidate(one, text, vocabulary, confidence)
        probability = features.probability(known, SCREENED)
        if one.origin == Origin.LEARNED:
            probability = max(probability, WORTH_RESCORING)
        screened.append(ScreenedCandidate(one, known, probability))
    return best_of(screened)


def best_of(screened: Iterable[ScreenedCandidate]) -> list[ScreenedCandidate]:
    """Return the candidates to rescore, the best first; learned ones come before all others."""
    kept: list[ScreenedCandidate] = []
    for asked in sorted(screened, key=lambda asked: (-asked.candidate.times, -asked.screened)):
        if asked.screened < WORTH_RESCORING or len(kept) == MOST_RESCORED:
            break
        rivals = sum(asked.candidate.overlaps(other.candidate) for other in kept)
        if rivals < MOST_RESCORED_AT_A_PLACE:
            kept.append(asked)
    return kept


def choose(
    text: str,
    asked: Sequence[ScreenedCandidate],
    log_ratios: Sequence[float],
    weights: FeatureWeights = RESCORED,
    sure: float = SURE,
    likely: float = LIKELY,
) -> Selection:
    """Return the selection for a text; `log_ratios` holds for each candidate of `asked` the log
    ratio that rescoring gave.

    Candidates with at least the probability `sure` are applied, those with at least `likely` are
    proposed, none that overlaps a better one.
    """
    changes = [
        RatedCandidate(one.candidate, _probability(one, gain, weights, sure, likely))
        for one, gain in zip(asked, log_ratios, strict=True)
    ]
    changes.sort(key=lambda change: -change.probability)
    changed = _apart([change for change in changes if change.probability >= sure])
    possible = [change for change in changes if likely <= change.probability < sure]
    proposed = _apart(possible, beside=changed)
    for change in sorted(changed, key=lambda change: -change.candidate.start):
        text = change.candidate.applied_to(text)
    return Selection(text, tuple(changed), tuple(proposed))


def _probability(
    asked: ScreenedCandidate, gain: float, weights: FeatureWeights, sure: float, likely: float
) -> float:
    """Return the probability after rescoring; of a learned candidate what the corrections and the
    words beside it say. Where the sound contradicts these, it is weighed like others, and at most
    proposed.
    """
    is_learned = asked.candidate.origin == Origin.LEARNED
    if is_learned and gain > OPPOSED:
        return _learned_probability(asked.candidate, sure, likely)
    weighed = features.probability(with_log_ratio(asked, gain), weights)
    return min(weighed, likely) if is_learned else weighed


def _learned_probability(one: Candidate, sure: float, likely: float) -> float:
    """Return that of the corrections (`conversion/learned.py`), at most `sure`. Where the words
    beside it speak against it, it is not proposed; where the lattice knows nothing of it, or the
    corrections are few, it is not changed at once.
    """
    if one.conversion is None:
        return likely
    in_context = 1 / (1 + math.exp(-one.conversion / COST_OF_E))
    if in_context < EVEN:
        return in_context
    return sure if one.is_sure and in_context >= FITTING else likely


def with_log_ratio(asked: ScreenedCandidate, gain: float) -> FeatureValues:
    """Return the features with those of rescoring; `gain` is the log ratio. It is weighted
    differently for words of the documents and of the dictionary.
    """
    known = asked.features
    gain = max(AGAINST, min(FOR, gain)) / SCALE
    is_printed = known[Origin.TERM] or known[Origin.NAME]
    return {
        **known,
        "screened": math.log(asked.screened / (1 - asked.screened)),
        "log_ratio_for": max(0.0, gain),
        "log_ratio_against": min(0.0, gain),
        "log_ratio_converted": gain * known["converted"],
        "log_ratio_dictionary": gain * known[Origin.DICTIONARY],
        "log_ratio_printed": gain * is_printed,
    }


def _apart(
    changes: list[RatedCandidate], beside: Iterable[RatedCandidate] = ()
) -> list[RatedCandidate]:
    """Return the changes, the best first, without those that overlap a better one or one of
    `beside`.
    """
    kept: list[RatedCandidate] = []
    for change in changes:
        others = (*beside, *kept)
        if not any(change.candidate.overlaps(other.candidate) for other in others):
            kept.append(change)
    return kept
