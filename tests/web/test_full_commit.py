"""The disk is full when something is to be saved, really."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from meetings import config as settings
from meetings.config import Config
from meetings.settings.server import StorageSettings
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Browser, Cast
from tests.disks import small_disk

pytestmark = [pytest.mark.hostile, pytest.mark.slow]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    with small_disk(tmp_path / "home") as home:
        yield replace(settings.load(), storage=StorageSettings(home=str(home)))


def fill(config: Config) -> Path:
    """A file that leaves no room at all."""
    filling = config.home / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filling


def test_what_could_not_be_saved_says_so_and_nobody_is_told_of_it(
    app: Flask,
    config: Config,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[[Person], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browse(cast.organiser)
    sent: list[str] = []
    monkeypatch.setattr(app.extensions["hub"], "send", lambda *fact, **_: sent.append(fact[1]))
    filling = fill(config)
    answer = client.post(f"/api/meetings/{meeting.id}/presenting")
    page = client.post(
        f"/meetings/{meeting.id}/agenda-items",
        data={"title": "入力した議題", "planned_minutes": "5"},
    )
    assert (answer.status_code, page.status_code) == (507, 507)
    assert "ディスク" in answer.json["message"]
    assert "入力した議題" in page.text
    assert sent == []
    filling.unlink()
    assert client.post(f"/api/meetings/{meeting.id}/presenting").status_code == 201
    assert sent == ["state"]


def test_papers_can_be_read_when_no_look_can_be_written(
    app: Flask,
    config: Config,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[[Person], Browser],
) -> None:
    client = browse(cast.attendee)
    filling = fill(config)
    assert client.get(f"/meetings/{meeting.id}/viewer").status_code == 200
    filling.unlink()
