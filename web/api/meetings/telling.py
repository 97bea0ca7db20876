"""What the terminals of a meeting are told of a change, as far as each person may know it."""

from collections.abc import Callable, Collection, Iterator

from sqlalchemy.orm import Session

from meetings.rights import readers_of
from meetings.sitting import presenting
from meetings.sitting.live_changes import LiveThing
from models.meeting import Meeting
from models.memo import Memo
from models.person import Person, SignIn
from web.api.meetings.live import LiveAnswer
from web.streams.live import hub


def telling(session: Session, changed: Collection[LiveThing]) -> Iterator[Callable[[], None]]:
    """Yield what tells the terminals of these things once they are on disk. What is to be told is
    read now, in the transaction that changed them."""
    for thing in changed:
        match thing:
            case Meeting():
                yield from _of_state(session, thing)
            case Memo():
                yield _of_memo(session, thing)
            case Person():
                yield _of_lost_right(thing.id)
            case SignIn():
                yield _of_lost_right(thing.person_id, thing.id)


def _of_state(session: Session, meeting: Meeting) -> Iterator[Callable[[], None]]:
    """Tell the whole state; to those who may not read the document that is shown, without it."""
    to_all, meeting_id, state = hub(), meeting.id, presenting.state_of(session, meeting)
    whole, readers = _words(state), presenting.readers_of_turn(session, state)
    yield lambda: to_all.send(meeting_id, "state", whole, only=readers)
    if readers is not None:
        rest = _words(state.without_turn())
        yield lambda: to_all.send(meeting_id, "state", rest, but=readers)


def _of_memo(session: Session, memo: Memo) -> Callable[[], None]:
    """Tell those who may read the document that its memos are to be asked for again."""
    document = memo.page.version.document
    to_all, meeting_id, readers = hub(), document.meeting_id, readers_of(session, document)
    fact = {"document_id": document.id}
    return lambda: to_all.send(meeting_id, "memos", fact, only=readers)


def _of_lost_right(person_id: int, sign_in_id: int | None = None) -> Callable[[], None]:
    """End the streams of the person, or those of one sign-in: a terminal that may still listen
    comes back by itself."""
    to_all = hub()
    return lambda: to_all.end(person_id, sign_in_id)


def _words(state: presenting.LiveState) -> str:
    return LiveAnswer.of(state).model_dump_json(exclude={"you"})
