"""The tab 会議録: drafting, editing, approving and publishing the official minutes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings.entries import plain_number
from meetings.errors import InvalidInput, NotFound, StaleRevision
from meetings.rights import (
    Right,
    publication_of,
    published_revision,
    rights,
    rights_to_text,
)
from meetings.style_choices import FIELDS
from minutes.approval import comments
from minutes.assignment import spans
from minutes.assignment.spans import AgendaSpan
from minutes.forms.pdf import unprintable
from minutes.recordings import sound_files
from minutes.records import comparing, heading, publication, records
from minutes.records.audible import sentences
from minutes.records.closed import passages
from minutes.records.closed.underlined import Underlined
from minutes.records.content import Content, content_of, restyled
from minutes.records.drafting import UNASSIGNED
from minutes.records.head_lines import decision_lines, decision_words, head_lines
from minutes.records.paper import laid_out, said_at, speaker_labels
from minutes.records.proper_names import names_of
from minutes.records.records import minutes_of
from minutes.records.said_pages import PublicPages, pages_for, said_in
from models.closed_passage import ClosedState
from models.meeting import Meeting
from models.minutes import Minutes, MinutesRevision
from models.person import Person
from models.transcript import Transcript
from web import access
from web.audit_access import note_look
from web.door.costs import RequestLane, costs
from web.shared import drafting
from web.shared.files.archives import send_archive
from web.shared.sentences import send_sentence
from web.transaction import config, database_session, reading_session, release, settle
from web.urls import page_url
from web.views.meetings._meeting_head import meeting_head, url_of_meeting
from web.views.minutes._beside_page import BesidePage
from web.views.minutes._drafting import chosen_style, chosen_transcripts, drafting_of, usual_style
from web.views.minutes._hearing import hearings
from web.views.minutes._minutes_form import Typed, put, typed
from web.views.records._approval_path import path_of

blueprint = Blueprint("minutes", __name__)
blueprint.add_app_template_global(head_lines, "head_lines")
blueprint.add_app_template_global(decision_lines, "decision_lines")
blueprint.add_app_template_global(decision_words, "decision_words")
blueprint.add_app_template_global(laid_out, "laid_out")
blueprint.add_app_template_global(speaker_labels, "speaker_labels")
blueprint.add_app_template_global(lambda: FIELDS, "style_fields")
blueprint.add_app_template_global(usual_style, "usual_style")
blueprint.add_app_template_global(said_at, "said_at")
blueprint.add_app_template_global(spans.in_words, "open_in_words")
blueprint.add_app_template_global(spans.count, "open_count")


@blueprint.get("/meetings/<int:meeting_id>/minutes")
@access.to(Meeting, Right.SEE)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Show the minutes. Those who may not hear the recording are told what of it is public."""
    session = database_session()
    minutes = minutes_of(session, meeting)
    if Right.HEAR not in rights(session, person, meeting):
        if minutes and Right.REVIEW in rights_to_text(session, person, minutes.latest):
            return redirect(url_for(".show_revision", revision_id=minutes.latest.id))
        return _page(
            person,
            meeting,
            "minutes/readers.html",
            public=publication_of(session, meeting.id),
            withdrawal=publication.last_withdrawal(session, meeting.id),
        )
    if minutes is None:
        return _page(person, meeting, "minutes/none.html", drafting=drafting_of(meeting))
    return _read(person, minutes.latest)


@blueprint.get("/meetings/<int:meeting_id>/archive")
@access.to(Meeting, Right.CORRECT)
@access.fresh
@costs(lane=RequestLane.FILES)
def take_archive(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Send everything of the meeting as one ZIP, the original with what is closed to citizens."""
    return send_archive(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/minutes")
@access.to(Meeting, Right.CORRECT)
def draft(person: Person, meeting: Meeting) -> ResponseReturnValue:
    style = chosen_style("style", usual_style())
    revision = drafting.draft(person, lambda: chosen_transcripts(meeting), style)
    settle()
    flash(f"逐語録から会議録（第{revision.number}版）を作成しました。", "done")
    return _to(meeting)


@blueprint.get("/meetings/<int:meeting_id>/minutes/change")
@access.to(Meeting, Right.CORRECT)
def form(person: Person, meeting: Meeting) -> ResponseReturnValue:
    revision = _required(meeting).latest
    note_look(person, "look", revision)
    return _form(person, meeting, revision, Typed.of(content_of(revision)))


@blueprint.post("/meetings/<int:meeting_id>/minutes/change")
@access.to(Meeting, Right.CORRECT)
def change(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Save the minutes. The fields follow revision `layout`; they are saved on top of revision
    `based_on`. `put` puts other texts into them and saves nothing."""
    minutes = _required(meeting)
    layout = _numbered(minutes, "layout")
    sent = typed(content_of(layout))
    if request.form.get("put"):
        return _form(person, meeting, layout, _put(meeting, sent), is_put=True)
    try:
        revision = drafting.revise(person, minutes, sent.content, _number("based_on"))
    except StaleRevision as problem:
        release()
        return _form(person, meeting, layout, sent, stale=problem), 409
    except InvalidInput as problem:
        return _form(person, meeting, layout, sent, invalid=problem), 422
    flash(f"会議録（第{revision.number}版）を保存しました。", "done")
    return _to(meeting)


@blueprint.get("/revisions/<int:revision_id>")
@access.to(MinutesRevision, Right.REVIEW)
def show_revision(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    return _read(person, revision)


@blueprint.get("/revisions/<int:revision_id>/sentences/<int:section>/<int:paragraph>")
@access.to(MinutesRevision, Right.REVIEW)
def sentence(
    person: Person, revision: MinutesRevision, section: int, paragraph: int
) -> ResponseReturnValue:
    """Show a sentence with its sound, for those who have no script."""
    note_look(person, "look", revision)
    content, may_hear_all = content_of(revision), _may_hear_all(person, revision)
    plays = hearings(revision, content, may_hear_all=may_hear_all)
    heard = {where: plays(*where) for where, _ in sentences(content)}
    pages = [hearing.page for hearing in heard.values() if hearing]
    hearing = heard.get((section, paragraph))
    if hearing is None:
        raise NotFound()
    here, said = pages.index(hearing.page), content.sections[section].paragraphs[paragraph]
    return render_template(
        "minutes/sentence.html",
        meeting=revision.meeting,
        meeting_url=url_of_meeting(person, revision.meeting),
        text=said.text,
        speaker=speaker_labels(content)(said.speaker),
        at=said_at(content, said),
        sound=hearing.sound,
        back=url_for(
            ".show_revision", revision_id=revision.id, _anchor=f"said-{section}-{paragraph}"
        ),
        before=pages[here - 1] if here else None,
        after=pages[here + 1] if here + 1 < len(pages) else None,
    )


@blueprint.get("/revisions/<int:revision_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.to(MinutesRevision, Right.REVIEW)
@costs(lane=RequestLane.CLIPS)
def sentence_sound(
    person: Person, revision: MinutesRevision, section: int, paragraph: int
) -> ResponseReturnValue:
    return send_sentence(person, revision, (section, paragraph))


@blueprint.post("/transcripts/<int:transcript_id>/left-out")
@access.to(Transcript, Right.CORRECT)
def leave_rest_out(person: Person, transcript: Transcript) -> ResponseReturnValue:
    changed = spans.leave_rest_out(database_session(), person, transcript)
    flash(f"逐語録の残り{len(changed)}件を議題外にしました。", "done")
    return _to(transcript.meeting)


@blueprint.post("/revisions/<int:revision_id>/left-out")
@access.to(MinutesRevision, Right.CORRECT)
def leave_rest_of_minutes_out(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    count = records.leave_rest_out(database_session(), person, revision)
    flash(f"残り{count}件を議題外にしました。" if count else "残りを議題外にしました。", "done")
    return _to(revision.meeting)


@blueprint.post("/revisions/<int:revision_id>/approval-request")
@access.to(MinutesRevision, Right.CORRECT)
def request_approval(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    asked = plain_number(request.form.get("addressee_id"))
    try:
        word, errata_reason = (request.form.get(name, "") for name in ("word", "errata_reason"))
        drafting.request_approval(person, revision, word, asked, errata_reason)
    except InvalidInput as problem:
        return _unfit(person, revision, "request", problem)
    flash("承認を依頼しました。承認か差戻しまでは「依頼を取り下げる」で取り消せます。", "done")
    return _to(revision.meeting)


@blueprint.post("/revisions/<int:revision_id>/approval-request/withdrawal")
@access.to(MinutesRevision, Right.CORRECT)
def take_request_back(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    records.take_request_back(database_session(), person, revision)
    flash("承認の依頼を取り下げました。文を直して、もう一度依頼できます。", "done")
    return _to(revision.meeting)


@blueprint.get("/revisions/<int:revision_id>/comparison")
@access.to(MinutesRevision, Right.HEAR)
def compare(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    """Show what changed since the revision that this person saw last, or since number
    `?since=N`."""
    asked = plain_number(request.args.get("since"))
    earlier = [r for r in revision.minutes.revisions if r.number < revision.number]
    usual = comparing.base_for(reading_session(), person, revision)
    older = next((r for r in earlier if r.number == asked), usual)
    found = []
    if older is not None:
        found = comparing.differences(content_of(older), content_of(revision))
        note_look(person, "look", older)
    note_look(person, "look", revision)
    return _page(
        person,
        revision.meeting,
        "minutes/comparison.html",
        revision=revision,
        older=older,
        others=earlier,
        differences=found,
    )


@blueprint.post("/revisions/<int:revision_id>/approval")
@access.to(MinutesRevision, Right.REVIEW)
def decide(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    """Take the decision of whoever's turn it is, which the verb asks."""
    decision, step_id = request.form.get("decision"), plain_number(request.form.get("step_id"))
    if decision == "approve":
        is_last = drafting.approve(person, revision, step_id)
        flash("会議録を承認しました。" if is_last else "承認し、次の段階に回しました。", "done")
    elif decision == "send_back":
        session = database_session()
        try:
            records.send_back(session, person, revision, _reason(), step_id=step_id)
        except InvalidInput as problem:
            return _unfit(person, revision, "send_back", problem)
        flash("理由を添えて差し戻しました。", "done")
    else:
        raise InvalidInput("decision", "承認か差し戻しかを選んでください。")
    if _may_hear_all(person, revision):
        return _to(revision.meeting)
    return redirect(url_for("today.index"))


@blueprint.post("/revisions/<int:revision_id>/publication")
@access.to(MinutesRevision, Right.PUBLISH)
def publish(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    is_replacing = published_revision(reading_session(), revision.meeting.id) is not None
    try:
        drafting.publish(person, revision, _reason())
    except InvalidInput as problem:
        return _unfit(person, revision, "publish", problem)
    done = (
        "公開している会議録をこの版に差し替えました。" if is_replacing else "会議録を公開しました。"
    )
    flash(f"{done}やめるときは、この画面の「公開を取り下げる」から取り下げられます。", "done")
    return _to(revision.meeting)


@blueprint.post("/revisions/<int:revision_id>/withdrawal")
@access.to(MinutesRevision, Right.PUBLISH)
def withdraw(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    try:
        publication.withdraw(database_session(), person, revision, _reason())
    except InvalidInput as problem:
        return _unfit(person, revision, "withdraw", problem)
    flash(
        "公開を取り下げました。公開のページには、取り下げた日とお問い合わせ先が出ます。"
        "もう一度公開するときは「公開する」を押してください。",
        "done",
    )
    return _to(revision.meeting)


def _reason() -> str:
    return request.form.get("reason", "")


def _unfit(
    person: Person, revision: MinutesRevision, act: str, problem: InvalidInput
) -> tuple[str, int]:
    """Show the page again, with what was typed for this act, and the sentence beside it."""
    release()
    typed = request.form.get(problem.field, "")
    unfit = {
        "act": act,
        "field": problem.field,
        "typed": typed,
        "message": problem.message,
    }
    return _read(person, revision.minutes.latest, unfit), 422


def _may_hear_all(person: Person, revision: MinutesRevision) -> bool:
    return Right.HEAR in rights(reading_session(), person, revision.meeting)


def _review(person: Person, revision: MinutesRevision, unfit: dict[str, str]) -> str:
    """Show the text alone to somebody who may read nothing else of the meeting."""
    note_look(person, "look", revision)
    session, content = reading_session(), content_of(revision)
    marked = passages.located_in(session, revision)
    return render_template(
        "minutes/review.html",
        meeting=revision.meeting,
        meeting_url=url_of_meeting(person, revision.meeting),
        revision=revision,
        content=content,
        plays=hearings(revision, content, may_hear_all=False),
        underlined=Underlined(marked),
        has_marks=any(one.closings for one in marked),
        path=path_of(person, revision),
        comments_at=comments.by_place(comments.comments_of(session, revision)),
        unread=records.unread_of(session, revision),
        unfit=unfit,
    )


def _read(person: Person, revision: MinutesRevision, unfit: dict[str, str] | None = None) -> str:
    if not _may_hear_all(person, revision):
        return _review(person, revision, unfit or {})
    note_look(person, "look", revision)
    session, content = reading_session(), content_of(revision)
    minutes, meeting = revision.minutes, revision.meeting
    public_pages = PublicPages(session, revision).beside(said_in(revision, content))
    marked = passages.located_in(session, revision)
    undecided = passages.to_decide(marked)
    closed = [one for one in marked if one.passage.state is ClosedState.DECIDED]
    return _page(
        person,
        meeting,
        "minutes/show.html",
        revision=revision,
        is_latest=revision is minutes.latest,
        revisions=list(reversed(minutes.revisions)),
        content=content,
        plays=hearings(revision, content),
        told_of_sound=sound_files.deletion_told(session, revision.transcript_ids),
        underlined=Underlined(marked),
        undecided_count=len(undecided),
        closed_count=len([one for one in closed if one not in undecided]),
        page_at=_page_at(person, revision, content),
        published_pages=len(set(public_pages.values())),
        public=published_revision(session, meeting.id),
        spans=_open_spans(revision),
        has_unassigned=records.has_unassigned(revision),
        removed_sources=records.removed_sources(session, revision),
        sources=records.sources_of(session, revision),
        unread=records.unread_of(session, revision),
        may_be_unread=config().minutes.approve_unread,
        withdrawal=publication.last_withdrawal(session, meeting.id),
        approvers=[(p.id, p.name) for p in records.approvers(session, meeting)],
        has_approved=records.has_approved(minutes),
        errata=comparing.errata(revision, content_of),
        compared_to=comparing.base_for(session, person, revision),
        path=path_of(person, revision),
        comments_at=comments.by_place(comments.comments_of(session, revision)),
        is_head_old=heading.is_head_old(session, revision),
        unprintable=unprintable(content),
        drafting=drafting_of(meeting),
        unfit=unfit or {},
    )


def _page(person: Person, meeting: Meeting, template: str, **shown: Any) -> str:
    head = meeting_head(person, meeting)
    return render_template(
        template, meeting=meeting, head=head, tab="minutes", Right=Right, **shown
    )


def _form(
    person: Person,
    meeting: Meeting,
    layout: MinutesRevision,
    form: Typed,
    stale: StaleRevision | None = None,
    invalid: InvalidInput | None = None,
    is_put: bool = False,
) -> str:
    """Show the form. After a StaleRevision it goes on top of the newest one, as its sender has now
    seen."""
    content = form.content
    return _page(
        person,
        meeting,
        "minutes/change.html",
        layout=layout,
        based_on=stale.revision if stale else request.form.get("based_on", layout.number),
        content=content,
        keys=form.keys,
        unassigned=UNASSIGNED,
        stale=stale,
        invalid=invalid,
        is_put=is_put,
        removed_sources=records.removed_sources(reading_session(), layout),
        by_hand=sum(p.is_by_hand for section in content.sections for p in section.paragraphs),
        plays=hearings(layout, content),
    )


def _put(meeting: Meeting, form: Typed) -> Typed:
    """Put other texts into the form: with `style` all of them in the chosen style, otherwise what a
    sentence's own button says."""
    what = request.form.get("put", "")
    if what == "style":
        style = chosen_style("choice", form.content.style or usual_style())
        names = names_of(reading_session(), meeting)
        hand = "includes_hand" in request.form
        return Typed(restyled(form.content, style, names, includes_hand=hand), form.keys)
    put(form, what)
    return form


def _open_spans(revision: MinutesRevision) -> list[AgendaSpan]:
    """Return what is still open in the revision; nothing is, any more, in what is approved."""
    if revision.is_approved or revision is not revision.minutes.latest:
        return []
    return records.open_spans(reading_session(), revision)


def _page_at(
    person: Person, revision: MinutesRevision, content: Content
) -> Callable[[int, int], BesidePage | None]:
    beside = pages_for(reading_session(), person, revision, content)
    head = content.shown_head

    def at(section: int, paragraph: int) -> BesidePage | None:
        page = beside.get((section, paragraph))
        if page is None:
            return None
        version, number = page.version, page.number
        return BesidePage(
            title=head.paper_name(version.document_id, version.document.title),
            number=number,
            url=page_url(version, number),
            picture_url=url_for("documents.page_picture", version_id=version.id, number=number),
        )

    return at


def _required(meeting: Meeting) -> Minutes:
    minutes = minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotFound()
    return minutes


def _numbered(minutes: Minutes, field: str) -> MinutesRevision:
    number = _number(field)
    found = next((r for r in minutes.revisions if r.number == number), None)
    if found is None:
        raise InvalidInput(field, "もとの版が見つかりません。画面を開き直してください。")
    return found


def _number(field: str) -> int:
    number = plain_number(request.form.get(field))
    if number is None:
        raise InvalidInput(field, "版の番号を読み取れません。画面を開き直してください。")
    return number


def _to(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("minutes.show", meeting_id=meeting.id))
