"""承認の段階: the steps of a series, whom a request waits for, and remarks at a paragraph."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import entries
from meetings.errors import InvalidInput, NotFound
from meetings.rights import Right
from minutes.approval import comments, path, steps
from minutes.approval.steps import PlannedStep
from minutes.records.content import content_of
from minutes.records.paper import said_at, speaker_labels
from minutes.records.records import minutes_of
from models.meeting import Meeting, Series
from models.minutes import MinutesRevision
from models.person import Person
from web import access
from web.audit_access import note_look
from web.shared.people import person_numbered
from web.transaction import database_session, reading_session, release
from web.views.meetings._meeting_head import url_of_meeting

blueprint = Blueprint("approval", __name__)
SPARE_ROWS = 3


@blueprint.get("/meetings/<int:meeting_id>/approval-path")
@access.to(Meeting, Right.RUN)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/approval-path")
@access.to(Meeting, Right.RUN)
def change(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        steps.set_steps(database_session(), person, meeting.series, _typed_steps())
    except InvalidInput as problem:
        release()
        return _page(person, meeting, problem.message, _sent_rows()), 422
    flash("承認の段階を保存しました。これから依頼する承認に使います。", "done")
    return redirect(url_for("approval.show", meeting_id=meeting.id))


@blueprint.post("/revisions/<int:revision_id>/approval-steps/<int:step_id>")
@access.to(MinutesRevision, Right.RUN)
def reassign(person: Person, revision: MinutesRevision, step_id: int) -> ResponseReturnValue:
    if revision.request is None:
        raise NotFound()
    session = database_session()
    who = person_numbered("person_id", request.form.get("person_id"))
    delegate = person_numbered("delegate_id", request.form.get("delegate_id"))
    try:
        path.reassign(session, person, revision.request, step_id, who, delegate)
    except InvalidInput as problem:
        release()
        return _page(person, revision.meeting, problem.message), 422
    flash("承認する人を替え、知らせました。", "done")
    return redirect(url_for("approval.show", meeting_id=revision.meeting.id))


@blueprint.get("/revisions/<int:revision_id>/comments/<int:section>/<int:paragraph>")
@access.to(MinutesRevision, Right.REVIEW)
def show_comments(
    person: Person, revision: MinutesRevision, section: int, paragraph: int
) -> ResponseReturnValue:
    note_look(person, "look", revision)
    return _comments_page(person, revision, (section, paragraph))


@blueprint.post("/revisions/<int:revision_id>/comments/<int:section>/<int:paragraph>")
@access.to(MinutesRevision, Right.REVIEW)
def comment(
    person: Person, revision: MinutesRevision, section: int, paragraph: int
) -> ResponseReturnValue:
    text = request.form.get("text", "")
    try:
        comments.comment(database_session(), person, revision, section, paragraph, text)
    except InvalidInput as problem:
        release()
        return _comments_page(person, revision, (section, paragraph), text, problem.message), 422
    place = f"said-{section}-{paragraph}"
    flash("コメントを加えました。会議録を読む人に見えます。", "done")
    return redirect(url_for("minutes.show_revision", revision_id=revision.id, _anchor=place))


@dataclass(frozen=True)
class StepRow:
    """The fields of one step, as they stand in the form."""

    order: str
    name: str = ""
    person_id: str = ""
    delegate_id: str = ""
    days: str = ""


def _kept_rows(series: Series) -> list[StepRow]:
    """Return the steps of the series, and a few empty rows."""
    kept = steps.steps_of(reading_session(), series)
    rows = [
        StepRow(
            str(order),
            one.name,
            str(one.person_id or ""),
            str(one.delegate_id or ""),
            str(one.days or ""),
        )
        for order, one in enumerate(kept, 1)
    ]
    return rows + [StepRow(str(len(rows) + n)) for n in range(1, SPARE_ROWS + 1)]


def _sent_rows() -> list[StepRow]:
    fields = ("order", "name", "person_id", "delegate_id", "days")
    return [StepRow(*values) for values in zip(*map(request.form.getlist, fields), strict=False)]


def _page(
    person: Person, meeting: Meeting, problem: str = "", rows: list[StepRow] | None = None
) -> str:
    session = reading_session()
    minutes = minutes_of(session, meeting)
    asked = minutes.latest.request if minutes else None
    is_open = asked is not None and asked.decision is None
    people = steps.possible_people(session, person, meeting.series)
    return render_template(
        "minutes/approval_path.html",
        meeting=meeting,
        rows=rows or _kept_rows(meeting.series),
        people=[("", "承認者のだれでも"), *((p.id, p.name) for p in people)],
        delegates=[("", "なし"), *((p.id, p.name) for p in people)],
        revision=minutes.latest if minutes else None,
        open_steps=[
            (step, path.is_vacant(step))
            for step in (path.steps_of(session, asked) if asked and is_open else [])
            if step.decided_at is None
        ],
        problem=problem,
    )


def _comments_page(
    person: Person,
    revision: MinutesRevision,
    place: tuple[int, int],
    typed: str = "",
    problem: str = "",
) -> str:
    section, paragraph = place
    content = content_of(revision)
    try:
        said = content.sections[section].paragraphs[paragraph]
    except IndexError as beyond:
        raise NotFound() from beyond
    found = comments.by_place(comments.comments_of(reading_session(), revision))
    return render_template(
        "minutes/comments.html",
        meeting=revision.meeting,
        revision=revision,
        said=said,
        speaker=speaker_labels(content)(said.speaker),
        at=said_at(content, said),
        place=place,
        meeting_url=url_of_meeting(person, revision.meeting),
        comments=found.get((section, paragraph), []),
        is_open=revision.request is None or revision.request.decision is None,
        longest=comments.LONGEST_COMMENT,
        typed=typed,
        problem=problem,
    )


def _typed_steps() -> list[PlannedStep]:
    """Return the steps of the form in the order of their numbers; rows without a name are none."""
    typed = [
        (
            entries.whole_number("order", "順", row.order) or 0,
            PlannedStep(
                row.name,
                person_numbered("person_id", row.person_id),
                person_numbered("delegate_id", row.delegate_id),
                entries.whole_number("days", "期限（日数）", row.days, steps.MOST_DAYS),
            ),
        )
        for row in _sent_rows()
        if row.name.strip()
    ]
    return [step for _, step in sorted(typed, key=lambda one: one[0])]
