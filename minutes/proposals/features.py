"""Computes the features of a candidate and its probability by logistic regression.

There are two models: a cheap one without the sound, which screens all candidates, and one for those
that the speech model has rescored. `minutes/evaluation/fitting.py` fits the weights of both on
meetings with a reference text.
"""

import math
import re
from collections.abc import Mapping

from minutes.japanese.readings import HIRAGANA
from minutes.proposals.candidates import Candidate
from minutes.terms.terms import MeetingVocabulary
from models.transcript import Origin

KANJI = re.compile(r"[一-鿿々]")
CALLED = re.compile(r"(さん|氏|様|委員|議員|[次課部局係室会]?長|主[任査事]|です|でございます|と申)")
"""What follows a name: a form of address, an office, or the end of an introduction."""
FITTED = (Origin.TERM, Origin.NAME, Origin.DICTIONARY, Origin.DATE)
"""Origins of candidates that have a weight of their own."""
NEIGHBOURS = 2
"""Characters before and after a word that are looked up together with it in the documents."""

USUAL_CONFIDENCE = 0.7
"""Subtracted from the confidence of a segment, so that a usual one counts as 0."""
CONVERTED = "converted_"
"""Begins the names of features of candidates from the input method."""
MOST_CONVERTED = 10_000
"""A larger gain in the input method's dictionary, in its units of cost, counts as this."""
MOST_AHEAD = 3_000
"""The same for the lead before other conversions."""
MOST_WORDS, MOST_KANJI = 4, 4
"""More words, or fewer, count as so many; so do more kanji."""
FeatureValues = dict[str, float]
"""Features of a candidate by name."""
FeatureWeights = Mapping[str, float]
"""Weights of features by name, and "constant", the intercept."""


def of_candidate(
    one: Candidate, text: str, vocabulary: MeetingVocabulary, confidence: float | None
) -> FeatureValues:
    """Return the features of a candidate that need no sound: how near the words sound, how natural
    the text becomes, how much the word belongs to this meeting.

    `text` and `confidence` are those of the segment. A learned word gets the features of a term or
    a name, as no weights were fitted for learned words.
    """
    term, origin = one.term, one.origin
    if origin == Origin.LEARNED:
        origin = Origin.NAME if term and term.is_name else Origin.TERM
    before = text[max(0, one.start - NEIGHBOURS) : one.start]
    after = text[one.end : one.end + NEIGHBOURS]
    has_before, has_after = len(before) == NEIGHBOURS, len(after) == NEIGHBOURS
    return {
        **{known.value: float(origin == known) for known in FITTED},
        "far": 10 * one.far,
        "far_in_sounds": one.far * one.length,
        "length": math.log(max(1, one.length)),
        "natural": min(max(one.gain, -15_000), 10_000) / 5_000,
        "converted": float(one.conversion is not None),
        "conversion_for": min(max(0, one.conversion or 0), MOST_CONVERTED) / 2_000,
        "conversion_against": max(min(0, one.conversion or 0), -MOST_CONVERTED) / 2_000,
        "leads": float(one.conversion is not None and one.lead >= 0),
        "lead_for": min(max(0, one.lead), MOST_AHEAD) / 1_000,
        "lead_against": max(min(0, one.lead), -MOST_AHEAD) / 1_000,
        "on_best_path": float(one.conversion is not None and one.behind == 0),
        "margin_for": min(max(0, one.margin), MOST_CONVERTED) / 2_000,
        "margin_against": max(min(0, one.margin), -MOST_AHEAD) / 1_000,
        "behind": min(one.behind, MOST_AHEAD) / 1_000,
        "heard_again": float(one.is_heard_again),
        "printed": math.log1p(term.count) if term else 0.0,
        "compound": float(term is not None and term.parts > 1),
        "rare": min(term.cost, 30_000) / 10_000 if term else 0.0,
        "old_is_word": float(one.is_for_word),
        "old_is_printed": float(len(one.old) > 1 and vocabulary.prints(one.old)),
        "new_is_printed": float(vocabulary.prints(one.new)),
        "fits_before": float(has_before and vocabulary.prints(before + one.new)),
        "fits_after": float(has_after and vocabulary.prints(one.new + after)),
        "old_fits_before": float(has_before and vocabulary.prints(before + one.old)),
        "old_fits_after": float(has_after and vocabulary.prints(one.old + after)),
        "called": float(origin == Origin.NAME and bool(CALLED.match(text, one.end))),
        "confidence": 0.0 if confidence is None else confidence - USUAL_CONFIDENCE,
        "new_letters": len(one.new) / 4,
        "old_letters": len(one.old) / 4,
        "only_added_or_left_out": float(not one.old or not one.new),
        "old_is_hiragana": float(bool(HIRAGANA.fullmatch(one.old))),
        "new_is_hiragana": float(bool(HIRAGANA.fullmatch(one.new))),
        "more_words": float(max(-MOST_WORDS, min(MOST_WORDS, one.more_words))),
        "old_kanji": min(MOST_KANJI, len(KANJI.findall(one.old))) / 2,
        "new_kanji": min(MOST_KANJI, len(KANJI.findall(one.new))) / 2,
        "one_letter_each": float(len(one.old) == 1 == len(one.new)),
    }


def separated(features: FeatureValues) -> FeatureValues:
    """Return the features under names of their own where an input method suggests the candidate
    too: for these they are weighted otherwise.
    """
    if not features.get("converted"):
        return features
    return {f"{CONVERTED}{name}": value for name, value in features.items()}


def probability(features: FeatureValues, weights: FeatureWeights) -> float:
    """Return the probability from 0 to 1 that logistic regression with these weights gives."""
    score = weights["constant"] + sum(
        weights[name] * value for name, value in separated(features).items() if value
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
