"""Every file from outside passes the city's virus scanner: ClamAV's own daemon, with a list that
knows one harmless text."""

import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import ScannerSilent
from meetings.scanning import scanners
from meetings.settings.keeping import ScannerSettings
from minutes import health
from minutes.recordings.upload_checks import check_next
from minutes.sound.audio import RATE
from models.audit import AuditLine
from models.meeting import Meeting
from models.quarantined_file import QuarantinedFile
from models.upload import UploadState
from tests.conftest import Browser, Cast
from tests.minutes.recordings.test_upload_checks import Arrived, reread
from tests.sounds import webm, write_wav
from tests.web.test_access import url_of
from tests.world import World
from web.app import attach

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
NAUGHTY = b"GIJIDO-HARMLESS-TEXT-THAT-THE-LIST-OF-VIRUSES-KNOWS"
NAME = "Gijido.Test"
STREAM_MB = 1
LARGER = STREAM_MB * 1024 * 1024 + 1

pytestmark = pytest.mark.skipif(
    not Path(CLAMD).exists(), reason="ClamAV's daemon is missing: apt-get install clamav-daemon"
)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScannerSettings]:
    """A daemon of our own, on a socket of its own."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "gijido.ndb").write_text(f"{NAME}:0:*:{NAUGHTY.hex()}\n")
    at = folder / "clamd.ctl"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {at}\nDatabaseDirectory {folder}\nForeground yes\n"
        f"StreamMaxLength {STREAM_MB}M\n"
    )
    with subprocess.Popen([CLAMD, "--config-file", settings], stdout=subprocess.DEVNULL) as daemon:
        for _ in range(200):
            if answers(at):
                break
            time.sleep(0.05)
        yield ScannerSettings(clamd=str(at), seconds=30)
        daemon.terminate()


def answers(at: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(at))
        return True
    except OSError:
        return False


@pytest.fixture
def scanned(app: Flask, config: Config, engine: Engine, clamd: ScannerSettings) -> Flask:
    attach(app, replace(config, scanner=clamd), engine)
    return app


def packed(content: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", content)
    return made.getvalue()


def quarantine(engine: Engine) -> list[QuarantinedFile]:
    with Session(engine) as session:
        return list(session.scalars(select(QuarantinedFile).order_by(QuarantinedFile.id)))


def routes_that_take_files(app: Flask) -> list[str]:
    return [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "files_limit")
    ]


def test_no_route_takes_a_file_in_which_the_scanner_finds_something(
    scanned: Flask, engine: Engine, world: World, cast: Cast, browse: Callable[..., Browser]
) -> None:
    people = [browse(person) for person in (cast.organiser, cast.secretary, cast.administrator)]
    rules = {rule.endpoint: rule for rule in scanned.url_map.iter_rules()}
    for number, endpoint in enumerate(routes_that_take_files(scanned), start=1):
        url = url_of(rules[endpoint], world)
        method = next(m for m in ("POST", "PUT", "PATCH") if m in rules[endpoint].methods)
        content = packed(NAUGHTY + str(number).encode())
        for client in people:
            sent = {"form": "verbatim", "file": (BytesIO(content), "議案.docx")}
            client.open(url, method=method, data=sent)
        assert sha256(content).hexdigest() in {found.sha256 for found in quarantine(engine)}, url


def send(client: Browser, meeting: Meeting, content: bytes, name: str = "録音.m4a") -> Any:
    sent = {"file": (BytesIO(content), name)}
    return client.post(f"/api/meetings/{meeting.id}/recordings", data=sent)


def noted(engine: Engine, verb: str) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(AuditLine).where(AuditLine.verb == verb)).all())


def test_a_clean_file_gets_through(
    scanned: Flask, engine: Engine, meeting: Meeting, cast: Cast, browse: Callable[..., Browser]
) -> None:
    taken = send(browse(cast.secretary), meeting, webm(6.0))
    assert taken.status_code == 201, taken.text
    assert quarantine(engine) == []
    assert noted(engine, "pass_unscanned") == 0


def test_a_recording_larger_than_the_scanner_takes_passes_and_the_audit_says_so(
    scanned: Flask,
    engine: Engine,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[..., Browser],
    tmp_path: Path,
) -> None:
    write_wav(tmp_path / "long.wav", np.zeros(40 * RATE))  # of two bytes each
    long = (tmp_path / "long.wav").read_bytes()
    assert len(long) > LARGER
    taken = send(browse(cast.secretary), meeting, long, "録音.wav")
    assert taken.status_code == 201, taken.text
    assert noted(engine, "pass_unscanned") == 1


def test_a_document_larger_than_the_scanner_takes_is_refused(
    scanned: Flask, engine: Engine, meeting: Meeting, cast: Cast, browse: Callable[..., Browser]
) -> None:
    sent = {"file": (BytesIO(b"%PDF-1.7" + bytes(LARGER)), "議案.pdf")}
    refused = browse(cast.organiser).post(f"/api/meetings/{meeting.id}/documents", data=sent)
    assert refused.status_code == 422
    assert "StreamMaxLength" in refused.json["message"]


def test_a_recording_that_came_in_parts_is_set_apart_and_nobody_can_take_it_out(
    scanned: Flask,
    engine: Engine,
    session: Session,
    storage: Storage,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[..., Browser],
) -> None:
    content = webm(6.0) + NAUGHTY
    upload = Arrived(session, storage, cast, meeting)(content)
    assert check_next(scanned.extensions["gate"])
    reread(session, upload)
    assert (upload.state, upload.received_bytes) == (UploadState.REFUSED, 0)
    assert NAME in upload.problem
    assert not storage.arrival_path(upload.key).exists()
    page = browse(cast.secretary).get(f"/meetings/{meeting.id}/recordings").text
    assert NAME in page
    assert "送ったファイルを取り出す" not in page
    [found] = quarantine(engine)
    assert stored_apart(storage, found).read_bytes() == content


def stored_apart(storage: Storage, found: QuarantinedFile) -> Path:
    return storage.path(found.sha256).parents[2] / "quarantine" / found.sha256


def test_while_the_scanner_is_silent_an_upload_waits_and_other_files_are_asked_for_later(
    app: Flask,
    config: Config,
    engine: Engine,
    session: Session,
    storage: Storage,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[..., Browser],
    tmp_path: Path,
) -> None:
    silent = ScannerSettings(clamd=str(tmp_path / "nobody.ctl"))
    attach(app, replace(config, scanner=silent), engine)
    upload = Arrived(session, storage, cast, meeting)(webm(6.0))
    assert check_next(app.extensions["gate"])
    reread(session, upload)
    assert (upload.state, upload.attempts) == (UploadState.WHOLE, 0)
    assert storage.arrival_path(upload.key).exists()
    refused = send(browse(cast.secretary), meeting, webm(6.0))
    assert refused.status_code == 503
    assert "ウイルス検査が動いていない" in refused.json["message"]
    [finding] = health.virus_scanner(replace(config, scanner=silent), session)
    assert finding.level == health.Level.PROBLEM


def test_a_false_alarm_is_let_in_by_the_administrator_and_a_real_one_destroyed(
    scanned: Flask,
    engine: Engine,
    storage: Storage,
    meeting: Meeting,
    cast: Cast,
    browse: Callable[..., Browser],
) -> None:
    secretary, administrator = browse(cast.secretary), browse(cast.administrator)
    alarming = webm(6.0) + NAUGHTY
    for content in (alarming, b"real" + NAUGHTY):
        assert send(secretary, meeting, content).status_code == 422
    false, real = quarantine(engine)
    page = administrator.get("/administration/quarantine").text
    assert page.count(NAME) == 2
    assert secretary.get("/administration/quarantine").status_code == 404
    assert administrator.post(f"/administration/quarantine/{false.id}/admission").status_code == 302
    assert (
        administrator.post(f"/administration/quarantine/{real.id}/destruction").status_code == 302
    )
    assert not any(stored_apart(storage, each).exists() for each in (false, real))
    assert send(secretary, meeting, alarming).status_code == 201
    assert send(secretary, meeting, b"real" + NAUGHTY).status_code == 422
    again = administrator.post(f"/api/quarantine/{real.id}/admission")
    assert again.status_code == 409


def test_the_health_page_tells_how_old_the_list_of_viruses_is(
    config: Config, session: Session, clamd: ScannerSettings
) -> None:
    [finding] = health.virus_scanner(replace(config, scanner=clamd), session)
    assert finding.level == health.Level.FINE


@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        ("exit 0", ""),
        ("echo 'file: Naughty FOUND'; exit 1", "file: Naughty FOUND"),
        ("exit 1", "名前のないウイルス"),
    ],
)
def test_a_program_of_the_city_may_scan_too(script: str, verdict: str, tmp_path: Path) -> None:
    scanner = scanners.Program(["sh", "-c", script], 10)
    assert scanner.find(tmp_path) == verdict


@pytest.mark.parametrize("command", [["sh", "-c", "exit 2"], ["/nowhere/scanner"]])
def test_a_program_that_fails_gives_no_verdict(command: list[str], tmp_path: Path) -> None:
    with pytest.raises(ScannerSilent):
        scanners.Program(command, 10).find(tmp_path)


def test_a_program_that_hangs_gives_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(ScannerSilent):
        scanners.Program(["sh", "-c", "sleep 30"], 0.05).find(tmp_path)
