"""Everything of a meeting is in its archive, and is read without the program."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.archives import meeting_archive
from models.meeting import Meeting
from tests.cast import Cast
from tests.world import World, build_world


@pytest.fixture
def world(session: Session, storage: Storage, cast: Cast) -> World:
    return build_world(session, storage, cast)


def archive(session: Session, storage: Storage, meeting: Meeting) -> dict[str, bytes]:
    """The files of the payload, by their names."""
    stream = io.BytesIO()
    meeting_archive.write(session, storage, Config(), meeting, stream)
    with zipfile.ZipFile(stream) as packed:
        parts = {name.split("/", 1)[1]: packed.read(name) for name in packed.namelist()}
    return {name.removeprefix("data/"): content for name, content in parts.items()}


def test_it_holds_record_transcripts_papers_sound_and_figures(
    session: Session, storage: Storage, world: World
) -> None:
    files = archive(session, storage, world.published)
    for form in ("会議録", "要点記録", "会議概要", "議事要旨", "次第"):
        assert {f"会議録/{form}.docx", f"会議録/{form}.pdf", f"会議録/{form}.txt"} <= files.keys()
    assert "定刻" not in files["会議録/会議録.txt"].decode()  # as it was heard, nobody corrected it
    assert "提告となりましたので" in files["会議録/会議録.txt"].decode()
    assert json.loads(files["会議録/版/第1版.json"])["decision"]["is_approved"] is True
    assert "聞き取ったまま" in files["逐語録/01/経過.csv"].decode()
    assert files["逐語録/01/逐語録.srt"].startswith(b"1\n")
    assert any(name.startswith("録音/01_") for name in files)
    assert "raw_total" in files["正変換率.csv"].decode()
    assert json.loads(files["会議.json"])["title"] == world.published.title
    assert "sha256sum" in files["はじめにお読みください.txt"].decode()


def test_its_hashes_are_checked_without_the_program(
    session: Session, storage: Storage, world: World, tmp_path: Path
) -> None:
    stream = io.BytesIO()
    meeting_archive.write(session, storage, Config(), world.unpublished, stream)
    with zipfile.ZipFile(stream) as packed:
        packed.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    check = ["sha256sum", "--strict", "--quiet", "-c"]
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert subprocess.run([*check, manifest], cwd=folder).returncode == 0
    (folder / "data" / "会議.json").write_bytes(b"{}")
    assert subprocess.run([*check, "manifest-sha256.txt"], cwd=folder).returncode != 0


def test_every_version_of_a_paper_is_in_it_with_its_original(
    session: Session, storage: Storage, world: World
) -> None:
    files = archive(session, storage, world.unpublished)
    papers = [name for name in files if name.startswith("資料/0001_")]
    assert any(name.endswith("第1版.pdf") for name in papers)
    assert any("第1版_もと_資料.docx" in name for name in papers)


def test_what_is_not_approved_is_called_a_draft(
    session: Session, storage: Storage, world: World
) -> None:
    files = archive(session, storage, world.unpublished)
    assert "案" in files["会議録/会議録.txt"].decode().splitlines()[0]


def test_a_lost_file_is_named_and_holds_nothing_back(
    session: Session, storage: Storage, world: World, tmp_path: Path
) -> None:
    storage.whole(world.recording.sha256).unlink()
    files = archive(session, storage, world.unpublished)
    assert "録音/01_" in files["見つからなかったファイル.txt"].decode()
    assert "会議録/会議録.txt" in files


def test_without_minutes_there_is_no_record_and_the_rest_is_there(
    session: Session, storage: Storage, meeting: Meeting
) -> None:
    files = archive(session, storage, meeting)
    assert "会議.json" in files and not any(name.startswith("会議録/") for name in files)
