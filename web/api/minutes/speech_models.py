"""The speech models that there are, and the one that hears the meetings of a series."""

from flask import Blueprint
from pydantic import Field

from meetings.rights import Right
from minutes.speech_models import speech_model
from minutes.transcription import work
from models.meeting import Meeting
from models.person import Person
from web import access
from web.api.operations import Shape, ShortText, operation
from web.transaction import config, database_session

blueprint = Blueprint("api_speech_models", __name__)


class SpeechModelsAnswer(Shape):
    speech_models: list[str] = Field(description="選べる音声認識モデルの名前")
    standard: str = Field(description="会議体で選んでいないときに使うもの")


class SpeechModelChoice(Shape):
    speech_model: ShortText = Field(description="一覧のどれか。空なら設定のもの")


@blueprint.get("/speech-models")
@access.signed_in
@operation("選べる音声認識モデル", answers=SpeechModelsAnswer)
def list_speech_models(person: Person) -> SpeechModelsAnswer:
    return SpeechModelsAnswer(
        speech_models=speech_model.installed(config()),
        standard=config().speech.model or speech_model.PACKAGED,
    )


@blueprint.put("/meetings/<int:meeting_id>/series/speech-model")
@access.to(Meeting, Right.PREPARE)
@operation(
    "この会議の会議体に使う音声認識モデルを選ぶ", answers=SpeechModelChoice, body=SpeechModelChoice
)
def choose(person: Person, meeting: Meeting, body: SpeechModelChoice) -> SpeechModelChoice:
    wanted = speech_model.refuse_unknown(config(), body.speech_model)
    work.choose_speech_model(database_session(), person, meeting.series, wanted)
    return body
