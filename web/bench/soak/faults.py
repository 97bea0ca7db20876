"""What happens to a server in a town hall: its process is killed, its worker is killed or stands
still, another program holds the database."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress
from enum import StrEnum
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

FROZEN_SECONDS = 3.0


class Fault(StrEnum):
    """One kind of accident."""

    SERVER_KILLED = "server killed"
    WORKER_KILLED = "worker killed"
    WORKER_FROZEN = "worker frozen"
    DATABASE_LOCKED = "database locked"


KILLS = (Fault.SERVER_KILLED, Fault.WORKER_KILLED)


def drawn(chance: random.Random, kills: int) -> list[Fault]:
    """Return so many kills in a random order, the first of the server, with a lock and a frozen
    worker after each tenth."""
    faults: list[Fault] = []
    for number in range(kills):
        faults.append(Fault.SERVER_KILLED if number == 0 else chance.choice(KILLS))
        if number % 10 == 1:
            faults += [Fault.DATABASE_LOCKED, Fault.WORKER_FROZEN]
    return faults


def strike(fault: Fault, server: int, database: Path, locked_seconds: float) -> None:
    """Let it happen to the server with this process id."""
    acts: dict[Fault, Callable[[], None]] = {
        Fault.SERVER_KILLED: lambda: os.kill(server, signal.SIGKILL),
        Fault.WORKER_KILLED: lambda: _to_worker(server, signal.SIGKILL),
        Fault.WORKER_FROZEN: lambda: _freeze(server),
        Fault.DATABASE_LOCKED: lambda: _lock(database, locked_seconds),
    }
    acts[fault]()


def _freeze(server: int) -> None:
    _to_worker(server, signal.SIGSTOP)
    time.sleep(FROZEN_SECONDS)
    _to_worker(server, signal.SIGCONT)


def _to_worker(server: int, number: signal.Signals) -> None:
    for child in _children(server):
        with suppress(ProcessLookupError):
            os.kill(child, number)


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    found = []
    for task in tasks:
        with suppress(OSError):
            found += [int(child) for child in task.read_text(encoding="ascii").split()]
    return [child for child in found if b"worker" in _command(child)]


def _command(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _lock(database: Path, seconds: float) -> None:
    # By our own SQLite: an older one that writes may damage the file (models/database.py).
    with closing(sqlite.connect(database, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")
