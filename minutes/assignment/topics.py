"""Scores how well the words of each agenda item match a piece of talk.

Each item is a smoothed unigram model of the words of its title, its presenter and its documents,
against the mean of all items (Mulbregt, Carp, Gillick, Lowe and Yamron 1998: text segmentation by a
hidden Markov model over topics). Words are compared by their sound: the recogniser writes other
characters of the same sound.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from minutes.japanese.readings import plain, tokens
from minutes.japanese.similarity import folded, sounds
from minutes.terms.terms import Paper, PersonName, collect

Scores = NDArray[np.float64]
"""Logarithms of likelihood ratios: a line for each piece of talk, a column for each topic."""

SHORTEST_WORD = 5
"""Least sounds of a word that counts: a shorter one is part of too many other words."""

SHORTEST_PART = 4
"""Least sounds of a word of a title: titles have few words."""

LONGEST_WORD = 40
MOST_TALK = 2_000
"""Most characters of a segment that are looked at."""

TITLE_SHARE, PRESENTER_SHARE = 0.5, 0.05
"""Shares of title and presenter in an item's model; the rest is that of its documents."""

OWN_SHARE = 0.6
"""Weight of an item's own model, against that of all items together (smoothing)."""

STRONGEST = 4.0


NOBODY = PersonName("")


@dataclass(frozen=True)
class Topic:
    """An agenda item with the words by which talk about it is recognised. `number` is as in the
    agenda (「2-1」), `texts` are those of its documents.
    """

    number: str
    title: str
    presenter: PersonName = NOBODY
    texts: tuple[str, ...] = ()

    @cached_property
    def title_words(self) -> dict[str, int]:
        """Return the words of its title by their sounds, with their counts."""
        return _counts([self.title])

    @cached_property
    def text_words(self) -> dict[str, int]:
        """Return the words of its documents by their sounds, with their counts."""
        return _counts(self.texts)

    @cached_property
    def title_parts(self) -> set[str]:
        """Return the sounds of the title's single words, or of the whole title where it has none
        (「その他」).
        """
        terms = collect([Paper("", self.title)]).terms
        parts = {folded(term.sounds) for term in terms if term.parts == 1}
        return {part for part in parts if len(part) >= SHORTEST_PART} or {sound_of(self.title)}

    @cached_property
    def names(self) -> list[str]:
        """Return the sounds by which its presenter is called: the surname, or an office
        (「財政課長」).
        """
        name, kana = (text.split() for text in (self.presenter.name, self.presenter.kana))
        if not name:
            return []
        read = kana[0] if len(kana) == len(name) else None
        return [sound_of(read or name[0])]


@dataclass(frozen=True)
class Talk:
    """A piece of talk: its text in NFKC, and its sounds."""

    text: str
    sound: str

    @classmethod
    def of(cls, text: str) -> "Talk":
        """Return the talk of a text, at most `MOST_TALK` characters of it."""
        known = plain(text[:MOST_TALK])
        return cls(known, sound_of(known))


def sound_of(text: str) -> str:
    """Return the sounds of the text, folded so that similar ones are equal, without
    punctuation.
    """
    return folded(sounds("".join(word.kana for word in tokens(text) if not word.is_mark)))


def votes(talk: Sequence[Talk], topics: Sequence[Topic]) -> Scores:
    """Return scores (pieces of talk × topics) by the words of each piece, against the mean of all
    topics.
    """
    models = [_model(topic, _claimed_by_others(topic, topics)) for topic in topics]
    words = _by_word(models)
    found = np.zeros((len(talk), len(topics)))
    none = np.log(1 - OWN_SHARE)
    for line, piece in enumerate(talk):
        for word in _words_in(piece.sound, words):
            shares = words[word]
            mean = sum(shares.values()) / len(topics)
            found[line] += none
            for number, share in shares.items():
                ratio = np.log(1 - OWN_SHARE + OWN_SHARE * share / mean)
                found[line, number] += min(ratio, STRONGEST) - none
    return found


def _claimed_by_others(topic: Topic, topics: Sequence[Topic]) -> set[str]:
    """Return the words of the other topics' titles. A document is often for several items, and
    these words are those of their own items.
    """
    others = {word for other in topics if other is not topic for word in other.title_words}
    return others - topic.title_words.keys()


def _model(topic: Topic, claimed: Collection[str]) -> dict[str, float]:
    """Return the share of each word in the topic's model. The shares sum to 1, or there are
    none.
    """
    documents = {w: count for w, count in topic.text_words.items() if w not in claimed}
    parts = [
        (TITLE_SHARE, topic.title_words),
        (PRESENTER_SHARE, dict.fromkeys(topic.names, 1)),
        (1 - TITLE_SHARE - PRESENTER_SHARE, documents),
    ]
    parts = [(share, counts) for share, counts in parts if counts]
    whole = sum(share for share, _ in parts)
    model: dict[str, float] = defaultdict(float)
    for share, counts in parts:
        total = sum(counts.values())
        for word, count in counts.items():
            model[word] += share / whole * count / total
    return model


def _counts(texts: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for term in collect(Paper("", text) for text in texts).terms:
        word = folded(term.sounds)
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD:
            counts[word] += term.count
    return counts


def _by_word(models: Sequence[Mapping[str, float]]) -> dict[str, dict[int, float]]:
    words: dict[str, dict[int, float]] = defaultdict(dict)
    for number, model in enumerate(models):
        for word, share in model.items():
            words[word][number] = share
    return words


def _words_in(sound: str, words: Mapping[str, object]) -> Iterator[str]:
    """Yield the longest known words in the sounds, one after the other."""
    place = 0
    while place < len(sound):
        for size in range(min(LONGEST_WORD, len(sound) - place), SHORTEST_WORD - 1, -1):
            word = sound[place : place + size]
            if word in words:
                yield word
                place += size
                break
        else:
            place += 1
