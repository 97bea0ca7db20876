"""The learned substitutions of a series, with what speaks for each and against it: rows of
confirmed segments (`learning.py`), counted by recordings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.terms.terms import Confused
from models.meeting import Series
from models.recording import Transcription
from models.term import Confusion
from models.texts import folded
from models.transcript import Segment, Transcript

Substitution = tuple[str, str]
"""Heard and meant."""


class LearnedUse(StrEnum):
    """What becomes of a learned substitution in new transcripts."""

    SURE = "sure"
    PROPOSED = "proposed"
    ONCE = "once"
    OPPOSED = "opposed"
    OFF = "off"

    @property
    def label(self) -> str:
        """Return the use in Japanese."""
        return {
            LearnedUse.SURE: "はじめから直します",
            LearnedUse.PROPOSED: "候補に出ます",
            LearnedUse.ONCE: "あと1回で候補に",
            LearnedUse.OPPOSED: "そのままも多く使いません",
            LearnedUse.OFF: "使わない",
        }[self]


@dataclass(frozen=True)
class Evidence:
    """What the confirmed segments of one recording say to a substitution: `times` they had `heard`
    and `meant` in its place, the same where it was right; `last_at`: when the last of them was
    confirmed.
    """

    recording_id: int
    heard: str
    meant: str
    times: int
    last_at: datetime

    @property
    def was_kept(self) -> bool:
        """Return whether the word was confirmed as it was heard."""
        return self.heard == self.meant


@dataclass(frozen=True, kw_only=True)
class Learned(Confused):
    """A learned substitution as people see it, with its evidence, the newest first; `is_off`: it is
    switched off, `is_word_off`: because the word is.
    """

    evidence: Sequence[Evidence]
    is_off: bool = False
    is_word_off: bool = False

    def has(self, words: str) -> bool:
        """Return whether it heard or means something with these words in it."""
        return any(folded(words.strip()) in folded(word) for word in (self.heard, self.meant))

    @property
    def last_at(self) -> datetime:
        """Return when it was taught last."""
        return max(one.last_at for one in self.evidence if one.meant == self.meant)

    @property
    def use(self) -> LearnedUse:
        """Return what becomes of it."""
        if self.is_off:
            return LearnedUse.OFF
        if self.is_sure:
            return LearnedUse.SURE
        if self.is_proposed:
            return LearnedUse.PROPOSED
        return LearnedUse.OPPOSED if self.others else LearnedUse.ONCE


def learned(session: Session, series: Series, off: Iterable[Substitution]) -> list[Learned]:
    """Return the learned substitutions of the series, the most frequent first. `off`: what is
    switched off; with an empty `heard`, all substitutions by this word.
    """
    off, every = set(off), _evidence(session, series)
    times, of_heard = Counter[Substitution](), defaultdict[str, list[Evidence]](list)
    for one in every:
        times[one.heard, one.meant] += one.times
        of_heard[one.heard].append(one)
    found = [
        replace(
            _learned(heard, meant, count, of_heard),
            is_off=not off.isdisjoint([(heard, meant), ("", meant)]),
            is_word_off=("", meant) in off,
        )
        for (heard, meant), count in times.items()
        if heard != meant
    ]
    return sorted(found, key=lambda one: (-one.times, one.meant, one.heard))


def _learned(heard: str, meant: str, times: int, of_heard: dict[str, list[Evidence]]) -> Learned:
    """Return the substitution with its evidence: what became of `heard`, and where `meant` was
    corrected to it.
    """
    evidence = [
        *of_heard[heard],
        *(one for one in of_heard.get(meant, ()) if one.meant == heard),
    ]
    taught = {one.recording_id for one in evidence if (one.heard, one.meant) == (heard, meant)}
    others = {one.recording_id for one in evidence if (one.heard, one.meant) != (heard, meant)}
    evidence.sort(key=lambda one: (one.last_at, one.recording_id), reverse=True)
    return Learned(heard, meant, times, len(taught), len(others), evidence=evidence)


def _evidence(session: Session, series: Series) -> list[Evidence]:
    rows = session.execute(
        select(
            Transcription.recording_id,
            Confusion.heard,
            Confusion.meant,
            func.count(),
            func.max(Segment.confirmed_at),
        )
        .join(Segment, Confusion.segment_id == Segment.id)
        .join(Transcript, Segment.transcript_id == Transcript.id)
        .join(Transcription, Transcript.transcription_id == Transcription.id)
        .where(Confusion.series_id == series.id)
        .group_by(Confusion.heard, Confusion.meant, Transcription.recording_id)
    )
    return [
        Evidence(recording_id, heard, meant, times, at)
        for recording_id, heard, meant, times, at in rows
        if at
    ]
