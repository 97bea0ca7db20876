"""Cells open whatever comes from outside: each is a process of its own, which may use so much
memory, time and disk and no more, sees nothing but what it is given, and has no network.

The walls are bubblewrap's. Where it is missing, user namespaces keep at least the network away;
where there are neither, the limits alone remain. `warning` says so to whoever runs the server.
"""

import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import IO, Any

from meetings.config import MEGABYTE
from meetings.disk.storage import raising_storage_full
from meetings.errors import Crowded, FileRejected, OutOfBounds, StorageFull
from meetings.inside.answering import FULL, NO_MEMORY, REFUSED

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
PROGRAM_FILES = [ROOT / name for name in ("meetings", "minutes", "web/static/fonts")]
SYSTEM_FILES = [
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/var/cache/fontconfig",
]
MOST_PROCESSES = 256
MOST_FILES = 1024
COMPLAINT_BYTES = 64_000
DISCARD = subprocess.DEVNULL


class Walls(StrEnum):
    WHOLE = "whole"
    NO_NETWORK = "no network"
    NONE = "none"


WARNINGS = {
    Walls.WHOLE: "",
    Walls.NO_NETWORK: (
        "受け取った資料や録音を開くプログラムから、サーバーのほかのファイルが見えます（通信はできま"
        "せん）。「apt-get install bubblewrap」を実行してから、サーバーを起動し直してください。"
    ),
    Walls.NONE: (
        "受け取った資料や録音を開くプログラムを、ほかのファイルとネットワークから切り離せません。"
        "「apt-get install bubblewrap」を実行してから、サーバーを起動し直してください。"
    ),
}


@dataclass(frozen=True)
class Done:
    """The end of a program: its exit status, below 0 the signal that killed it; what it wrote to
    standard output and, at most COMPLAINT_BYTES, to standard error."""

    code: int
    output: bytes
    complaint: bytes

    @property
    def was_killed(self) -> bool:
        return self.code < 0


class Cell:
    """The limits for one kind of work on what comes from outside. `memory_mb`: of each process;
    `output_mb`: of each file that it writes, standard output among them; `at_once`: so many of it
    in this process of ours."""

    def __init__(self, *, memory_mb: int, output_mb: int, at_once: int) -> None:
        self._limits = [
            f"--as={memory_mb * MEGABYTE}",
            f"--fsize={output_mb * MEGABYTE}",
            f"--nofile={MOST_FILES}",
            "--core=0",
        ]
        self._free = threading.BoundedSemaphore(at_once)

    def run(
        self,
        command: Sequence[str],
        *,
        seconds: float,
        reads: Sequence[Path] = (),
        folder: Path | None = None,
    ) -> Done:
        """Run a program that sees `reads` and may write to `folder`, with so many seconds on the
        clock and, for each of its processes, on the processor.

        Raises OutOfBounds when the time is over, Crowded when it could not begin within it.
        """
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
            with self._begun(command, seconds, reads, folder, output, complaint) as process:
                try:
                    process.wait(timeout=seconds)
                except subprocess.TimeoutExpired as problem:
                    raise OutOfBounds() from problem
            if folder is not None:
                _leave_only_files(folder)
            output.seek(0)
            complaint.seek(0)
            complained = complaint.read(COMPLAINT_BYTES)
            return Done(_code(process.returncode), output.read(), complained)

    def ask(
        self,
        module: str,
        *arguments: str,
        seconds: float,
        reads: Sequence[Path] = (),
        folder: Path | None = None,
    ) -> Any:
        """Run `python -m module` in the cell and return its answer (`meetings.inside.answering`),
        of JSON's kinds.

        Raises FileRejected with its sentence, OutOfBounds when it was too much for the cell,
        StorageFull, Crowded.
        """
        command = [sys.executable, "-P", "-m", module, *arguments]
        done = self.run(command, seconds=seconds, reads=reads, folder=folder)
        if done.code == FULL:
            raise StorageFull()
        if done.code == NO_MEMORY or done.was_killed:
            raise OutOfBounds()
        try:
            answer = json.loads(done.output)
        except ValueError as problem:  # what it complained of may hold text of the file
            LOG.warning("%s ended with %d and no answer", module, done.code)
            raise OutOfBounds() from problem
        if done.code == REFUSED:
            raise FileRejected(str(answer))
        return answer

    @contextmanager
    def stream(
        self, command: Sequence[str], *, seconds: float, reads: Sequence[Path] = ()
    ) -> Iterator[IO[bytes]]:
        """Give what a program writes to standard output, while it runs. When all was read, raises
        OutOfBounds if it was too much for the cell, and CalledProcessError if somebody else killed
        it: what came then is not all there is."""
        pipe = subprocess.PIPE
        with self._begun(command, seconds, reads, None, pipe, DISCARD) as process:
            assert process.stdout is not None
            is_late = threading.Event()
            clock = threading.Timer(seconds, _end_late, [process, is_late])
            clock.start()
            try:
                yield process.stdout
                code = _code(process.wait())
            finally:
                clock.cancel()
                process.stdout.close()
        if code == -signal.SIGKILL and not is_late.is_set():
            raise subprocess.CalledProcessError(code, command[0])
        if code < 0:
            raise OutOfBounds()

    @contextmanager
    def _begun(
        self,
        command: Sequence[str],
        seconds: float,
        reads: Sequence[Path],
        folder: Path | None,
        output: IO[bytes] | int,
        complaint: IO[bytes] | int,
    ) -> Iterator["subprocess.Popen[bytes]"]:
        if not self._free.acquire(timeout=seconds):
            raise Crowded()
        try:
            process = subprocess.Popen(
                [*_inside(reads, folder), *self._limited(seconds), *command],
                stdin=DISCARD,
                stdout=output,
                stderr=complaint,
                env=_surroundings(folder),
                cwd=folder or "/",
                start_new_session=True,
            )
            try:
                yield process
            finally:
                _end(process)
        finally:
            self._free.release()

    def _limited(self, seconds: float) -> list[str]:
        """Return the commands that set the limits. Pages come before this work, and when memory
        runs out it goes first. The programs are part of every Linux."""
        processor = f"--cpu={max(1, round(seconds))}"
        # Elsewhere than in a namespace of its own, all that the server runs would be counted.
        processes = [f"--nproc={MOST_PROCESSES}"] if walls() is Walls.WHOLE else []
        wanted = [
            ["nice", "-n", "5"],
            ["choom", "-n", "1000", "--"],
            ["prlimit", *self._limits, processor, *processes, "--"],
        ]
        return [word for command in wanted if shutil.which(command[0]) for word in command]


@cache
def walls() -> Walls:
    """Return what keeps a cell apart on this machine, as tried once."""
    for known in (Walls.WHOLE, Walls.NO_NETWORK):
        command = _prefix(known, (), None)
        if command:
            done = subprocess.run([*command, "true"], capture_output=True, check=False)
            if done.returncode == 0:
                return known
    return Walls.NONE


def warning() -> str:
    """Return what whoever runs this server must know and do; empty where the walls are whole."""
    return WARNINGS[walls()]


def _inside(reads: Sequence[Path], folder: Path | None) -> list[str]:
    return _prefix(walls(), reads, folder)


def _prefix(kind: Walls, reads: Sequence[Path], folder: Path | None) -> list[str]:
    """Return the command that puts up the walls; empty where its program is missing."""
    if kind is Walls.WHOLE and (program := shutil.which("bwrap")):
        return [program, *_apart(), *_scratch(folder), *_system(), *_job(reads, folder), "--"]
    if kind is Walls.NO_NETWORK and (program := shutil.which("unshare")):
        return [program, "--user", "--map-current-user", "--net", "--ipc", "--"]
    return []


def _apart() -> list[str]:
    return ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]


def _scratch(folder: Path | None) -> list[str]:
    """Return the options that mount a part of the job's folder as /tmp. Before everything else:
    whatever else is to be seen may lie below /tmp, the program itself too, and must not be hidden
    by it."""
    if folder is None:
        return []
    return ["--bind", str(_temporary(folder)), "/tmp"]  # noqa: S108 - the cell's own


def _system() -> list[str]:
    """Return the options that mount the programs of the system and ours, to be read."""
    options = ["--ro-bind", "/usr", "/usr"]
    for path in map(Path, ("/bin", "/sbin", "/lib", "/lib32", "/lib64")):
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), str(path)]
        else:
            options += _read_only([path])
    ours = [Path(sys.base_prefix), Path(sys.prefix), *PROGRAM_FILES]
    return [
        *options,
        *_read_only(SYSTEM_FILES),
        *_read_only(ours),
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ]


def _job(reads: Sequence[Path], folder: Path | None) -> list[str]:
    """Return the options that mount the job's folder, and its files to be read; nothing else is
    writable."""
    options = []
    if folder is not None:
        options += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    return [*options, *_read_only(reads), "--remount-ro", "/dev", "--remount-ro", "/"]


def _read_only(paths: Sequence[str] | Sequence[Path]) -> list[str]:
    return [word for path in map(str, paths) for word in ("--ro-bind-try", path, path)]


def _temporary(folder: Path) -> Path:
    temporary = folder / "tmp"
    with raising_storage_full():
        temporary.mkdir(exist_ok=True)
    return temporary


def _leave_only_files(folder: Path) -> None:
    """Remove links and pipes: whoever opens what was made must not be led elsewhere."""
    for place, folders, files in os.walk(folder):
        for path in (Path(place, name) for name in folders + files):
            if not stat.S_ISREG(mode := path.lstat().st_mode) and not stat.S_ISDIR(mode):
                path.unlink()


def _surroundings(folder: Path | None) -> dict[str, str]:
    """Return the environment of the program: nothing of the server's own but where programs and
    words come from."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    home = str(folder or "/")
    return kept | {
        "HOME": home,
        "TMPDIR": str(_temporary(folder)) if folder else home,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Address space is limited, and both set much of it aside for each processor.
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _code(returned: int) -> int:
    """Return the exit status, below 0 the signal. A program that puts another one into a cell tells
    its signal as a shell does."""
    signals = range(128 + signal.SIGHUP, 128 + signal.SIGSYS + 1)
    return 128 - returned if returned in signals else returned


def _end_late(process: "subprocess.Popen[bytes]", is_late: threading.Event) -> None:
    is_late.set()
    _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the program with everything that it started: in a namespace of their own they all go with
    the first."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
