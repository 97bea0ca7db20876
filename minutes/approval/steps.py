"""The path of approval that a series has set: its steps, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput
from meetings.rights import Right, holders, rights_by_role
from models.approval import ApprovalStep
from models.meeting import Series
from models.person import Department, Person

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

    Raises InvalidInput for a step without a name, a person who may not read the minutes or has
    left, a delegate without a person, too many steps or days.
    """
    if len(planned) > MOST_STEPS:
        raise InvalidInput("steps", f"段階は{MOST_STEPS}までです。")
    checked = [_checked(session, series.department, one) for one in planned]
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


def possible_people(session: Session, department: Department) -> Sequence[Person]:
    """Return everybody who can be named in a step: those who may read the department's unpublished
    minutes."""
    return session.scalars(holders(Right.HEAR, department)).all()


def is_possible(department: Department, person: Person) -> bool:
    """Return whether a step can wait for this person: not after they left or lost their role."""
    return not person.has_left and Right.HEAR in rights_by_role(person, department)


def check_people(
    department: Department, name: str, person: Person | None, delegate: Person | None
) -> None:
    """Raise InvalidInput when the step `name` cannot wait for these two."""
    for one in (person, delegate):
        if one is not None and not is_possible(department, one):
            raise InvalidInput(
                "person_id",
                f"「{name}」の{one.name}さんは、この会議録を読む役割がないか、もう利用者では"
                "ありません。一覧から選ぶか、管理者に承認者の役割を頼んでください。",
            )
    if delegate is not None and person is None:
        raise InvalidInput("delegate_id", f"「{name}」の代決者を決めるには、本人も選んでください。")
    if delegate is not None and delegate is person:
        raise InvalidInput(
            "delegate_id", f"「{name}」の代決者には、本人とは別の人を選んでください。"
        )


def _checked(session: Session, department: Department, one: PlannedStep) -> PlannedStep:
    name = entries.text("name", "段階の名前", one.name)
    check_people(department, name, one.person, one.delegate)
    days = entries.within("days", f"「{name}」の期限（日数）", one.days, 1, MOST_DAYS)
    return PlannedStep(name, one.person, one.delegate, days)
