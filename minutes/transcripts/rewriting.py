"""Corrects or confirms many segments of a transcript in a few statements. The result is that of
single corrections, but nobody else waits while thousands are written.

Finding what their words teach is slow, and its results are cached (`learning.lessons`). Callers
that call `prepare_texts` or `prepare_ticks` before they take the write lock hold it for a shorter
time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import InvalidInput
from minutes.terms import learning
from minutes.transcripts import counts, transcripts
from models.base import now
from models.person import Person
from models.transcript import Correction, Segment, Transcript

WantedT = TypeVar("WantedT", "Rewriting", "Tick")

NOT_OF_IT = "この逐語録にない発話があります。画面を開き直してください。"
TWICE = "同じ発話が2回あります。1回にしてください。"


@dataclass(frozen=True)
class Rewriting:
    """A new text of a segment. `based_on`: the revision that its author saw."""

    segment_id: int
    text: str
    based_on: int


@dataclass(frozen=True)
class Tick:
    """A change of a segment's confirmation. `now`: whether it is confirmed as the caller saw it;
    `then`: whether it shall be.
    """

    segment_id: int
    now: bool
    then: bool


def prepare_texts(session: Session, transcript: Transcript, wanted: Sequence[Rewriting]) -> None:
    """Do the slow part of `correct_all` in advance and cache it; changes nothing."""
    text_of = {one.segment_id: one.text for one in wanted}
    for row in _rows(session, transcript, Segment.confirmed_at.is_not(None)):
        if row.id in text_of:
            learning.lessons(row.heard, row.machine, transcripts.plain_text(text_of[row.id]))


def correct_all(
    session: Session, by: Person, transcript: Transcript, wanted: Sequence[Rewriting]
) -> None:
    """Correct all the segments or none.

    Raises what `transcripts.correct` raises, for the first segment that cannot be corrected;
    InvalidInput if one is not of this transcript or comes twice.
    """
    transcripts.refuse_when_approved(session, transcript)
    session.flush()
    known = {row.id: row for row in _rows(session, transcript)}
    changed: list[tuple[Any, str]] = []
    for one in _each_once(wanted):
        row, text = known.get(one.segment_id), transcripts.plain_text(one.text)
        if row is None:
            raise InvalidInput("segment_id", NOT_OF_IT)
        if text == row.text:
            continue
        if row.revision != one.based_on:
            segment = session.get_one(Segment, row.id)
            transcripts.refuse_when_stale(session, by, segment, text, one.based_on)
        changed.append((row, text))
    if changed:
        _write(session, by, transcript, changed)


def prepare_ticks(session: Session, transcript: Transcript, wanted: Sequence[Tick]) -> None:
    """Do the slow part of `tick_all` in advance and cache it; changes nothing."""
    ticked = {one.segment_id for one in wanted if one.then}
    for row in _rows(session, transcript, Segment.confirmed_at.is_(None)):
        if row.id in ticked:
            learning.lessons(row.heard, row.machine, row.text)


def tick_all(
    session: Session, by: Person, transcript: Transcript, wanted: Sequence[Tick]
) -> list[int]:
    """Confirm segments, or take back confirmations, if they are still as `now` says: what
    somebody changed since stays. Returns the ids of the changed segments.

    Raises NotPossibleNow if the minutes are approved, InvalidInput if a segment comes twice.
    """
    transcripts.refuse_when_approved(session, transcript)
    session.flush()
    known = {row.id: row for row in _rows(session, transcript)}
    changed: dict[bool, list[Any]] = {True: [], False: []}
    for one in _each_once(wanted):
        row = known.get(one.segment_id)
        if row and one.now != one.then and (row.confirmed_at is not None) == one.now:
            changed[one.then].append(row)
    for is_confirmed, rows in changed.items():
        _tick(session, by, transcript, rows, is_confirmed)
    return [row.id for rows in changed.values() for row in rows]


def _tick(
    session: Session, by: Person, transcript: Transcript, rows: Sequence[Any], is_confirmed: bool
) -> None:
    if not rows:
        return
    identities = [row.id for row in rows]
    who, when = (by.id, now()) if is_confirmed else (None, None)
    session.execute(
        update(Segment)
        .where(Segment.id.in_(identities))
        .values(confirmed_by_id=who, confirmed_at=when)
        .execution_options(synchronize_session=False)
    )
    texts = {
        row.id: learning.FinalText(row.heard, row.machine, row.text) if is_confirmed else None
        for row in rows
    }
    learning.learn_all(session, transcript.meeting.series_id, texts)
    verb = "confirm" if is_confirmed else "take_back_confirmation"
    audit.note_rows(session, by, verb, Segment, identities, transcript.meeting)
    _read_anew(session, transcript)


def _write(
    session: Session, by: Person, transcript: Transcript, changed: Sequence[tuple[Any, str]]
) -> None:
    at = now()
    session.execute(
        update(Segment),
        [{"id": row.id, "text": text, "revision": row.revision + 1} for row, text in changed],
    )
    session.execute(
        insert(Correction),
        [
            {
                "segment_id": row.id,
                "revision": row.revision + 1,
                "before": row.text,
                "after": text,
                "corrected_by_id": by.id,
                "corrected_at": at,
            }
            for row, text in changed
        ],
    )
    texts = {
        row.id: learning.FinalText(row.heard, row.machine, text)
        for row, text in changed
        if row.confirmed_at is not None
    }
    learning.learn_all(session, transcript.meeting.series_id, texts)
    identities = [row.id for row, _ in changed]
    audit.note_rows(session, by, "correct", Segment, identities, transcript.meeting)
    _read_anew(session, transcript)


def _read_anew(session: Session, transcript: Transcript) -> None:
    """Make the session read everything again, as it does not know what was written by
    statements.
    """
    counts.changed(session, transcript)
    session.flush()
    session.expire_all()


def _each_once(wanted: Iterable[WantedT]) -> Iterable[WantedT]:
    seen = set[int]()
    for one in wanted:
        if one.segment_id in seen:
            raise InvalidInput("segment_id", TWICE)
        seen.add(one.segment_id)
        yield one


def _rows(session: Session, transcript: Transcript, *which: ColumnElement[bool]) -> Sequence[Any]:
    """Return the columns that are needed of the transcript's segments, as rows: objects for
    thousands of segments would be slow.
    """
    return session.execute(
        select(
            Segment.id,
            Segment.heard,
            Segment.machine,
            Segment.text,
            Segment.revision,
            Segment.confirmed_at,
        ).where(Segment.transcript_id == transcript.id, *which)
    ).all()
