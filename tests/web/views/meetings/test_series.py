"""What is chosen once for all meetings of a 会議体."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.config import Config
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged


@pytest.fixture
def kotoba(config: Config, small_model: Path) -> str:
    (config.home / "speech-models").mkdir(parents=True)
    (config.home / "speech-models" / "kotoba").symlink_to(small_model)
    return "kotoba"


def test_the_organiser_chooses_the_speech_model_of_a_series(
    browse: Callable[[Person], Browser],
    session: Session,
    engine: Engine,
    cast: Cast,
    meeting: Meeting,
    kotoba: str,
) -> None:
    organiser, at = browse(cast.organiser), f"/meetings/{meeting.id}"
    assert f'value="{kotoba}"' in organiser.get(f"{at}/roster").text
    chosen = organiser.post(f"{at}/series/speech-model", data={"speech_model": kotoba})
    assert chosen.status_code == 302
    session.rollback()
    assert meeting.series.speech_model == kotoba
    assert f"音声認識モデル：{kotoba}" in organiser.get(f"{at}/roster").text
    session.rollback()
    with unchanged(engine):
        odd = organiser.post(f"{at}/series/speech-model", data={"speech_model": "/etc"})
    assert odd.status_code == 422


def test_one_that_lies_elsewhere_stays_when_the_form_is_sent_again(
    browse: Callable[[Person], Browser], session: Session, cast: Cast, meeting: Meeting
) -> None:
    meeting.series.speech_model = "/srv/models/large"
    organiser, at = browse(cast.organiser), f"/meetings/{meeting.id}"
    assert 'value="/srv/models/large" selected' in organiser.get(f"{at}/roster").text
    data = {"speech_model": "/srv/models/large"}
    assert organiser.post(f"{at}/series/speech-model", data=data).status_code == 302


def test_a_script_chooses_it_too(
    script: Callable[[Person], Script], session: Session, cast: Cast, meeting: Meeting, kotoba: str
) -> None:
    organiser = script(cast.organiser)
    shown = organiser.get("/speech-models")
    assert shown == {"speech_models": ["whisper-base", kotoba], "standard": "whisper-base"}
    path = f"/meetings/{meeting.id}/series/speech-model"
    organiser.call("PUT", path, {"speech_model": kotoba})
    organiser.call("PUT", path, {"speech_model": "other"}, status=422)
    session.rollback()
    assert meeting.series.speech_model == kotoba
