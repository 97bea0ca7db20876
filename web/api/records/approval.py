"""The path of approval: the steps of a series, whom a request waits for, remarks at a paragraph."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.errors import NotPossibleNow
from meetings.rights import Right
from minutes.approval import comments, path, steps
from minutes.approval.steps import PlannedStep
from models.approval import ApprovalComment, ApprovalStep, RequestStep
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from web import access
from web.api.operations import Identity, PlaceInText, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.audit_access import note_look
from web.shared.people import person_numbered
from web.transaction import database_session, reading_session

blueprint = Blueprint("api_approval", __name__)


class StepBody(Shape):
    """承認の段階"""

    name: ShortText = Field(description="「課長」など")
    person_id: Identity | None = Field(None, description="決める人。null なら承認者のだれでも")
    delegate_id: Identity | None = Field(None, description="代決者")
    days: int | None = Field(None, ge=1, le=steps.MOST_DAYS, description="期限（日数）")

    def planned(self) -> PlannedStep:
        return PlannedStep(
            self.name,
            person_numbered("person_id", self.person_id),
            person_numbered("delegate_id", self.delegate_id),
            self.days,
        )


class PathBody(Shape):
    steps: list[StepBody] = Field(
        max_length=steps.MOST_STEPS, description="順に。空なら承認者のだれか1人が承認する"
    )


class StepAnswer(Shape):
    name: str
    person: PersonAnswer | None = Field(description="null なら承認者のだれでも")
    delegate: PersonAnswer | None
    days: int | None

    @classmethod
    def of(cls, step: ApprovalStep) -> "StepAnswer":
        return cls(
            name=step.name,
            person=PersonAnswer.of(step.person) if step.person else None,
            delegate=PersonAnswer.of(step.delegate) if step.delegate else None,
            days=step.days,
        )


class PathAnswer(Shape):
    """会議体の承認の段階"""

    steps: list[StepAnswer]


class RequestStepAnswer(Shape):
    """承認の依頼の1つの段階"""

    id: int = Field(description="決めるときに step_id として送る")
    name: str
    person: PersonAnswer | None = Field(description="null なら承認者のだれでも")
    delegate: PersonAnswer | None
    is_current: bool
    is_vacant: bool = Field(description="決める人が利用者でなくなったか、役割が変わった")
    due_at: datetime | None
    is_approved: bool | None = Field(description="まだなら null")
    is_by_delegate: bool
    decided_by: PersonAnswer | None
    decided_at: datetime | None

    @classmethod
    def of(cls, step: RequestStep) -> "RequestStepAnswer":
        return cls(
            id=step.id,
            name=step.name,
            person=PersonAnswer.of(step.person) if step.person else None,
            delegate=PersonAnswer.of(step.delegate) if step.delegate else None,
            is_current=step == path.current_step(reading_session(), step.request),
            is_vacant=path.is_vacant(step),
            due_at=step.due_at,
            is_approved=step.is_approved,
            is_by_delegate=step.is_by_delegate,
            decided_by=PersonAnswer.of(step.decided_by) if step.decided_by else None,
            decided_at=step.decided_at,
        )


class RequestPathAnswer(Shape):
    """承認の依頼の段階。段階がなければ空"""

    steps: list[RequestStepAnswer]


class Reassignment(Shape):
    person_id: Identity | None = Field(None, description="null なら承認者のだれでも")
    delegate_id: Identity | None = None


class CommentBody(Shape):
    section: PlaceInText = Field(description="content.sections での位置。0から")
    paragraph: PlaceInText = Field(description="その paragraphs での位置。0から")
    text: str = Field(max_length=comments.LONGEST_COMMENT)


class CommentAnswer(Shape):
    id: int
    section: int
    paragraph: int
    text: str
    written_by: PersonAnswer
    written_at: datetime

    @classmethod
    def of(cls, comment: ApprovalComment) -> "CommentAnswer":
        return cls(
            id=comment.id,
            section=comment.section,
            paragraph=comment.paragraph,
            text=comment.text,
            written_by=PersonAnswer.of(comment.written_by),
            written_at=comment.written_at,
        )


class CommentsAnswer(Shape):
    comments: list[CommentAnswer]


@blueprint.get("/meetings/<int:meeting_id>/approval-path")
@access.to(Meeting, Right.RUN)
@operation("会議体の承認の段階", answers=PathAnswer)
def show(person: Person, meeting: Meeting) -> PathAnswer:
    found = steps.steps_of(database_session(), meeting.series)
    return PathAnswer(steps=[StepAnswer.of(step) for step in found])


@blueprint.put("/meetings/<int:meeting_id>/approval-path")
@access.to(Meeting, Right.RUN)
@operation("会議体の承認の段階を決める", answers=PathAnswer, body=PathBody)
def change(person: Person, meeting: Meeting, body: PathBody) -> PathAnswer:
    planned = [step.planned() for step in body.steps]
    made = steps.set_steps(database_session(), person, meeting.series, planned)
    return PathAnswer(steps=[StepAnswer.of(step) for step in made])


@blueprint.get("/revisions/<int:revision_id>/approval-steps")
@access.to(MinutesRevision, Right.REVIEW)
@operation("承認の依頼の段階", answers=RequestPathAnswer)
def show_request(person: Person, revision: MinutesRevision) -> RequestPathAnswer:
    return _path_of(revision)


@blueprint.put("/revisions/<int:revision_id>/approval-steps/<int:step_id>")
@access.to(MinutesRevision, Right.RUN)
@operation("まだ決めていない段階の人を替える", answers=RequestPathAnswer, body=Reassignment)
def reassign(
    person: Person, revision: MinutesRevision, step_id: int, body: Reassignment
) -> RequestPathAnswer:
    if revision.request is None:
        raise NotPossibleNow("この改訂の承認は依頼されていません。")
    session = database_session()
    who = person_numbered("person_id", body.person_id)
    delegate = person_numbered("delegate_id", body.delegate_id)
    path.reassign(session, person, revision.request, step_id, who, delegate)
    return _path_of(revision)


@blueprint.get("/revisions/<int:revision_id>/comments")
@access.to(MinutesRevision, Right.REVIEW)
@operation("この改訂への、発言ごとのコメント", answers=CommentsAnswer)
def list_comments(person: Person, revision: MinutesRevision) -> CommentsAnswer:
    note_look(person, "look", revision)
    found = comments.comments_of(database_session(), revision)
    return CommentsAnswer(comments=[CommentAnswer.of(one) for one in found])


@blueprint.post("/revisions/<int:revision_id>/comments")
@access.to(MinutesRevision, Right.REVIEW)
@operation("発言にコメントを加える", answers=CommentAnswer, status=201, body=CommentBody)
def comment(person: Person, revision: MinutesRevision, body: CommentBody) -> CommentAnswer:
    session = database_session()
    place = (body.section, body.paragraph)
    return CommentAnswer.of(comments.comment(session, person, revision, *place, body.text))


def _path_of(revision: MinutesRevision) -> RequestPathAnswer:
    found = path.steps_of(reading_session(), revision.request) if revision.request else []
    return RequestPathAnswer(steps=[RequestStepAnswer.of(step) for step in found])
