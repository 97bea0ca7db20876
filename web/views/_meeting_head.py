"""The head that all screens of one meeting share."""

from dataclasses import dataclass

from meetings.rights import Right, rights
from minutes.progress import MeetingState, state_of
from models.meeting import Meeting
from models.person import Person
from web.transaction import reading_session


@dataclass(frozen=True)
class MeetingHead:
    rights: frozenset[Right]
    state: MeetingState

    @property
    def badge(self) -> str:
        """The look of the state's badge; the word stands in it."""
        if self.state in (MeetingState.PUBLISHED, MeetingState.APPROVED):
            return "done"
        return "plain" if self.state == MeetingState.PREPARING else "waiting"


def meeting_head(person: Person, meeting: Meeting) -> MeetingHead:
    session = reading_session()
    return MeetingHead(rights(session, person, meeting), state_of(session, meeting))
