"""Drafts the digest of an agenda item out of what was said, without a word of its own: it keeps
sentences, says what each does, and leaves the rest out.

The course of the talk decides what the sentence alone does not: who speaks first states the matter,
what others state after a question answers it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from minutes.digests.points import DigestPoint, DigestSentence, DigestSource, PointKind
from minutes.digests.sentence_kinds import (
    SentenceKind,
    due_of,
    has_figure,
    introduces,
    kind_of,
    opens_item,
)
from minutes.japanese.words import SENTENCE

MOST_STATED = 8
"""Sentences of one turn of explaining or answering that are kept: the ones with figures first."""

SAID_OUTRIGHT = {
    SentenceKind.DECISION: PointKind.DECISION,
    SentenceKind.TASK: PointKind.TASK,
    SentenceKind.OPINION: PointKind.OPINION,
    SentenceKind.QUESTION: PointKind.QUESTION,
}


@dataclass(frozen=True)
class SaidParagraph:
    """A paragraph of the minutes: its speaker, text and place."""

    speaker: str
    text: str
    source: DigestSource


@dataclass(frozen=True)
class _Sentence:
    text: str
    source: DigestSource
    kind: SentenceKind


def point_kind(sentence: str) -> PointKind:
    """Return the kind of point that the sentence makes by itself: a proposal where it asks, wishes,
    decides and sets nothing.
    """
    return SAID_OUTRIGHT.get(kind_of(sentence), PointKind.PROPOSAL)


def extracted(said: Iterable[SaidParagraph]) -> list[DigestPoint]:
    """Return the points of one agenda item in the order in which they were said. An item about
    which nothing of the matter was said has none. Where nobody knows who speaks, each paragraph
    counts as a turn of somebody else.
    """
    course = _Course()
    for _, group in groupby(enumerate(said), key=lambda pair: pair[1].speaker or pair[0]):
        turn = [one for _, one in group]
        course.follow(turn[0].speaker, [sentence for one in turn for sentence in _sentences(one)])
    return course.points


def _sentences(said: SaidParagraph) -> Iterator[_Sentence]:
    for found in SENTENCE.finditer(said.text):
        text = found[0].strip()
        if text and not introduces(text, said.speaker):
            yield _Sentence(text, said.source, kind_of(text))


class _Course:
    """The course of the talk about one item: who explains it, who asked last, and the points that
    came of it.
    """

    def __init__(self) -> None:
        self.points: list[DigestPoint] = []
        self._explains: str | None = None
        self._asked: str | None = None

    def follow(self, speaker: str, turn: Sequence[_Sentence]) -> None:
        """Add the points of one turn of one speaker."""
        stated = self._stated(speaker, turn)
        kinds = [(stated.get(n) or SAID_OUTRIGHT.get(one.kind), one) for n, one in enumerate(turn)]
        kept = [(kind, one) for kind, one in kinds if kind is not None]
        for kind, group in groupby(kept, key=lambda pair: pair[0]):
            self.points.append(_point(kind, speaker, [one for _, one in group]))
        if any(kind in (PointKind.QUESTION, PointKind.OPINION) for kind, _ in kept):
            self._asked = speaker

    def _stated(self, speaker: str, turn: Sequence[_Sentence]) -> dict[int, PointKind]:
        """Return what the statements of the turn are that are kept, by their place in it. Around a
        question they only lead up to it, and the chair's lead from item to item.
        """
        places = [n for n, one in enumerate(turn) if one.kind is SentenceKind.STATEMENT]
        if any(one.kind is SentenceKind.CONDUCT for one in turn):
            return {n: PointKind.PROPOSAL for n in places if opens_item(turn[n].text)}
        if any(one.kind is SentenceKind.QUESTION for one in turn) or not places:
            return {}
        kind = self._kind_of_statements(speaker, [turn[n] for n in places])
        if kind is PointKind.PROPOSAL:
            self._explains = self._explains or speaker
        return dict.fromkeys(_weightiest(turn, places), kind) if kind else {}

    def _kind_of_statements(self, speaker: str, stated: Sequence[_Sentence]) -> PointKind | None:
        if self._asked is not None and (self._asked != speaker or not speaker):
            return PointKind.ANSWER
        if self._asked == speaker and self._explains != speaker:
            return None
        if self._explains in (None, speaker) or any(has_figure(one.text) for one in stated):
            return PointKind.PROPOSAL
        return None


def _weightiest(turn: Sequence[_Sentence], places: Sequence[int]) -> list[int]:
    """Return the places of at most `MOST_STATED` sentences: with figures before those without, the
    earlier before the later.
    """
    if len(places) <= MOST_STATED:
        return list(places)
    return sorted(places, key=lambda n: (not has_figure(turn[n].text), n))[:MOST_STATED]


def _point(kind: PointKind, speaker: str, sentences: Sequence[_Sentence]) -> DigestPoint:
    dues = (due_of(one.text) for one in sentences) if kind is PointKind.TASK else ()
    return DigestPoint(
        kind=kind,
        speaker=speaker,
        sentences=[DigestSentence(text=one.text, sources=[one.source]) for one in sentences],
        due=next(filter(None, dues), ""),
    )
