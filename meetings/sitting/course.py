"""The order in which the events of a sitting can follow each other (開会、開議、休憩、再開…)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from meetings import dates
from models.proceedings import SittingEvent, SittingEventKind


class CourseState(Enum):
    """Where a sitting stands between two of its events."""

    BEFORE = auto()
    OPENED = auto()
    SITTING = auto()
    SUSPENDED = auto()
    ADJOURNED = auto()
    CLOSED = auto()


OPEN = {CourseState.OPENED, CourseState.SITTING}
COURSE: dict[SittingEventKind, tuple[set[CourseState], CourseState]] = {
    SittingEventKind.OPENED: ({CourseState.BEFORE}, CourseState.OPENED),
    SittingEventKind.BEGAN: (
        {CourseState.BEFORE, CourseState.OPENED, CourseState.ADJOURNED},
        CourseState.SITTING,
    ),
    SittingEventKind.SUSPENDED: (OPEN, CourseState.SUSPENDED),
    SittingEventKind.RESUMED: ({CourseState.SUSPENDED}, CourseState.SITTING),
    SittingEventKind.DEFERRED: (OPEN | {CourseState.SUSPENDED}, CourseState.ADJOURNED),
    SittingEventKind.ADJOURNED: (OPEN | {CourseState.SUSPENDED}, CourseState.ADJOURNED),
    SittingEventKind.CLOSED: (
        OPEN | {CourseState.SUSPENDED, CourseState.ADJOURNED},
        CourseState.CLOSED,
    ),
}
"""From which states an event of the whole sitting is possible, and to which it leads."""


@dataclass(frozen=True)
class CourseError:
    """The first event that cannot be where it stands, and why, in a sentence."""

    event: SittingEvent
    sentence: str


def in_order(events: Sequence[SittingEvent]) -> list[SittingEvent]:
    """Return the events as they happened; those of one moment by their kind."""
    return sorted(events, key=lambda one: (one.at, one.kind.rank, one.id or 0))


def state_after(events: Sequence[SittingEvent]) -> CourseState:
    """Return where the sitting stands after these events, which must be possible in this order."""
    state = CourseState.BEFORE
    for event in events:
        if event.kind in COURSE:
            state = COURSE[event.kind][1]
    return state


def first_error(events: Sequence[SittingEvent]) -> CourseError | None:
    """Return the first of these events, in their order, that cannot be there; None where all can
    be."""
    state, absent = CourseState.BEFORE, set[int | None]()
    for event in events:
        if event.kind.is_of_somebody:
            wrong = _wrong_with_somebody(event, state, absent)
            _move(event, absent)
        else:
            possible, following = COURSE[event.kind]
            wrong = "" if state in possible else _wrong(event.kind, state)
            state = following
        if wrong:
            return CourseError(event, wrong)
    return None


def possible_kinds(events: Sequence[SittingEvent]) -> list[SittingEventKind]:
    """Return the kinds of events of the whole sitting that can come next, as they are ranked."""
    state = state_after(events)
    return [kind for kind in SittingEventKind if kind in COURSE and state in COURSE[kind][0]]


def _move(event: SittingEvent, absent: set[int | None]) -> None:
    if event.kind is SittingEventKind.LEFT:
        absent.add(event.attendance_id)
    elif event.kind is SittingEventKind.CAME_IN:
        absent.discard(event.attendance_id)


def _wrong_with_somebody(event: SittingEvent, state: CourseState, absent: set[int | None]) -> str:
    who, entry = event.who, event.attendance
    if state is CourseState.CLOSED:
        return f"閉会のあとに{event.kind.label}は記録できません。時刻を確かめてください。"
    if entry is not None and event.at < entry.came_at:
        came = dates.clock(entry.came_at)
        return f"{who}さんが来た時刻（{came}）より前です。時刻を確かめてください。"
    is_absent = event.attendance_id in absent
    if event.kind is SittingEventKind.CAME_IN and not is_absent:
        return f"{who}さんは退席していません。先に退席を記録してください。"
    if event.kind is not SittingEventKind.CAME_IN and is_absent:
        return f"{who}さんは退席しています。戻ったのなら、先に入室を記録してください。"
    return ""


def _wrong(kind: SittingEventKind, state: CourseState) -> str:
    match kind, state:
        case (
            SittingEventKind.RESUMED,
            CourseState.BEFORE | CourseState.OPENED | CourseState.SITTING,
        ):
            return "休憩が記録されていないため、再開できません。先に休憩を記録してください。"
        case SittingEventKind.OPENED, _:
            return "開会はすでに記録されています。1回の会議に開会は1つです。"
        case _, CourseState.BEFORE:
            return (
                f"開会か開議より前に{kind.label}は記録できません。"
                "先に開会を記録するか、時刻を確かめてください。"
            )
        case _, CourseState.CLOSED:
            return f"閉会のあとに{kind.label}は記録できません。時刻を確かめてください。"
        case _, CourseState.ADJOURNED:
            return (
                f"散会・延会のあとに{kind.label}は記録できません。"
                "別の日に続けたのなら、先に開議を記録してください。"
            )
        case SittingEventKind.BEGAN, CourseState.SUSPENDED:
            return "休憩中です。休憩のあとは「再開」を記録してください。"
        case _, CourseState.SUSPENDED:
            return "休憩中です。先に再開を記録してください。"
    return "すでに開議しています。"
