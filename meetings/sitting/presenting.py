"""Presenting: who presents, which page everybody is shown, which item is discussed.

Everything is a row; what a terminal needs to be right is one small `LiveState` made from the newest
of them, the same for a follower, a latecomer and one who lost the network.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.documents.documents import readable
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations import invitations
from meetings.rights import Right, may_read, readers_of, rights
from models.base import now
from models.document import DocumentVersion, Page
from models.meeting import AgendaItem, InvitationKind, Meeting
from models.person import Person
from models.sitting import ItemChange, Presenting, Turn

Area = tuple[float, float, float, float]
SMALLEST_AREA = 0.02


@dataclass(frozen=True)
class LiveState:
    """What is shown to everybody now. The one with the larger `sequence` is the newer one.
    `is_turn_closed`: a page is shown that is closed to the person whose state this is, so `turn` is
    None."""

    sequence: int
    presenter: Person | None
    turn: Turn | None
    agenda_item_id: int | None
    documents: int
    is_turn_closed: bool = False

    def without_turn(self) -> "LiveState":
        """Return the state for those who may not read the document that is shown."""
        return replace(self, turn=None, is_turn_closed=self.turn is not None)


@dataclass(frozen=True)
class PresentedPage:
    """A page that was presented, with the time when it was last turned to."""

    version: DocumentVersion
    page_number: int
    at: datetime


def state_of(session: Session, meeting: Meeting) -> LiveState:
    """Return the state of the meeting. `documents` grows whenever one is added, replaced or
    removed."""
    presenting = _open_presenting(session, meeting)
    return LiveState(
        sequence=_last_sequence(session, meeting),
        presenter=presenting.person if presenting else None,
        turn=_last_turn(session, meeting) if presenting else None,
        agenda_item_id=_item_under_discussion(session, meeting),
        documents=meeting.documents_revision,
    )


def state_for(session: Session, person: Person, meeting: Meeting) -> LiveState:
    """Return `state_of`, as far as this person may know it."""
    state = state_of(session, meeting)
    readers = readers_of_turn(session, state)
    return state if readers is None or person.id in readers else state.without_turn()


def readers_of_turn(session: Session, state: LiveState) -> frozenset[int] | None:
    """Return the ids of the people who may know which page is shown; None when everybody may who
    sees the meeting."""
    return readers_of(session, state.turn.version.document) if state.turn else None


def may_present(
    session: Session, person: Person, meeting: Meeting, given: frozenset[Right]
) -> bool:
    """Return whether the person may present: those invited as presenters may, and the organisers.
    `given` are the person's rights."""
    if Right.PREPARE in given:
        return True
    invitation = invitations.invitation_of(session, meeting, person)
    return (
        invitation is not None
        and invitation.withdrawn_at is None
        and invitation.kind == InvitationKind.PRESENTER
    )


def begin_presenting(session: Session, person: Person, meeting: Meeting) -> Presenting:
    """Go to the front. Only an organiser may take the place of somebody who presents.

    Raises NotPossibleNow.
    """
    given = rights(session, person, meeting)
    if not may_present(session, person, meeting, given):
        raise NotPossibleNow(
            "発表できるのは、説明者として招集された人と主催者です。主催者に相談してください。"
        )
    current = _open_presenting(session, meeting)
    if current and current.person_id == person.id:
        return current
    if current and Right.PREPARE not in given:
        raise NotPossibleNow(
            f"いまは{current.person.name}さんが発表しています。"
            "発表を終えるか渡してもらうか、主催者に代わってもらってください。"
        )
    return _put_at_the_front(session, person, meeting, person)


def hand_over(session: Session, by: Person, meeting: Meeting, to: Person) -> Presenting:
    """Give the presenting to somebody of this meeting; the presenter or an organiser may. Raises
    InvalidInput where the other one may not see the meeting."""
    _check_leads(session, by, meeting)
    if Right.SEE not in rights(session, to, meeting):
        raise InvalidInput("person_id", "渡す相手は、この会議に招集された人から選んでください。")
    return _put_at_the_front(session, by, meeting, to)


def stop_presenting(session: Session, by: Person, meeting: Meeting) -> None:
    _check_leads(session, by, meeting)
    _close(session, meeting)
    audit.note(session, by, "stop_presenting", meeting)


def turn_page(
    session: Session,
    by: Person,
    meeting: Meeting,
    *,
    version: DocumentVersion,
    page_number: int,
    area: Area | None = None,
) -> Turn:
    """Show this page, or an area of it, to everybody. Only the presenter can.

    Raises NotPossibleNow for anybody else, InvalidInput for a page that does not exist or that is
    closed to the presenter, in the same words.
    """
    current = _open_presenting(session, meeting)
    if current is None or current.person_id != by.id:
        raise NotPossibleNow(_not_yours(current))
    _check_page(session, by, meeting, version, page_number)
    turn = Turn(
        meeting_id=meeting.id,
        sequence=_last_sequence(session, meeting) + 1,
        presenter_id=by.id,
        agenda_item_id=version.document.agenda_item_id or _item_under_discussion(session, meeting),
        version=version,
        page_number=page_number,
        area=list(_checked_area(area)) if area else None,
    )
    session.add(turn)
    session.flush()
    return turn


def change_item(session: Session, by: Person, meeting: Meeting, item: AgendaItem) -> ItemChange:
    """Put this item under discussion from now on; the presenter, an organiser or a secretary
    may."""
    current = _open_presenting(session, meeting)
    given = rights(session, by, meeting)
    is_presenter = current is not None and current.person_id == by.id
    if not is_presenter and Right.RUN not in given:
        raise NotPossibleNow("議題を進められるのは、発表している人、主催者、書記です。")
    if item.meeting_id != meeting.id:
        raise InvalidInput("agenda_item_id", "この会議の議題から選んでください。")
    change = ItemChange(
        meeting_id=meeting.id,
        sequence=_last_sequence(session, meeting) + 1,
        by_id=by.id,
        agenda_item=item,
    )
    session.add(change)
    session.flush()
    return change


def points_at(session: Session, person: Person, meeting: Meeting, version_id: int) -> Turn | None:
    """Return the turn in which this person presents that version now; None when somebody else
    presents or another document is shown."""
    current = _open_presenting(session, meeting)
    if current is None or current.person_id != person.id:
        return None
    turn = _last_turn(session, meeting)
    return turn if turn and turn.version_id == version_id else None


def shown_so_far(session: Session, person: Person, meeting: Meeting) -> list[PresentedPage]:
    """Return every page that was presented and that this person may read, once, the last one
    last."""
    found: dict[tuple[int, int], Turn] = {}
    for turn in turns_seen_by(session, person, meeting):
        key = (turn.version_id, turn.page_number)
        found.pop(key, None)
        found[key] = turn
    return [PresentedPage(turn.version, turn.page_number, turn.at) for turn in found.values()]


def turns_of(session: Session, meeting: Meeting, after: int = 0) -> list[Turn]:
    """Return the turns in their order, those after sequence `after`."""
    chosen = select(Turn).where(Turn.meeting_id == meeting.id, Turn.sequence > after)
    return list(session.scalars(chosen.order_by(Turn.sequence)))


def turns_seen_by(session: Session, person: Person, meeting: Meeting, after: int = 0) -> list[Turn]:
    """Return those of `turns_of` whose document this person may read."""
    allowed = {document.id for _, document in readable(session, person, meeting)}
    return [t for t in turns_of(session, meeting, after) if t.version.document_id in allowed]


def _put_at_the_front(session: Session, by: Person, meeting: Meeting, person: Person) -> Presenting:
    _close(session, meeting)
    presenting = Presenting(
        meeting_id=meeting.id,
        sequence=_last_sequence(session, meeting) + 1,
        person=person,
        given_by_id=by.id,
    )
    session.add(presenting)
    audit.note(session, by, "begin_presenting", presenting)
    return presenting


def _close(session: Session, meeting: Meeting) -> None:
    current = _open_presenting(session, meeting)
    if current is not None:
        current.ended_at = now()
        current.ended_sequence = _last_sequence(session, meeting) + 1
        session.flush()


def _check_leads(session: Session, by: Person, meeting: Meeting) -> None:
    current = _open_presenting(session, meeting)
    is_presenter = current is not None and current.person_id == by.id
    if not is_presenter and Right.PREPARE not in rights(session, by, meeting):
        raise NotPossibleNow(_not_yours(current))


def _not_yours(current: Presenting | None) -> str:
    if current is None:
        return "いまは誰も発表していません。「みんなに見せる」を押すと、発表を始められます。"
    return (
        f"いま発表しているのは{current.person.name}さんです。"
        "頁を送れるのは発表している人だけです。「自分」では自由に頁をめくれます。"
    )


def _check_page(
    session: Session, by: Person, meeting: Meeting, version: DocumentVersion, page_number: int
) -> None:
    document = version.document
    is_open = document.meeting_id == meeting.id and version.released_at is not None
    if not is_open or not may_read(rights(session, by, meeting), by, document):
        raise InvalidInput("version_id", "この会議の資料から選んでください。")
    count = select(func.count()).where(Page.version_id == version.id)
    last = session.scalar(count) or 0
    if not 1 <= page_number <= last:
        raise InvalidInput(
            "page", f"「{document.title}」に{page_number}頁はありません（1から{last}頁まで）。"
        )


def _checked_area(area: Area) -> Area:
    """Return the area moved into the page, and not smaller than can be seen. Raises
    InvalidInput."""
    if len(area) != 4 or not all(math.isfinite(number) for number in area):
        raise InvalidInput("area", "表示する範囲は4つの数（左、上、幅、高さ）で送ってください。")
    left, top, width, height = area
    width, height = (min(max(size, SMALLEST_AREA), 1.0) for size in (width, height))
    return (
        round(min(max(left, 0.0), 1 - width), 4),
        round(min(max(top, 0.0), 1 - height), 4),
        round(width, 4),
        round(height, 4),
    )


def _open_presenting(session: Session, meeting: Meeting) -> Presenting | None:
    return session.scalar(
        select(Presenting)
        .where(Presenting.meeting_id == meeting.id, Presenting.ended_at.is_(None))
        .order_by(Presenting.sequence.desc())
        .limit(1)
    )


def _last_turn(session: Session, meeting: Meeting) -> Turn | None:
    return session.scalar(
        select(Turn).where(Turn.meeting_id == meeting.id).order_by(Turn.sequence.desc()).limit(1)
    )


def item_at(session: Session, meeting: Meeting, at: datetime) -> int | None:
    """Return the id of the item that was under discussion at that time; None where nobody had said
    it."""
    return _item_under_discussion(session, meeting, at)


def _item_under_discussion(
    session: Session, meeting: Meeting, at: datetime | None = None
) -> int | None:
    """Return the id of the item that was said last (until `at`): by a change of the item, or a turn
    to a document of another one."""
    said = []
    for kind in (ItemChange, Turn):
        chosen = select(kind.sequence, kind.agenda_item_id).where(
            kind.meeting_id == meeting.id, kind.agenda_item_id.is_not(None)
        )
        chosen = chosen if at is None else chosen.where(kind.at <= at)
        row = session.execute(chosen.order_by(kind.sequence.desc()).limit(1)).first()
        if row is not None:
            said.append(tuple(row))
    return max(said)[1] if said else None


def _last_sequence(session: Session, meeting: Meeting) -> int:
    """Return the newest sequence, by one query: every terminal that comes asks for it."""
    columns = (
        Presenting.sequence,
        Presenting.ended_sequence,
        Turn.sequence,
        ItemChange.sequence,
    )
    newest = [
        select(func.max(column)).where(column.class_.meeting_id == meeting.id).scalar_subquery()
        for column in columns
    ]
    return max((number for number in session.execute(select(*newest)).one() if number), default=0)
