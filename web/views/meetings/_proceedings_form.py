"""The forms of 会議の記録: times, people, items and decisions as they were typed."""

import re
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flask import request

from meetings import entries
from meetings.agenda import item_of
from meetings.errors import InvalidInput
from meetings.sitting import presenting
from meetings.sitting.decisions import MOST_VOTES, DecisionFacts
from models.base import now
from models.meeting import AgendaItem, Meeting
from models.proceedings import ItemResult, VotingMethod
from models.sitting import Attendance
from web.transaction import reading_session

WordT = TypeVar("WordT", bound=StrEnum)
NOW = "now"
BETWEEN_NAMES = re.compile(r"[\n\r、，,]+")


def chosen(kind: type[WordT], field: str, label: str) -> WordT:
    """Return the word of `kind` that was chosen. Raises InvalidInput."""
    found = chosen_or_none(kind, field, label)
    if found is None:
        raise InvalidInput(field, f"{label}を選んでください。")
    return found


def chosen_or_none(kind: type[WordT], field: str, label: str) -> WordT | None:
    """Return the word that was chosen; None for none. Raises InvalidInput for anything else."""
    given = request.form.get(field, "")
    if given and given not in list(kind):
        raise InvalidInput(field, f"{label}を一覧から選んでください。")
    return kind(given) if given else None


def moment_typed(known: datetime | None = None) -> datetime | None:
    """Return the day and the time that were typed; `known`, to the second, where they are the same;
    None where no time was typed. Raises InvalidInput."""
    day, clock = request.form.get("day", ""), request.form.get("clock", "").strip()
    if not clock:
        return None
    if known is not None and (day, clock) == entries.local_fields(known):
        return known
    return entries.moment("clock", "時刻", day, clock)


def attendance_chosen(meeting: Meeting) -> Attendance | None:
    """Return the entry of attendance that was chosen, or None."""
    number = entries.plain_number(request.form.get("attendance_id"))
    entry = reading_session().get(Attendance, number) if number else None
    return entry if entry is not None and entry.meeting_id == meeting.id else None


def item_chosen(meeting: Meeting) -> AgendaItem | None:
    """Return the agenda item that was chosen, or None; for `NOW` the one that is under discussion.
    Raises InvalidInput."""
    given = request.form.get("agenda_item_id")
    if given == NOW:
        number = presenting.item_at(reading_session(), meeting, now())
    else:
        number = entries.plain_number(given)
    return item_of(meeting, number) if number else None


def decision_typed(meeting: Meeting) -> DecisionFacts:
    """Return what was typed about a decision. Raises InvalidInput."""
    form = request.form
    return DecisionFacts(
        chosen(ItemResult, "result", "結果"),
        agenda_item=item_chosen(meeting),
        subject=form.get("subject", ""),
        method=chosen_or_none(VotingMethod, "method", "方法"),
        votes_for=entries.whole_number(
            "votes_for", "賛成の人数", form.get("votes_for"), MOST_VOTES
        ),
        votes_against=entries.whole_number(
            "votes_against", "反対の人数", form.get("votes_against"), MOST_VOTES
        ),
        names_for=_names("names_for"),
        names_against=_names("names_against"),
        mover=form.get("mover", ""),
        note=form.get("note", ""),
    )


def _names(field: str) -> list[str]:
    return [name.strip() for name in BETWEEN_NAMES.split(request.form.get(field, ""))]
