"""The judge: the speech model itself, asked how probable a given text is for the sound.

The text is given (teacher forcing), so nothing can be left out or invented. Only the words around
a change are scored, each beside what was heard there, and the words in question are told before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from minutes.japanese.readings import Token, tokens
from minutes.japanese.similarity import sounds
from minutes.proposals.candidates import Candidate
from minutes.recognition.whisper import TICK_SECONDS, Encoded, Whisper

LETTERS_BEFORE, LETTERS_AFTER = 10, 4
"""Around a change: enough for its sense."""

SPARE_SECONDS = 0.8
"""On both sides of them: where in the segment they were said is only guessed, by their share of its
sounds."""

PAUSE_SOUNDS = 3
"""A mark lasts about as long."""

MOST_TOLD = 4
NEVER = float("-inf")
"""Of a place beyond the window: a segment may be longer than one pass of the encoder hears."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a segment's text and the ticks in which it was said."""

    start: int
    end: int
    first_tick: int
    last_tick: int


class Scale:
    """Where in the sound each letter of a text is said, in shares of the whole."""

    def __init__(self, text: str) -> None:
        words = tokens(text)
        lengths = np.zeros(len(text) + 1)
        for word in words:
            share = _length(word) / len(word.surface)
            lengths[word.start + 1 : word.end + 1] = share
        said = np.cumsum(lengths)
        self._shares = said / (said[-1] or 1.0)

    def share(self, place: int) -> float:
        return float(self._shares[place])


def _length(word: Token) -> int:
    return PAUSE_SOUNDS if word.is_mark else max(1, len(sounds(word.kana)))


def places(asked: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates for the same words together, in order of the text."""
    found: list[list[Candidate]] = []
    for one in sorted(asked, key=lambda one: (one.start, one.end)):
        if found and any(one.overlaps(other) for other in found[-1]):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def excerpt(
    asked: Sequence[Candidate], text: str, scale: Scale, start: float, end: float
) -> Excerpt:
    """The words around a place, of a segment said from `start` to `end` seconds of the window."""
    first = max(0, min(one.start for one in asked) - LETTERS_BEFORE)
    last = min(len(text), max(one.end for one in asked) + LETTERS_AFTER)
    length = end - start
    begins = start + length * scale.share(first) - SPARE_SECONDS
    ends = start + length * scale.share(last) + SPARE_SECONDS
    return Excerpt(first, last, max(0, round(begins / TICK_SECONDS)), round(ends / TICK_SECONDS))


def judge(
    whisper: Whisper,
    encoded: Encoded,
    text: str,
    asked: Sequence[Candidate],
    start: float,
    end: float,
) -> list[float]:
    """By how much each candidate of one place is more probable than what was heard there, in
    natural logarithms.

    `encoded` is a window in which the segment was said from `start` to `end` seconds.
    """
    part = excerpt(asked, text, Scale(text), start, end)
    sound = encoded[:, part.first_tick : part.last_tick]
    if not sound.shape[1]:
        return [NEVER] * len(asked)
    before, after = text[part.start : part.end], text[part.end :]
    # The heard words too: what is told becomes more probable, rightly or not.
    words = dict.fromkeys([asked[0].heard, *(_word(one) for one in asked)])
    told = "、".join([word for word in words if word][:MOST_TOLD])
    texts = [before]
    for one in asked:
        changed = one.applied_to(text)
        texts.append(changed[part.start : len(changed) - len(after)])
    heard, *others = whisper.log_probabilities(sound, texts, told)
    return [other - heard for other in others]


def _word(one: Candidate) -> str:
    return one.term.surface if one.term else one.new
