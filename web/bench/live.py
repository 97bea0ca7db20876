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
from pathlib import Path

from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.errors import GijidoError
from meetings.storage import Storage
from models.base import now
from models.database import connect, migrate, writing
from models.document import DocumentVersion
from models.meeting import Invitation, Meeting
from models.person import Person, SignIn
from web.bench.server import RunningServer, empty_home, running
from web.demo import builders
from web.demo.people import add_people

PAGES_PER_SECOND = 20
TURN_EVERY_SECONDS = 0.7
SETTLE_SECONDS = 3.0
SPARE_FILES = 200


@dataclass(frozen=True)
class Measured:
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
class Stage:
    """The meeting of the measurement, and the tokens of who takes part."""

    meeting_id: int
    version_id: int
    page_count: int
    presenter: str
    attendees: list[str]


def measure(clients: int, turns: int) -> Measured:
    """Raises GijidoError when this machine may not open enough connections."""
    raise_file_limit(clients + SPARE_FILES)
    with empty_home() as config:
        stage = _set_stage(config, clients)
        tokens = config.home / "tokens"
        tokens.write_text("\n".join(stage.attendees), encoding="ascii")
        with running(config) as server:
            return _run(server, stage, tokens, turns)


def raise_file_limit(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise GijidoError(f"この機械では同時に開けるファイルが{hard}までです（{wanted}が必要）。")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def as_json(measured: Measured) -> dict[str, float]:
    return asdict(measured)


def as_table(measured: Measured) -> str:
    return (
        f"{measured.clients} terminals connected in {measured.connect_s:.1f} s\n"
        f"delivery p50 {measured.p50_ms:.0f} ms, p95 {measured.p95_ms:.0f} ms, "
        f"p99 {measured.p99_ms:.0f} ms, max {measured.max_ms:.0f} ms\n"
        f"lost {measured.lost}, out of order {measured.out_of_order}\n"
        f"pages meanwhile ({PAGES_PER_SECOND} per second): p95 {measured.page_p95_ms:.0f} ms\n"
        f"server memory {measured.server_rss_mb:.0f} MB"
    )


def _run(server: RunningServer, stage: Stage, tokens: Path, turns: int) -> Measured:
    terminals = subprocess.Popen(
        [sys.executable, "-m", "web.bench.terminals", server.host, str(server.port),
         str(stage.meeting_id), str(tokens)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=settings.DEFAULT_FILE.parent,
    )  # fmt: skip
    with terminals:
        assert terminals.stdout is not None
        said = terminals.stdout.readline().split()
        if not said:
            raise GijidoError("端末の役をするプログラムが、つながらずに終わりました。")
        connect_s = float(said[1])
        reader = _PageReader(server, stage)
        reader.start()
        sent = _turn_pages(server, stage, turns)
        time.sleep(SETTLE_SECONDS)
        pages = reader.finish()
        written, _ = terminals.communicate("\n")
    arrivals: list[list[tuple[int, float]]] = json.loads(written)
    delays = [1000 * (at - sent[s]) for one in arrivals for s, at in one if s in sent]
    return Measured(
        clients=len(arrivals),
        connect_s=connect_s,
        **_quantiles(delays),
        lost=sum(len(set(sent) - {s for s, _ in one}) for one in arrivals),
        out_of_order=sum(_out_of_order([s for s, _ in one]) for one in arrivals),
        page_p95_ms=_quantile(pages, 0.95),
        server_rss_mb=server.peak_rss_mb,
    )


def _turn_pages(server: RunningServer, stage: Stage, turns: int) -> dict[int, float]:
    """The moment at which each turn was sent, by its sequence."""
    line = http.client.HTTPConnection(server.host, server.port, timeout=60)
    _post(line, f"/api/meetings/{stage.meeting_id}/presenting", stage.presenter, None)
    sent = {}
    for number in range(turns):
        time.sleep(TURN_EVERY_SECONDS)
        body = {"version_id": stage.version_id, "page": number % stage.page_count + 1}
        at = time.monotonic()
        made = _post(line, f"/api/meetings/{stage.meeting_id}/turns", stage.presenter, body)
        sent[made["sequence"]] = at
    line.close()
    return sent


def _post(line: http.client.HTTPConnection, path: str, token: str, body: object) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line.request("POST", path, json.dumps(body) if body else None, headers)
    answer = line.getresponse()
    read = json.loads(answer.read())
    if answer.status != 201:
        raise GijidoError(f"{path}: {answer.status} {read.get('message', '')}")
    return dict(read)


class _PageReader(threading.Thread):
    """Somebody always opens the meeting's page; how long each took, in ms."""

    def __init__(self, server: RunningServer, stage: Stage) -> None:
        super().__init__(daemon=True)
        self._server, self._stage = server, stage
        self._done = threading.Event()
        self._taken: list[float] = []

    def run(self) -> None:
        line = http.client.HTTPConnection(self._server.host, self._server.port, timeout=60)
        due = time.monotonic()
        while not self._done.is_set():
            begun = time.monotonic()
            headers = {"Authorization": f"Bearer {self._stage.attendees[0]}"}
            line.request("GET", f"/meetings/{self._stage.meeting_id}", headers=headers)
            answer = line.getresponse()
            answer.read()
            if answer.status == 200:
                self._taken.append(1000 * (time.monotonic() - begun))
            due += 1 / PAGES_PER_SECOND
            self._done.wait(max(0.0, due - time.monotonic()))
        line.close()

    def finish(self) -> list[float]:
        self._done.set()
        self.join()
        return self._taken


def _quantiles(delays: list[float]) -> dict[str, float]:
    return {
        "p50_ms": _quantile(delays, 0.5),
        "p95_ms": _quantile(delays, 0.95),
        "p99_ms": _quantile(delays, 0.99),
        "max_ms": round(max(delays, default=0.0), 1),
    }


def _quantile(values: list[float], part: float) -> float:
    if len(values) < 2:
        return round(values[0], 1) if values else 0.0
    return round(
        statistics.quantiles(values, n=1000, method="inclusive")[round(1000 * part) - 1], 1
    )


def _out_of_order(sequences: list[int]) -> int:
    pairs = itertools.pairwise(sequences)
    return sum(1 for before, after in pairs if after <= before)


def _set_stage(config: Config, clients: int) -> Stage:
    """A meeting with one document and as many people invited as there are terminals."""
    migrate(config.database)
    engine = connect(config.database)
    with writing(engine) as session, session.begin():
        cast = add_people(session)
        source = builders.folder("dx-council")
        meeting = builders.add_meeting(
            session,
            cast["koga"],
            source,
            series="負荷測定",
            department=cast["koga"].department,
            starts_at=now() - timedelta(minutes=5),
        )
        builders.add_materials(session, Storage(config.home), cast["koga"], meeting, source)
        presenter = _sign_in(session, cast["koga"], "presenter")
        tokens = [_attendee(session, cast["koga"], meeting, number) for number in range(clients)]
        session.flush()
        version = session.query(DocumentVersion).first()
        assert version is not None
        stage = Stage(meeting.id, version.id, len(version.pages), presenter, tokens)
    engine.dispose()
    return stage


def _attendee(session: Session, like: Person, meeting: Meeting, number: int) -> str:
    """Somebody without a password (hashing thousands takes minutes), invited and signed in."""
    person = Person(
        login=f"terminal-{number}",
        name=f"端末 {number}",
        department=like.department,
        password_hash="",
    )
    session.add(person)
    session.add(Invitation(meeting=meeting, person=person, invited_by_id=like.id))
    return _sign_in(session, person, f"{number}")


def _sign_in(session: Session, person: Person, word: str) -> str:
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
