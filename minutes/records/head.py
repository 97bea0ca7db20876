"""The head of a record (会議録の頭書き): who met when, where and about what, with which papers, and
what was decided. It is derived once from the rows of the meeting, when a text is drafted, and kept
in the revision, so that every form prints the same.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from meetings.agenda import flat, tree
from meetings.documents.documents import reading_order
from meetings.documents.paper_numbers import paper_names
from meetings.invitations.invitations import invited
from meetings.sitting.attendance import attendances_of, capacity_of
from meetings.sitting.decisions import decisions_of
from meetings.sitting.events import events_of
from meetings.sitting.presenting import item_at
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting, Openness
from models.proceedings import (
    ItemDecision,
    ItemResult,
    SittingEvent,
    SittingEventKind,
    VotingMethod,
)
from models.sitting import Attendance

BEGINNINGS = (SittingEventKind.OPENED, SittingEventKind.BEGAN)
ENDS = (SittingEventKind.DEFERRED, SittingEventKind.ADJOURNED, SittingEventKind.CLOSED)
MEMBER_KINDS = (InvitationKind.CHAIR, InvitationKind.ATTENDEE)


class HeadPerson(BaseModel):
    """Somebody of the meeting, with the office of that day. `proxy` is who came in the place of
    somebody absent, `proxy_for` the absent one in whose place this person came.
    """

    name: str
    office: str = ""
    kind: InvitationKind = InvitationKind.ATTENDEE
    proxy: str = ""
    proxy_for: str = ""


class HeadEvent(BaseModel):
    """An event of the sitting: `at` is an ISO time, `who` the person who came in, left or took the
    chair, `item` the number of the agenda item then.
    """

    kind: SittingEventKind
    at: str
    who: str = ""
    item: str = ""


class HeadItem(BaseModel):
    """An agenda item as the agenda prints it; `number` is like 「2-1」."""

    agenda_item_id: int
    number: str
    title: str


class HeadPaper(BaseModel):
    """A paper that was handed out; `number` is like 「資料1」, empty for one without. A limited one
    was for some of the meeting's people only.
    """

    document_id: int
    number: str
    title: str
    is_limited: bool = False


class HeadDecision(BaseModel):
    """What became of an item. `item` is its number, `subject` what was decided about; numbers are
    None where nobody counted.
    """

    agenda_item_id: int | None = None
    item: str = ""
    subject: str
    result: ItemResult
    method: VotingMethod | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    names_for: list[str] = []
    names_against: list[str] = []
    mover: str = ""
    note: str = ""

    def result_alone(self) -> "HeadDecision":
        """Return what became of the item, without who wanted it and how many."""
        return HeadDecision(
            agenda_item_id=self.agenda_item_id,
            item=self.item,
            subject=self.subject,
            result=self.result,
        )


class Head(BaseModel):
    """The facts of one meeting. Times are ISO texts: from its opening to its closing as they were
    noted, else as planned. `present` and `absent` are its chair and members, by their order.
    """

    title: str
    series: str
    starts_at: str
    ends_at: str
    place: str
    events: list[HeadEvent] = []
    present: list[HeadPerson] = []
    absent: list[HeadPerson] = []
    explainers: list[HeadPerson] = []
    witnesses: list[HeadPerson] = []
    staff: list[HeadPerson] = []
    observers: list[HeadPerson] = []
    audience_count: int | None = None
    openness: Openness | None = None
    openness_reason: str = ""
    items: list[HeadItem] = []
    papers: list[HeadPaper] = []
    decisions: list[HeadDecision] = []

    @property
    def chairs(self) -> list[HeadPerson]:
        """Return who took the chair: those invited to it who came, and who took it later."""
        took = {one.who for one in self.events if one.kind is SittingEventKind.CHAIR}
        chairs = [p for p in self.present if p.kind is InvitationKind.CHAIR or p.name in took]
        return chairs

    @property
    def attending(self) -> list[HeadPerson]:
        """Return everybody who was there, but for listeners."""
        others = (*self.explainers, *self.witnesses, *self.staff, *self.observers)
        return [*self.present, *others]

    def paper_name(self, document_id: int, title: str) -> str:
        """Return how the list of papers names this one, such as 「資料1　予算書」; its `title`
        where it is not on the list.
        """
        listed = {one.document_id: one for one in self.papers}
        one = listed.get(document_id)
        return f"{one.number}　{one.title}".strip("　") if one else title

    def for_citizens(self, closed_items: Collection[int | None]) -> "Head":
        """Return a copy for everybody: without papers that were for some only and, of closed items,
        nothing but that they were discussed and what became of them.
        """
        return self.model_copy(
            update={
                "papers": [one for one in self.papers if not one.is_limited],
                "events": self._open_events(closed_items),
                "decisions": self._open_decisions(closed_items),
            }
        )

    def _open_events(self, closed_items: Collection[int | None]) -> list[HeadEvent]:
        """Return the course without what happened behind closed doors. When the sitting opened and
        closed is always told; 休憩 and 再開 stay together.
        """
        closed = {one.number for one in self.items if one.agenda_item_id in closed_items} - {""}
        found, is_suspension_closed = [], False
        for event, item in zip(self.events, _items_of(self.events), strict=True):
            is_closed = item in closed
            if event.kind is SittingEventKind.SUSPENDED:
                is_suspension_closed = is_closed
            if event.kind is SittingEventKind.RESUMED:
                is_closed = is_suspension_closed
            if not is_closed or event.kind in (*BEGINNINGS, *ENDS):
                found.append(event)
        return found

    def _open_decisions(self, closed_items: Collection[int | None]) -> list[HeadDecision]:
        """Return the decisions; of a closed item what became of the item, not of what was moved
        while it was discussed.
        """
        titles: dict[int | None, str] = {one.agenda_item_id: one.title for one in self.items}
        found = []
        for one in self.decisions:
            if one.agenda_item_id not in closed_items:
                found.append(one)
            elif one.subject == titles.get(one.agenda_item_id, one.subject):
                found.append(one.result_alone())
        return found

    def with_texts(self, changed: Callable[[str], str]) -> "Head":
        """Return a copy in which each name and text that a person wrote is `changed`."""
        return Head.model_validate(_with_texts(self.model_dump(), changed))


def _items_of(events: Sequence[HeadEvent]) -> list[str]:
    """Return the number of the item during which each event happened. Where nobody noted it: that
    of the events before and after it, if they are of one item.
    """
    before, after = [""], [""]
    for event in events:
        before.append(event.item or before[-1])
    for event in reversed(events):
        after.append(event.item or after[-1])
    around = zip(before[1:], reversed(after[1:]), strict=True)
    return [last if last == following else "" for last, following in around]


KEPT_WORDS = {"kind", "result", "method", "openness", "at", "starts_at", "ends_at"}
"""Fields of the head whose texts nobody wrote."""


def _with_texts(value: Any, changed: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return changed(value)
    if isinstance(value, dict):
        return {
            name: inner if name in KEPT_WORDS else _with_texts(inner, changed)
            for name, inner in value.items()
        }
    return [_with_texts(inner, changed) for inner in value] if isinstance(value, list) else value


def head_of(session: Session, meeting: Meeting) -> Head:
    """Return the head as the rows of the meeting say it now."""
    events = events_of(session, meeting)
    numbers = {node.entry.id: node.number for node in flat(tree(session, meeting))}
    people = _people(session, meeting)
    begins, ends = _span(meeting, events)

    def of(*kinds: InvitationKind) -> list[HeadPerson]:
        return [person for person in people if person.kind in kinds]

    return Head(
        title=meeting.title,
        series=meeting.series.name,
        starts_at=begins.isoformat(),
        ends_at=ends.isoformat(),
        place=meeting.place,
        events=_events(session, meeting, events, numbers),
        present=of(*MEMBER_KINDS),
        absent=_absent(session, meeting),
        explainers=of(InvitationKind.PRESENTER),
        witnesses=of(InvitationKind.WITNESS),
        staff=of(InvitationKind.STAFF),
        observers=of(InvitationKind.OBSERVER),
        audience_count=_audience(session, meeting),
        openness=meeting.openness,
        openness_reason=meeting.openness_reason,
        items=[
            HeadItem(agenda_item_id=node.entry.id, number=node.number, title=node.entry.title)
            for node in flat(tree(session, meeting))
        ],
        papers=_papers(session, meeting),
        decisions=[_decision(one, numbers) for one in decisions_of(session, meeting)],
    )


def _span(meeting: Meeting, events: Sequence[SittingEvent]) -> tuple[datetime, datetime]:
    begins = next((e.at for e in events if e.kind in BEGINNINGS), meeting.starts_at)
    ends = next((e.at for e in reversed(events) if e.kind in ENDS), meeting.ends_at)
    return begins, max(begins, ends)


def _people(session: Session, meeting: Meeting) -> list[HeadPerson]:
    """Return those who came, in the order of the invitations. Where nobody kept a list: those who
    promised to come, and proxies for those who sent one.
    """
    came, standing = attendances_of(session, meeting), invited(meeting)
    if not came:
        return [one for i in standing if (one := _promised(i)) is not None]
    offices = {i.person_id: i.title for i in standing}
    place = {i.person_id: number for number, i in enumerate(standing)}

    def order(entry: Attendance) -> int:
        return place.get(entry.proxy_for_id or entry.person_id or 0, len(place))

    return [_came(meeting, entry, offices) for entry in sorted(came, key=order)]


def _came(meeting: Meeting, entry: Attendance, offices: dict[int, str]) -> HeadPerson:
    title = entry.person.title if entry.person else ""
    return HeadPerson(
        name=entry.attendee_name,
        office=offices.get(entry.person_id or 0, title),
        kind=capacity_of(meeting, entry),
        proxy_for=entry.proxy_for.name if entry.proxy_for else "",
    )


def _promised(invitation: Invitation) -> HeadPerson | None:
    answer, kind = invitation.answer, InvitationKind(invitation.kind)
    if answer is None or answer.word == AnswerWord.ABSENT:
        return None
    person = invitation.person
    if answer.word == AnswerWord.PROXY:
        return HeadPerson(name=answer.proxy_name, kind=kind, proxy_for=person.name)
    return HeadPerson(name=person.name, office=invitation.title, kind=kind)


def _absent(session: Session, meeting: Meeting) -> list[HeadPerson]:
    """Return the members who did not come. Where nobody kept a list: who said so."""
    came = attendances_of(session, meeting)
    here = {entry.person_id for entry in came}
    proxies = {entry.proxy_for_id: entry.attendee_name for entry in came if entry.proxy_for_id}
    found = []
    for invitation in invited(meeting):
        kind, answer = InvitationKind(invitation.kind), invitation.answer
        if kind not in MEMBER_KINDS or invitation.person_id in here:
            continue
        if not came and (answer is None or answer.word == AnswerWord.COMING):
            continue
        promised = "" if came or answer is None else answer.proxy_name
        found.append(
            HeadPerson(
                name=invitation.person.name,
                office=invitation.title,
                kind=kind,
                proxy=proxies.get(invitation.person_id, promised),
            )
        )
    return found


def _audience(session: Session, meeting: Meeting) -> int | None:
    """Return how many listened: those who were counted, and those who were invited to listen and
    came. None where nobody counted and none of them came.
    """
    came = attendances_of(session, meeting)
    listening = [e for e in came if capacity_of(meeting, e) is InvitationKind.AUDIENCE]
    if meeting.audience_count is None and not listening:
        return None
    return (meeting.audience_count or 0) + len(listening)


def _events(
    session: Session,
    meeting: Meeting,
    events: Sequence[SittingEvent],
    numbers: dict[int, str],
) -> list[HeadEvent]:
    """Return the events with the arrivals of those who came after the beginning."""
    found = [
        HeadEvent(
            kind=event.kind,
            at=event.at.isoformat(),
            who=event.who,
            item=numbers.get(event.agenda_item_id or 0, ""),
        )
        for event in events
    ]
    began = next((event.at for event in events if event.kind in BEGINNINGS), None)
    late = [
        HeadEvent(
            kind=SittingEventKind.CAME_IN,
            at=e.came_at.isoformat(),
            who=e.attendee_name,
            item=numbers.get(item_at(session, meeting, e.came_at) or 0, ""),
        )
        for e in attendances_of(session, meeting)
        if began is not None and e.came_at > began and capacity_of(meeting, e) in MEMBER_KINDS
    ]
    return sorted([*found, *late], key=lambda one: (one.at, one.kind.rank))


def _papers(session: Session, meeting: Meeting) -> list[HeadPaper]:
    names = paper_names(session, meeting)
    return [
        HeadPaper(
            document_id=document.id,
            number=names[document.id].number,
            title=names[document.id].rest or names[document.id].full,
            is_limited=bool(document.readers),
        )
        for _, document in reading_order(session, meeting)
        if document.released
    ]


def _decision(decision: ItemDecision, numbers: dict[int, str]) -> HeadDecision:
    item = decision.agenda_item
    return HeadDecision(
        agenda_item_id=decision.agenda_item_id,
        item=numbers.get(decision.agenda_item_id or 0, ""),
        subject=decision.subject or (item.title if item else ""),
        result=decision.result,
        method=decision.method,
        votes_for=decision.votes_for,
        votes_against=decision.votes_against,
        names_for=list(decision.names_for),
        names_against=list(decision.names_against),
        mover=decision.mover,
        note=decision.note,
    )
