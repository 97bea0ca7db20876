"""The lines of the audit as they are stored, in the order of the chain."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.audit_chain import FIRST, LineContent

AT_ONCE = 20_000
BATCH = text(
    "SELECT id, at, person_id, verb, thing, thing_id, meeting_id, way, address, result, times, link"
    " FROM audit_line WHERE id > :after ORDER BY id LIMIT :most"
)


class StoredLine(NamedTuple):
    """A line's content as it is hashed, and its link."""

    content: LineContent
    link: bytes

    @property
    def number(self) -> int:
        number = self.content[0]
        assert isinstance(number, int)
        return number


def lines(session: Session, after: int = 0) -> Iterator[StoredLine]:
    """Yield the lines with a number above `after`. Between batches no transaction is open: what is
    written once never changes."""
    while rows := session.execute(BATCH, {"after": after, "most": AT_ONCE}).all():
        session.rollback()
        for *content, link in rows:
            yield StoredLine(tuple(content), link or b"")  # none: put there by force
        after = rows[-1][0]
    session.rollback()


def link_at(session: Session, number: int) -> bytes | None:
    """Return the link of the line with this number; None where there is none."""
    found = session.execute(text("SELECT link FROM audit_line WHERE id = :id"), {"id": number})
    return found.scalar()


def ends(session: Session) -> tuple[int, int]:
    """Return the numbers of the first and the last line; zeros where there is none."""
    first, last = session.execute(text("SELECT MIN(id), MAX(id) FROM audit_line")).one()
    return first or 0, last or 0


def beginning(session: Session) -> bytes:
    """Return the link that the first line of the table follows: that of the last archived line."""
    newest = "SELECT last_link FROM audit_archive ORDER BY id DESC LIMIT 1"
    return session.execute(text(newest)).scalar() or FIRST
