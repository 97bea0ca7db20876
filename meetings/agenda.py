"""The agenda tree of a meeting."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from models.document import Document
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.proceedings import ItemDecision, SittingEvent
from models.sitting import ItemChange, Turn
from models.transcript import Segment

DEEPEST_LEVEL = 3


@dataclass(frozen=True)
class Node:
    """An agenda item with its number in print (「2」, 「2-1」), documents and children."""

    entry: AgendaItem
    number: str
    level: int
    documents: list[Document]
    children: list["Node"] = field(default_factory=list)


def add_agenda_item(
    session: Session,
    by: Person,
    meeting: Meeting,
    *,
    title: str,
    presenter: str = "",
    planned_minutes: int | None = None,
    parent: AgendaItem | None = None,
) -> AgendaItem:
    if parent and _level(parent, meeting) >= DEEPEST_LEVEL:
        raise InvalidInput("parent", f"議題は{DEEPEST_LEVEL}段までです。")
    siblings = _children(meeting, parent.id if parent else None)
    entry = AgendaItem(
        meeting=meeting,
        parent_id=parent.id if parent else None,
        position=len(siblings),
        title=entries.text("title", "議題名", title),
        presenter=entries.optional_text("presenter", "説明者", presenter),
        planned_minutes=_minutes(planned_minutes),
    )
    session.add(entry)
    audit.note(session, by, "add", entry)
    return entry


def change_agenda_item(
    session: Session,
    by: Person,
    entry: AgendaItem,
    *,
    title: str,
    presenter: str,
    planned_minutes: int | None,
    based_on: int,
) -> None:
    """Raise StaleRevision when somebody changed the item since revision `based_on` to something
    else than what is given."""
    title = entries.text("title", "議題名", title)
    presenter = entries.optional_text("presenter", "説明者", presenter)
    given = title, presenter, _minutes(planned_minutes)
    known = entry.title, entry.presenter, entry.planned_minutes
    if given == known:
        return
    if entry.revision != based_on:
        raise StaleRevision(_in_words(*given), _in_words(*known), entry.revision)
    entry.title, entry.presenter, entry.planned_minutes = given
    entry.revision += 1
    audit.note(session, by, "change", entry)


def _in_words(title: str, presenter: str, planned_minutes: int | None) -> str:
    """Return the item in words, such as 「骨子案について／古賀／40分」."""
    return "／".join(
        part
        for part in (title, presenter, f"{planned_minutes}分" if planned_minutes else "")
        if part
    )


def _minutes(planned: int | None) -> int | None:
    return entries.within("planned_minutes", "予定時間（分）", planned, 1, entries.MOST_MINUTES)


def move_agenda_item(
    session: Session, by: Person, entry: AgendaItem, parent: AgendaItem | None, position: int
) -> None:
    """Put the item below `parent` (None: top level) as child number `position`, from 0."""
    meeting = entry.meeting
    if parent is not None and (parent.id == entry.id or parent in _below(entry, meeting)):
        raise InvalidInput("parent", "議題を、その議題自身の下に移すことはできません。")
    new_level = 1 + (_level(parent, meeting) if parent else 0)
    if new_level + _height(entry, meeting) - 1 > DEEPEST_LEVEL:
        raise InvalidInput("parent", f"議題は{DEEPEST_LEVEL}段までです。")
    siblings = [s for s in _children(meeting, parent.id if parent else None) if s is not entry]
    siblings.insert(max(0, min(position, len(siblings))), entry)
    entry.parent_id = parent.id if parent else None
    _number(siblings)
    audit.note(session, by, "move", entry)


def shift_agenda_item(session: Session, by: Person, entry: AgendaItem, way: str) -> None:
    """Move the item one step: `up` or `down` among its siblings, `in` below the one before it, or
    `out`. Raises InvalidInput for a way on which there is no place, as `ways` tells."""
    if way not in ways(entry):
        raise InvalidInput("way", "この議題は、その向きにはもう移せません。")
    siblings = _children(entry.meeting, entry.parent_id)
    index = siblings.index(entry)
    parent = next((a for a in entry.meeting.agenda_items if a.id == entry.parent_id), None)
    if way in ("up", "down"):
        move_agenda_item(session, by, entry, parent, index + (1 if way == "down" else -1))
    elif way == "in":
        above = siblings[index - 1]
        move_agenda_item(session, by, entry, above, len(_children(entry.meeting, above.id)))
    elif parent is not None:
        grandparent = next(
            (a for a in entry.meeting.agenda_items if a.id == parent.parent_id), None
        )
        uncles = _children(entry.meeting, parent.parent_id)
        move_agenda_item(session, by, entry, grandparent, uncles.index(parent) + 1)


def ways(entry: AgendaItem) -> frozenset[str]:
    """Return those of the ways `up`, `down`, `in` and `out` on which the item can move one step."""
    meeting = entry.meeting
    siblings = _children(meeting, entry.parent_id)
    index, level = siblings.index(entry), _level(entry, meeting)
    possible = {
        "up": index > 0,
        "down": index < len(siblings) - 1,
        "in": index > 0 and level + _height(entry, meeting) <= DEEPEST_LEVEL,
        "out": entry.parent_id is not None,
    }
    return frozenset(way for way, is_possible in possible.items() if is_possible)


def remove_agenda_item(session: Session, by: Person, entry: AgendaItem) -> None:
    """Remove the item. Raises NotPossibleNow while anything hangs on it: nothing disappears with
    it."""
    if _children(entry.meeting, entry.id):
        raise NotPossibleNow("この議題の下に議題があります。先に下の議題を移すか消してください。")
    if _document_count(session, entry):
        raise NotPossibleNow(
            "この議題に資料があります。先に資料をほかの議題へ移すか消してください。"
        )
    if session.scalar(select(func.count()).where(Segment.agenda_item_id == entry.id)):
        raise NotPossibleNow("この議題には逐語録の発話が付いているため、消せません。")
    if _was_discussed(session, entry):
        raise NotPossibleNow(
            "この議題は審議されたため、消せません。頁送りや会議の記録に残っています。"
        )
    audit.note(session, by, "remove", entry)
    meeting = entry.meeting
    for document in session.scalars(select(Document).where(Document.agenda_item_id == entry.id)):
        document.agenda_item = None  # removed documents keep their row
    meeting.agenda_items.remove(entry)
    session.delete(entry)
    _number(_children(meeting, entry.parent_id))


def _was_discussed(session: Session, entry: AgendaItem) -> bool:
    """Return whether a turn, a change of the item, an event or a decision refers to it."""
    kinds = (Turn, ItemChange, SittingEvent, ItemDecision)
    wanted = (select(kind.id).where(kind.agenda_item_id == entry.id) for kind in kinds)
    return any(session.scalar(chosen.limit(1)) is not None for chosen in wanted)


def item_of(meeting: Meeting, item_id: int, field: str = "agenda_item_id") -> AgendaItem:
    """Return the item of this meeting with this id. Raises InvalidInput, about `field`."""
    found = next((entry for entry in meeting.agenda_items if entry.id == item_id), None)
    if found is None:
        raise InvalidInput(
            field, "この会議に、その議題はありません。ほかの人が消したのかもしれません。"
        )
    return found


def tree(session: Session, meeting: Meeting) -> list[Node]:
    """Return the agenda with numbers and documents; one query reads all documents."""
    documents = session.scalars(
        select(Document)
        .where(Document.meeting_id == meeting.id, Document.removed_at.is_(None))
        .order_by(Document.position, Document.id)
    ).all()
    return _nodes(meeting, None, "", 1, list(documents))


def flat(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from flat(node.children)


def _nodes(
    meeting: Meeting, parent_id: int | None, prefix: str, level: int, documents: list[Document]
) -> list[Node]:
    return [
        Node(
            entry=entry,
            number=f"{prefix}{number}",
            level=level,
            documents=[d for d in documents if d.agenda_item_id == entry.id],
            children=_nodes(meeting, entry.id, f"{prefix}{number}-", level + 1, documents),
        )
        for number, entry in enumerate(_children(meeting, parent_id), 1)
    ]


def _children(meeting: Meeting, parent_id: int | None) -> list[AgendaItem]:
    children = [a for a in meeting.agenda_items if a.parent_id == parent_id]
    return sorted(children, key=lambda a: (a.position, a.id or 0))


def _below(entry: AgendaItem, meeting: Meeting) -> list[AgendaItem]:
    children = _children(meeting, entry.id)
    return children + [below for child in children for below in _below(child, meeting)]


def _level(entry: AgendaItem, meeting: Meeting) -> int:
    parent = next((a for a in meeting.agenda_items if a.id == entry.parent_id), None)
    return 1 + (_level(parent, meeting) if parent else 0)


def _height(entry: AgendaItem, meeting: Meeting) -> int:
    return 1 + max((_height(c, meeting) for c in _children(meeting, entry.id)), default=0)


def _number(siblings: list[AgendaItem]) -> None:
    for position, entry in enumerate(siblings):
        entry.position = position


def _document_count(session: Session, entry: AgendaItem) -> int:
    count = select(func.count()).where(
        Document.agenda_item_id == entry.id, Document.removed_at.is_(None)
    )
    return session.scalar(count) or 0
