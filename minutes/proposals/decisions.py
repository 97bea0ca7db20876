"""Proposals (修正候補) of a transcript: kept as the machine made them, then taken or refused by a
person."""

from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import RatedCandidate, Selection
from minutes.transcripts import transcripts
from models.base import now
from models.person import Person
from models.transcript import Origin, Proposal, Segment

LONGEST_PLACE = 200
REACH = 40
"""Letters by which a place may have moved by what was corrected around it."""

GONE = "この候補の箇所はもう変わっています。発話を見て、必要なら直接直してください。"
REASONS = {
    Origin.DICTIONARY: "同じ音の言葉（辞書）",
    Origin.DATE: "日付の言い方",
}


def keep(segment: Segment, choice: Selection) -> None:
    """What the papers made of a segment, once: `machine` is set, and so is `text` unless a person
    was there first. Then everything is only proposed; and nothing where it is confirmed.

    It counts as a revision: whoever is typing into the older text is shown both.
    """
    if segment.proposals or segment.machine != segment.heard:
        return
    is_untouched = segment.revision == 0
    segment.machine = choice.text
    if segment.is_confirmed:
        return
    if is_untouched and choice.text != segment.text:
        segment.text = choice.text
        segment.revision += 1
    for change in (*choice.changed, *choice.proposed):
        was_changed = is_untouched and change in choice.changed
        shift = _shift(change, choice) if is_untouched else 0
        segment.proposals.append(_proposal(segment, change, shift, was_changed))


def keep_more(segment: Segment, choice: Selection) -> None:
    """What the papers say to a segment now, after they said something before, or nothing: new words
    are only proposed, and only where nobody has written or confirmed anything. `machine` stays, and
    with it what is counted."""
    if segment.is_confirmed:
        return
    for change in (*choice.changed, *choice.proposed):
        proposal = _proposal(segment, change, 0, was_changed=False)
        place = place_of(segment.text, proposal)
        if place is None or any(_touches(other, place, proposal) for other in segment.proposals):
            continue
        proposal.start = place
        segment.proposals.append(proposal)


def _touches(known: Proposal, place: int, proposal: Proposal) -> bool:
    """Whether it is about the same letters as one that is known, decided or not."""
    end, known_end = place + len(proposal.before), known.start + len(known.stands_now)
    return known.start < end and place < known_end


def accept(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """Take it over. What was changed at once stays as it is.

    Raises NotPossibleNow when the words are no longer there, StaleRevision.
    """
    segment = proposal.segment
    if proposal.is_open and not proposal.was_changed:
        _replace(session, by, proposal, proposal.before, proposal.after, based_on)
    _decide(session, by, proposal, is_accepted=True)
    return segment


def refuse(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """Not this word. What was changed at once becomes again what was heard.

    Raises NotPossibleNow when the words are no longer there, StaleRevision.
    """
    segment = proposal.segment
    if proposal.is_open and proposal.was_changed:
        _replace(session, by, proposal, proposal.after, proposal.before, based_on)
    _decide(session, by, proposal, is_accepted=False)
    return segment


def take_back(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """As if nobody had decided: the words become again what they were before.

    Raises NotPossibleNow when the words are no longer there, StaleRevision.
    """
    if proposal.is_open:
        return proposal.segment
    now_there = proposal.after if proposal.is_accepted else proposal.before
    if now_there != proposal.stands_now:
        _replace(session, by, proposal, now_there, proposal.stands_now, based_on)
    proposal.is_accepted, proposal.decided_by, proposal.decided_at = None, None, None
    audit.note(session, by, "take_back", proposal)
    return proposal.segment


def open_proposals(segment: Segment) -> list[Proposal]:
    """Those that still wait for somebody and whose words still stand there."""
    if segment.is_confirmed:
        return []
    return [
        proposal
        for proposal in segment.proposals
        if proposal.is_open and place_of(segment.text, proposal) is not None
    ]


def place_of(text: str, proposal: Proposal, words: str = "") -> int | None:
    """Where the words of the proposal, or these, stand in the text by now; None when they are
    gone."""
    words = words or proposal.stands_now
    found, place = None, text.find(words)
    while place >= 0:
        if found is None or abs(place - proposal.start) < abs(found - proposal.start):
            found = place
        place = text.find(words, place + 1)
    return found if found is not None and abs(found - proposal.start) <= REACH else None


def reason_of(proposal: Proposal) -> str:
    """Why it is proposed, in words: where the word is printed, what kind of word it is, or what
    was corrected before."""
    if proposal.origin == Origin.LEARNED:
        return proposal.place
    return REASONS.get(Origin(proposal.origin)) or f"{proposal.place}にある言葉"


def _replace(
    session: Session, by: Person, proposal: Proposal, old: str, new: str, based_on: int
) -> None:
    segment = proposal.segment
    place = place_of(segment.text, proposal, old)
    if place is None:
        raise NotPossibleNow(GONE)
    text = segment.text[:place] + new + segment.text[place + len(old) :]
    transcripts.correct(session, by, segment, text, based_on=based_on)


def _decide(session: Session, by: Person, proposal: Proposal, *, is_accepted: bool) -> None:
    if not proposal.is_open:
        return
    proposal.is_accepted, proposal.decided_by, proposal.decided_at = is_accepted, by, now()
    audit.note(session, by, "accept" if is_accepted else "refuse", proposal)


def _shift(change: RatedCandidate, choice: Selection) -> int:
    """By how much the changes before it moved it."""
    return sum(
        len(other.candidate.new) - len(other.candidate.old)
        for other in choice.changed
        if other.candidate.start < change.candidate.start
    )


def _proposal(segment: Segment, change: RatedCandidate, shift: int, was_changed: bool) -> Proposal:
    one, heard = change.candidate, segment.heard
    start, before, after = one.start, one.old, one.new
    if not before or not after:  # something to hold on to
        if start > 0:
            start -= 1
            before, after = heard[start] + before, heard[start] + after
        else:
            neighbour = heard[one.end : one.end + 1]
            before, after = before + neighbour, after + neighbour
    term = one.term
    return Proposal(
        start=start + shift,
        before=before,
        after=after,
        origin=one.origin,
        place=_place(one)[:LONGEST_PLACE],
        page_id=term.page_id if term else None,
        probability=change.probability,
        was_changed=was_changed,
    )


def _place(one: Candidate) -> str:
    if one.origin == Origin.LEARNED and one.term:
        return f"「{one.heard}」は前に{one.times}回「{one.term.surface}」に直されています"
    return one.term.place if one.term else ""
