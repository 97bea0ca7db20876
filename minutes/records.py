"""The official minutes (会議録): drafted from the transcripts, revised, approved or sent back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, dates, entries
from meetings.agenda import flat, tree
from meetings.attendance import attendances_of
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from meetings.invitations import invited
from minutes import parts, transcripts
from minutes.assignment import spans
from minutes.assignment.spans import Span
from minutes.content import (
    Attendee,
    Content,
    Paragraph,
    Section,
    cleaned,
    content_of,
    drafted,
    known,
    link,
    restyled,
    said_by,
)
from minutes.names import names_of
from minutes.speakers import samples
from minutes.style.choice import USUAL, Style
from models.meeting import AnswerWord, Invitation, Meeting
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision
from models.person import Person
from models.transcript import Segment, Transcript

LONGEST_PARAGRAPH = 20_000
LONGEST_REASON = 2000
UNASSIGNED = "議題に分けていない発言"
BEFORE, LEFT_OUT = "議題に入る前の発言", "議題外の発言"
WITHOUT_AGENDA = "発言"
SOURCE_REMOVED = (
    "この版のもとになった逐語録は消されています。ほかの逐語録から会議録を作り直してください。"
)


def minutes_of(session: Session, meeting: Meeting) -> Minutes | None:
    return session.scalar(select(Minutes).where(Minutes.meeting_id == meeting.id))


def draft(
    session: Session, by: Person, *chosen: Transcript, style: Style = USUAL
) -> MinutesRevision:
    """A new revision straight from these transcripts, one for each part of the meeting, under the
    agenda's headings, in this style.

    Raises NotPossibleNow while there is nothing to write or a decision is awaited, InvalidInput
    when two are of the same recording.
    """
    sources = _one_of_each(parts.in_order(session, chosen))
    segments = [s for source in sources for s in transcripts.segments_of(session, source)]
    if not any(segment.text for segment in segments):
        raise NotPossibleNow(
            "逐語録にまだ発話がありません。文字起こしが進んでから作成してください。"
        )
    meeting = sources[0].meeting
    minutes = minutes_of(session, meeting)
    if minutes is None:
        minutes = Minutes(meeting=meeting)
        session.add(minutes)
    content = _from_segments(session, meeting, segments, style)
    content.transcript_ids = [source.id for source in sources]
    return _add_revision(session, by, minutes, sources[0], content)


def sources_of(session: Session, revision: MinutesRevision) -> list[Transcript]:
    """The transcripts that it was drafted from, in the order of the parts."""
    return [session.get_one(Transcript, identity) for identity in revision.transcript_ids]


def revise(
    session: Session, by: Person, minutes: Minutes, content: Content, *, based_on: int
) -> MinutesRevision:
    """Raises StaleRevision when revision `based_on` is no longer the latest, InvalidInput for a
    text too long or a sentence of no transcript that the minutes are made from."""
    latest = minutes.latest
    if latest.number != based_on:
        raise StaleRevision(
            as_text(content),
            as_text(content_of(latest)),
            latest.number,
            latest.written_by.name,
            is_own=latest.written_by is by,
        )
    content = cleaned(content)
    content.title = entries.text("title", "会議名", content.title)
    content.place = entries.text("place", "場所", content.place)
    for section in content.sections:
        for paragraph in section.paragraphs:
            entries.long_text("text", "発言", paragraph.text, LONGEST_PARAGRAPH)
            paragraph.speaker = entries.optional_text("speaker", "発言者", paragraph.speaker)
            _refuse_other_sources(latest, paragraph)
        section.paragraphs = [p for p in section.paragraphs if p.text.strip()]
    _link(session, minutes, content)
    if content == content_of(latest):
        return latest
    return _add_revision(session, by, minutes, latest.transcript, content)


def restyle(
    session: Session, revision: MinutesRevision, style: Style, *, includes_hand: bool = False
) -> Content:
    """Its text in another style, to be revised. What a person wrote stays unless asked for."""
    names = names_of(session, revision.meeting)
    return restyled(content_of(revision), style, names, includes_hand=includes_hand)


def request_approval(session: Session, by: Person, revision: MinutesRevision) -> ApprovalRequest:
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
    _refuse_open(session, revision)
    request = ApprovalRequest(revision=revision, requested_by_id=by.id)
    session.add(request)
    audit.note(session, by, "request_approval", revision)
    return request


def approve(session: Session, by: Person, revision: MinutesRevision) -> Approval:
    """Release the revision. Approval confirms every segment of its transcripts; what was kept of
    their voices to name them is not needed any more.

    Raises NotPossibleNow as long as something of them is open (`open_spans`).
    """
    _refuse_open(session, revision)
    approval = _decide(session, by, revision, is_approved=True, reason="")
    for source in sources_of(session, revision):
        for segment in transcripts.segments_of(session, source):
            transcripts.confirm(session, by, segment)
        samples.forget(session, source)
    return approval


def open_spans(session: Session, revision: MinutesRevision) -> list[Span]:
    """What is still open in the transcripts that it was drafted from."""
    sources = sources_of(session, revision)
    return [span for source in sources for span in spans.open_spans(session, source)]


def has_unassigned(revision: MinutesRevision, content: Content) -> bool:
    """Whether its text has a part that was drafted before every segment had its item."""
    is_loose = any(section.title == UNASSIGNED for section in content.sections)
    return is_loose and bool(revision.meeting.agenda_items)


def leave_rest_out(session: Session, by: Person, revision: MinutesRevision) -> int:
    """All that is still open in its transcripts is of no item (議題外), and so is what the text has
    under no heading: a new revision then. How many segments there were. Raises NotPossibleNow."""
    sources = sources_of(session, revision)
    count = sum(len(spans.leave_rest_out(session, by, source)) for source in sources)
    content = content_of(revision.minutes.latest)
    for section in content.sections:
        if section.title == UNASSIGNED:
            section.title = LEFT_OUT
    if content != content_of(revision.minutes.latest):
        _add_revision(session, by, revision.minutes, revision.minutes.latest.transcript, content)
    return count


def send_back(session: Session, by: Person, revision: MinutesRevision, reason: str) -> Approval:
    if not reason.strip():
        raise InvalidInput("reason", "差し戻す理由を入力してください。書記に伝わります。")
    return _decide(session, by, revision, is_approved=False, reason=reason)


def as_text(content: Content) -> str:
    """The plain text for downloading, as the paper reads."""
    head = [content.title, "", f"日時　{when(content)}", f"場所　{content.place}"]
    attendees = "、".join(
        f"{a.name}（{a.title}）" if a.title else a.name for a in content.attendees
    )
    lines = [*head, f"出席　{attendees}", ""]
    for section in content.sections:
        lines += [f"{section.number}　{section.title}".strip("　"), ""]
        for speaker, paragraphs in said_by(section.paragraphs):
            said = "".join(p.text for p in paragraphs)
            lines += [f"○{speaker}　{said}" if speaker else said, ""]
    return "\n".join(lines).rstrip() + "\n"


def when(content: Content) -> str:
    return dates.span(
        datetime.fromisoformat(content.starts_at), datetime.fromisoformat(content.ends_at)
    )


def _decide(
    session: Session, by: Person, revision: MinutesRevision, *, is_approved: bool, reason: str
) -> Approval:
    if revision.request is None or revision is not revision.minutes.latest:
        raise NotPossibleNow("この改訂は承認を依頼されていないか、より新しい改訂があります。")
    if revision.request.decision is not None:
        raise NotPossibleNow("この改訂は、すでに承認または差し戻しされています。")
    decision = Approval(
        request=revision.request,
        is_approved=is_approved,
        reason=entries.long_text("reason", "理由", reason, LONGEST_REASON),
        decided_by=by,
    )
    session.add(decision)
    audit.note(session, by, "approve" if is_approved else "send_back", revision)
    return decision


def removed_sources(session: Session, revision: MinutesRevision) -> set[int]:
    """The ids of those that were taken away since."""
    return {source.id for source in sources_of(session, revision) if source.is_removed}


def _refuse_open(session: Session, revision: MinutesRevision) -> None:
    if removed_sources(session, revision):
        raise NotPossibleNow(SOURCE_REMOVED)
    spans.refuse_open(session, sources_of(session, revision))
    if has_unassigned(revision, content_of(revision)):
        raise NotPossibleNow(
            f"この版には「{UNASSIGNED}」があります。逐語録で議題を選んでから作り直すか、"
            "「残りを議題外にする」を押してください。"
        )


def _add_revision(
    session: Session, by: Person, minutes: Minutes, transcript: Transcript, content: Content
) -> MinutesRevision:
    number = minutes.latest.number + 1 if minutes.revisions else 1
    if number > 1 and minutes.latest.is_awaited:
        raise NotPossibleNow("承認を依頼中です。承認または差し戻しを待ってから直してください。")
    revision = MinutesRevision(
        minutes=minutes,
        transcript=transcript,
        number=number,
        content=content.model_dump(),
        transcript_ids=content.transcript_ids or [transcript.id],
        written_by=by,
    )
    session.add(revision)
    audit.note(session, by, "revise", revision)
    return revision


def _one_of_each(sources: list[Transcript]) -> list[Transcript]:
    if len({source.recording.id for source in sources}) < len(sources):
        raise InvalidInput(
            "transcript_ids", "同じ録音の逐語録が2つあります。1つの録音から1つだけ選んでください。"
        )
    return sources


def _refuse_other_sources(latest: MinutesRevision, paragraph: Paragraph) -> None:
    known = latest.transcript_ids
    if paragraph.transcript_id not in (known if len(known) > 1 else [*known, None]):
        raise InvalidInput(
            "transcript_id",
            "この会議録のもとになっていない逐語録の発言があります。"
            "会議録を読み直し、各発言の transcript_id をそのまま送り返してください。",
        )


def _link(session: Session, minutes: Minutes, content: Content) -> None:
    """What a text was made from is the server's to know: of each place in the recording it is
    what an earlier revision says, whatever was sent. The same with the style it is compared to."""
    latest = content_of(minutes.latest)
    content.transcript_ids = latest.transcript_ids
    content.style = content.style or latest.style
    sources = known(latest)
    wanted = {p.place for section in content.sections for p in section.paragraphs}
    for revision in reversed(minutes.revisions[:-1]):  # the form may follow an older one
        if wanted <= sources.keys():
            break
        sources = known(content_of(revision)) | sources
    names = names_of(session, minutes.meeting)
    for section in content.sections:
        for paragraph in section.paragraphs:
            link(paragraph, sources.get(paragraph.place), content.style, latest.style, names)


def _from_segments(
    session: Session, meeting: Meeting, segments: list[Segment], style: Style
) -> Content:
    names = names_of(session, meeting)

    def section(
        said: list[Segment], title: str, number: str = "", agenda_item_id: int | None = None
    ) -> Section:
        paragraphs = drafted([one for one in said if one.text], style, names)
        return Section(
            agenda_item_id=agenda_item_id, number=number, title=title, paragraphs=paragraphs
        )

    sections = [
        section(
            [s for s in segments if s.agenda_item_id == node.entry.id],
            node.entry.title,
            node.number,
            node.entry.id,
        )
        for node in flat(tree(session, meeting))
    ]
    before, left_out = _outside(segments)
    unassigned = [segment for segment in segments if segment.is_unassigned]
    loose = UNASSIGNED if sections else WITHOUT_AGENDA
    others = [(LEFT_OUT, left_out), (loose, unassigned)]
    sections = [
        *([section(before, BEFORE)] if before else []),
        *sections,
        *(section(said, title) for title, said in others if _has_words(said)),
    ]
    return Content(
        title=meeting.title,
        series=meeting.series.name,
        starts_at=meeting.starts_at.isoformat(),
        ends_at=meeting.ends_at.isoformat(),
        place=meeting.place,
        attendees=_attendees(session, meeting),
        sections=sections,
        style=style,
    )


def _outside(segments: list[Segment]) -> tuple[list[Segment], list[Segment]]:
    """What belongs to no item: before the first one begins, and the rest."""
    first = next((n for n, one in enumerate(segments) if one.agenda_item_id), 0)
    before = [one for one in segments[:first] if one.is_left_out and one.text]
    return before, [one for one in segments[first:] if one.is_left_out]


def _has_words(segments: list[Segment]) -> bool:
    return any(segment.text for segment in segments)


def _attendees(session: Session, meeting: Meeting) -> list[Attendee]:
    """Those who came, as the list of attendance has them; where nobody kept one, those who said
    that they come, and those who come instead of them."""
    came = attendances_of(session, meeting)
    if came:
        order = {i.person_id: place for place, i in enumerate(invited(meeting))}
        ordered = sorted(came, key=lambda entry: order.get(entry.person_id or 0, len(order)))
        return [
            Attendee(name=entry.attendee_name, title=entry.person.title if entry.person else "")
            for entry in ordered
        ]
    return [_promised(i) for i in invited(meeting) if _is_represented(i)]


def _is_represented(invitation: Invitation) -> bool:
    return invitation.answer is not None and invitation.answer.word != AnswerWord.ABSENT


def _promised(invitation: Invitation) -> Attendee:
    person, answer = invitation.person, invitation.answer
    if answer is not None and answer.word == AnswerWord.PROXY:
        return Attendee(name=f"{answer.proxy_name}（{person.name} 代理）")
    return Attendee(name=person.name, title=person.title)
