"""The soak itself: a home of its own, `gijido serve`, people at work, and one accident after the
other."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import config as settings
from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import preparation
from models.base import now
from models.database import connect, reading, writing
from models.document import Page
from models.meeting import Meeting
from models.person import Person
from models.transcript import Transcript
from web.bench.editor import SECRETARY, add_long_transcript
from web.bench.harness.server import empty_home, free_port, memory_mb, running
from web.bench.soak import faults
from web.bench.soak.faults import Fault
from web.bench.soak.load import (
    AgendaWriter,
    Corrector,
    MemoWriter,
    PageOpener,
    PersonAtWork,
    Place,
    SoundSender,
)
from web.bench.soak.outcome import Outcome, compared, uploads_to_check
from web.demo.load import add_todays

SEGMENTS = 40
WORK_SECONDS = (1.0, 4.0)
"""How long people work between two accidents, at least and at most."""

SETTLING_SECONDS = 120.0


@dataclass(frozen=True)
class Soaked:
    """What became of a soak. `findings`: what `gijido check --all` has to say afterwards;
    `peak_memory_mb`: of server and worker together."""

    seed: int
    faults: dict[str, int]
    seconds: float
    outcome: Outcome
    findings: list[str]
    peak_memory_mb: float

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was lost, doubled or broken and the check has no complaint."""
        told = self.outcome
        return not (told.lost or told.doubled or told.broken or self.findings)


def soak(kills: int, seed: int, locked_seconds: float) -> Soaked:
    """Let so many kills happen to a server at which people work, and return what became of it."""
    began, chance = time.monotonic(), random.Random(seed)  # noqa: S311 - accidents that can be repeated
    drawn = faults.drawn(chance, kills)
    with empty_home() as config:
        place = _place(config)
        port = free_port()
        people = _people(f"http://127.0.0.1:{port}", place, seed)
        memory = _suffer(config, port, people, drawn, chance, locked_seconds)
        engine = connect(config.database)
        outcome = compared(engine, people)
        engine.dispose()
        findings = _check(config)
    counts = {str(fault): count for fault, count in Counter(drawn).items()}
    return Soaked(seed, counts, time.monotonic() - began, outcome, findings, memory)


def as_json(soaked: Soaked) -> dict[str, Any]:
    """Return the figures, as `gijido bench soak --json` prints them."""
    return asdict(soaked) | {"is_clean": soaked.is_clean}


def as_table(soaked: Soaked) -> str:
    """Return the figures in words."""
    told = soaked.outcome
    lines = [
        f"seed {soaked.seed}, {soaked.seconds:,.0f} s: "
        + ", ".join(f"{count} x {fault}" for fault, count in soaked.faults.items()),
        f"acknowledged {told.acknowledged:,}, lost {len(told.lost)}, doubled {len(told.doubled)}, "
        f"unknown errors {len(told.broken)}, lines cut {told.lines_cut:,}",
        "answers: " + ", ".join(f"{status}: {n:,}" for status, n in sorted(told.answers.items())),
        f"server and worker held at most {soaked.peak_memory_mb:,.0f} MB",
        "gijido check --all: " + ("clean" if not soaked.findings else "; ".join(soaked.findings)),
    ]
    return "\n".join([*lines, *told.lost[:5], *told.doubled[:5], *told.broken[:5]])


def _place(config: Config) -> Place:
    transcript_id = add_long_transcript(config, SEGMENTS)
    engine, storage = connect(config.database), Storage(config.home)
    with writing(engine) as session, session.begin():
        add_todays(session, storage, {one.login: one for one in session.scalars(select(Person))})
    while preparation.prepare_some(engine, storage):
        pass
    with reading(engine) as session:
        page = session.scalars(select(Page).order_by(Page.id.desc())).first()
        transcript = session.get_one(Transcript, transcript_id)
        assert page is not None
        place = Place(_open_meeting(session), page.id, transcript.id)
    engine.dispose()
    return place


def _open_meeting(session: Session) -> int:
    latest = select(Meeting.id).where(Meeting.ends_at > now()).order_by(Meeting.id.desc())
    return session.scalars(latest.limit(1)).one()


def _people(url: str, place: Place, seed: int) -> list[PersonAtWork]:
    kinds: list[tuple[type[PersonAtWork], str]] = [
        (AgendaWriter, "koga"),
        (MemoWriter, "koga"),
        (Corrector, SECRETARY),
        (SoundSender, SECRETARY),
        (PageOpener, "koga"),
        (PageOpener, SECRETARY),
    ]
    return [kind(url, login, place, seed + n) for n, (kind, login) in enumerate(kinds)]


def _suffer(
    config: Config,
    port: int,
    people: list[PersonAtWork],
    drawn: list[Fault],
    chance: random.Random,
    locked_seconds: float,
) -> float:
    """Go through the accidents, starting the server anew after each that ended it, and return the
    most memory that server and worker held, in MB."""
    rest, most = list(drawn), 0.0
    for person in people:
        person.start()
    is_over = False
    while not is_over:
        with running(config, port) as server:
            while rest:
                time.sleep(chance.uniform(*WORK_SECONDS))
                most = max(most, memory_mb(server.pid))
                fault = rest.pop(0)
                faults.strike(fault, server.pid, config.database, locked_seconds)
                if fault == Fault.SERVER_KILLED:
                    break
            else:
                time.sleep(WORK_SECONDS[1])
                _go_home(people)
                _settle(config)
                is_over = True
    return most


def _go_home(people: list[PersonAtWork]) -> None:
    for person in people:
        person.stop()
    for person in people:
        person.join()


def _settle(config: Config) -> None:
    """Wait until the worker has looked into every upload that is complete."""
    engine, end = connect(config.database), time.monotonic() + SETTLING_SECONDS
    while uploads_to_check(engine) and time.monotonic() < end:
        time.sleep(0.5)
    engine.dispose()


def _check(config: Config) -> list[str]:
    """Return the sentences of what `gijido check --all` calls a problem."""
    command = [sys.executable, "-m", "web.commands.cli", "check", "--all", "--json"]
    done = subprocess.run(
        command,
        env=os.environ | {"GIJIDO_HOME": str(config.home)},
        cwd=settings.DEFAULT_FILE.parent,
        capture_output=True,
        check=False,
    )
    told = json.loads(done.stdout)["findings"]
    return [one["sentence"] for one in told if one["level"] == "problem"]
