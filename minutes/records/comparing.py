"""Compares two revisions of the minutes line by line, as the paper reads: for whoever decides about
a text that they have read before.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from rapidfuzz.distance import Indel
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.records.content import Content
from minutes.records.paper import as_text
from models.audit import AuditLine
from models.minutes import MinutesRevision
from models.person import Person

LONGEST_COMPARED = 20_000
"""Most characters of a line that is compared letter by letter; a longer one is shown whole, old
and new."""
WHOLE = re.compile(r"[0-9０-９][0-9０-９,，.．]*|.", re.DOTALL)
"""Units of comparison: a letter, or a whole number. Where 2,731 became 775, nobody wants to read
which digit stayed."""


@dataclass(frozen=True)
class LinePart:
    """A run of letters of a compared line; `kind` is "kept", "removed" or "added"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A line that changed. `heading` is that of the section in which it stands."""

    heading: str
    pieces: list[LinePart]


def usual_base(revision: MinutesRevision) -> MinutesRevision | None:
    """Return the revision to compare with unless the reader chooses another: the last earlier one
    that was approved or sent back, else the one just before. None for the first revision.
    """
    earlier = [r for r in revision.minutes.revisions if r.number < revision.number]
    decided = [r for r in earlier if r.request is not None and r.request.decision is not None]
    return next(reversed(decided or earlier), None)


def base_for(session: Session, person: Person, revision: MinutesRevision) -> MinutesRevision | None:
    """Return the revision to compare with for this person: the last earlier one that they wrote,
    looked at or decided about, else `usual_base`.
    """
    known = select(AuditLine.thing_id).where(
        AuditLine.person_id == person.id,
        AuditLine.meeting_id == revision.meeting.id,
        AuditLine.thing == MinutesRevision.__tablename__,
    )
    seen = set(session.scalars(known))
    earlier = [r for r in revision.minutes.revisions if r.number < revision.number and r.id in seen]
    return earlier[-1] if earlier else usual_base(revision)


@dataclass(frozen=True)
class Erratum:
    """The correction (正誤) of approved minutes by a later revision: when it was approved, why, and
    what it changed."""

    number: int
    at: datetime
    reason: str
    differences: list[Difference]


def errata(
    revision: MinutesRevision, text_of: Callable[[MinutesRevision], Content]
) -> list[Erratum]:
    """Return the corrections that led to this revision, the oldest first, comparing each with the
    approved revision before it; `text_of` gives the texts that are compared.
    """
    approved = [
        one
        for one in revision.minutes.revisions
        if one.is_approved and one.number <= revision.number
    ]
    found = []
    for before, after in pairwise(approved):
        request = after.request
        if request is not None and request.decision is not None and request.errata_reason:
            changed = differences(text_of(before), text_of(after))
            at = request.decision.decided_at
            found.append(Erratum(after.number, at, request.errata_reason, changed))
    return found


def differences(older: Content, newer: Content) -> list[Difference]:
    """Return the lines of the printed text that differ between the two contents, in reading
    order.
    """
    old, new = _lines(older), _lines(newer)
    matcher = SequenceMatcher(None, [o for _, o in old], [n for _, n in new], autojunk=False)
    found: list[Difference] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            found += _of_block(old[start:end], new[new_start:new_end])
    return found


def _lines(content: Content) -> list[tuple[str, str]]:
    """Return (heading, line) for each line that is not empty: the heading is that of its
    section.
    """
    headings = {f"{s.number}　{s.title}".strip("　") for s in content.sections}
    lines, heading = [], ""
    for line in as_text(content).splitlines():
        heading = line if line in headings else heading
        if line:
            lines.append((heading, line))
    return lines


def _of_block(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> Iterator[Difference]:
    """Yield the differences of one block, pairing old and new lines by their position in it. A
    line without a partner is removed or added as a whole.
    """
    for place in range(max(len(old), len(new))):
        was = old[place][1] if place < len(old) else ""
        became = new[place][1] if place < len(new) else ""
        heading = new[place][0] if place < len(new) else old[place][0]
        yield Difference(heading, pieces_between(was, became))


def pieces_between(was: str, became: str) -> list[LinePart]:
    """Return how one text became the other: stretches that were kept, removed or added."""
    if not was or not became or max(len(was), len(became)) > LONGEST_COMPARED:
        return [
            LinePart(kind, text) for kind, text in (("removed", was), ("added", became)) if text
        ]
    old, new = WHOLE.findall(was), WHOLE.findall(became)
    pieces: list[LinePart] = []
    for is_same, steps in groupby(Indel.opcodes(old, new), key=lambda step: step.tag == "equal"):
        changes = list(steps)
        gone = "".join(old[changes[0].src_start : changes[-1].src_end])
        come = "".join(new[changes[0].dest_start : changes[-1].dest_end])
        kinds = (("kept", come),) if is_same else (("removed", gone), ("added", come))
        pieces += [LinePart(kind, text) for kind, text in kinds if text]
    return pieces
