"""Rescores candidates: asks the speech model how probable a given text is for the sound.

The text is given (teacher forcing), so the model cannot omit or invent anything. Only the words
around a change are scored, with the change and as they were recognised; the words in question are
in the prompt of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from minutes.japanese.readings import Token, tokens
from minutes.japanese.similarity import sounds
from minutes.proposals.candidates import Candidate
from minutes.recognition.whisper import TICK_SECONDS, Encoded, Whisper

LETTERS_BEFORE, LETTERS_AFTER = 10, 4
"""Characters before and after a change that are scored with it: enough to make sense."""

SPARE_SECONDS = 0.8
"""Sound before and after the excerpt: when it was spoken is only estimated, by its share of the
sounds of the segment.
"""

PAUSE_SOUNDS = 3
"""Length of the pause at a punctuation mark, in sounds."""

MOST_PROMPT_WORDS = 4
"""The most words in the prompt."""
NEVER = float("-inf")
"""Log ratio at a place beyond the window: a segment may be longer than one pass of the encoder
hears.
"""


@dataclass(frozen=True)
class Excerpt:
    """A part of a segment's text, `start` to `end` in characters, and the ticks of the encoder's
    output in which it was spoken.
    """

    start: int
    end: int
    first_tick: int
    last_tick: int


class Scale:
    """Estimates when each character of a text is spoken, as a share of the whole, by the number of
    sounds before it.
    """

    def __init__(self, text: str) -> None:
        words = tokens(text)
        lengths = np.zeros(len(text) + 1)
        for word in words:
            share = _length(word) / len(word.surface)
            lengths[word.start + 1 : word.end + 1] = share
        said = np.cumsum(lengths)
        self._shares = said / (said[-1] or 1.0)

    def share(self, place: int) -> float:
        """Return the share of the sounds, from 0 to 1, before the character at `place`."""
        return float(self._shares[place])


def _length(word: Token) -> int:
    """Return how many sounds long the word is, at least one."""
    return PAUSE_SOUNDS if word.is_mark else max(1, len(sounds(word.kana)))


def places(asked: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return candidates that overlap in groups, in order of the text. The candidates of a group
    compete.
    """
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
    """Return the words around competing candidates. The segment with this `text` was spoken from
    `start` to `end` in seconds of the window.
    """
    first = max(0, min(one.start for one in asked) - LETTERS_BEFORE)
    last = min(len(text), max(one.end for one in asked) + LETTERS_AFTER)
    length = end - start
    begins = start + length * scale.share(first) - SPARE_SECONDS
    ends = start + length * scale.share(last) + SPARE_SECONDS
    return Excerpt(first, last, max(0, round(begins / TICK_SECONDS)), round(ends / TICK_SECONDS))


def log_ratios(
    whisper: Whisper,
    encoded: Encoded,
    text: str,
    asked: Sequence[Candidate],
    start: float,
    end: float,
) -> list[float]:
    """Return the log ratio of each candidate of one place: log probability (natural) of the text
    with it, minus that of the recognised text; positive if the speech model prefers the candidate.

    `encoded` is a window in which the segment was spoken from `start` to `end` in seconds.
    """
    part = excerpt(asked, text, Scale(text), start, end)
    sound = encoded[:, part.first_tick : part.last_tick]
    if not sound.shape[1]:
        return [NEVER] * len(asked)
    before, after = text[part.start : part.end], text[part.end :]
    # The recognised words too: any word in the prompt becomes more probable, rightly or not.
    words = dict.fromkeys([asked[0].heard, *(_word(one) for one in asked)])
    prompt = "、".join([word for word in words if word][:MOST_PROMPT_WORDS])
    texts = [before]
    for one in asked:
        changed = one.applied_to(text)
        texts.append(changed[part.start : len(changed) - len(after)])
    heard, *others = whisper.log_probabilities(sound, texts, prompt)
    return [other - heard for other in others]


def _word(one: Candidate) -> str:
    return one.term.surface if one.term else one.new
