"""A Word file of the minutes that was corrected outside."""

from flask import Blueprint
from pydantic import Field

from meetings.errors import NotPossibleNow
from meetings.rights import Right
from minutes.forms import returning
from minutes.forms.returning import ReturnedChange, ReturnedKind
from minutes.records import records
from minutes.records.content import content_of
from minutes.records.records import LONGEST_PARAGRAPH
from models.meeting import Meeting
from models.minutes import Minutes
from models.person import Person
from web import access
from web.api.minutes.minutes import RevisionAnswer
from web.api.operations import FormUpload, Revision, Shape, operation
from web.audit_access import note_look
from web.door.costs import costs
from web.shared import drafting, intake
from web.transaction import reading_session, reads

blueprint = Blueprint("api_returned", __name__)


class ReturnedShape(Shape):
    """戻ってきたファイルの、いまの版と違う文"""

    section: int = Field(ge=0, description="content.sections の何番目か（0から）")
    paragraph: int = Field(ge=0, description="その paragraphs の何番目か。加えた文では、その前の文")
    kind: ReturnedKind = Field(
        description="直した文、消した文、加えた文、変えた発言者。変えた見出しは取り入れられない"
    )
    text: str = Field(
        max_length=LONGEST_PARAGRAPH, description="ファイルの文。発言者の変更では名前"
    )

    @classmethod
    def of(cls, change: ReturnedChange) -> "ReturnedShape":
        section, paragraph = change.place
        return cls(section=section, paragraph=paragraph, kind=change.kind, text=change.new)

    def change(self) -> ReturnedChange:
        return ReturnedChange((self.section, self.paragraph), self.kind, "", self.text)


class ReturnedAnswer(Shape):
    based_on: int = Field(description="比べた改訂の number")
    changes: list[ReturnedShape]
    doubtful: list[int] = Field(description="changes のうち、確かめてほしいもの（0から）")


class TakenChanges(Shape):
    based_on: Revision = Field(description="比べた改訂の number")
    changes: list[ReturnedShape] = Field(max_length=returning.MOST_CHANGES)


@blueprint.post("/meetings/<int:meeting_id>/minutes/returned")
@access.to(Meeting, Right.CORRECT)
@reads
@costs(files="transcript_mb")
@operation(
    "外で直した会議録（Word）の違いを見る",
    answers=ReturnedAnswer,
    upload=FormUpload("Wordのファイル（docx）"),
)
def compare(person: Person, meeting: Meeting) -> ReturnedAnswer:
    """Nothing is kept or changed; what is to be taken is sent to `…/returned/taken`."""
    meeting_id = meeting.id
    pieces = intake.receive_returned(meeting_id)
    meeting = access.fetch(Meeting, meeting_id, Right.CORRECT, access.required_person())
    minutes = _required(meeting)
    note_look(access.required_person(), "read", minutes.latest)
    found = returning.changes_of(minutes, pieces)
    return ReturnedAnswer(
        based_on=minutes.latest.number,
        changes=[ReturnedShape.of(change) for change in found],
        doubtful=[n for n, change in enumerate(found) if change.is_doubtful],
    )


@blueprint.post("/meetings/<int:meeting_id>/minutes/returned/taken")
@access.to(Meeting, Right.CORRECT)
@operation(
    "外で直した文を取り入れる（新しい改訂になる）",
    answers=RevisionAnswer,
    status=201,
    body=TakenChanges,
)
def take(person: Person, meeting: Meeting, body: TakenChanges) -> RevisionAnswer:
    minutes = _required(meeting)
    taken = [one.change() for one in body.changes]
    content = returning.applied(content_of(minutes.latest), taken)
    return RevisionAnswer.of(drafting.revise(person, minutes, content, body.based_on))


def _required(meeting: Meeting) -> Minutes:
    minutes = records.minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotPossibleNow("会議録はまだありません。先に逐語録から作ってください。")
    return minutes
