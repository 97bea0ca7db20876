"""A server that is killed in the middle of an upload, again and again."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import requests
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.recordings.upload_parts import STEP_BYTES
from models.meeting import Meeting
from models.person import Person
from models.upload import Upload
from tests.conftest import Cast, Script
from tests.e2e.conftest import ROOT
from tests.web.streams.test_tus import Sender, begin_piece, checksum
from web.bench.harness.server import free_port

pytestmark = pytest.mark.slow

KILLS = 4
SERVE = """
import uvicorn
from meetings import config as settings
from web.app import create_app
from web.asgi import serving
config = settings.load()
uvicorn.Server(serving(create_app(config), port=config.server.port)).run()
"""


class Server:
    """What `gijido serve` serves, in a process of its own."""

    def __init__(self, config: Config) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        places = {"GIJIDO_HOME": str(config.home), "GIJIDO_PORT": str(self.port)}
        self._surroundings = os.environ | places
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._surroundings)
        end = time.monotonic() + 300
        while time.monotonic() < end:
            with suppress(requests.RequestException):
                requests.get(f"{self.url}/alive", timeout=10)
                return
            assert self._process.poll() is None
            time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def server(config: Config, meeting: Meeting) -> Iterator[Server]:
    made = Server(config)
    yield made
    made.kill()


def test_nothing_acknowledged_is_lost_and_the_file_is_the_same_in_the_end(
    server: Server,
    session: Session,
    storage: Storage,
    script: Callable[[Person], Script],
    cast: Cast,
    meeting: Meeting,
) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    content = chance.randbytes(1_000_000) * 60
    token = script(cast.secretary).token
    sender = Sender(server.url, {"Authorization": f"Bearer {token}"})
    sender.create(meeting, Upload_Length=str(len(content)))
    told = 0
    for _ in range(KILLS):
        told = send_until_killed(sender, server, content, told, chance)
        server.start()
        sender.session = requests.Session()
        offset = sender.offset()
        assert offset >= told
        told = offset
    assert sender.patch(told, content[told:]).status_code == 204
    session.commit()
    (upload,) = session.query(Upload)
    whole = hashlib.sha256(storage.arrival_path(upload.key).read_bytes()).digest()
    assert whole == hashlib.sha256(content).digest()


def send_until_killed(
    sender: Sender, server: Server, content: bytes, offset: int, chance: random.Random
) -> int:
    """Some pieces with their sums, then the beginning of one without; killed somewhere in it.
    Returns how much the server acknowledged in words."""
    for _ in range(chance.randrange(3)):
        piece = content[offset : offset + chance.randrange(1, 3_000_000)]
        assert sender.patch(offset, piece, Upload_Checksum=checksum(piece)).status_code == 204
        offset += len(piece)
    end = offset + chance.randrange(STEP_BYTES + 2_000_000)
    connection = begin_piece(sender, offset, len(content) - offset, content[offset:end])
    server.kill()
    connection.close()
    return offset
