"""Stores the proposals (修正候補) of a transcript, and accepts or refuses them for a person."""

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
"""The most characters of the reason that is stored with a proposal."""
REACH = 40
"""Characters by which a place may have moved because of corrections around it."""

SECOND_HEARING = "2回目の聞き取り"
"""The reason for a word that only the second hearing has."""

GONE = "この候補の箇所はもう変わっています。発話を見て、必要なら直接直してください。"
REASONS = {
    Origin.DICTIONARY: "同音の言葉",
    Origin.DATE: "日付の言い方",
}


def keep(segment: Segment, choice: Selection) -> None:
    """Store the outcome of the first comparison of a segment with the documents. Does nothing if
    one is stored already.

    `machine` becomes the corrected text, and so does `text` if no person has changed it. If one
    has, everything is only proposed; nothing is if the segment is confirmed. A changed text counts
    as a revision, so that a person who is editing the older text is shown both.
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
    """Store new proposals for a segment that was compared with the documents before.

    They are only proposed, and only where nobody has changed or confirmed the words and no earlier
    proposal is about them. `machine` does not change, nor do the counts that derive from it.
    """
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
    """Return whether `known`, decided or not, is about some of the same characters."""
    end, known_end = place + len(proposal.before), known.start + len(known.stands_now)
    return known.start < end and place < known_end


def accept(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """Accept the proposal and put its words into the text, unless they were applied
    automatically. Returns its segment. Does nothing if the proposal is decided already.

    Raises NotPossibleNow if the words to replace are no longer there, StaleRevision if the text has
    changed since the revision `based_on`.
    """
    segment = proposal.segment
    if proposal.is_open and not proposal.was_changed:
        _replace(session, by, proposal, proposal.before, proposal.after, based_on)
    _decide(session, by, proposal, is_accepted=True)
    return segment


def refuse(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """Refuse the proposal. If it was applied automatically, the recognised words are restored.
    Returns its segment. Does nothing if the proposal is decided already.

    Raises NotPossibleNow if the words are no longer there, StaleRevision if the text has changed
    since the revision `based_on`.
    """
    segment = proposal.segment
    if proposal.is_open and proposal.was_changed:
        _replace(session, by, proposal, proposal.after, proposal.before, based_on)
    _decide(session, by, proposal, is_accepted=False)
    return segment


def take_back(session: Session, by: Person, proposal: Proposal, *, based_on: int) -> Segment:
    """Undo the decision on a proposal, so that it is open again, and restore the words of before
    it. Returns its segment.

    Raises NotPossibleNow if the words are no longer there, StaleRevision if the text has changed
    since the revision `based_on`.
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
    """Return the proposals that wait for a decision and whose words are still in the text; empty
    if the segment is confirmed.
    """
    if segment.is_confirmed:
        return []
    return [
        proposal
        for proposal in segment.proposals
        if proposal.is_open and place_of(segment.text, proposal) is not None
    ]


def place_of(text: str, proposal: Proposal, words: str = "") -> int | None:
    """Return the index in the text where the words of the proposal, or the given `words`, are now:
    the place nearest to the original one. None if they are not within REACH characters of it.
    """
    words = words or proposal.stands_now
    found, place = None, text.find(words)
    while place >= 0:
        if found is None or abs(place - proposal.start) < abs(found - proposal.start):
            found = place
        place = text.find(words, place + 1)
    return found if found is not None and abs(found - proposal.start) <= REACH else None


def reason_of(proposal: Proposal) -> str:
    """Return the reason for a proposal in Japanese: where the word is printed, what kind of word
    it is, or what was corrected before.
    """
    if proposal.origin == Origin.LEARNED or proposal.place == SECOND_HEARING:
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
    """Return by how many characters the applied changes before it have moved its place."""
    return sum(
        len(other.candidate.new) - len(other.candidate.old)
        for other in choice.changed
        if other.candidate.start < change.candidate.start
    )


def _proposal(segment: Segment, change: RatedCandidate, shift: int, was_changed: bool) -> Proposal:
    """Return the row for a candidate. If it only adds or removes characters, a neighbouring
    character is included so that its place can be found again.
    """
    one, heard = change.candidate, segment.heard
    start, before, after = one.start, one.old, one.new
    if not before or not after:  # an empty text cannot be found again
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
    """Return where the word comes from, in Japanese; empty if there is nothing to say."""
    if one.origin == Origin.LEARNED and one.term:
        return f"「{one.heard}」は前に{one.times}回「{one.term.surface}」に直されています"
    if one.term:
        return one.term.place
    return SECOND_HEARING if one.is_heard_again else ""
