"""Virus scanners: ClamAV's daemon over its socket (INSTREAM), or any program of the city's own."""

import re
import socket
import struct
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from meetings.errors import ScannerSilent, TooLargeToScan
from meetings.settings.keeping import ScannerSettings

PIECE_BYTES = 1 << 16
LONGEST_ANSWER_BYTES = 4096
ASKING_SECONDS = 5.0
"""For what needs no look into a file."""
CLEAN, FOUND = 0, 1
"""Exit statuses that scanners share (clamscan, clamdscan and those made after them)."""

ANSWER = re.compile(r"stream: (?P<name>.{1,300}) FOUND")
TOO_LARGE = "size limit exceeded"
VERSION = re.compile(r"ClamAV [^/]{1,40}/[0-9]{1,9}/(?P<day>.{1,40})")
UNKNOWN = "名前のないウイルス"


class Scanner(Protocol):
    """Looks for viruses in a file."""

    def find(self, path: Path) -> str:
        """Return the name of what is in the file, "" for nothing. Raises ScannerSilent when there
        is no verdict, TooLargeToScan when the scanner takes no file of that size."""
        ...

    def signatures_of(self) -> datetime | None:
        """Return when the scanner's list of viruses was made, None where it does not say. Raises
        ScannerSilent."""
        ...


@dataclass(frozen=True)
class Clamd:
    """ClamAV's daemon. `address`: the path of its socket, or host:port. The file is sent to it, so
    it needs no right to read our folders."""

    address: str
    seconds: float

    def find(self, path: Path) -> str:
        answer = self._ask(b"zINSTREAM\0", path)
        if TOO_LARGE in answer:
            raise TooLargeToScan()
        if found := ANSWER.fullmatch(answer):
            return found["name"]
        if answer != "stream: OK":
            raise ScannerSilent()
        return ""

    def signatures_of(self) -> datetime | None:
        told = VERSION.fullmatch(replace(self, seconds=ASKING_SECONDS)._ask(b"zVERSION\0"))
        if told is None:
            return None
        with suppress(ValueError):
            return datetime.strptime(told["day"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        return None

    def _ask(self, command: bytes, sent: Path | None = None) -> str:
        try:
            with self._connected() as connection:
                connection.sendall(command)
                if sent is not None:
                    _send(connection, sent)
                return _answer(connection)
        except OSError as problem:
            raise ScannerSilent() from problem

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self.seconds)
            connection.connect(self.address)
            return connection
        host, _, port = self.address.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), ASKING_SECONDS)
        connection.settimeout(self.seconds)
        return connection


def _send(connection: socket.socket, path: Path) -> None:
    """Send the file in pieces, each after its length. A daemon that has seen enough hangs up in
    between; what it has to say is read all the same."""
    with suppress(BrokenPipeError, ConnectionResetError), path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER_BYTES:
        piece = connection.recv(LONGEST_ANSWER_BYTES)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


@dataclass(frozen=True)
class Program:
    """A program that is given the file's path last and ends with 0 for nothing found, with 1 for a
    virus. The last line that it writes then is taken for the virus's name."""

    command: Sequence[str]
    seconds: float

    def find(self, path: Path) -> str:
        try:
            done = subprocess.run(
                [*self.command, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise ScannerSilent() from problem
        if done.returncode not in (CLEAN, FOUND):
            raise ScannerSilent()
        return "" if done.returncode == CLEAN else _last_line(done.stdout)

    def signatures_of(self) -> datetime | None:
        return None


def _last_line(output: bytes) -> str:
    lines = output[-LONGEST_ANSWER_BYTES:].decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), UNKNOWN)


def of_settings(settings: ScannerSettings) -> Scanner | None:
    """Return the city's scanner, None where there is none."""
    if settings.clamd:
        return Clamd(settings.clamd, settings.seconds)
    if settings.command:
        return Program(settings.command, settings.seconds)
    return None
