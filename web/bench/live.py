"""`gijido bench live`: from the presenter's tap to every terminal, while pages are read too."""

import hashlib
import http.client
import itertools
import json
import resource
import secrets
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import GijidoError
from models.base import now
from models.database import connect, migrate, writing
from models.document import Document, DocumentVersion
from models.meeting import Invitation, Meeting
from models.person import Person, SignIn
from web.bench.harness.server import RunningServer, empty_home, running
from web.demo import builders
from web.demo.people import add_people

PAGES_PER_SECOND = 20
TURN_EVERY_SECONDS = 0.7
SETTLE_SECONDS = 3.0
SPARE_FILES = 200


@dataclass(frozen=True)
class LiveMeasurement:
    """Delays in ms from sending the turn to its arrival; `lost` counts terminal × turn."""

    clients: int
    connect_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    lost: int
    out_of_order: int
    page_p95_ms: float
    server_rss_mb: float


@dataclass(frozen=True)
class BenchMeeting:
    """The meeting of the measurement, and the tokens of who takes part."""

    meeting_id: int
    version_id: int
    page_count: int
    presenter: str
    attendees: list[str]


def measure(clients: int, turns: int) -> LiveMeasurement:
    """Raise GijidoError when this machine may not open enough connections."""
    raise_file_limit(clients + SPARE_FILES)
    with empty_home() as config:
        stage = _set_stage(config, clients)
        with running(config) as server:
            return _run(server, stage, turns)


def raise_file_limit(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise GijidoError(f"この機械では同時に開けるファイルが{hard}までです（{wanted}が必要）。")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def as_json(measured: LiveMeasurement) -> dict[str, float]:
    return asdict(measured)


def as_table(measured: LiveMeasurement) -> str:
    return (
        f"{measured.clients} terminals connected in {measured.connect_s:.1f} s\n"
        f"delivery p50 {measured.p50_ms:.0f} ms, p95 {measured.p95_ms:.0f} ms, "
        f"p99 {measured.p99_ms:.0f} ms, max {measured.max_ms:.0f} ms\n"
        f"lost {measured.lost}, out of order {measured.out_of_order}\n"
        f"pages meanwhile ({PAGES_PER_SECOND} per second): p95 {measured.page_p95_ms:.0f} ms\n"
        f"server memory {measured.server_rss_mb:.0f} MB"
    )


def _run(server: RunningServer, stage: BenchMeeting, turns: int) -> LiveMeasurement:
    with Terminals(server, stage) as terminals:
        reader = PageReader(server, f"/meetings/{stage.meeting_id}", stage.attendees[0])
        reader.start()
        sent = _turn_pages(server, stage, turns)
        time.sleep(SETTLE_SECONDS)
        pages = reader.finish()
        arrivals = terminals.arrivals()
    delays = delays_of(sent, arrivals)
    return LiveMeasurement(
        clients=len(arrivals),
        connect_s=terminals.connect_s,
        **_quantiles(delays),
        lost=sum(len(set(sent) - {s for s, _ in one}) for one in arrivals),
        out_of_order=sum(_out_of_order([s for s, _ in one]) for one in arrivals),
        page_p95_ms=quantile(pages, 0.95),
        server_rss_mb=server.peak_rss_mb,
    )


class Terminals:
    """Every attendee's event stream, in a process of its own while the block lasts."""

    def __init__(self, server: RunningServer, stage: BenchMeeting) -> None:
        self._command = [sys.executable, "-m", "web.bench.harness.terminals", server.host]
        self._command += [str(server.port), str(stage.meeting_id)]
        self._tokens = "\n".join(stage.attendees)

    def __enter__(self) -> "Terminals":
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.DEFAULT_FILE.parent,
        )
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(self._tokens + "\n\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline().split()
        if not said:
            raise GijidoError("端末の役をするプログラムが、つながらずに終わりました。")
        self.connect_s = float(said[1])
        return self

    def arrivals(self) -> list[list[tuple[int, float]]]:
        """End the terminals, and return of every one the sequence of each state and when it
        came."""
        written, _ = self._process.communicate("\n")
        return list(json.loads(written))

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def delays_of(sent: dict[int, float], arrivals: list[list[tuple[int, float]]]) -> list[float]:
    """Return the delay in ms of each turn to each terminal."""
    return [1000 * (at - sent[s]) for one in arrivals for s, at in one if s in sent]


def _turn_pages(server: RunningServer, stage: BenchMeeting, turns: int) -> dict[int, float]:
    """Turn so many pages, and return the moment at which each turn was sent, by its sequence."""
    presenter = Presenter(server, stage)
    sent = {}
    for number in range(turns):
        time.sleep(TURN_EVERY_SECONDS)
        sequence, at = presenter.turn(number)
        sent[sequence] = at
    presenter.close()
    return sent


class Presenter:
    """Who turns the pages, one after the other on one connection."""

    def __init__(self, server: RunningServer, stage: BenchMeeting) -> None:
        self._line = http.client.HTTPConnection(server.host, server.port, timeout=60)
        self._stage, self._path = stage, f"/api/meetings/{stage.meeting_id}"
        _post(self._line, f"{self._path}/presenting", stage.presenter, None)

    def turn(self, number: int) -> tuple[int, float]:
        """Turn one page, and return its sequence and the moment at which it was sent. Raises
        GijidoError."""
        stage = self._stage
        body = {"version_id": stage.version_id, "page": number % stage.page_count + 1}
        at = time.monotonic()
        made = _post(self._line, f"{self._path}/turns", stage.presenter, body)
        return made["sequence"], at

    def close(self) -> None:
        self._line.close()


def _post(line: http.client.HTTPConnection, path: str, token: str, body: object) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request("POST", path, json.dumps(body) if body else None, headers)
    answer = line.getresponse()
    read = json.loads(answer.read())
    if answer.status != 201:
        raise GijidoError(f"{path}: {answer.status} {read.get('message', '')}")
    return dict(read)


class PageReader(threading.Thread):
    """Somebody opens a page again and again; how long each good answer took, in ms, and how often
    a server error was answered that does not ask to come back later."""

    def __init__(
        self, server: RunningServer, path: str, token: str, each_second: float = PAGES_PER_SECOND
    ) -> None:
        super().__init__(daemon=True)
        self._server, self._path, self._pause = server, path, 1 / each_second
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._done = threading.Event()
        self._taken: list[float] = []
        self.errors = 0

    def run(self) -> None:
        line = http.client.HTTPConnection(self._server.host, self._server.port, timeout=60)
        due = time.monotonic()
        while not self._done.is_set():
            begun = time.monotonic()
            line.request("GET", self._path, headers=self._headers)
            answer = line.getresponse()
            answer.read()
            if answer.status < 400:
                self._taken.append(1000 * (time.monotonic() - begun))
            elif answer.status >= 500 and not may_come_back(answer):
                self.errors += 1
            due = max(due + self._pause, begun)
            self._done.wait(max(0.0, due - time.monotonic()))
        line.close()

    def finish(self) -> list[float]:
        self._done.set()
        self.join()
        return self._taken


def may_come_back(answer: http.client.HTTPResponse) -> bool:
    """Return whether a refusal says when to try again: nothing is broken, too much is asked for."""
    return answer.status == 503 and answer.headers["Retry-After"] is not None


def _quantiles(delays: list[float]) -> dict[str, float]:
    return {
        "p50_ms": quantile(delays, 0.5),
        "p95_ms": quantile(delays, 0.95),
        "p99_ms": quantile(delays, 0.99),
        "max_ms": round(max(delays, default=0.0), 1),
    }


def quantile(values: list[float], part: float) -> float:
    """Return the value below which so many (0 to 1) of the values lie; 0 without any."""
    if len(values) < 2:
        return round(values[0], 1) if values else 0.0
    return round(
        statistics.quantiles(values, n=1000, method="inclusive")[round(1000 * part) - 1], 1
    )


def _out_of_order(sequences: list[int]) -> int:
    pairs = itertools.pairwise(sequences)
    return sum(1 for before, after in pairs if after <= before)


def _set_stage(config: Config, clients: int) -> BenchMeeting:
    migrate(config.database)
    engine = connect(config.database)
    with writing(engine) as session, session.begin():
        stage = add_stage(session, Storage(config.home), add_people(session)["koga"], clients)
    engine.dispose()
    return stage


def add_stage(session: Session, storage: Storage, organiser: Person, clients: int) -> BenchMeeting:
    """Add a meeting that has begun, with documents and so many people invited."""
    source = builders.folder("dx-council")
    meeting = builders.add_meeting(
        session,
        organiser,
        source,
        series="負荷測定",
        department=organiser.department,
        starts_at=now() - timedelta(minutes=5),
    )
    builders.add_materials(session, storage, organiser, meeting, source)
    presenter = sign_in(session, organiser, "presenter")
    tokens = [_attendee(session, organiser, meeting, number) for number in range(clients)]
    session.flush()
    version = session.query(DocumentVersion).join(Document).filter_by(meeting_id=meeting.id).first()
    assert version is not None
    return BenchMeeting(meeting.id, version.id, len(version.pages), presenter, tokens)


def _attendee(session: Session, like: Person, meeting: Meeting, number: int) -> str:
    """Add somebody without a password (hashing thousands takes minutes), invited and signed in, and
    return their token."""
    person = Person(
        login=f"terminal-{number}",
        name=f"端末 {number}",
        department=like.department,
        password_hash="",
    )
    session.add(person)
    session.add(Invitation(meeting=meeting, person=person, invited_by_id=like.id))
    return sign_in(session, person, f"{number}")


def sign_in(session: Session, person: Person, word: str) -> str:
    """Return a token of this person's, without asking for a password."""
    token = f"{word}-{secrets.token_urlsafe(24)}"
    session.add(
        SignIn(
            person=person,
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            is_script=True,
            expires_at=now() + timedelta(hours=12),
        )
    )
    return token
