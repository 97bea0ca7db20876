"""Uploads by the tus protocol, over a real connection."""

import base64
import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from tusclient.client import TusClient

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.people import people
from minutes.recordings.upload_checks import check_next
from models.meeting import Meeting
from models.person import Person, Role
from models.upload import Upload, UploadState
from tests.conftest import Browser, Cast, Script
from tests.disks import small_disk
from tests.serving import served_on_a_port
from web.demo import builders
from web.door import bodies

SOUND = builders.folder("section-meeting").audio
PIECE = "application/offset+octet-stream"
Sign = Callable[[Person], Script]


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The whole application on a port of its own; its address."""
    with served_on_a_port(app) as port:
        yield f"http://127.0.0.1:{port}"


def row(session: Session) -> Upload:
    session.commit()  # what it read before that is old now
    return session.scalars(select(Upload)).one()


@dataclass
class Sender:
    """Speaks the protocol as one person."""

    address: str
    headers: dict[str, str]
    url: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Tus-Resumable": "1.0.0"} | self.headers | named
        return self.session.request(method, self.address + path, data=data, headers=sent)

    def create(self, meeting: Meeting, **headers: str) -> requests.Response:
        answer = self.ask("POST", f"/api/meetings/{meeting.id}/uploads", **headers)
        self.url = answer.headers.get("Location", "")
        return answer

    def patch(self, offset: int, data: bytes, **headers: str) -> requests.Response:
        sent = {"Upload_Offset": str(offset), "Content_Type": PIECE} | headers
        return self.ask("PATCH", self.url, data, **sent)

    def offset(self) -> int:
        return int(self.ask("HEAD", self.url).headers["Upload-Offset"])


@pytest.fixture
def sender(served: str, script: Sign, cast: Cast, meeting: Meeting) -> Sender:
    return as_person(served, script, cast.secretary)


def as_person(served: str, script: Sign, person: Person) -> Sender:
    return Sender(served, {"Authorization": f"Bearer {script(person).token}"})


def metadata(**told: str) -> str:
    pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return ",".join(pairs)


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, content).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


def test_the_server_says_what_it_speaks(sender: Sender, meeting: Meeting) -> None:
    told = sender.ask("OPTIONS", f"/api/meetings/{meeting.id}/uploads").headers
    assert told["Tus-Version"] == "1.0.0" and told["Tus-Max-Size"] == "8000000000"
    assert set(told["Tus-Extension"].split(",")) == {
        "creation", "creation-defer-length", "expiration", "termination", "checksum"
    }  # fmt: skip
    assert told["Tus-Checksum-Algorithm"] == "sha256,sha1"
    other = sender.create(meeting, Tus_Resumable="0.2.2", Upload_Length="5")
    assert other.status_code == 412 and other.headers["Tus-Version"] == "1.0.0"


def test_a_file_comes_in_pieces_and_is_there_as_it_was(
    sender: Sender, session: Session, storage: Storage, meeting: Meeting
) -> None:
    began = metadata(filename="定例会.m4a", kind="spare", began_at="2026-11-23T14:00:00+09:00")
    made = sender.create(meeting, Upload_Length="9", Upload_Metadata=began)
    assert made.status_code == 201 and made.json()["file_name"] == "定例会.m4a"
    assert "GMT" in made.headers["Upload-Expires"]
    head = sender.ask("HEAD", sender.url)
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, "0")
    assert head.headers["Upload-Length"] == "9" and "no-store" in head.headers["Cache-Control"]
    first = sender.patch(0, b"first", Upload_Checksum=checksum(b"first", "sha1"))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    assert first.headers["Tus-Resumable"] == "1.0.0" and "Upload-Expires" in first.headers
    assert sender.offset() == 5
    assert sender.patch(5, b"rest").headers["Upload-Offset"] == "9"
    upload = row(session)
    assert upload.state == UploadState.WHOLE and upload.kind == "spare"
    assert storage.arrival_path(upload.key).read_bytes() == b"firstrest"


def test_a_piece_at_the_wrong_place_is_refused(sender: Sender, meeting: Meeting) -> None:
    sender.create(meeting, Upload_Length="9")
    sender.patch(0, b"first")
    for offset in (0, 4, 6):
        refused = sender.patch(offset, b"rest")
        assert refused.status_code == 409 and "位置" in refused.json()["message"]
    assert sender.offset() == 5


def test_a_wrong_checksum_is_460_and_nothing_is_kept(sender: Sender, meeting: Meeting) -> None:
    sender.create(meeting, Upload_Length="9")
    refused = sender.patch(0, b"first", Upload_Checksum=checksum(b"other"))
    assert refused.status_code == 460 and "もう一度送って" in refused.json()["message"]
    assert sender.offset() == 0
    assert sender.patch(0, b"first", Upload_Checksum=checksum(b"first")).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "text/plain"}, 415),
        ({"Upload_Offset": "-1"}, 400),
        ({"Upload_Offset": "x"}, 400),
        ({"Upload_Checksum": "md5 AAAA"}, 400),
        ({"Upload_Checksum": "sha256"}, 400),
        ({"Upload_Length": "8"}, 409),
    ],
)
def test_what_is_not_the_protocol_is_refused_in_words(
    sender: Sender, meeting: Meeting, headers: dict[str, str], status: int
) -> None:
    sender.create(meeting, Upload_Length="9")
    refused = sender.patch(0, b"first", **headers)
    assert refused.status_code == status and refused.json()["message"].endswith("。")
    assert sender.offset() == 0


def test_an_upload_is_announced_properly_or_not_at_all(
    sender: Sender, session: Session, meeting: Meeting
) -> None:
    for headers, status in (
        ({}, 400),
        ({"Upload_Length": "5", "Upload_Defer_Length": "1"}, 400),
        ({"Upload_Length": "many"}, 400),
        ({"Upload_Length": "8000000001"}, 413),
        ({"Upload_Length": "5", "Upload_Metadata": "filename !!!"}, 400),
        ({"Upload_Length": "5", "Upload_Metadata": metadata(sha256="short")}, 400),
        ({"Upload_Length": "5", "Upload_Metadata": metadata(kind="third")}, 400),
        ({"Upload_Length": "5", "Upload_Metadata": metadata(began_at="noon")}, 400),
    ):
        refused = sender.create(meeting, **headers)
        assert refused.status_code == status, headers
        assert refused.json()["message"].endswith("。")
    session.commit()
    assert session.query(Upload).count() == 0


def test_more_than_was_announced_is_refused(sender: Sender, meeting: Meeting) -> None:
    sender.create(meeting, Upload_Length="9")
    assert sender.patch(0, b"more than nine").status_code == 413
    assert sender.offset() == 0


def test_somebody_elses_upload_looks_absent(
    served: str, sender: Sender, script: Sign, session: Session, cast: Cast, meeting: Meeting
) -> None:
    """A colleague with the same right sees it and may withdraw it, but sends nothing to it."""
    people.grant_role(session, cast.attendee, Role.SECRETARY, meeting.department)
    colleague = as_person(served, script, cast.attendee)
    sender.create(meeting, Upload_Length="9")
    outsider = as_person(served, script, cast.outsider)
    nobody = Sender(served, {})
    for other in (colleague, outsider, nobody):
        other.url = sender.url
    assert colleague.patch(0, b"other").status_code == 404
    assert colleague.offset() == 0
    assert outsider.patch(0, b"other").status_code == 404
    assert outsider.ask("HEAD", sender.url).status_code == 404
    assert outsider.ask("DELETE", sender.url).status_code == 404
    assert nobody.patch(0, b"other").status_code == 401
    assert sender.offset() == 0
    assert colleague.ask("DELETE", sender.url).status_code == 204
    assert sender.patch(0, b"first").status_code == 404
    assert sender.ask("HEAD", sender.url).status_code == 404


def test_a_browser_sends_its_anti_forgery_token(
    app: Flask, served: str, browse: Callable[[Person], Browser], cast: Cast, meeting: Meeting
) -> None:
    client = browse(cast.secretary)
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get(f"/meetings/{meeting.id}/recordings").text
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    cookie = client.get_cookie("gijido")
    assert cookie is not None
    sender = Sender(served, {"Cookie": f"gijido={cookie.value}"})
    refused = sender.create(meeting, Upload_Length="5")
    assert refused.status_code == 400 and refused.json()["is_token_expired"]
    sender.headers["X-CSRFToken"] = token
    assert sender.create(meeting, Upload_Length="5").status_code == 201
    del sender.headers["X-CSRFToken"]
    assert sender.patch(0, b"first").status_code == 400
    sender.headers["X-CSRFToken"] = token
    assert sender.patch(0, b"first").status_code == 204


def test_where_only_get_and_post_pass_the_method_is_said_in_a_header(
    sender: Sender, meeting: Meeting
) -> None:
    sender.create(meeting, Upload_Length="9")
    headers = {"Upload_Offset": "0", "Content_Type": PIECE, "X_HTTP_Method_Override": "PATCH"}
    assert sender.ask("POST", sender.url, b"first", **headers).status_code == 204
    assert sender.offset() == 5
    assert sender.ask("POST", sender.url, X_HTTP_Method_Override="DELETE").status_code == 204


def test_a_recording_in_progress_says_its_length_at_the_end(
    sender: Sender, session: Session, meeting: Meeting
) -> None:
    began = metadata(filename="録音.webm", began_seconds_ago="60")
    made = sender.create(meeting, Upload_Defer_Length="1", Upload_Metadata=began)
    upload = row(session)
    assert upload.began_at is not None
    assert 60 <= (upload.created_at - upload.began_at).total_seconds() < 65
    assert made.json()["is_live"] and made.json()["size_bytes"] is None
    assert sender.patch(0, b"first").status_code == 204
    head = sender.ask("HEAD", sender.url).headers
    assert head["Upload-Defer-Length"] == "1" and "Upload-Length" not in head
    assert sender.patch(5, b"", Upload_Length="5").headers["Upload-Offset"] == "5"
    upload = row(session)
    assert (upload.state, upload.size_bytes) == (UploadState.WHOLE, 5)


def test_a_recording_in_progress_is_finished_by_a_colleague(
    sender: Sender, session: Session, meeting: Meeting
) -> None:
    sender.create(meeting, Upload_Defer_Length="1")
    assert sender.ask("POST", f"{sender.url}/completion").status_code == 409
    sender.patch(0, b"first")
    done = sender.ask("POST", f"{sender.url}/completion").json()
    assert (done["state"], done["size_bytes"]) == ("whole", 5)
    assert sender.patch(5, b"rest").status_code == 409


def test_the_tail_tells_whether_it_is_the_same_file(sender: Sender, meeting: Meeting) -> None:
    content = bytes(range(256)) * 8000
    sender.create(meeting, Upload_Length=str(len(content) + 1))
    assert sender.ask("GET", f"{sender.url}/tail").json()["end"] == 0
    sender.patch(0, content)
    tail = sender.ask("GET", f"{sender.url}/tail").json()
    assert (tail["start"], tail["end"]) == (len(content) - 1_000_000, len(content))
    assert tail["sha256"] == hashlib.sha256(content[tail["start"] :]).hexdigest()
    listed = sender.ask("GET", f"/api/meetings/{meeting.id}/uploads").json()["uploads"]
    assert [entry["received_bytes"] for entry in listed] == [len(content)]


def begin_piece(sender: Sender, offset: int, length: int, data: bytes) -> socket.socket:
    """A connection that promised more than it sent so far."""
    host, port = sender.address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    lines = {
        "Host": host,
        "Content-Type": PIECE,
        "Content-Length": str(length),
        "Upload-Offset": str(offset),
        **sender.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    connection.sendall(f"PATCH {sender.url} HTTP/1.1\r\n{head}\r\n".encode() + data)
    return connection


def is_locked(path: Path) -> bool:
    """Asked without taking the lock."""
    inode = f":{path.stat().st_ino} "
    return inode in Path("/proc/locks").read_text(encoding="ascii")


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_of_two_who_send_at_once_the_second_is_told_to_wait(
    sender: Sender, storage: Storage, session: Session, meeting: Meeting
) -> None:
    sender.create(meeting, Upload_Length="1000")
    path = storage.arrival_path(row(session).key)
    first = begin_piece(sender, 0, 900, b"x" * 300)
    until(lambda: is_locked(path))
    refused = sender.patch(0, b"y")
    assert refused.status_code == 423 and "別の接続" in refused.json()["message"]
    first.sendall(b"x" * 600)
    assert b"204" in first.recv(1000)
    assert sender.offset() == 900
    assert sender.patch(900, b"z" * 100).status_code == 204
    assert path.read_bytes() == b"x" * 900 + b"z" * 100


def test_what_came_before_the_connection_was_cut_counts(
    sender: Sender, storage: Storage, session: Session, meeting: Meeting
) -> None:
    """A step is less than that, and the rest is sent again."""
    content = bytes(range(256)) * 12_000
    sender.create(meeting, Upload_Length=str(len(content)))
    connection = begin_piece(sender, 0, len(content), content[:2_000_000])
    path = storage.arrival_path(row(session).key)
    until(lambda: path.stat().st_size >= 1_000_000)
    connection.close()
    until(lambda: sender.offset() >= 1_000_000)
    offset = sender.offset()
    until(lambda: sender.patch(offset, content[offset:]).status_code == 204)
    assert path.read_bytes() == content


def test_a_dead_connection_does_not_keep_the_lock(
    sender: Sender, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says that it is dead: the terminal went out of the network's reach."""
    monkeypatch.setattr(bodies, "SILENCE_SECONDS", 0.5)
    sender.create(meeting, Upload_Length="1000")
    dead = begin_piece(sender, 0, 900, b"x" * 300)
    until(lambda: sender.offset() == 300)
    until(lambda: sender.patch(300, b"z" * 700).status_code == 204)
    dead.close()


def test_a_full_disk_is_told_and_it_goes_on_when_there_is_room(
    app: Flask, config: Config, sender: Sender, meeting: Meeting
) -> None:
    app.extensions["config"] = replace(config, limits=replace(config.limits, spare_mb=0))
    content = bytes(range(256)) * 12_000
    with small_disk(config.home / "arriving") as disk:
        assert sender.create(meeting, Upload_Length="5000000").status_code == 507
        sender.create(meeting, Upload_Length=str(len(content)))
        assert sender.patch(0, content[:1_000_000]).status_code == 204
        (disk / "something else").write_bytes(bytes(2_500_000))
        for checked in ({}, {"Upload_Checksum": checksum(content[1_000_000:])}):
            full = sender.patch(1_000_000, content[1_000_000:], **checked)
            assert full.status_code == 507
            assert "これまでに保存したものは失われていません" in full.json()["message"]
        assert sender.offset() == 1_000_000
        (disk / "something else").unlink()
        assert sender.patch(1_000_000, content[1_000_000:]).status_code == 204
        (arrived,) = (path for path in disk.iterdir() if path.stat().st_size)
        assert arrived.read_bytes() == content


def test_tuspy_sends_a_recording_and_goes_on_where_it_stopped(
    sender: Sender,
    app: Flask,
    session: Session,
    storage: Storage,
    meeting: Meeting,
    tmp_path: Path,
) -> None:
    client = TusClient(f"{sender.address}/api/meetings/{meeting.id}/uploads", sender.headers)
    told = {"filename": "R01.m4a", "sha256": hashlib.sha256(SOUND.read_bytes()).hexdigest()}
    one = client.uploader(str(SOUND), chunk_size=500_000, metadata=told, upload_checksum=True)
    one.upload_chunk()
    one.upload_chunk()
    assert one.url is not None
    other = client.uploader(str(SOUND), url=one.url, upload_checksum=True)
    assert other.offset == 1_000_000
    other.upload()
    assert check_next(app.extensions["gate"])
    upload = row(session)
    assert upload.state == UploadState.ACCEPTED and upload.recording is not None
    assert storage.path(upload.recording.sha256).read_bytes() == SOUND.read_bytes()
