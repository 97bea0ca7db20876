"""Measures what noting costs: looks that are noted one by one, lines that are put in at once, and
following the chain over all of them. With and without the trigger that links each line."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert, text

from meetings import config as settings
from meetings.audit import line_of
from meetings.auditing import listing, verifying
from meetings.auditing.listing import AuditFilter
from meetings.settings.server import StorageSettings
from models.audit import AuditLine
from models.database import connect, migrate, reading, writing
from models.document import DocumentVersion
from web.audit_access import Looks

LOOKS = 500


@dataclass(frozen=True)
class AuditCost:
    """`looks_per_second`: noted one after the other, each on disk; `look_cpu_ms`, `line_cpu_us`:
    processor's time of one of them, and of one line among many put in at once; `verify_seconds`:
    of processor, for 100,000 lines; `page_ms`: of the slowest page of the screen."""

    is_chained: bool
    looks_per_second: float
    look_cpu_ms: float
    line_cpu_us: float
    verify_seconds: float
    page_ms: float


def measure(lines: int) -> list[AuditCost]:
    """Measure on a database of its own with so many lines: as it is, and without the chain."""
    return [_measure(lines, is_chained=True), _measure(lines, is_chained=False)]


def _measure(lines: int, *, is_chained: bool) -> AuditCost:
    # In memory an fsync costs nothing, so not in /dev/shm.
    with TemporaryDirectory(dir=os.environ.get("TMPDIR", "/tmp")) as folder:  # noqa: S108
        path = Path(folder) / "gijido.sqlite3"
        migrate(path)
        engine = connect(path)
        if not is_chained:
            _take_chain_away(engine)
        line_cpu = _seconds(time.process_time, lambda: _put_in(engine, lines)) / lines
        looks = Looks(engine)
        began = time.process_time()
        seconds = _seconds(time.perf_counter, lambda: _look(looks))
        look_cpu = (time.process_time() - began) / LOOKS
        verify = _seconds(time.process_time, lambda: _verify(engine, Path(folder)))
        page = max(_seconds(time.perf_counter, lambda w=w: _page(engine, w)) for w in PAGES)  # type: ignore[misc]
        engine.dispose()
    return AuditCost(
        is_chained,
        round(LOOKS / seconds, 1),
        round(1000 * look_cpu, 2),
        round(1e6 * line_cpu, 1),
        round(verify * 100_000 / lines, 2) if is_chained else 0.0,
        round(1000 * page, 1),
    )


PAGES = (
    AuditFilter(),
    AuditFilter(verb="look", login="nobody"),
    AuditFilter(address="10.0.0.77"),
    AuditFilter(is_refused=True),
    AuditFilter(meeting_id=7),
)


def _take_chain_away(engine: Engine) -> None:
    with writing(engine) as session, session.begin():
        session.execute(text("DROP TRIGGER audit_line_link"))


def _put_in(engine: Engine, lines: int) -> None:
    look = _a_look()
    with writing(engine) as session, session.begin():
        rows = [
            {**look, "address": f"10.0.0.{n % 200}", "meeting_id": n % 997} for n in range(lines)
        ]
        session.execute(insert(AuditLine), rows)


def _look(looks: Looks) -> None:
    for _ in range(LOOKS):
        looks.note(_a_look())


def _a_look() -> dict[str, Any]:
    return line_of(None, "look", DocumentVersion(id=5))


def _verify(engine: Engine, folder: Path) -> None:
    config = settings.Config(storage=StorageSettings(home=str(folder)))
    with reading(engine) as session:
        verifying.whole(config, session)


def _page(engine: Engine, wanted: AuditFilter) -> None:
    with reading(engine) as session:
        listing.page(session, wanted)


def _seconds(clock: Callable[[], float], act: Callable[[], None]) -> float:
    began = clock()
    act()
    return clock() - began


def as_json(measured: list[AuditCost]) -> list[dict[str, Any]]:
    """Return the figures as they are written with `--json`."""
    return [asdict(one) for one in measured]


def as_table(measured: list[AuditCost]) -> str:
    """Return the figures, a line for each."""
    rows = [
        "chain\tlooks/s\tms of processor/look\tµs of processor/line\ts/100,000 verified\tms/page"
    ]
    for one in measured:
        chain = "yes" if one.is_chained else "no"
        rows.append(
            f"{chain}\t{one.looks_per_second}\t{one.look_cpu_ms}\t{one.line_cpu_us}"
            f"\t{one.verify_seconds}\t{one.page_ms}"
        )
    return "\n".join(rows)
