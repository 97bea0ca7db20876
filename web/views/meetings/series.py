"""会議体: what is chosen once for all meetings of a series (its roster: `invitations.py`)."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from meetings.rights import Right
from minutes.speech_models import speech_model
from minutes.transcription import work
from models.meeting import Meeting, Series
from models.person import Person
from web import access
from web.transaction import config, database_session

blueprint = Blueprint("series", __name__)


@dataclass(frozen=True)
class SpeechModelChoices:
    """The speech models to choose from. `options` are values and words; the first one leaves the
    choice to whoever is asked next."""

    chosen: str
    options: list[tuple[str, str]]


@blueprint.post("/meetings/<int:meeting_id>/series/speech-model")
@access.to(Meeting, Right.PREPARE)
def choose_speech_model(person: Person, meeting: Meeting) -> ResponseReturnValue:
    wanted = request.form.get("speech_model", "")
    if wanted != meeting.series.speech_model:  # one that lies elsewhere may stay as it is
        speech_model.refuse_unknown(config(), wanted)
    work.choose_speech_model(database_session(), person, meeting.series, wanted)
    flash("音声認識モデルを選びました。これから始める文字起こしに使います。", "done")
    return redirect(url_for("invitations.show_roster", meeting_id=meeting.id))


def choices_for_series(series: Series) -> SpeechModelChoices:
    standard = config().speech.model or speech_model.PACKAGED
    return SpeechModelChoices(
        series.speech_model, _options(f"サーバーの設定のもの（{standard}）", series.speech_model)
    )


def choices_for_run(series: Series) -> SpeechModelChoices:
    standard = series.speech_model or config().speech.model or speech_model.PACKAGED
    return SpeechModelChoices("", _options(f"いつものもの（{standard}）", ""))


def _options(first: str, chosen: str) -> list[tuple[str, str]]:
    """Return the options. A model that was chosen on the command line and lies elsewhere is shown
    too."""
    names = speech_model.installed(config())
    others = [chosen] if chosen and chosen not in names else []
    return [("", first), *((name, name) for name in [*names, *others])]
