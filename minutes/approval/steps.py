"""The path of approval that a series has set: its steps, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput
from meetings.invitations.roster import standing
from meetings.rights import Right, holders, may_be_asked, rights_by_role
from models.approval import ApprovalStep
from models.meeting import Meeting, Series
from models.person import Person

MOST_STEPS = 12
MOST_DAYS = 366


@dataclass(frozen=True)
class PlannedStep:
    """A step as it is wanted. `days` is the deadline, counted from when it is its turn."""

    name: str
    person: Person | None = None
    delegate: Person | None = None
    days: int | None = None


def steps_of(session: Session, series: Series) -> Sequence[ApprovalStep]:
    """Return the steps of the series in order; none where whoever may approve decides at once."""
    wanted = select(ApprovalStep).where(ApprovalStep.series_id == series.id)
    return session.scalars(wanted.order_by(ApprovalStep.position)).all()


def set_steps(
    session: Session, by: Person, series: Series, planned: Sequence[PlannedStep]
) -> Sequence[ApprovalStep]:
    """Set these steps in place of those of before. Requests that are on their way keep theirs.

    Raises InvalidInput for a step without a name, a person for whom it cannot wait, a delegate
    without a person, too many steps or days.
    """
    if len(planned) > MOST_STEPS:
        raise InvalidInput("steps", f"段階は{MOST_STEPS}までです。")
    checked = [_checked(session, by, series, one) for one in planned]
    session.execute(delete(ApprovalStep).where(ApprovalStep.series_id == series.id))
    made = [
        ApprovalStep(
            series=series,
            position=position,
            name=one.name,
            person=one.person,
            delegate=one.delegate,
            days=one.days,
        )
        for position, one in enumerate(checked)
    ]
    session.add_all(made)
    audit.note(session, by, "set_approval_steps", series)
    return made


def possible_people(session: Session, chooser: Person, series: Series) -> list[Person]:
    """Return everybody whom this person can name in a step: those who may read the department's
    unpublished minutes, those who are named already and, for somebody who may read them too, those
    on the roster of the series."""
    found = [*session.scalars(holders(Right.HEAR, series.department)), *_named(session, series)]
    if Right.HEAR in rights_by_role(chooser, series.department):
        found += [entry.person for entry in standing(series)]
    return [one for one in dict.fromkeys(found) if not one.has_left]


def check_people(
    session: Session,
    by: Person,
    name: str,
    people: Iterable[Person | None],
    series: Series,
    meeting: Meeting | None = None,
) -> None:
    """Raise InvalidInput when the step `name` cannot wait for these people, or `by`, who may not
    read the minutes, would open them to somebody who may not either."""
    may_open = Right.HEAR in rights_by_role(by, series.department)
    named = _named(session, series)
    for one in filter(None, people):
        may_read = one in named or Right.HEAR in rights_by_role(one, series.department)
        if not may_be_asked(one, series, meeting) or not (may_read or may_open):
            raise InvalidInput(
                "person_id",
                f"「{name}」の{one.name}さんは、この会議録を読む役割がないか、もう利用者では"
                "ありません。一覧から選んでください。名簿の委員は、書記か承認者が選べます。",
            )


def check_delegate(name: str, person: Person | None, delegate: Person | None) -> None:
    """Raise InvalidInput for a delegate of nobody, or of themselves."""
    if delegate is not None and person is None:
        raise InvalidInput("delegate_id", f"「{name}」の代決者を決めるには、本人も選んでください。")
    if delegate is not None and delegate is person:
        raise InvalidInput(
            "delegate_id", f"「{name}」の代決者には、本人とは別の人を選んでください。"
        )


def _named(session: Session, series: Series) -> set[Person]:
    """Return who stands in the steps of the series now."""
    kept = steps_of(session, series)
    return {one for step in kept for one in (step.person, step.delegate) if one is not None}


def _checked(session: Session, by: Person, series: Series, one: PlannedStep) -> PlannedStep:
    name = entries.text("name", "段階の名前", one.name)
    check_people(session, by, name, (one.person, one.delegate), series)
    check_delegate(name, one.person, one.delegate)
    days = entries.within("days", f"「{name}」の期限（日数）", one.days, 1, MOST_DAYS)
    return PlannedStep(name, one.person, one.delegate, days)
