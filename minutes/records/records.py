"""The official minutes (会議録): drafts them from the transcripts, revises, approves and sends
back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, dates, department_years, entries
from meetings.errors import ChangedMeanwhile, InvalidInput, NotPossibleNow, StaleRevision
from meetings.rights import Right, holders
from minutes.approval import path, sealing, steps
from minutes.assignment import spans
from minutes.assignment.spans import AgendaSpan
from minutes.records import digest, drafting, notifications
from minutes.records.content import (
    Content,
    Paragraph,
    cleaned,
    content_of,
    inherit_layers,
    paragraphs_by_place,
    restyled,
    set_head,
)
from minutes.records.drafting import LEFT_OUT, UNASSIGNED, DraftedText
from minutes.records.head import Head
from minutes.records.paper import as_text
from minutes.records.proper_names import names_of
from minutes.records.unread import Unread, refuse_unread, unread
from minutes.speakers import samples
from minutes.style.choice import USUAL, Style
from models.meeting import Meeting
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision
from models.person import Person
from models.transcript import Transcript

LONGEST_PARAGRAPH = 20_000
LONGEST_REASON = 2000
SOURCE_REMOVED = (
    "この版のもとになった逐語録は消されています。ほかの逐語録から会議録を作り直してください。"
)


def minutes_of(session: Session, meeting: Meeting) -> Minutes | None:
    """Return the minutes of the meeting, or None before the first draft."""
    return session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))


def draft(
    session: Session, by: Person, *chosen: Transcript, style: Style = USUAL
) -> MinutesRevision:
    """Draft a new revision from these transcripts. It takes seconds: where others want to write
    meanwhile, call `drafting.prepare` first and `add_draft` after it.
    """
    return add_draft(session, by, drafting.prepare(session, *chosen, style=style))


def add_draft(session: Session, by: Person, draft: DraftedText) -> MinutesRevision:
    """Add the draft as a new revision.

    Raises NotPossibleNow while a decision is awaited, ChangedMeanwhile when its transcripts say
    something else by now.
    """
    if not draft.is_of_now(session):
        raise ChangedMeanwhile()
    first = draft.sources[0]
    minutes = minutes_of(session, first.meeting)
    if minutes is None:
        minutes = Minutes(meeting=first.meeting)
        session.add(minutes)
    return _add_revision(session, by, minutes, first, draft.content.model_dump())


def sources_of(session: Session, revision: MinutesRevision) -> list[Transcript]:
    """Return the transcripts that the revision was drafted from, in the order of the parts."""
    return [session.get_one(Transcript, identity) for identity in revision.transcript_ids]


def revise(
    session: Session, by: Person, minutes: Minutes, content: Content, *, based_on: int
) -> MinutesRevision:
    """Add a revision with this content after revision number `based_on`. Raises what
    `prepare_revision` and `add_revision` raise. It may take seconds: where others want to write
    meanwhile, call these two one after the other.
    """
    return add_revision(session, by, prepare_revision(session, by, minutes, content, based_on))


@dataclass(frozen=True)
class PreparedRevision:
    """A content, checked and cleaned, that can become the next revision after `latest`. `is_same`
    is true when it equals that of `latest`.
    """

    latest: MinutesRevision
    content: Content
    is_same: bool


def prepare_revision(
    session: Session,
    by: Person,
    minutes: Minutes,
    content: Content,
    based_on: int,
    head: Head | None = None,
) -> PreparedRevision:
    """Return the content as the next revision would hold it, with this head; None: with that of
    the latest one. Raises StaleRevision when revision `based_on` is not the latest any more,
    InvalidInput for a text that is too long or a sentence from a transcript that the minutes are
    not made from.
    """
    latest = minutes.latest
    if latest.number != based_on:
        raise _stale(by, content, latest)
    content = cleaned(content)
    content.title = entries.text("title", "会議名", content.title)
    content.place = entries.text("place", "場所", content.place)
    for attendee in content.attendees:
        entries.text("attendees", "出席者の氏名", attendee.name)
        entries.optional_text("attendees", "出席者の職名", attendee.title)
    for section in content.sections:
        section.title = entries.text("section", "見出し", section.title)
        for paragraph in section.paragraphs:
            entries.long_text("text", "発言", paragraph.text, LONGEST_PARAGRAPH)
            paragraph.speaker = entries.optional_text("speaker", "発言者", paragraph.speaker)
            _refuse_other_sources(latest, paragraph)
        section.paragraphs = [p for p in section.paragraphs if p.text.strip()]
    content.sections = [s for s in content.sections if s.paragraphs or s.title != UNASSIGNED]
    digest.check(content, content_of(latest))
    _link(session, minutes, content)
    set_head(content, head or content_of(latest).head)
    return PreparedRevision(latest, content, is_same=content == content_of(latest))


def add_revision(session: Session, by: Person, prepared: PreparedRevision) -> MinutesRevision:
    """Add the prepared revision, or return the latest one where nothing differs. Raises
    StaleRevision when somebody has written another meanwhile, NotPossibleNow while a decision is
    awaited.
    """
    minutes, based_on = prepared.latest.minutes, prepared.latest
    if minutes.latest is not based_on:
        raise _stale(by, prepared.content, minutes.latest)
    if prepared.is_same:
        return based_on
    content = prepared.content.model_dump()
    return _add_revision(session, by, minutes, based_on.transcript, content)


def _stale(by: Person, content: Content, latest: MinutesRevision) -> StaleRevision:
    return StaleRevision(
        as_text(content),
        as_text(content_of(latest)),
        latest.number,
        latest.written_by.name,
        is_own=latest.written_by is by,
    )


def restyle(
    session: Session, revision: MinutesRevision, style: Style, *, includes_hand: bool = False
) -> Content:
    """Return the revision's content in another style, as a proposal to revise. What a person wrote
    stays unless `includes_hand`. Writes nothing.
    """
    names = names_of(session, revision.meeting)
    return restyled(content_of(revision), style, names, includes_hand=includes_hand)


def request_approval(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    *,
    word: str = "",
    errata_reason: str = "",
    addressee: Person | None = None,
    allows_unread: bool = True,
) -> ApprovalRequest:
    """Ask for approval of the revision, with a `word` to those who decide: the steps that the
    series has set, one after the other; without steps `addressee`, or whoever may decide where
    there is none. With an `errata_reason` it corrects (正誤) the revision that was approved last.

    Raises NotPossibleNow when it was asked for or decided before, while something is open
    (`open_spans`), and for anything unread unless the city `allows_unread`; InvalidInput for an
    addressee who may not decide, and for errata where nothing was approved before.
    """
    if revision is not revision.minutes.latest:
        raise NotPossibleNow("より新しい改訂があります。最新の改訂で承認を依頼してください。")
    if revision.request is not None and revision.request.decision is not None:
        raise NotPossibleNow(
            "この改訂は承認されています。"
            if revision.is_approved
            else "この改訂は差し戻されています。直してから、新しい改訂で承認を依頼してください。"
        )
    if revision.request is not None:
        raise NotPossibleNow("この改訂は、すでに承認を依頼しています。")
    _refuse_open(session, revision, allows_unread=allows_unread)
    if addressee is not None and addressee not in approvers(session, revision.meeting):
        raise InvalidInput("addressee_id", "この会議の承認者を一覧から選んでください。")
    if addressee is not None and steps.steps_of(session, revision.meeting.series):
        raise InvalidInput("addressee_id", "この会議体には承認の段階があり、順に承認します。")
    if errata_reason.strip() and not has_approved(revision.minutes):
        raise InvalidInput("errata_reason", "承認された版がまだないため、正誤にはできません。")
    request = ApprovalRequest(
        revision=revision,
        requested_by=by,
        addressee=addressee,
        word=entries.long_text("word", "承認者へのひとこと", word, LONGEST_REASON),
        errata_reason=entries.long_text(
            "errata_reason", "正誤の理由", errata_reason, LONGEST_REASON
        ),
    )
    session.add(request)
    audit.note(session, by, "request_approval", revision)
    path.begin(session, request)
    notifications.tell_of_request(session, request)
    return request


def has_approved(minutes: Minutes) -> bool:
    """Return whether some revision of the minutes was approved."""
    return any(revision.is_approved for revision in minutes.revisions)


def approvers(session: Session, meeting: Meeting) -> Sequence[Person]:
    """Return everybody who may approve minutes of this meeting."""
    return session.scalars(holders(Right.DECIDE, meeting.department)).all()


def take_request_back(session: Session, by: Person, revision: MinutesRevision) -> None:
    """Withdraw the request for approval: the text may be changed and approval be requested again.
    Raises NotPossibleNow without a request, and once it was decided.
    """
    request = revision.request
    if request is None:
        raise NotPossibleNow("この改訂の承認は依頼されていません。")
    if request.decision is not None:
        raise NotPossibleNow("すでに承認または差し戻しされているため、依頼を取り下げられません。")
    audit.note(session, by, "take_request_back", revision)
    notifications.tell_of_request_taken_back(session, by, request)
    path.drop(session, request)
    session.delete(request)
    session.flush()
    session.expire(revision, ["request"])


def approve(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    *,
    allows_unread: bool = True,
    step_id: int | None = None,
) -> Approval | None:
    """Approve the revision, or the step `step_id` of its request whose turn it is. Returns the
    approval, which the last step gives; None while others follow. With it, voice samples that were
    stored to name the speakers of its transcripts are deleted, as they are needed no more. What
    nobody has confirmed stays unread (`unread_of`).

    Raises NotPossibleNow as long as something of them is open (`open_spans`), for anything unread
    unless the city `allows_unread`, for a step that was decided meanwhile, and to whoever may not
    decide it.
    """
    _refuse_open(session, revision, allows_unread=allows_unread)
    approval = _decide(session, by, revision, is_approved=True, reason="", step_id=step_id)
    if approval is not None:
        for source in sources_of(session, revision):
            samples.forget(session, source)
    return approval


def unread_of(session: Session, revision: MinutesRevision) -> Unread:
    """Return what nobody has confirmed of the transcripts it was drafted from, and its voices
    without a name.
    """
    return unread(session, revision.transcript_ids, content_of(revision))


def open_spans(session: Session, revision: MinutesRevision) -> list[AgendaSpan]:
    """Return what is still open (`minutes/assignment/spans.py`) in the transcripts that the
    revision was drafted from: talk without an agenda item, and sound that nobody has transcribed or
    confirmed.
    """
    sources = sources_of(session, revision)
    return [span for source in sources for span in spans.open_spans(session, source)]


def has_unassigned(revision: MinutesRevision) -> bool:
    """Return whether its text has a section that was drafted before every segment had its agenda
    item, in a meeting with an agenda.
    """
    is_loose = any(section["title"] == UNASSIGNED for section in revision.content["sections"])
    return is_loose and bool(revision.meeting.agenda_items)


def leave_rest_out(session: Session, by: Person, revision: MinutesRevision) -> int:
    """Mark all that is still open in its transcripts as outside the agenda (議題外) and return
    how many segments that were. Where the text has a section of the unassigned, adds a revision
    that calls it 議題外 too. Raises NotPossibleNow while a decision is awaited.
    """
    sources = sources_of(session, revision)
    count = sum(len(spans.leave_rest_out(session, by, source)) for source in sources)
    latest = revision.minutes.latest
    kept = latest.content["sections"]
    sections = [
        section | {"title": LEFT_OUT} if section["title"] == UNASSIGNED else section
        for section in kept
    ]
    if sections != kept:
        content = latest.content | {"sections": sections}
        _add_revision(session, by, revision.minutes, latest.transcript, content)
    return count


def send_back(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    reason: str,
    *,
    step_id: int | None = None,
) -> Approval:
    """Send the revision back to those who wrote it, from the step `step_id` whose turn it is.
    Raises InvalidInput without a reason, NotPossibleNow unless a decision is awaited, and to
    whoever may not decide.
    """
    if not reason.strip():
        raise InvalidInput("reason", "差し戻す理由を入力してください。書記に伝わります。")
    decision = _decide(session, by, revision, is_approved=False, reason=reason, step_id=step_id)
    assert decision is not None
    return decision


def _decide(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    *,
    is_approved: bool,
    reason: str,
    step_id: int | None,
) -> Approval | None:
    request = revision.request
    if request is None or revision is not revision.minutes.latest:
        raise NotPossibleNow(
            "この改訂は承認を依頼されていないか、依頼が取り下げられたか、より新しい改訂があります。"
            "画面を開き直してください。"
        )
    if request.decision is not None:
        raise NotPossibleNow(
            f"この改訂は、すでに承認または差し戻しされています（{_who(request)}）。"
        )
    path.decide(session, by, request, step_id=step_id, is_approved=is_approved)
    if is_approved and path.current_step(session, request) is not None:
        return None
    decision = Approval(
        request=request,
        is_approved=is_approved,
        reason=entries.long_text("reason", "理由", reason, LONGEST_REASON),
        decided_by=by,
    )
    session.add(decision)
    if is_approved:
        sealing.seal(session, decision)
    audit.note(session, by, "approve" if is_approved else "send_back", revision)
    notifications.tell_of_decision(session, decision)
    return decision


def _who(request: ApprovalRequest) -> str:
    decision = request.decision
    assert decision is not None
    done = "承認" if decision.is_approved else "差戻し"
    at = f"{dates.in_full(decision.decided_at)}{dates.clock(decision.decided_at)}"
    return f"{at}、{decision.decided_by.name}さんが{done}"


def removed_sources(session: Session, revision: MinutesRevision) -> set[int]:
    """Return the ids of its transcripts that were removed since."""
    return {source.id for source in sources_of(session, revision) if source.is_removed}


def _refuse_open(session: Session, revision: MinutesRevision, *, allows_unread: bool) -> None:
    if removed_sources(session, revision):
        raise NotPossibleNow(SOURCE_REMOVED)
    spans.refuse_open(session, sources_of(session, revision))
    if has_unassigned(revision):
        raise NotPossibleNow(
            f"この版には「{UNASSIGNED}」があります。逐語録で議題を選んでから作り直すか、"
            "「残りを議題外にする」を押してください。"
        )
    if not allows_unread:
        refuse_unread(unread_of(session, revision))


def _add_revision(
    session: Session,
    by: Person,
    minutes: Minutes,
    transcript: Transcript,
    content: dict[str, Any],
) -> MinutesRevision:
    """Add a revision with `content`, the dumped JSON of a `Content`. Raises NotPossibleNow while a
    decision is awaited.
    """
    minutes.meeting.is_in_work = True  # also where an earlier revision is public
    number = minutes.latest.number + 1 if minutes.revisions else 1
    if number > 1 and minutes.latest.is_awaited:
        raise NotPossibleNow("承認を依頼中です。承認または差し戻しを待ってから直してください。")
    revision = MinutesRevision(
        minutes=minutes,
        transcript=transcript,
        number=number,
        content=content,
        transcript_ids=content.get("transcript_ids") or [transcript.id],
        written_by=by,
    )
    session.add(revision)
    department_years.changed(session, minutes.meeting)  # where a spare was used, it counts
    audit.note(session, by, "revise", revision)
    return revision


def _refuse_other_sources(latest: MinutesRevision, paragraph: Paragraph) -> None:
    known = latest.transcript_ids
    if paragraph.transcript_id not in (known if len(known) > 1 else [*known, None]):
        raise InvalidInput(
            "transcript_id",
            "この会議録のもとになっていない逐語録の発言があります。"
            "会議録を読み直し、各発言の transcript_id をそのまま送り返してください。",
        )


def _link(session: Session, minutes: Minutes, content: Content) -> None:
    """Set the layers of the content's paragraphs from earlier revisions, by their place in the
    recording, whatever was sent: only the server says what a text was made from. The same holds for
    its transcripts, speakers and, unless chosen, the style.
    """
    latest = content_of(minutes.latest)
    content.transcript_ids = latest.transcript_ids
    content.speakers = latest.speakers
    content.style = content.style or latest.style
    sources = paragraphs_by_place(latest)
    wanted = {p.place for section in content.sections for p in section.paragraphs}
    for revision in reversed(minutes.revisions[:-1]):  # the form may follow an older one
        if wanted <= sources.keys():
            break
        sources = paragraphs_by_place(content_of(revision)) | sources
    names = names_of(session, minutes.meeting)
    for section in content.sections:
        for paragraph in section.paragraphs:
            inherit_layers(
                paragraph, sources.get(paragraph.place), content.style, latest.style, names
            )
