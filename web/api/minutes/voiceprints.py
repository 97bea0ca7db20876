"""The voiceprints (声紋) that a series keeps of those who agreed."""

from datetime import datetime

from flask import Blueprint
from pydantic import Field

from meetings.rights import Right
from minutes.speakers import voiceprints
from minutes.speakers.voiceprints import Condition, ListedVoiceprint
from models.meeting import Meeting
from models.person import Person
from web import access
from web.api.operations import Shape, operation
from web.audit_access import note_look
from web.transaction import config, database_session

blueprint = Blueprint("api_voiceprints", __name__)


class VoiceprintAnswer(Shape):
    """声紋。声の特徴そのものは返さない。"""

    id: int
    name: str
    consent_by: str = Field(description="本人の同意を記録した人")
    consent_at: datetime
    meeting_id: int = Field(description="声を聞き取った会議")
    meeting: str
    expires_at: datetime = Field(description="この日時から使わず、自動で消える")
    condition: Condition = Field(
        description="usable、other_weights（いまの重みとは比べられない）、broken（読み取れない）"
    )

    @classmethod
    def of(cls, listed: ListedVoiceprint) -> "VoiceprintAnswer":
        voiceprint = listed.voiceprint
        return cls(
            id=voiceprint.id,
            name=voiceprint.name,
            consent_by=voiceprint.consent_by.name,
            consent_at=voiceprint.consent_at,
            meeting_id=voiceprint.meeting.id,
            meeting=voiceprint.meeting.title,
            expires_at=voiceprint.expires_at,
            condition=listed.condition,
        )


class VoiceprintsAnswer(Shape):
    is_on: bool = Field(description="この会議体で声紋を使っている")
    days: int = Field(description="同意の日から残す日数")
    voiceprints: list[VoiceprintAnswer] = Field(description="名前の順")


class VoiceprintSwitch(Shape):
    is_on: bool = Field(description="false にすると、この会議体の声紋はすべて消える")


class Deleted(Shape):
    count: int = Field(description="消した声紋の数")


@blueprint.get("/meetings/<int:meeting_id>/voiceprints")
@access.to(Meeting, Right.VOICEPRINTS)
@operation("この会議の会議体の声紋", answers=VoiceprintsAnswer)
def list_voiceprints(person: Person, meeting: Meeting) -> VoiceprintsAnswer:
    series = meeting.series
    note_look(person, "look_at_voiceprints", series)
    listed = voiceprints.listed(database_session(), series, config())
    return VoiceprintsAnswer(
        is_on=series.keeps_voiceprints,
        days=config().speakers.voiceprint_days,
        voiceprints=[VoiceprintAnswer.of(one) for one in listed],
    )


@blueprint.put("/meetings/<int:meeting_id>/series/voiceprints")
@access.to(Meeting, Right.PREPARE)
@operation(
    "この会議の会議体で声紋を使い始める、またはやめる", answers=Deleted, body=VoiceprintSwitch
)
def switch(person: Person, meeting: Meeting, body: VoiceprintSwitch) -> Deleted:
    session, series = database_session(), meeting.series
    if body.is_on:
        voiceprints.switch_on(session, person, series, config())
        return Deleted(count=0)
    return Deleted(count=voiceprints.switch_off(session, person, series))


@blueprint.delete("/meetings/<int:meeting_id>/voiceprints/<int:voiceprint_id>")
@access.to(Meeting, Right.VOICEPRINTS)
@operation("声紋をひとつ消す")
def delete(person: Person, meeting: Meeting, voiceprint_id: int) -> None:
    session = database_session()
    found = voiceprints.print_of(session, meeting.series, voiceprint_id)
    voiceprints.forget(session, person, found)


@blueprint.delete("/meetings/<int:meeting_id>/voiceprints")
@access.to(Meeting, Right.VOICEPRINTS)
@operation("この会議の会議体の声紋をすべて消す", answers=Deleted)
def delete_all(person: Person, meeting: Meeting) -> Deleted:
    """Delete all voiceprints of the series; it goes on using voiceprints."""
    count = voiceprints.forget_all(database_session(), person, meeting.series)
    return Deleted(count=count)
