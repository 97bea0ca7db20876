"""The voices of a transcript: naming one in all its segments, splitting them, telling them apart
once more."""

from flask import Blueprint
from pydantic import Field

from meetings.entries import LONGEST_NAME
from meetings.rights import Right
from minutes.speakers import naming, suggestions, voiceprints
from minutes.transcription import work as transcribing
from models.person import Person
from models.recording import Transcription
from models.transcript import Segment
from web import access
from web.api.minutes.segment_shapes import SegmentsChanged
from web.api.operations import Shape, operation
from web.api.shapes import WorkAnswer
from web.transaction import config, database_session

blueprint = Blueprint("api_voices", __name__)


class VoiceName(Shape):
    name: str = Field(
        min_length=1,
        max_length=LONGEST_NAME,
        description="発言者。同じ名前の声（「声2」も）があれば、ひとつにまとまる",
    )
    has_consent: bool = Field(
        False,
        description="この人の同意を得て、声紋を残す（次の会議で名前の候補に使う）。"
        "会議体で声紋を使っているときだけ",
    )


class VoiceCount(Shape):
    voices: int | None = Field(
        None, ge=1, le=transcribing.MOST_VOICES, description="発言者の数。分からなければ null"
    )


@blueprint.put("/segments/<int:segment_id>/voice")
@access.to(Segment, Right.CORRECT)
@operation("この発話の声のすべての発話に名前を付ける", answers=SegmentsChanged, body=VoiceName)
def name_voice(person: Person, segment: Segment, body: VoiceName) -> SegmentsChanged:
    """Name a voice. Where its voiceprint cannot be kept, it is not named either, and the answer
    says why."""
    session = database_session()
    segments = naming.name_voice(session, person, segment, body.name)
    if body.has_consent and segment.speaker:
        voiceprints.make(session, person, segment.speaker, config().speakers.voiceprint_days)
    return SegmentsChanged.of(segments)


@blueprint.delete("/segments/<int:segment_id>/voice/suggestion")
@access.to(Segment, Right.CORRECT)
@operation("この発話の声に出ている、声紋からの名前の候補を採らない", answers=SegmentsChanged)
def dismiss_suggestion(person: Person, segment: Segment) -> SegmentsChanged:
    """Dismiss the suggested name. It is accepted by naming the voice."""
    return SegmentsChanged.of(suggestions.dismiss(database_session(), person, segment))


@blueprint.post("/segments/<int:segment_id>/voices")
@access.to(Segment, Right.CORRECT)
@operation("この発話から先を別の声にする", answers=SegmentsChanged)
def split_voice(person: Person, segment: Segment) -> SegmentsChanged:
    return SegmentsChanged.of(naming.split_voice(database_session(), person, segment))


@blueprint.post("/transcriptions/<int:transcription_id>/voices")
@access.to(Transcription, Right.RECORD)
@operation("発言者をもう一度聞き分ける。人が付けた名前は残る", answers=WorkAnswer, body=VoiceCount)
def tell_apart(person: Person, transcription: Transcription, body: VoiceCount) -> WorkAnswer:
    transcribing.tell_voices_apart(database_session(), person, transcription, body.voices)
    return WorkAnswer.of(transcription)
