"""The worker process beside the server: kept running, and never in the way of the pages."""

import contextlib
import ctypes
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from meetings import config as settings
from meetings.config import Config

LOG = logging.getLogger(__name__)
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
"""A worker that dies again and again is begun again less and less often."""

NICENESS = 10
"""Of 0 to 19: beside pages that are wanted the worker has about a tenth of a core, and all of it
where nobody wants any."""

M_ARENA_MAX = -8
"""As in glibc's malloc.h."""


@contextmanager
def worker_beside(config: Config) -> Iterator[None]:
    """Keep a worker process running, started again when it dies, ended with us."""
    command = [sys.executable, "-m", "web.commands.cli", "--config", str(config.file)]
    command += ["worker", "--parent", str(os.getpid())]
    surroundings = os.environ | {
        "GIJIDO_HOME": str(config.home),
        "PYTHONPATH": str(settings.DEFAULT_FILE.parent),
    }
    with kept_running(command, surroundings):
        yield


@contextmanager
def kept_running(command: Sequence[str], surroundings: dict[str, str]) -> Iterator[None]:
    """Keep a process with this command running: begun again, after a pause that doubles, whenever
    it ends."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep_running() -> None:
        pause = FIRST_PAUSE_SECONDS
        while not stopping.is_set():
            began = time.monotonic()
            process = subprocess.Popen(command, env=surroundings)
            running[:] = [process]
            status = process.wait()
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            if not stopping.is_set():
                LOG.error(
                    "文字起こしの処理（ワーカー）が終了しました（状態 %d）。%g秒後に起動し直します",
                    status,
                    pause,
                )
            stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    keeper = threading.Thread(target=keep_running, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for process in running:
            process.terminate()
        keeper.join(timeout=30)


def give_way() -> None:
    """Let the pages go first on a machine that they share with this process. Threads have a
    niceness each: those that libraries began when they were loaded get it too."""
    with contextlib.suppress(OSError):  # no such list of threads, or not allowed here
        for thread in Path("/proc/self/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), NICENESS)
            os.sched_setscheduler(int(thread.name), os.SCHED_BATCH, os.sched_param(0))


def share_memory() -> None:
    """Let all threads share two heaps: glibc gives every thread a heap of its own and hardly takes
    back what one has freed; with two of them hours of decoding need less (docs/performance.md)."""
    with contextlib.suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
