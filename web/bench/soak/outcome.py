"""What is in the database when everybody has gone home, against what they were told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.database import reading
from models.meeting import AgendaItem
from models.memo import Memo
from models.recording import Recording
from models.transcript import Segment
from models.upload import Upload, UploadState
from web.bench.soak.load import AgendaWriter, Corrector, MemoWriter, PersonAtWork, SoundSender


@dataclass(frozen=True)
class Outcome:
    """How many changes were acknowledged; which of them are not there, which are there twice, and
    which answers the house does not know."""

    acknowledged: int
    lost: list[str]
    doubled: list[str]
    broken: list[str]
    lines_cut: int
    answers: dict[int, int]


def compared(engine: Engine, people: Sequence[PersonAtWork]) -> Outcome:
    """Return how what is stored compares with what these people were told."""
    lost: list[str] = []
    doubled: list[str] = []
    with reading(engine) as session:
        for person in people:
            stored = _stored(session, person)
            lost += _lost(person, stored)
            doubled += [mark for mark, values in stored.items() if len(values) > 1]
    ledgers = [person.ledger for person in people]
    return Outcome(
        acknowledged=sum(len(ledger.acknowledged) for ledger in ledgers),
        lost=lost,
        doubled=doubled,
        broken=[told for ledger in ledgers for told in ledger.broken],
        lines_cut=sum(ledger.lines_cut for ledger in ledgers),
        answers=dict(sum((ledger.answers for ledger in ledgers), Counter())),
    )


def uploads_to_check(engine: Engine) -> int:
    """Return how many complete uploads the worker has not looked into."""
    with reading(engine) as session:
        waiting = select(Upload.id).where(Upload.state == UploadState.WHOLE)
        return len(session.scalars(waiting).all())


def _lost(person: PersonAtWork, stored: dict[str, list[str]]) -> Iterator[str]:
    for mark, value in person.ledger.acknowledged.items():
        possible = {value} | person.ledger.unsure.get(mark, set())
        if not possible & set(stored.get(mark, [])):
            yield mark


def _stored(session: Session, person: PersonAtWork) -> dict[str, list[str]]:
    """Return the values that are stored of what this person marked, by its mark."""
    if isinstance(person, AgendaWriter):
        rows = [(title, title) for title in session.scalars(select(AgendaItem.title))]
    elif isinstance(person, MemoWriter):
        rows = [(key, key) for key in session.scalars(select(Memo.key))]
    elif isinstance(person, Corrector):
        found = session.execute(select(Segment.id, Segment.text))
        rows = [(str(identity), text) for identity, text in found]
    elif isinstance(person, SoundSender):
        rows = [(sha256, "sent") for sha256 in session.scalars(select(Recording.sha256))]
    else:
        rows = []
    stored: dict[str, list[str]] = {}
    for mark, value in rows:
        if mark in person.ledger.acknowledged or mark in person.ledger.unsure:
            stored.setdefault(mark, []).append(value)
    return stored
