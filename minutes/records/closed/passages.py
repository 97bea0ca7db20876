"""Marks passages that citizens do not get, and keeps what was decided about them. What is public is
replaced in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import publication_of
from meetings.settings.work import MinutesSettings
from minutes.records import published
from minutes.records.audible import SentencePlace, sentences
from minutes.records.closed import proposing
from minutes.records.closed.anchors import Closing, LocatedPassage, MarkedText, Marks
from minutes.records.closed.choosing import ChosenPassage, chosen_in, words_of_one
from minutes.records.closed.proposing import FoundPassage
from minutes.records.closed.public_copy import PublicCopy, marks_of, public_copy
from minutes.records.content import Content, content_of
from models.base import now
from models.closed_passage import (
    ClosedKind,
    ClosedPassage,
    ClosedScope,
    ClosedSource,
    ClosedState,
)
from models.minutes import MinutesRevision, PublicCorrection
from models.person import Person

LONGEST_REASON = 2000
LONGEST_REPLACEMENT = 40


@dataclass(frozen=True)
class ClosedGround:
    """Why a passage is closed, whose decision that is in words (議長), and what citizens read in
    its place. What is empty or None is as usual, or as it was.
    """

    kind: ClosedKind | None = None
    reason: str = ""
    decided_by_whom: str = ""
    replacement: str = ""
    hides_pages: bool | None = None


def usual_replacement(kind: ClosedKind, settings: MinutesSettings) -> str:
    """Return what the city writes in the place of such passages."""
    return {
        ClosedKind.CLOSED_SESSION: settings.closed_session_shown_as,
        ClosedKind.REVOKED: settings.revoked_shown_as,
        ClosedKind.PERSONAL: settings.personal_shown_as,
    }[kind]


def located_in(session: Session, revision: MinutesRevision) -> list[LocatedPassage]:
    """Return where each marked passage of the minutes stands in this revision, in the order of the
    text; those that are not there come first.
    """
    marks = marks_of(session, revision)
    text = MarkedText(content_of(revision), marks)
    found = [text.locate(passage) for passage in marks.passages]
    return sorted(found, key=_first_place)


def to_decide(found: Iterable[LocatedPassage]) -> list[LocatedPassage]:
    """Return those of the passages about which somebody must decide before the minutes are
    published: proposed ones, and decided ones that the text does not hold as they were marked.
    """
    return [one for one in found if is_to_decide(one)]


def is_to_decide(one: LocatedPassage) -> bool:
    """Return whether somebody must decide about the passage."""
    if one.passage.state is ClosedState.PROPOSED:
        return not one.is_absent
    return one.passage.state is ClosedState.DECIDED and one.is_lost


def refuse_undecided(session: Session, revision: MinutesRevision) -> None:
    """Raise NotPossibleNow while somebody must decide about a passage."""
    count = len(to_decide(located_in(session, revision)))
    if count:
        raise NotPossibleNow(
            f"公開しない箇所で、まだ決めていないものが{count:,}件あります。会議録の画面の"
            "「公開しない箇所」で、公開しないか公開するかを決めてから公開してください。"
        )


def mark(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    chosen: ChosenPassage,
    ground: ClosedGround,
    settings: MinutesSettings,
    *,
    is_decided: bool = True,
) -> ClosedPassage:
    """Mark a passage of the revision, closed at once unless it is only proposed. Raises
    InvalidInput for what is not in the text, NotPossibleNow for what is marked already.
    """
    content, marks = content_of(revision), marks_of(session, revision)
    passage = chosen_in(content, marks, chosen)
    kind = ground.kind or ClosedKind.PERSONAL
    passage.minutes, passage.marked_by = revision.minutes, by
    passage.kind, passage.source = kind, ClosedSource.PERSON
    passage.replacement = usual_replacement(kind, settings)
    passage.state = ClosedState.PROPOSED
    _refuse_marked(marks, passage)
    with _public_copy_follows(session, by, revision):
        session.add(passage)
        if is_decided:
            _close(by, passage, ground)
        else:
            _take(passage, ground)
        audit.note(session, by, "mark", passage)
    _propose_alike(session, by, revision, [passage], settings)
    return passage


def propose(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    found: Iterable[FoundPassage],
    settings: MinutesSettings,
) -> list[ClosedPassage]:
    """Propose to close what was found in the revision as personal, and return what is new of it:
    what was marked before, or declined, is not proposed again.
    """
    content, marks = content_of(revision), marks_of(session, revision)
    said, known = dict(sentences(content)), _closings_by_place(content, marks)
    added = []
    for one in found:
        if any(mark.start <= one.start and one.end <= mark.end for mark in known[one.place]):
            continue
        passage = words_of_one(marks, said[one.place], one.start, one.end)
        passage.minutes, passage.marked_by = revision.minutes, by
        passage.kind, passage.source = ClosedKind.PERSONAL, one.source
        passage.state = ClosedState.PROPOSED
        passage.replacement = usual_replacement(ClosedKind.PERSONAL, settings)
        added.append(passage)
    session.add_all(added)
    session.flush()
    audit.note_each(session, by, "propose", added)
    return added


def _closings_by_place(content: Content, marks: Marks) -> dict[SentencePlace, list[Closing]]:
    text = MarkedText(content, marks)
    found: dict[SentencePlace, list[Closing]] = defaultdict(list)
    for passage in marks.passages:
        for closing in text.locate(passage).closings:
            found[closing.place].append(closing)
    return found


def _propose_alike(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    closed: Sequence[ClosedPassage],
    settings: MinutesSettings,
) -> None:
    """Propose to close the personal words that are closed wherever else they stand."""
    content = content_of(revision)
    quotes = {
        one.quote
        for one in closed
        if (one.state, one.kind) == (ClosedState.DECIDED, ClosedKind.PERSONAL)
        and one.scope is ClosedScope.WORDS
    }
    found = [one for quote in sorted(quotes) for one in proposing.alike(content, quote)]
    if len(found) > len(quotes):  # each stands where it was closed
        propose(session, by, revision, found, settings)


def decide(
    session: Session,
    by: Person,
    passages: Sequence[ClosedPassage],
    ground: ClosedGround,
    settings: MinutesSettings,
) -> None:
    """Close these passages of one meeting's minutes to citizens, or change the ground on which they
    are closed. Raises InvalidInput.
    """
    revision = _revision_of(passages)
    with _public_copy_follows(session, by, revision):
        for passage in passages:
            _close(by, passage, _with_usual_words(passage, ground, settings))
        session.flush()
        audit.note_each(session, by, "close", passages)
    _propose_alike(session, by, revision, passages, settings)


def decline(
    session: Session, by: Person, passages: Sequence[ClosedPassage], reason: str = ""
) -> None:
    """Decide that citizens may read these passages of one meeting's minutes. Raises
    InvalidInput.
    """
    with _public_copy_follows(session, by, _revision_of(passages)):
        for passage in passages:
            _take(passage, ClosedGround(reason=reason))
            passage.state, passage.absent_from = ClosedState.DECLINED, None
            passage.decided_by, passage.decided_at = by, now()
        session.flush()
        audit.note_each(session, by, "open", passages)


def confirm_absent(
    session: Session, by: Person, revision: MinutesRevision, passage: ClosedPassage
) -> None:
    """Note that somebody has seen that the text of this revision does not hold the passage any
    more. Where it is found again it is closed again. Raises NotPossibleNow where it is found.
    """
    text = MarkedText(content_of(revision), marks_of(session, revision))
    found = text.locate(passage)
    if found.is_found:
        raise NotPossibleNow(
            "この箇所は、いまの文にあります。公開しないか公開するかを選んでください。"
        )
    with _public_copy_follows(session, by, revision):
        passage.absent_from = found.around
        audit.note(session, by, "confirm_absent", passage)


def passages_by_id(
    session: Session, revision: MinutesRevision, identities: Iterable[int]
) -> list[ClosedPassage]:
    """Return the marked passages of the minutes with these ids. Raises InvalidInput for one that is
    not of these minutes, and where there are none.
    """
    wanted = set(identities)
    rows = session.scalars(
        select(ClosedPassage).where(
            ClosedPassage.minutes_id == revision.minutes_id, ClosedPassage.id.in_(wanted)
        )
    ).all()
    if not wanted or len(rows) < len(wanted):
        raise InvalidInput(
            "passage_ids", "公開しない箇所の一覧が変わりました。画面を開き直して選んでください。"
        )
    return list(rows)


@contextmanager
def _public_copy_follows(session: Session, by: Person, revision: MinutesRevision) -> Iterator[None]:
    """Replace what is public of the meeting's minutes, where the marks that are changed in between
    make another copy of it. Everybody else who writes waits meanwhile, so nothing is made twice.
    """
    publication = publication_of(session, revision.meeting.id)
    if publication is None:
        yield
        session.flush()
        return
    original = content_of(publication.revision)
    marks = marks_of(session, publication.revision)
    before = _shown(public_copy(original, marks), marks)
    yield
    session.flush()
    marks = marks_of(session, publication.revision)
    copy = public_copy(original, marks)
    if _shown(copy, marks) == before:
        return
    published.clear(session, publication)
    layout = published.laid_out(session, publication.revision, original, marks, copy)
    published.keep(session, publication, layout)
    publication.title, publication.place = copy.content.title, copy.content.place
    session.add(PublicCorrection(publication=publication, corrected_by=by))
    session.flush()
    session.expire(publication, ["corrections"])
    audit.note(session, by, "correct_public", publication.revision)


def _shown(copy: PublicCopy, marks: Marks) -> tuple[object, ...]:
    """Return all that of the marks reaches citizens."""
    closed = [p for p in marks.passages if p.state is ClosedState.DECIDED]
    sound = [(one.place, one.start, one.end) for one in copy.closings]
    anchors = [p.anchors for p in closed if p.scope is not ClosedScope.WORDS]
    pages = [p.anchors for p in closed if p.hides_pages]
    return copy.content, sound, copy.unnamed, anchors, pages


def _revision_of(passages: Sequence[ClosedPassage]) -> MinutesRevision:
    return passages[0].minutes.latest


def _with_usual_words(
    passage: ClosedPassage, ground: ClosedGround, settings: MinutesSettings
) -> ClosedGround:
    """Return the ground with the words that are usual for its kind, where the kind is another than
    before and nobody chose other words.
    """
    if ground.kind in (None, passage.kind):
        return ground
    if ground.replacement not in ("", passage.replacement):
        return ground
    kind = ground.kind or passage.kind
    return replace(ground, replacement=usual_replacement(kind, settings))


def _close(by: Person, passage: ClosedPassage, ground: ClosedGround) -> None:
    _take(passage, ground)
    passage.reason = passage.reason or passage.kind.label
    passage.decided_by_whom = passage.decided_by_whom or by.name
    passage.state, passage.absent_from = ClosedState.DECIDED, None
    passage.decided_by, passage.decided_at = by, now()


def _take(passage: ClosedPassage, ground: ClosedGround) -> None:
    """Take over of the ground what is said there."""
    reason = entries.long_text("reason", "理由", ground.reason, LONGEST_REASON)
    whom = entries.optional_text("decided_by_whom", "決めた人", ground.decided_by_whom)
    instead = entries.optional_text(
        "replacement", "代わりに書く言葉", ground.replacement, LONGEST_REPLACEMENT
    )
    passage.kind = ground.kind or passage.kind
    passage.reason = reason or passage.reason or ""
    passage.decided_by_whom = whom or passage.decided_by_whom or ""
    passage.replacement = instead or passage.replacement
    if ground.hides_pages is not None:
        passage.hides_pages = ground.hides_pages


def _refuse_marked(marks: Marks, passage: ClosedPassage) -> None:
    if any(
        (one.scope, one.anchors, one.quote) == (passage.scope, passage.anchors, passage.quote)
        and one.state is not ClosedState.DECLINED
        for one in marks.passages
    ):
        raise NotPossibleNow(
            "この箇所には、すでに印があります。「公開しない箇所」で決めてください。"
        )


def _first_place(one: LocatedPassage) -> tuple[SentencePlace, int, int]:
    places = [(closing.place, closing.start) for closing in one.closings]
    place, start = min(places, default=((-1, 0), 0))
    return place, start, one.passage.id
