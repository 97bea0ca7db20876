"""`gijido check`, and a start on data that are not as they should be."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from meetings import cell, certificates
from meetings import config as settings
from meetings.config import Config
from meetings.disk import home as homes
from meetings.disk import scrubbing
from meetings.disk.storage import FOLDERS, Storage
from meetings.documents import documents
from meetings.errors import StartRefused
from meetings.settings.server import StorageSettings
from minutes import health, inspection
from models.base import now
from models.database import connect, migrate
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import Person
from models.recording import WorkerSign
from tests.conftest import Browser, Cast
from tests.disks import small_disk
from tests.e2e.conftest import ROOT
from tests.pdfs import plain_pdf
from tests.world import World
from web.app import create_app
from web.commands.cli import cli

pytestmark = pytest.mark.hostile

Browse = Callable[[Person], Browser]


@pytest.fixture(autouse=True)
def at_home(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(config.home))


@pytest.fixture
def version(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, config: Config
) -> DocumentVersion:
    """Of the only paper of a meeting; the home is closed to other accounts."""
    with storage.receive(10**6) as incoming:
        incoming.write(plain_pdf(1))
        prepared = documents.prepare_document(storage, "資料.pdf", incoming)
    made = documents.add_document(session, cast.organiser, meeting, None, prepared)
    session.commit()
    homes.close_to_others(config.home)
    return made.current


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def levels(*words: str) -> dict[str, str]:
    printed = json.loads(run("check", "--json", *words).stdout)
    return {finding["name"]: finding["level"] for finding in printed["findings"]}


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_whole_city_is_fine_but_for_its_worker(version: DocumentVersion) -> None:
    result = run("check", "--all")
    assert result.exit_code == 1
    assert levels("--all") == {
        "database": "fine",
        "walls": "fine" if cell.walls() is cell.Walls.WHOLE else "warning",
        "audit": "fine",
        "backup": "warning",
        "files": "fine",
        "worker": "warning",
        "disk": "fine",
    }


def test_a_flipped_bit_is_found_by_reading_all_and_named(
    version: DocumentVersion, storage: Storage
) -> None:
    flip_a_bit(storage.path(version.sha256))
    assert levels()["files"] == "fine"
    result = run("check", "--all")
    assert result.exit_code == 2
    assert f"資料のPDF（版 {version.id}）が壊れています: {version.sha256}" in result.output
    assert levels()["files"] == "problem"  # noted, until it is well again
    flip_a_bit(storage.path(version.sha256))
    assert levels()["files"] == "fine"


def test_a_damaged_or_missing_paper_is_a_sentence_for_reader_and_administrator(
    version: DocumentVersion, storage: Storage, cast: Cast, browse: Browse
) -> None:
    reader, file = browse(cast.attendee), storage.path(version.sha256)
    whole = file.read_bytes()
    assert reader.get(f"/versions/{version.id}/file").data == whole
    flip_a_bit(file)
    answer = reader.get(f"/versions/{version.id}/file")
    assert answer.status_code == 410 and "壊れている" in answer.text
    file.unlink()
    answer = reader.get(f"/versions/{version.id}/file")
    assert answer.status_code == 410 and "見つかりません" in answer.text
    joined = reader.get(f"/meetings/{version.meeting.id}/documents.pdf")
    assert joined.status_code == 200, "the other papers can still be had together"
    screen = browse(cast.administrator).get("/administration").text
    assert "保存したファイルのうち1件が読み出せません" in screen
    file.write_bytes(whole)
    assert reader.get(f"/versions/{version.id}/file").data == whole
    assert "読み出せません" not in browse(cast.administrator).get("/administration").text


def test_an_index_that_does_not_fit_its_texts_is_found(world: World, session: Session) -> None:
    session.execute(text("DELETE FROM published_search_data WHERE id > 10"))
    session.commit()
    assert levels("--all")["database"] == "problem"


def test_the_worker_finds_what_nobody_has_opened(
    version: DocumentVersion, storage: Storage, config: Config
) -> None:
    rest = scrubbing.Round(storage)
    for _ in range(FOLDERS):
        rest.go_on()
    assert storage.wholeness.lost() == []
    flip_a_bit(storage.path(version.sha256))
    for _ in range(FOLDERS):
        rest.go_on()
    assert [lost.sha256 for lost in storage.wholeness.lost()] == [version.sha256]
    (found,) = health.lost_files(config, Session())
    assert "壊れているもの 1件" in found.sentence


def test_since_when_no_worker_was_heard_of_is_said(
    session: Session, config: Config, version: DocumentVersion
) -> None:
    session.add(WorkerSign(name="gone", seen_at=datetime(2026, 11, 20, 1, 30, tzinfo=UTC)))
    with homes.served(config):
        (found,) = health.worker(config, session)
    assert found.level == "problem" and "11月20日（金）10:30から動いていません" in found.sentence


def test_a_file_that_is_sent_again_takes_the_place_of_the_damaged_one(
    version: DocumentVersion, storage: Storage
) -> None:
    file = storage.path(version.sha256)
    whole = file.read_bytes()
    for send in (_at_once, _in_pieces):
        flip_a_bit(file)
        send(storage, whole, version.sha256)
        assert storage.whole(version.sha256).read_bytes() == whole
    assert [path.name for path in file.parent.iterdir()] == [version.sha256]


def _at_once(storage: Storage, content: bytes, _sha256: str) -> None:
    storage.add(io.BytesIO(content), 10**9)


def _in_pieces(storage: Storage, content: bytes, sha256: str) -> None:
    key = "0" * 32
    storage.begin_arrival(key)
    arrival = storage.open_arrival(key)
    arrival.write(content)
    storage.keep_arrival(arrival, sha256)
    storage.keep_arrival(arrival, sha256)  # after a kill it is done once more
    arrival.close()
    storage.drop_arrival(key)


def test_orphans_go_only_when_asked_for_and_after_a_week(
    version: DocumentVersion, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = storage.path(storage.add(io.BytesIO(b"of a killed server"), 100).sha256)
    assert "orphans" not in levels()
    later = now() + timedelta(days=8)
    monkeypatch.setattr(inspection, "now", lambda: later)
    assert levels()["orphans"] == "warning" and orphan.exists()
    assert "1件消しました" in run("check", "--remove-orphans").output
    assert not orphan.exists() and storage.path(version.sha256).exists()
    assert "orphans" not in levels()


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_database_beside_full_files_is_no_new_city(
    version: DocumentVersion, config: Config, is_there: bool
) -> None:
    config.database.unlink()
    if is_there:
        config.database.touch()
    for words in (["migrate"], ["serve"], ["user", "grant", "koga", "approver"], ["worker"]):
        with pytest.raises(StartRefused, match="バックアップ"):
            run(*words)
    assert config.database.exists() == is_there
    assert levels() == {"home": "problem"}


def test_a_damaged_database_is_a_sentence(
    version: DocumentVersion, config: Config, session: Session
) -> None:
    session.rollback()
    session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    session.close()
    whole = config.database.read_bytes()
    config.database.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StartRefused, match="壊れている"):
        run("migrate")
    assert levels() == {"home": "problem"}
    config.database.write_bytes(bytes(4096) + whole[4096:])
    with pytest.raises(StartRefused, match="壊れている"):
        run("migrate")
    zeroed = len(whole) // 2 // 4096 * 4096
    config.database.write_bytes(whole[:zeroed] + bytes(4096 * 8) + whole[zeroed + 4096 * 8 :])
    assert "problem" in levels().values()


def test_a_database_that_breaks_while_it_is_used_is_a_sentence_too(
    engine: Engine, config: Config, citizen: Browser
) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    whole = config.database.read_bytes()
    config.database.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    for page in ("/", "/api/published"):
        answer = citizen.get(page)
        assert answer.status_code == 500 and "gijido check" in answer.text


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_cut_secret_is_a_sentence_and_not_an_error_on_every_page(
    engine: Engine, config: Config, content: bytes
) -> None:
    (config.home / "secret").write_bytes(content)
    with pytest.raises(StartRefused, match="署名鍵"):
        create_app(config)
    assert levels() == {"home": "problem"}
    (config.home / "secret").unlink()
    assert len(homes.secret(config.home)) == 32
    assert homes.secret(config.home) == homes.secret(config.home)


def test_a_home_that_cannot_be_made_or_written_to_is_a_sentence(
    tmp_path: Path, config: Config
) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = replace(config, storage=StorageSettings(home=str(tmp_path / "file" / "home")))
    with pytest.raises(StartRefused, match="つくれません"):
        homes.prepare(blocked)
    with small_disk(tmp_path / "disk") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        closed = replace(config, storage=StorageSettings(home=str(disk)))
        with pytest.raises(StartRefused, match="書き込めません"):
            homes.prepare(closed)


def test_one_home_has_one_server_and_commands_go_on_beside_it(config: Config) -> None:
    with homes.served(config):
        assert homes.is_served(config.home)
        with pytest.raises(StartRefused, match="すでに動いている"):
            run("serve")
        homes.prepare(config)  # what every other command does
    assert not homes.is_served(config.home)
    with homes.served(config):
        pass


@pytest.mark.parametrize(
    ("days_later", "level"), [(0, "fine"), (800, "warning"), (900, "problem"), (3700, "problem")]
)
def test_a_certificate_near_its_end_is_told(
    config: Config, monkeypatch: pytest.MonkeyPatch, days_later: int, level: str
) -> None:
    certificate, key = certificates.make_certificate(config, ["localhost"])
    server = replace(config.server, tls_certificate=str(certificate), tls_key=str(key))
    later = now() + timedelta(days=days_later)
    monkeypatch.setattr(health, "now", lambda: later)
    of_server, of_authority = health.certificate(replace(config, server=server))
    assert of_server.level == level
    assert ("gijido certificate" in of_server.sentence) == (level != "fine")
    assert of_authority.level == ("problem" if days_later > 3650 else "fine")


def test_a_command_makes_nothing_for_other_accounts(config: Config) -> None:
    words = "user add sato 佐藤 --department 財政課 --password long-enough"
    script = f"umask 022; exec {sys.executable} -m web.commands.cli {words}"
    subprocess.run(["sh", "-c", script], cwd=ROOT, check=True)
    opened = [path for path in config.home.rglob("*") if path.stat().st_mode & 0o077]
    assert config.database.exists() and opened == []
    assert config.home.stat().st_mode & 0o077 == 0


def test_a_start_takes_from_other_accounts_what_an_earlier_version_left_them(
    version: DocumentVersion, config: Config, storage: Storage
) -> None:
    for path in (config.database, config.home / "arriving", config.home):
        path.chmod(0o755)
    storage.path(version.sha256).chmod(0o644)
    found = levels()
    assert found["file_rights"] == found["stored_rights"] == "warning"
    homes.prepare(config)
    assert "file_rights" not in levels()


def test_passwords_in_settings_that_everybody_can_read_are_told(
    config: Config, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[mail]\nsmtp_password = "secret"\n', encoding="utf-8")
    read = settings.load(file)
    for config_now, mode, told in ((read, 0o644, 1), (read, 0o640, 0), (config, 0o644, 0)):
        file.chmod(mode)
        found = list(health.rights_of_settings(replace(config_now, file=file)))
        assert len(found) == told
        assert all("chmod o=" in one.sentence for one in found)


def test_what_lies_beside_the_database_is_as_closed_as_it_is(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        migrate(tmp_path / "made.sqlite3")
        with connect(tmp_path / "made.sqlite3").connect() as connection:
            connection.exec_driver_sql("CREATE TABLE written (a)")
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {f"made.sqlite3{ending}": 0o600 for ending in ("", "-wal", "-shm")}


def test_no_spoken_text_is_in_an_error_of_the_database(engine: Engine) -> None:
    with pytest.raises(OperationalError) as problem, engine.connect() as connection:
        connection.execute(text("SELECT :said FROM nowhere"), {"said": "秘密の発言"})
    assert "秘密の発言" not in str(problem.value)
