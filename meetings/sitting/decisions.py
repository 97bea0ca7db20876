"""What became of the items of a meeting (結果): noted while it sits or later, with how it was
decided and by how many."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import agenda, audit, entries
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations.invitations import invited
from meetings.sitting.attendance import MEMBERS, attendances_of, members_of
from models.base import now
from models.meeting import AgendaItem, InvitationKind, Meeting
from models.person import Person
from models.proceedings import ItemDecision, ItemResult, VotingMethod
from models.transcript import Segment

MOST_VOTES = 10_000
COUNTED = {
    VotingMethod.STANDING,
    VotingMethod.HANDS,
    VotingMethod.NAMED,
    VotingMethod.UNNAMED,
}
"""Ways in which voices are counted."""


@dataclass(frozen=True)
class DecisionFacts:
    """What is noted of a decision. `agenda_item` None: it is about `subject`, which is on no
    agenda. Numbers are None where nobody counted; names are those of a 記名投票."""

    result: ItemResult
    agenda_item: AgendaItem | None = None
    subject: str = ""
    method: VotingMethod | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    names_for: Sequence[str] = field(default_factory=list)
    names_against: Sequence[str] = field(default_factory=list)
    mover: str = ""
    note: str = ""


def decisions_of(session: Session, meeting: Meeting) -> list[ItemDecision]:
    """Return the decisions that stand, as the agenda has their items, those of one item as they
    were noted; what is on no agenda comes last."""
    found = session.scalars(
        select(ItemDecision)
        .where(ItemDecision.meeting_id == meeting.id, ItemDecision.struck_at.is_(None))
        .order_by(ItemDecision.id)
    ).all()
    nodes = agenda.flat(agenda.tree(session, meeting))
    place = {node.entry.id: number for number, node in enumerate(nodes)}
    return sorted(found, key=lambda one: place.get(one.agenda_item_id or 0, len(place)))


def note_decision(
    session: Session,
    by: Person,
    meeting: Meeting,
    facts: DecisionFacts,
    segment: Segment | None = None,
) -> ItemDecision:
    """Note a decision; `segment` is where it was said, if it was proposed from there.

    Raises InvalidInput for facts that cannot be: no item and no subject, more voices than members
    who were there, a 記名投票 without names, names of people who were not there.
    """
    made = ItemDecision(
        meeting=meeting,
        segment=segment,
        noted_by=by,
        noted_at=now(),
        names_for=[],
        names_against=[],
    )
    with session.no_autoflush:
        _write(session, made, facts)
    session.add(made)
    audit.note(session, by, "decide", made)
    return made


def change_decision(
    session: Session, by: Person, decision: ItemDecision, facts: DecisionFacts
) -> None:
    """Replace what is noted of the decision. Raises what `note_decision` raises, and NotPossibleNow
    for a decision that was struck."""
    if decision.struck_at is not None:
        raise NotPossibleNow("この結果は取り消されています。もう一度記録してください。")
    with session.no_autoflush:
        _write(session, decision, facts)
    audit.note(session, by, "change", decision)


def strike_decision(session: Session, by: Person, decision: ItemDecision) -> None:
    """Strike the decision: it is in no record that is drafted from now on."""
    if decision.struck_at is None:
        decision.struck_at, decision.struck_by_id = now(), by.id
        audit.note(session, by, "strike", decision)


def as_facts(decision: ItemDecision) -> DecisionFacts:
    """Return what is noted of the decision."""
    return DecisionFacts(
        decision.result,
        agenda_item=decision.agenda_item,
        subject=decision.subject,
        method=decision.method,
        votes_for=decision.votes_for,
        votes_against=decision.votes_against,
        names_for=decision.names_for,
        names_against=decision.names_against,
        mover=decision.mover,
        note=decision.note,
    )


def _write(session: Session, decision: ItemDecision, facts: DecisionFacts) -> None:
    item, meeting = facts.agenda_item, decision.meeting
    if item is not None and item.meeting_id != meeting.id:
        raise InvalidInput("agenda_item_id", "この会議の議題から選んでください。")
    subject = entries.optional_text("subject", "件名", facts.subject)
    if item is None and not subject:
        raise InvalidInput(
            "subject", "議題を選ぶか、何についての結果か（件名）を入力してください。"
        )
    names_for = _names("names_for", "賛成した人の氏名", facts.names_for)
    names_against = _names("names_against", "反対した人の氏名", facts.names_against)
    decision.agenda_item, decision.subject = item, subject
    decision.result, decision.method = facts.result, facts.method
    decision.names_for, decision.names_against = names_for, names_against
    decision.votes_for = _counted("votes_for", "賛成の人数", facts.votes_for, names_for)
    decision.votes_against = _counted(
        "votes_against", "反対の人数", facts.votes_against, names_against
    )
    decision.mover = entries.optional_text("mover", "提出者・動議を出した人", facts.mover)
    decision.note = entries.optional_text("note", "付記", facts.note)
    _check_method(decision)
    _check_majority(decision)
    _check_members(session, decision)


def _names(field_name: str, label: str, given: Sequence[str]) -> list[str]:
    names = [entries.optional_text(field_name, label, name) for name in given]
    names = [name for name in names if name]
    if len({_plain(name) for name in names}) < len(names):
        raise InvalidInput(field_name, f"{label}に、同じ人が2度あります。")
    return names


def _counted(field_name: str, label: str, count: int | None, names: list[str]) -> int | None:
    """Return the number of voices: where only the names are given, theirs."""
    count = entries.within(field_name, label, count, 0, MOST_VOTES)
    if names and count is not None and count != len(names):
        raise InvalidInput(
            field_name, f"{label}（{count}人）と氏名の数（{len(names)}人）が合いません。"
        )
    return len(names) if names else count


def _check_method(decision: ItemDecision) -> None:
    has_names = bool(decision.names_for or decision.names_against)
    has_numbers = decision.votes_for is not None or decision.votes_against is not None
    if decision.method is VotingMethod.NAMED and not has_names:
        raise InvalidInput("names_for", "記名投票では、賛成・反対した人の氏名を入力してください。")
    if decision.method is not VotingMethod.NAMED and has_names:
        raise InvalidInput(
            "names_for", "氏名を残すのは記名投票だけです。方法を「記名投票」にしてください。"
        )
    if decision.method not in COUNTED and has_numbers:
        raise InvalidInput(
            "votes_for",
            "人数があるのは起立・挙手・記名・無記名のときだけです。方法を選ぶか、人数を消してください。",
        )
    both = {_plain(name) for name in decision.names_for} & set(map(_plain, decision.names_against))
    if both:
        raise InvalidInput("names_against", "賛成と反対の両方に、同じ人の氏名があります。")


def _check_majority(decision: ItemDecision) -> None:
    ayes, noes = decision.votes_for, decision.votes_against
    is_carried = decision.result in (ItemResult.PASSED, ItemResult.APPROVED)
    if is_carried and ayes is not None and noes is not None and ayes < noes:
        raise InvalidInput(
            "result",
            f"賛成{ayes}人、反対{noes}人では{decision.result.label}になりません。"
            "人数か結果を確かめてください。",
        )


def _check_members(session: Session, decision: ItemDecision) -> None:
    names = _members(session, decision.meeting)
    voices = (decision.votes_for or 0) + (decision.votes_against or 0)
    if names and voices > len(names):
        raise InvalidInput(
            "votes_for",
            f"賛成と反対を合わせて{voices}人になりますが、出席した委員は{len(names)}人です。"
            "人数か「出席」の記録を確かめてください。",
        )
    known = {_plain(name) for name in names}
    strangers = [
        name
        for name in (*decision.names_for, *decision.names_against)
        if known and _plain(name) not in known
    ]
    if strangers:
        raise InvalidInput(
            "names_for",
            f"{'、'.join(strangers)}さんは、出席した委員の中にいません。"
            "氏名か「出席」の記録を確かめてください。",
        )


def _members(session: Session, meeting: Meeting) -> list[str]:
    """Return the names of the members who were there; where nobody kept a list, of those who are
    invited."""
    came = members_of(meeting, attendances_of(session, meeting))
    if came:
        return [entry.attendee_name for entry in came]
    return [i.person.name for i in invited(meeting) if InvitationKind(i.kind) in MEMBERS]


def _plain(name: str) -> str:
    return "".join(name.split())
