"""What a language model of the city's own network writes for the digest of the minutes."""

from flask import Blueprint
from pydantic import Field

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.rights import Right
from minutes.records import digest, records
from minutes.records.content import content_of
from models.meeting import Meeting
from models.person import Person
from web import access
from web.api.minutes.minutes import DigestPointShape
from web.api.operations import Shape, operation
from web.audit_access import note_look
from web.transaction import config, reading_session, release

blueprint = Blueprint("api_digest", __name__)


class WritingOrder(Shape):
    section: int = Field(ge=0, le=10_000, description="会議録の何番目の見出しか（0から）")


class RejectedAnswer(Shape):
    text: str
    reason: str = Field(description="載せない理由")


class WrittenAnswer(Shape):
    """言語モデルが書いた要点。数と氏名がもとの発言にあるものだけが points に入る。"""

    points: list[DigestPointShape]
    rejected: list[RejectedAnswer]


@blueprint.post("/meetings/<int:meeting_id>/minutes/digest-writing")
@access.to(Meeting, Right.CORRECT)
@operation(
    "一つの議題の要点を、庁内の言語モデルに書かせる", answers=WrittenAnswer, body=WritingOrder
)
def write(person: Person, meeting: Meeting, body: WritingOrder) -> WrittenAnswer:
    """Return what the model writes. Nothing is saved: what is wanted of it is sent back as a
    change of the minutes."""
    minutes = records.minutes_of(reading_session(), meeting)
    if minutes is None:
        raise NotPossibleNow("会議録はまだありません。先に逐語録から作ってください。")
    note_look(person, "read", minutes.latest)
    content = content_of(minutes.latest)
    if body.section >= len(content.sections):
        raise InvalidInput("section", "その番号の見出しは、会議録にありません。")
    release()  # the model takes its time
    draft = digest.written_by_model(config().digest, content, body.section)
    return WrittenAnswer(
        points=[DigestPointShape.model_validate_json(p.model_dump_json()) for p in draft.points],
        rejected=[RejectedAnswer(text=one.text, reason=one.reason) for one in draft.rejected],
    )
