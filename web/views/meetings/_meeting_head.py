"""The head that all screens of one meeting share."""

from dataclasses import dataclass

from flask import url_for

from meetings.rights import Right, rights
from minutes.meeting_stages import OVER, MeetingState, shown_state, state_of
from models.meeting import Meeting
from models.person import Person
from web.transaction import reading_session


@dataclass(frozen=True)
class MeetingHead:
    """What the head shows. `word` is the state as this person is told it."""

    rights: frozenset[Right]
    state: MeetingState
    word: str

    @property
    def badge(self) -> str:
        return badge_of(self.state, self.word)


def badge_of(state: MeetingState, word: str) -> str:
    """Return the look of the badge in which the state's word stands."""
    if state == MeetingState.CALLED_OFF:
        return "danger"
    if word in (MeetingState.PREPARING.value, OVER):
        return "plain"
    is_done = state in (MeetingState.PUBLISHED, MeetingState.APPROVED)
    return "done" if is_done else "waiting"


def url_of_meeting(person: Person, meeting: Meeting) -> str:
    """Return where the meeting is shown; "" for somebody who may see no more of it than the text
    that waits for them."""
    given = rights(reading_session(), person, meeting)
    return url_for("meetings.show", meeting_id=meeting.id) if Right.SEE in given else ""


def meeting_head(person: Person, meeting: Meeting) -> MeetingHead:
    session = reading_session()
    given, state = rights(session, person, meeting), state_of(session, meeting)
    return MeetingHead(given, state, shown_state(meeting, state, given))
