"""How doubtful a recognised word is: the probability that it is wrong, by logistic regression on
the speech model's own probability and on what Japanese word it would be. A rare word at which the
speech model hesitated is mostly wrong; a particle or a common compound mostly is not.

`minutes/evaluation/word_doubts.py` fits the weights.
"""

import math
import re
from collections.abc import Mapping, Sequence

from minutes.japanese.readings import Token

UNSURE = 0.4
"""Words from this doubt on are worth a look (docs/accuracy.md)."""

FUNCTION_WORDS = ("助詞", "助動詞")
ONE_KANJI, KANJI = re.compile(r"[一-鿿]"), re.compile(r"[一-鿿]{2,}")
KATAKANA, HIRAGANA = re.compile(r"[ァ-ヺー]+"), re.compile(r"[ぁ-んー]+")
LEAST_COST, MOST_COST, COST = -5_000, 20_000, 5_000
"""Limits of MeCab's cost of a word, and what counts as 1."""

MOST_LETTERS = 8

WEIGHTS = {
    "probability": -3.341,
    "function": -0.724,
    "letters": -0.332,
    "cost": 0.839,
    "cost_after": 0.503,
    "one_kanji": 0.415,
    "kanji": -1.022,
    "katakana": 1.227,
    "hiragana": 0.343,
    "number": -0.717,
    "constant": 0.159,
}
BY_PROBABILITY = {"probability": -3.85, "constant": 1.04}
"""For languages whose words are not known here."""


def doubts(words: Sequence[Token], probabilities: Sequence[float]) -> list[float]:
    """Return the doubt, from 0 to 1, of each of the words of a text, in order. `probabilities` are
    those of the speech model."""
    costs = [*(word.cost for word in words[1:]), 0]
    return [
        _probability(features(word, cost_after, probability), WEIGHTS)
        for word, cost_after, probability in zip(words, costs, probabilities, strict=True)
    ]


def doubt(probability: float) -> float:
    """Return the doubt of a word of which only the speech model's probability is known."""
    return _probability({"probability": probability}, BY_PROBABILITY)


def features(word: Token, cost_after: int, probability: float) -> dict[str, float]:
    """Return what tells whether a word is wrong; `cost_after` is MeCab's cost of the next word."""
    return {
        "probability": probability,
        "function": float(word.kind in FUNCTION_WORDS),
        "letters": float(min(MOST_LETTERS, len(word.surface))),
        "cost": _limited(word.cost),
        "cost_after": _limited(cost_after),
        "one_kanji": float(bool(ONE_KANJI.fullmatch(word.surface))),
        "kanji": float(bool(KANJI.fullmatch(word.surface))),
        "katakana": float(bool(KATAKANA.fullmatch(word.surface))),
        "hiragana": float(bool(HIRAGANA.fullmatch(word.surface))),
        "number": float(word.is_number),
    }


def _limited(cost: int) -> float:
    return max(LEAST_COST, min(MOST_COST, cost)) / COST


def _probability(known: Mapping[str, float], weights: Mapping[str, float]) -> float:
    score = weights["constant"] + sum(weights[name] * value for name, value in known.items())
    return 1 / (1 + math.exp(-score))
