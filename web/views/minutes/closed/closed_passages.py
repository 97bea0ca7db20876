"""公開しない箇所: what of the minutes citizens do not get is chosen, proposed and decided."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.entries import plain_number
from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.records.audible import SentencePlace, sentences
from minutes.records.closed import passages, proposing
from minutes.records.closed.anchors import LocatedPassage
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from minutes.records.closed.public_copy import public_copy_of
from minutes.records.content import Content, content_of
from minutes.records.paper import place_in_text, said_at
from models.closed_passage import ClosedKind, ClosedScope, ClosedState
from models.minutes import MinutesRevision
from models.person import Person
from web import access
from web.audit_access import note_look
from web.transaction import config, database_session, reading_session, release
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("closed", __name__)

PLACE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
AROUND = 20
"""Letters that are shown before a passage and after it."""
SHOWN_LETTERS = 200


@dataclass(frozen=True)
class PassageLine:
    """A line of the list. `at` is its time in the recording; `anchor` the place on the page of the
    minutes, None where the text does not hold it."""

    found: LocatedPassage
    at: str
    before: str
    words: str
    after: str
    anchor: str | None


@dataclass(frozen=True)
class ChosenSentence:
    """A sentence of which something is chosen: what stands before it, and after it."""

    speaker: str
    before: str
    words: str
    after: str


@blueprint.get("/revisions/<int:revision_id>/closed-passages")
@access.to(MinutesRevision, Right.HEAR)
def listed(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    note_look(person, "look", revision)
    content = content_of(revision)
    found = passages.located_in(reading_session(), revision)
    lines = [_line(content, one) for one in found]
    waiting = [line for line in lines if passages.is_to_decide(line.found)]
    others = [line for line in lines if not passages.is_to_decide(line.found)]
    return _page(
        person,
        revision,
        "minutes/closed_passages.html",
        lost=[line for line in waiting if line.found.is_lost],
        groups=_alike([line for line in waiting if not line.found.is_lost]),
        closed=[line for line in others if line.found.passage.state is ClosedState.DECIDED],
        opened=[line for line in others if line.found.passage.state is ClosedState.DECLINED],
        kinds=_kinds(),
        last_whom=_last_whom(found),
    )


@blueprint.get("/revisions/<int:revision_id>/closed-passages/new")
@access.to(MinutesRevision, Right.CORRECT)
def form(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    """Show the form for a passage: from sentence `first`, character `start`, to sentence `last`,
    character `end`, counted from 1. With `shown` they are counted as the page shows them."""
    note_look(person, "look", revision)
    return _form(person, revision, request.args.to_dict())


@blueprint.post("/revisions/<int:revision_id>/closed-passages")
@access.to(MinutesRevision, Right.CORRECT)
def mark(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    typed = request.form.to_dict()
    try:
        made = passages.mark(
            database_session(),
            person,
            revision,
            _chosen(content_of(revision), typed),
            _ground(),
            config().minutes,
            is_decided=typed.get("act") != "propose",
        )
    except InvalidInput as problem:
        release()
        return _form(person, revision, typed, problem), 422
    is_closed = made.state is ClosedState.DECIDED
    done = "公開しない箇所にしました。" if is_closed else "印を付けました。まだ決めていません。"
    waiting = len(passages.to_decide(passages.located_in(database_session(), revision)))
    rest = f"決めていない箇所が{waiting:,}件あります。" if waiting and is_closed else ""
    flash(done + rest, "done")
    page = url_for("minutes.show_revision", revision_id=revision.id)
    return redirect(f"{page}#said-{typed.get('first', '')}")


@blueprint.post("/revisions/<int:revision_id>/closed-passages/proposals")
@access.to(MinutesRevision, Right.CORRECT)
def propose(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    found = proposing.find(reading_session(), revision)
    new = passages.propose(database_session(), person, revision, found, config().minutes)
    flash(
        f"候補が{len(new):,}件あります。一つずつ、公開しないか公開するかを選んでください。"
        if new
        else "新しい候補はありません。見つけられないものもあるので、文を読んで確かめてください。",
        "done",
    )
    return _to(revision)


@blueprint.post("/revisions/<int:revision_id>/closed-passages/decision")
@access.to(MinutesRevision, Right.CORRECT)
def decide(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    """Decide about the passages whose ids the pressed button names."""
    closed, opened = request.form.get("close", ""), request.form.get("open", "")
    if not closed and not opened:
        return _to(revision)
    session = database_session()
    chosen = passages.passages_by_id(session, revision, _numbers(closed or opened))
    if closed:
        passages.decide(session, person, chosen, _ground(), config().minutes)
        flash(f"{len(chosen):,}件を公開しないことにしました。", "done")
    else:
        passages.decline(session, person, chosen, request.form.get("reason", ""))
        flash(f"{len(chosen):,}件を公開することにしました。", "done")
    return _to(revision)


@blueprint.post("/revisions/<int:revision_id>/closed-passages/absence")
@access.to(MinutesRevision, Right.CORRECT)
def confirm_absent(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    session = database_session()
    numbers = _numbers(request.form.get("passage_id", ""))
    for passage in passages.passages_by_id(session, revision, numbers):
        passages.confirm_absent(session, person, revision, passage)
    flash(
        "文からなくなったことを確かめました。ふたたび文に入れば、また公開しなくなります。", "done"
    )
    return _to(revision)


@blueprint.get("/revisions/<int:revision_id>/public-copy")
@access.to(MinutesRevision, Right.HEAR)
def public_copy(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    """Show the minutes as citizens would get them."""
    note_look(person, "look", revision)
    copy = public_copy_of(reading_session(), revision)
    return _page(person, revision, "minutes/public_copy.html", content=copy.content)


def _form(
    person: Person,
    revision: MinutesRevision,
    typed: dict[str, str],
    problem: InvalidInput | None = None,
) -> str:
    content = content_of(revision)
    said = dict(sentences(content))
    first = _place(typed.get("first"))
    first = first if first in said else None
    last = _place(typed.get("last"))
    last = last if last in said and first and last >= first else first
    start, end = (plain_number(typed.get(name)) for name in ("start", "end"))
    if first and last and "shown" in typed:
        start = place_in_text(said[first].text, max(0, (start or 1) - 1)) + 1
        end = place_in_text(said[last].text, max(0, (end or 1) - 1)) + 1
    usual_scope = ClosedScope.WORDS if start and end else ClosedScope.SENTENCES
    return _page(
        person,
        revision,
        "minutes/closed_passage.html",
        content=content,
        sections=_choices(content, first),
        first=first,
        last=last,
        start=start,
        end=end,
        scope=typed.get("scope") or usual_scope.value,
        chosen=_chosen_sentences(content, first, last, start, end),
        scopes=ClosedScope,
        kinds=_kinds(),
        typed=typed,
        problem=problem,
        last_whom=_last_whom(passages.located_in(reading_session(), revision)),
    )


def _chosen(content: Content, typed: dict[str, str]) -> ChosenPassage:
    first, last = _place(typed.get("first")), _place(typed.get("last"))
    if first is None or typed.get("scope") not in set(ClosedScope):
        raise InvalidInput("first", "公開しない発言と範囲を選んでください。")
    start, end = (plain_number(typed.get(name)) or 0 for name in ("start", "end"))
    scope = ClosedScope(typed["scope"])
    if scope is ClosedScope.WORDS and not (start and end):
        raise InvalidInput("end", "何文字目から何文字目までかを、1からの数で入力してください。")
    return ChosenPassage(scope, first, last or first, start - 1, end)


def _ground() -> ClosedGround:
    sent = request.form
    kind = sent.get("kind", "")
    return ClosedGround(
        kind=ClosedKind(kind) if kind in set(ClosedKind) else None,
        reason=sent.get("reason", ""),
        decided_by_whom=sent.get("decided_by_whom", ""),
        replacement=sent.get("replacement", ""),
        hides_pages="hides_pages" in sent if "with_pages" in sent else None,
    )


def _line(content: Content, found: LocatedPassage) -> PassageLine:
    quote = _short(found.passage.quote)
    if not found.closings:
        return PassageLine(found, "", "", quote, "", None)
    closing = min(found.closings, key=lambda one: (one.place, one.start))
    said = content.sections[closing.place[0]].paragraphs[closing.place[1]]
    is_words = found.passage.scope is ClosedScope.WORDS
    is_here = len({one.place for one in found.closings}) == 1
    return PassageLine(
        found=found,
        at=said_at(content, said),
        before=said.text[max(0, closing.start - AROUND) : closing.start] if is_words else "",
        words=quote,
        after=said.text[closing.end : closing.end + AROUND] if is_words and is_here else "",
        anchor=f"said-{closing.place[0]}-{closing.place[1]}",
    )


def _alike(lines: list[PassageLine]) -> list[list[PassageLine]]:
    """Return the lines, those of equal words together, in the order of the first of each."""
    groups: dict[tuple[str, str, str], list[PassageLine]] = defaultdict(list)
    for line in lines:
        one = line.found.passage
        groups[one.scope, one.source, one.quote].append(line)
    return list(groups.values())


def _choices(
    content: Content, first: SentencePlace | None
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the sentences to choose from, by section: all of them, or those of the section in
    which the first one is chosen."""
    found = []
    for number, section in enumerate(content.sections):
        if section.paragraphs and first in (None, (number, first[1] if first else 0)):
            said = [
                (f"{number}-{n}", f"{said_at(content, p)}　{p.speaker}「{p.text[:24]}」")
                for n, p in enumerate(section.paragraphs)
            ]
            found.append((f"{section.number}　{section.title}".strip("　"), said))
    return found


def _chosen_sentences(
    content: Content,
    first: SentencePlace | None,
    last: SentencePlace | None,
    start: int | None,
    end: int | None,
) -> list[ChosenSentence]:
    if first is None or last is None:
        return []
    found = []
    for place, said in sentences(content):
        if first <= place <= last:
            begin = (start or 1) - 1 if place == first else 0
            stop = end if place == last and end else len(said.text)
            text = said.text
            cut = (text[:begin], text[begin:stop], text[stop:])
            found.append(ChosenSentence(said.speaker, *cut))
    return found


def _kinds() -> list[tuple[str, str]]:
    settings = config().minutes
    return [
        (kind.value, f"{kind.label}　→　{passages.usual_replacement(kind, settings)}")
        for kind in ClosedKind
    ]


def _last_whom(found: list[LocatedPassage]) -> str:
    """Return by whom the last passage was closed, for the next one."""
    decided = [one.passage for one in found if one.passage.decided_at and one.passage.decided_by]
    last = max(decided, key=lambda one: (one.decided_at, one.id), default=None)
    return last.decided_by_whom if last else ""


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


def _place(text: str | None) -> SentencePlace | None:
    found = PLACE.fullmatch(text or "")
    return (int(found[1]), int(found[2])) if found else None


def _numbers(text: str) -> list[int]:
    return [number for one in text.split() if (number := plain_number(one)) is not None]


def _page(person: Person, revision: MinutesRevision, template: str, **shown: Any) -> str:
    meeting = revision.meeting
    return render_template(
        template,
        meeting=meeting,
        revision=revision,
        head=meeting_head(person, meeting),
        tab="minutes",
        **shown,
    )


def _to(revision: MinutesRevision) -> ResponseReturnValue:
    return redirect(url_for(".listed", revision_id=revision.id))
