"""`gijido bench hostile`: a meeting goes on while others do their worst to the server at once."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Storage
from meetings.documents import documents, preparation
from meetings.errors import GijidoError
from models.database import connect, migrate, writing
from models.meeting import AgendaItem, Meeting
from models.person import Person
from models.recording import Recording
from web.bench.city import city
from web.bench.city.city import Amounts
from web.bench.documents import heavy_pdf
from web.bench.harness.attack import Targets
from web.bench.harness.server import RunningServer, empty_home, memory_mb, running
from web.bench.live import (
    SPARE_FILES,
    BenchMeeting,
    PageReader,
    Presenter,
    Terminals,
    add_stage,
    delays_of,
    quantile,
    raise_file_limit,
    sign_in,
)
from web.demo import load

ARCHIVE = Amounts(departments=3, people=40, series=4, meetings=170, segments=4500)
"""Of so many meetings 60 have published minutes, of eight hours and three quarters each."""

TURN_EVERY_SECONDS = 1.0
PAGES_PER_SECOND = 5.0
ALIVE_PER_SECOND = 5.0
SETTLE_SECONDS = 3.0
HEAVY_DOCUMENT_MB, HEAVY_PAGES = 60, 20


@dataclass(frozen=True)
class HostileMeasurement:
    """Delays in ms. `turn_p95_ms`: from sending a turn to its arrival at a terminal; `page_p95_ms`
    of the meeting's page; `server_rss_mb`: the most memory of the web process with its worker and
    whatever else it started, looked at twice a second; `errors_5xx`: answered to those who do
    nothing wrong, without the 503 that says when to come back."""

    turn_p95_ms: float
    page_p95_ms: float
    alive_max_ms: float
    server_rss_mb: float
    errors_5xx: int


def measure(clients: int, seconds: float, tell: Callable[[str], None]) -> HostileMeasurement:
    """Raise GijidoError when this machine may not open enough connections."""
    raise_file_limit(clients + SPARE_FILES)
    with empty_home() as config:
        stage, targets = _prepare(config, clients)
        tell("the archive stands")
        with running(config) as server:
            return _run(server, stage, targets, seconds)


def as_json(measured: HostileMeasurement) -> dict[str, float]:
    return asdict(measured)


def as_table(measured: HostileMeasurement) -> str:
    return (
        f"turns p95 {measured.turn_p95_ms:.0f} ms, pages p95 {measured.page_p95_ms:.0f} ms, "
        f"/alive at most {measured.alive_max_ms:.0f} ms\n"
        f"server memory at most {measured.server_rss_mb:.0f} MB, "
        f"{measured.errors_5xx} server errors for those who do nothing wrong"
    )


def _run(
    server: RunningServer, stage: BenchMeeting, targets: Targets, seconds: float
) -> HostileMeasurement:
    meeting = PageReader(
        server, f"/meetings/{stage.meeting_id}", stage.attendees[0], PAGES_PER_SECOND
    )
    citizen = PageReader(server, "/", "", 1.0)
    alive = PageReader(server, "/alive", "", ALIVE_PER_SECOND)
    readers = (meeting, citizen, alive)
    with (
        Terminals(server, stage) as terminals,
        _memory(server) as held,
        _attackers(server, targets),
    ):
        for reader in readers:
            reader.start()
        sent, failed = _turn_pages(server, stage, seconds)
        pages, _, lives = (reader.finish() for reader in readers)
        time.sleep(SETTLE_SECONDS)
        arrivals = terminals.arrivals()
    lost = sum(len(set(sent) - {s for s, _ in one}) for one in arrivals)
    if lost:
        raise GijidoError(f"頁送りが端末に届きませんでした（{lost}回）。")
    return HostileMeasurement(
        turn_p95_ms=quantile(delays_of(sent, arrivals), 0.95),
        page_p95_ms=quantile(pages, 0.95),
        alive_max_ms=round(max(lives, default=0.0), 1),
        server_rss_mb=max(held),
        errors_5xx=failed + sum(reader.errors for reader in readers),
    )


def _turn_pages(
    server: RunningServer, stage: BenchMeeting, seconds: float
) -> tuple[dict[int, float], int]:
    """Turn pages; return the moment at which each turn was sent, by its sequence, and how many were
    refused."""
    presenter = Presenter(server, stage)
    sent, failed = {}, 0
    for number in range(round(seconds / TURN_EVERY_SECONDS)):
        try:
            sequence, at = presenter.turn(number)
            sent[sequence] = at
        except GijidoError:
            failed += 1
        time.sleep(TURN_EVERY_SECONDS)
    presenter.close()
    return sent, failed


@contextmanager
def _attackers(server: RunningServer, targets: Targets) -> Iterator[None]:
    """Start the attackers, who go on until the block ends."""
    command = [sys.executable, "-m", "web.bench.harness.attack", server.host, str(server.port)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, text=True, cwd=settings.DEFAULT_FILE.parent
    )
    assert process.stdin
    process.stdin.write(targets.packed() + "\n")
    process.stdin.flush()
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def _memory(server: RunningServer) -> Iterator[list[float]]:
    """Measure what the server and all that it started hold, in MB, over and over."""
    held: list[float] = [0.0]
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            held.append(memory_mb(server.pid))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield held
    finally:
        done.set()
        watcher.join()


def _prepare(config: Config, clients: int) -> tuple[BenchMeeting, Targets]:
    migrate(config.database)
    load.load(config)
    engine, storage = connect(config.database), Storage(config.home)
    while preparation.prepare_some(engine, storage):
        pass
    city.fill(engine, ARCHIVE)
    stage, targets = _set_stage(engine, storage, clients)
    engine.dispose()
    return stage, targets


def _set_stage(engine: Engine, storage: Storage, clients: int) -> tuple[BenchMeeting, Targets]:
    with writing(engine) as session, session.begin():
        cast = {p.login: p for p in session.scalars(select(Person).where(Person.email != ""))}
        stage = add_stage(session, storage, cast["koga"], clients)
        item = session.get_one(Meeting, stage.meeting_id).agenda_items[0]
        recording = session.scalars(select(Recording).order_by(Recording.id)).first()
        assert recording is not None
        targets = Targets(
            attendee=stage.attendees[0],
            secretary=sign_in(session, cast["morishita"], "secretary"),
            organiser=sign_in(session, cast["koga"], "organiser"),
            version_id=_add_heavy_document(session, storage, item),
            recording_id=recording.id,
            meeting_id=stage.meeting_id,
        )
    return stage, targets


def _add_heavy_document(session: Session, storage: Storage, item: AgendaItem) -> int:
    """Add a heavy document, and return the id of its version."""
    with storage.receive(2 * HEAVY_DOCUMENT_MB * MEGABYTE) as incoming:
        incoming.write(heavy_pdf(HEAVY_PAGES, HEAVY_DOCUMENT_MB))
        prepared = documents.prepare_document(storage, "heavy.pdf", incoming)
    by = item.meeting.created_by
    return documents.add_document(session, by, item.meeting, item, prepared).current.id
