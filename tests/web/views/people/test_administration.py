"""What the administrator sees, and what not."""

import shutil
from collections.abc import Callable
from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from meetings import cell
from minutes.transcription import progress, work
from models.person import Person
from tests.conftest import Browser, Cast
from tests.world import World

Browse = Callable[[Person], Browser]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_without_a_worker_the_screen_says_what_to_do(browse: Browse, cast: Cast) -> None:
    page = browse(cast.administrator).get("/administration").text
    assert "動いていません" in page and "gijido worker" in page


def test_a_worker_that_shows_signs_of_life_is_running(
    browse: Browse, cast: Cast, session: Session
) -> None:
    progress.show_life(session, "host-1")
    page = browse(cast.administrator).get("/administration").text
    assert "動いています" in page and "動いていません" not in page


def test_the_queue_counts_and_never_names_a_meeting(
    browse: Browse, cast: Cast, session: Session, world: World
) -> None:
    work.request_transcription(session, cast.secretary, world.recording)
    page = browse(cast.administrator).get("/administration").text
    assert "処理中 0件・順番待ち 1件" in page and "完了 2件" in page
    assert "whisper-base" in page
    for word in (world.unpublished.title, world.published.title, "R01_0001.m4a"):
        assert word not in page


@pytest.mark.parametrize(("free", "warns"), [(9_999_999_999, True), (10_000_000_000, False)])
def test_little_space_is_a_warning(
    browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch, free: int, warns: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, free))
    page = browse(cast.administrator).get("/administration").text
    assert "残り 10.0 GB" in page
    assert ("10 GBを切っています" in page) == warns


def test_only_the_administrator_sees_it(browse: Browse, cast: Cast, citizen: Browser) -> None:
    for person in (cast.organiser, cast.secretary, cast.approver, cast.attendee):
        assert browse(person).get("/administration").status_code == 404
    assert citizen.get("/administration").status_code == 302


@pytest.mark.parametrize("walls", [cell.Walls.NO_NETWORK, cell.Walls.NONE])
def test_where_files_are_opened_without_walls_the_screen_says_what_to_do(
    browse: Browse, cast: Cast, monkeypatch: pytest.MonkeyPatch, walls: cell.Walls
) -> None:
    monkeypatch.setattr(cell, "walls", lambda: walls)
    page = browse(cast.administrator).get("/administration").text
    assert "「apt-get install bubblewrap」を実行" in page
    monkeypatch.setattr(cell, "walls", lambda: cell.Walls.WHOLE)
    page = browse(cast.administrator).get("/administration").text
    assert "bubblewrap" not in page
