"""A real server on data of its own, for as long as a measurement lasts."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from meetings import config as settings
from meetings.config import Config
from meetings.errors import GijidoError
from meetings.settings.server import StorageSettings

START_SECONDS, STOPPING_SECONDS = 120.0, 60.0


@dataclass(frozen=True)
class RunningServer:
    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def peak_rss_mb(self) -> float:
        """Return the most memory in MB that the server process has held so far."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return round(int(peak.split()[1]) / 1024, 1)


@contextmanager
def empty_home() -> Iterator[Config]:
    with tempfile.TemporaryDirectory(prefix="gijido-bench-") as home:
        yield replace(settings.load(), storage=StorageSettings(home=home))


@contextmanager
def worker_running(config: Config) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `gijido worker` on this data."""
    with _started("worker", config, {}) as process:
        yield process


def memory_mb(pid: int) -> float:
    """Return what the process and its children hold in memory (resident), 0 for those that
    ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        told = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return 0.0
    children = [int(child) for each in told for child in each.split()]
    held = next((line for line in status.splitlines() if line.startswith("VmRSS")), "VmRSS: 0")
    return round(int(held.split()[1]) / 1000 + sum(map(memory_mb, children)), 1)


@contextmanager
def running(config: Config, port: int | None = None) -> Iterator[RunningServer]:
    """Run `gijido serve` on this data and this port, or a free one."""
    port = port or free_port()
    with _started("serve", config, {"GIJIDO_PORT": str(port)}) as process:
        server = RunningServer("127.0.0.1", port, process.pid)
        _wait_for(server, process)
        yield server


@contextmanager
def _started(
    command: str, config: Config, surroundings: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    with (config.home / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.commands.cli", command],
            env=os.environ | {"GIJIDO_HOME": str(config.home)} | surroundings,
            cwd=settings.DEFAULT_FILE.parent,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop a process. What is being measured is over: a step in hand need not come to its end."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(server: RunningServer, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}/alive", timeout=5).close()  # noqa: S310 - ours
            return
        except OSError:
            time.sleep(0.05)
    raise GijidoError("測定用のサーバーが起動しませんでした。")
