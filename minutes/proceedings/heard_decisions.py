"""Proposes what became of the items from the phrases by which a chair declares it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.agenda import item_of
from meetings.errors import NotFound
from meetings.sitting import decisions, presenting
from meetings.sitting.decisions import DecisionFacts
from minutes.proceedings.said import SaidPlace, SaidText, said_in
from models.base import now
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.proceedings import ItemDecision, ItemResult, VotingMethod

DONE = (
    r"(?:され|いたし|致し|し|いただき|頂き|となり)(?:ました|た)|"
    r"と?することに(?:決[しま定]|いたします|致します|します|なり)|すべきものと(?:決[しま定]|いたします)|"
    r"と(?:決[しま定]|いたします|致します|します)|に決[しま定]|決定|成立"
)
"""Ends of a declaration: not those of a question or a wish."""

ASKED = (
    r".{0,30}異議(?:は|が)?(?:あり|ござい|ない)"
    r".{0,40}?異議(?:なし|無し|が?ない|が?ありません|が?ございません)(?:もの)?と認め"
)
"""After the result: it was asked for, and nobody objected."""

DECLARED: list[tuple[ItemResult, re.Pattern[str]]] = [
    (result, re.compile(pattern))
    for result, pattern in (
        (
            ItemResult.PASSED,
            rf"可決(?:{DONE}|{ASKED})|原案の?(?:とおり|通り|どおり)(?:決[しま定]|決{ASKED})",
        ),
        (ItemResult.REJECTED, rf"否決(?:{DONE})"),
        (ItemResult.APPROVED, rf"承認(?:{DONE}|{ASKED})"),
        (ItemResult.ACKNOWLEDGED, rf"了承(?:{DONE}|{ASKED})"),
        (ItemResult.CONTINUED, rf"継続(?:して)?(?:審査|審議)?(?:{DONE}|{ASKED})"),
        (ItemResult.REPORTED, r"報告を(?:終わり|終了|承り|聞き置)"),
    )
]
"""How each result is declared, in words without punctuation."""

SOON = timedelta(minutes=2)
BEFORE = 160
"""Letters before the declaration in which, or in itself, it was said how many voted how."""

METHODS: list[tuple[VotingMethod, re.Pattern[str]]] = [
    (VotingMethod.UNNAMED, re.compile("無記名投票")),
    (VotingMethod.NAMED, re.compile("(?<!無)記名投票")),
    (VotingMethod.STANDING, re.compile("起立")),
    (VotingMethod.HANDS, re.compile("挙手")),
    (VotingMethod.SIMPLE, re.compile("異議(?:なし|無し|ありませ|ござい|ない)")),
]
FOR = re.compile(r"賛成(?:者|は|が|の方)*(\d{1,4})(?:人|名|票)")
AGAINST = re.compile(r"反対(?:者|は|が|の方)*(\d{1,4})(?:人|名|票)")


@dataclass(frozen=True)
class HeardDecision:
    """A result that was declared, where, and what of it was said."""

    place: SaidPlace
    facts: DecisionFacts

    @property
    def key(self) -> tuple[int | None, ItemResult]:
        item = self.facts.agenda_item
        return item.id if item else None, self.facts.result

    def is_said_again(self, earlier: "HeardDecision") -> bool:
        """Return whether it declares what `earlier` did: the same of one item, or, where nobody
        knows the item, the same shortly after."""
        is_near = self.place.at - earlier.place.at <= SOON
        return self.key == earlier.key and (self.facts.agenda_item is not None or is_near)


def heard_decisions(session: Session, meeting: Meeting) -> list[HeardDecision]:
    """Return the results that were declared and that nobody has noted or turned down, in their
    order.
    """
    standing = decisions.decisions_of(session, meeting)
    noted = {(one.agenda_item_id, one.result) for one in standing}
    rows = select(ItemDecision.segment_id).where(
        ItemDecision.meeting_id == meeting.id, ItemDecision.segment_id.is_not(None)
    )
    answered = set(session.scalars(rows))
    declared = [
        one for said in said_in(session, meeting) for one in _declared(session, meeting, said)
    ]
    found: list[HeardDecision] = []
    for one in sorted(declared, key=lambda one: one.place.at):
        if one.place.segment.id in answered or (one.facts.agenda_item and one.key in noted):
            continue
        found = [other for other in found if not one.is_said_again(other)]
        found.append(one)
    return found


def take_heard_decision(
    session: Session, by: Person, meeting: Meeting, segment_id: int
) -> ItemDecision:
    """Note the result as it was declared in this segment. Raises NotFound where it is not proposed
    any more, InvalidInput where what was heard of it cannot be.
    """
    one = _find(session, meeting, segment_id)
    return decisions.note_decision(session, by, meeting, one.facts, one.place.segment)


def turn_down_heard_decision(
    session: Session, by: Person, meeting: Meeting, segment_id: int
) -> None:
    """Turn the proposal down, so that it is not shown again: a row that is struck at once. Raises
    NotFound where it is not proposed any more.
    """
    one = _find(session, meeting, segment_id)
    session.add(
        ItemDecision(
            meeting=meeting,
            segment=one.place.segment,
            agenda_item=one.facts.agenda_item,
            subject=one.facts.subject,
            result=one.facts.result,
            names_for=[],
            names_against=[],
            noted_by=by,
            struck_at=now(),
            struck_by_id=by.id,
        )
    )


def _find(session: Session, meeting: Meeting, segment_id: int) -> HeardDecision:
    for one in heard_decisions(session, meeting):
        if one.place.segment.id == segment_id:
            return one
    raise NotFound()


def _declared(session: Session, meeting: Meeting, said: SaidText) -> Iterator[HeardDecision]:
    for result, pattern in DECLARED:
        for found in pattern.finditer(said.text):
            place = said.place_at(found.start())
            item = _item(session, meeting, place)
            before = said.text[max(0, found.start() - BEFORE) : found.end()]
            yield HeardDecision(place, _facts(result, item, before))


def _item(session: Session, meeting: Meeting, place: SaidPlace) -> AgendaItem | None:
    if place.segment.agenda_item is not None or place.segment.is_left_out:
        return place.segment.agenda_item
    item_id = presenting.item_at(session, meeting, place.at)
    return item_of(meeting, item_id) if item_id else None


def _facts(result: ItemResult, item: AgendaItem | None, before: str) -> DecisionFacts:
    last = {method: found.start() for method, found in _last_of_each(before)}
    method = max(last, key=lambda one: last[one], default=None)
    ayes, noes = FOR.search(before), AGAINST.search(before)
    is_counted = method in decisions.COUNTED
    return DecisionFacts(
        result,
        agenda_item=item,
        subject="" if item else "（議題にない件）",
        method=None if result is ItemResult.REPORTED else method,
        votes_for=int(ayes[1]) if ayes and is_counted else None,
        votes_against=int(noes[1]) if noes and is_counted else None,
    )


def _last_of_each(before: str) -> Iterator[tuple[VotingMethod, re.Match[str]]]:
    for method, pattern in METHODS:
        found = list(pattern.finditer(before))
        if found:
            yield method, found[-1]
