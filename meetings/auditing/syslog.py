"""Sends the audit to the city's log collector, in the form of RFC 5424: by UDP (RFC 5426), TCP with
counted octets (RFC 6587) or TLS (RFC 5425).

What was sent is remembered on disk, so what was noted while the collector was away follows when it
is back. A line may come twice after a failure, never not at all (but by UDP, which cannot know); it
is known again by its number."""

import fcntl
import json
import socket
import ssl
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import joinedload, undefer

from meetings.auditing import checkpoints, words
from meetings.auditing.checkpoints import AuditCheckpoint
from meetings.config import Config
from meetings.disk import durably
from meetings.errors import ConfigurationError
from meetings.settings.keeping import AuditSettings
from models.audit import AuditLine, Result
from models.database import reading

AT_ONCE = 500
SEND_SECONDS = 5.0
TIMEOUT_SECONDS = 10.0
FACILITY_AUDIT = 13
INFO, WARNING = 6, 4
BYTE_ORDER_MARK = "\ufeff"
ENTERPRISE = 32473
"""The number that RFC 5612 keeps for whoever has none of their own."""


@dataclass(frozen=True)
class SentSoFar:
    """The numbers of the last line and of the last checkpoint that the collector has."""

    line: int = 0
    checkpoint: int = 0


@dataclass(frozen=True)
class SyslogSender:
    """Brings what is new to the collector of the settings, some hundred lines at a time."""

    config: Config
    engine: Engine

    def go(self) -> bool:
        """Send what is new and return whether there is more. Raises ConfigurationError when the
        collector cannot be reached."""
        if not self.config.audit.syslog_host:
            return False
        so_far = self._so_far()
        lines = self._lines_after(so_far.line)
        reached = replace(so_far, line=lines[-1].id) if lines else so_far
        new = [one for one in self._checkpoints_after(so_far) if one.line <= reached.line]
        messages = [*map(line_message, lines), *map(checkpoint_message, new)]
        if not messages:
            return False
        self._send(messages)
        self._remember(replace(reached, checkpoint=new[-1].line) if new else reached)
        return len(lines) == AT_ONCE

    def _lines_after(self, number: int) -> Sequence[AuditLine]:
        newer = select(AuditLine).where(AuditLine.id > number).order_by(AuditLine.id).limit(AT_ONCE)
        with reading(self.engine) as session:
            shown_with = (joinedload(AuditLine.person), undefer(AuditLine.link))
            return session.scalars(newer.options(*shown_with)).all()

    def _checkpoints_after(self, so_far: SentSoFar) -> list[AuditCheckpoint]:
        newest = checkpoints.files(self.config)[-AT_ONCE:]
        found = [checkpoints.read(file) for file in newest]
        return [one for one in found if one.line > so_far.checkpoint]

    def _send(self, messages: list[bytes]) -> None:
        settings = self.config.audit
        try:
            if settings.syslog_transport == "udp":
                _send_datagrams(settings, messages)
            else:
                _send_stream(self.config, messages)
        except OSError as problem:
            place = f"{settings.syslog_host}:{settings.syslog_port}"
            raise ConfigurationError(
                f"ログ収集サーバー {place} に監査の記録を送れません（{problem}）。つながりしだい、"
                "続きから送ります。"
            ) from problem

    def _so_far(self) -> SentSoFar:
        try:
            return SentSoFar(**json.loads(self._place.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return SentSoFar()

    def _remember(self, so_far: SentSoFar) -> None:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        durably.write(self._place, json.dumps(asdict(so_far)).encode())

    @property
    def _place(self) -> Path:
        return self.config.home / "audit" / "syslog.json"


def line_message(line: AuditLine) -> bytes:
    """Return a line of the audit as a message of RFC 5424: its columns as structured data, and a
    Japanese sentence."""
    severity = INFO if line.result is Result.DONE else WARNING
    login = line.person.login if line.person else ""
    data = {
        "line": line.id,
        "login": login,
        "way": line.way,
        "address": line.address,
        "verb": line.verb,
        "thing": line.thing,
        "thingId": line.thing_id,
        "meetingId": line.meeting_id,
        "result": line.result,
        "times": line.times,
        "link": line.link.hex() if line.link else "",
    }
    when = line.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return _message(severity, when, "audit", data, _sentence(line))


def checkpoint_message(checkpoint: AuditCheckpoint) -> bytes:
    """Return a checkpoint as a message; its text is that of the checkpoint's file."""
    when = checkpoint.at.replace("+00:00", "Z")
    data = {"line": checkpoint.line, "link": checkpoint.link, "lines": checkpoint.lines}
    return _message(INFO, when, "checkpoint", data, checkpoint.text)


def _sentence(line: AuditLine) -> str:
    who = f"{line.person.name}（{line.person.login}）" if line.person else "（だれか分からない）"
    where = " ".join(part for part in (line.way.label, line.address) if part)
    number = f" {line.thing_id}" if line.thing_id is not None else ""
    what = f"{words.thing(line.thing)}{number} {words.verb(line.verb)}".strip()
    return f"{who} {where} {what} {line.result.label}"


def _message(severity: int, when: str, kind: str, data: dict[str, object], sentence: str) -> bytes:
    priority = FACILITY_AUDIT * 8 + severity
    known = {name: value for name, value in data.items() if value not in (None, "")}
    parameters = " ".join(f'{name}="{_escaped(str(value))}"' for name, value in known.items())
    structured = f"[{kind}@{ENTERPRISE} {parameters}]"
    head = f"<{priority}>1 {when} {_host()} gijido - {kind} {structured} "
    return f"{head}{BYTE_ORDER_MARK}{sentence}".encode(errors="replace")


def _escaped(value: str) -> str:
    """Return a value as it stands between the quotation marks of structured data."""
    for sign in ("\\", '"', "]"):
        value = value.replace(sign, f"\\{sign}")
    return value


def _host() -> str:
    """Return the machine's name, in the signs that a head may have."""
    name = "".join(sign for sign in socket.gethostname() if "!" <= sign <= "~")
    return name[:255] or "-"


def _send_datagrams(settings: AuditSettings, messages: list[bytes]) -> None:
    kinds = socket.getaddrinfo(settings.syslog_host, settings.syslog_port, type=socket.SOCK_DGRAM)
    family, kind, protocol, _, address = kinds[0]
    with socket.socket(family, kind, protocol) as sender:
        sender.connect(address)
        for message in messages:
            sender.send(message)


def _send_stream(config: Config, messages: list[bytes]) -> None:
    """Send by counted octets, and wait until the collector has read everything: it closes its side
    when it has come to the end of ours."""
    with _connected(config) as stream:
        stream.sendall(b"".join(b"%d %s" % (len(message), message) for message in messages))
        try:
            _wait_until_read(stream)
        except TimeoutError:
            if _unacknowledged_bytes(stream):
                raise


def _wait_until_read(stream: socket.socket) -> None:
    if isinstance(stream, ssl.SSLSocket):
        with suppress(ssl.SSLError):  # many close without a farewell of their own
            stream.unwrap()
        return
    stream.shutdown(socket.SHUT_WR)
    while stream.recv(4096):
        pass


def _unacknowledged_bytes(stream: socket.socket) -> int:
    """Return how much the other machine has not acknowledged, of a collector that keeps connections
    open."""
    answer = fcntl.ioctl(stream.fileno(), termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


@contextmanager
def _connected(config: Config) -> Iterator[socket.socket]:
    settings = config.audit
    address = (settings.syslog_host, settings.syslog_port)
    with socket.create_connection(address, timeout=TIMEOUT_SECONDS) as plain:
        if settings.syslog_transport == "tcp":
            yield plain
            return
        authority = config.path(settings.syslog_ca) if settings.syslog_ca else None
        context = ssl.create_default_context(cafile=authority)
        with context.wrap_socket(plain, server_hostname=settings.syslog_host) as sealed:
            yield sealed
