"""The way of a request for approval, as the page of the minutes shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from minutes.approval import path, steps
from models.approval import ApprovalStep, RequestStep
from models.base import now
from models.minutes import MinutesRevision
from models.person import Person
from web.transaction import reading_session


@dataclass(frozen=True)
class ShownPath:
    """The steps of the request, or, before there is one, those that the series has `planned`.
    `current` is the step whose turn it is; `may_decide` says whether it is this reader's."""

    planned: Sequence[ApprovalStep]
    steps: Sequence[RequestStep]
    current: RequestStep | None
    may_decide: bool

    @property
    def is_vacant(self) -> bool:
        """Return whether the person of the step whose turn it is has left."""
        return self.current is not None and path.is_vacant(self.current)

    @property
    def is_late(self) -> bool:
        return self.current is not None and self.current.is_late(now())


def path_of(person: Person, revision: MinutesRevision) -> ShownPath:
    """Return the way of the revision's request."""
    session, request = reading_session(), revision.request
    planned = steps.steps_of(session, revision.meeting.series)
    if request is None:
        return ShownPath(planned, [], None, may_decide=False)
    is_open = request.decision is None
    return ShownPath(
        planned,
        path.steps_of(session, request),
        path.current_step(session, request) if is_open else None,
        may_decide=is_open and path.may_decide(session, person, request),
    )
