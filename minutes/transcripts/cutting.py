"""Splits a segment in two and joins two into one. The recognised text is divided or joined with
them and never altered, and corrections and proposals follow, so that nothing is lost.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import InvalidInput, NotPossibleNow
from minutes.accuracy import same_place
from minutes.terms import learning
from minutes.transcripts import transcripts, word_times
from models.person import Person
from models.transcript import Correction, Proposal, Segment

NO_NEXT = "このあとに発話がないので、つなげられません。"
NO_PLACE = "発話の途中にカーソルを置いてから分けてください。"


def split(
    session: Session, by: Person, segment: Segment, at: int, *, based_on: int
) -> tuple[Segment, Segment]:
    """Split the segment before the character `at` of its text and return both parts. The border
    in time is when that character was spoken; if that is unknown, the time is divided in proportion
    to the recognised characters.

    Raises InvalidInput if a part would be empty, StaleRevision if the text has changed since the
    revision `based_on`, NotPossibleNow if the minutes are approved.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    transcripts.refuse_when_stale(session, by, segment, segment.text, based_on)
    text = segment.text
    if not text[:at].strip() or not text[at:].strip():
        raise InvalidInput("at", NO_PLACE)
    heard = same_place(text, segment.heard, at)
    machine = same_place(text, segment.machine, at)
    second = _cut_off(segment, _second_at(segment, at, heard), heard, machine)
    second.text = text[at:].lstrip()
    session.add(second)
    for proposal in list(segment.proposals):
        if proposal.start >= machine:
            _move(proposal, second, -machine)
    transcripts.rewrite(session, by, segment, text[:at].rstrip())
    session.flush()
    learning.learn(session, second)
    audit.note(session, by, "split", segment)
    return segment, second


def _cut_off(segment: Segment, seconds: float, heard: int, machine: int) -> Segment:
    """Shorten the segment to what is before `seconds` and before these characters of what was
    recognised and of what the machine made of it. Returns the rest as a segment without a text.
    """
    timings = word_times.cut(segment.token_timings, heard)
    rest = Segment(
        transcript_id=segment.transcript_id,
        chunk_id=segment.chunk_id,
        agenda_item_id=segment.agenda_item_id,
        assigned_by=segment.assigned_by,
        speaker_id=segment.speaker_id,
        start_seconds=seconds,
        end_seconds=segment.end_seconds,
        heard=segment.heard[heard:],
        machine=segment.machine[machine:],
        confidence=segment.confidence,
        doubt=segment.doubt,
        is_mixed=segment.is_mixed,
        token_timings=timings[1],
        confirmed_by_id=segment.confirmed_by_id,
        confirmed_at=segment.confirmed_at,
    )
    segment.end_seconds, segment.token_timings = seconds, timings[0]
    segment.heard, segment.machine = segment.heard[:heard], segment.machine[:machine]
    return rest


def join(session: Session, by: Person, segment: Segment, *, based_on: int) -> tuple[Segment, int]:
    """Join the segment with the one after it, which is deleted. Returns the joined segment and the
    id of the deleted one.

    Speaker, agenda item and start are those of the first. The result is confirmed only if both
    were. Raises NotPossibleNow if no segment follows or the minutes are approved, StaleRevision if
    the text has changed since the revision `based_on`.
    """
    transcripts.refuse_when_approved(session, segment.transcript)
    transcripts.refuse_when_stale(session, by, segment, segment.text, based_on)
    following = transcripts.following(session, segment)
    if following is None:
        raise NotPossibleNow(NO_NEXT)
    for proposal in list(following.proposals):
        _move(proposal, segment, len(segment.machine))
    session.flush()
    moved = update(Correction).where(Correction.segment_id == following.id)
    session.execute(moved.values(segment_id=segment.id))
    text = _with_gap(segment, segment.text, following.text)
    heard = _with_gap(segment, segment.heard, following.heard)
    gap = len(heard) - len(segment.heard) - len(following.heard)
    segment.token_timings = word_times.joined(segment, following, gap)
    segment.heard = heard
    segment.machine = _with_gap(segment, segment.machine, following.machine)
    segment.end_seconds = max(segment.end_seconds, following.end_seconds)
    segment.doubt = segment.doubt or following.doubt
    segment.is_mixed = segment.is_mixed or following.is_mixed
    if not following.is_confirmed:
        segment.confirmed_by, segment.confirmed_at = None, None
    gone = following.id
    audit.note(session, by, "join", following)
    session.delete(following)
    transcripts.rewrite(session, by, segment, text)
    audit.note(session, by, "join", segment)
    return segment, gone


def _second_at(segment: Segment, at: int, heard: int) -> float:
    """Return the border in seconds. It lies within the segment, so that both parts have sound even
    where a person wrote what was not recognised.
    """
    start, end = segment.start_seconds, segment.end_seconds
    shares = heard / max(1, len(segment.heard)), at / len(segment.text)
    guesses = (start + share * (end - start) for share in shares)
    known = word_times.second_at(segment, heard)
    return next((one for one in (known, *guesses) if one and start < one < end), start)


def _move(proposal: Proposal, to: Segment, by: int) -> None:
    proposal.segment = to
    proposal.start += by


def _with_gap(segment: Segment, one: str, other: str) -> str:
    """Return both texts joined, with a space between them unless the language is Japanese."""
    is_parted = segment.transcript.transcription.language != "ja" and one and other
    return f"{one} {other}" if is_parted else one + other
