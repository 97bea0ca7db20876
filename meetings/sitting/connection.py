"""接続テスト: what the seats measured on their own network before the meeting."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import clean_text, entries
from meetings.errors import InvalidInput
from models.meeting import Meeting
from models.person import Person
from models.sitting import Carrier, ConnectionTest

SLOW_MS = 1000
LONGEST_MS = 600_000


def keep_test(
    session: Session,
    person: Person,
    meeting: Meeting,
    *,
    carrier: Carrier,
    median_ms: int,
    worst_ms: int,
    lost: int,
    terminal: str,
) -> ConnectionTest:
    """Keep a test. `lost` echoes never came back; the times are those of the ones that did. Raises
    InvalidInput."""
    if not 0 <= median_ms <= worst_ms <= LONGEST_MS or not 0 <= lost <= 100:
        raise InvalidInput("median_ms", "測定した値が正しくありません。もう一度お試しください。")
    test = ConnectionTest(
        meeting=meeting,
        person=person,
        carrier=carrier,
        median_ms=median_ms,
        worst_ms=worst_ms,
        lost=lost,
        terminal=clean_text.line(terminal)[: entries.LONGEST_NAME],
    )
    session.add(test)
    session.flush()
    return test


def last_tests(session: Session, meeting: Meeting) -> dict[int, ConnectionTest]:
    """Return the newest test of every person, by the person's id."""
    tests = session.scalars(
        select(ConnectionTest)
        .where(ConnectionTest.meeting_id == meeting.id)
        .order_by(ConnectionTest.id)
    )
    return {test.person_id: test for test in tests}


def is_good(test: ConnectionTest) -> bool:
    return test.lost == 0 and test.worst_ms < SLOW_MS
