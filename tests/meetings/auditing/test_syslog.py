"""The city's log collector, a real rsyslog, gets every line of the audit once and in order."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import certificates
from meetings.auditing import checkpoints, syslog
from meetings.auditing.syslog import SyslogSender
from meetings.config import Config
from meetings.errors import ConfigurationError
from meetings.settings.keeping import AuditSettings
from meetings.settings.server import StorageSettings
from models.audit import AuditLine, Result, Way
from models.database import reading
from models.person import Person
from tests.cast import Cast

RSYSLOG = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path(RSYSLOG).exists(),
        reason="rsyslog is not installed (Debian: rsyslog rsyslog-gnutls)",
    ),
]
CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="8k" {tls_files})
module(load="imudp")
module(load="imtcp" {tls_driver})
template(name="all" type="string" string="%rawmsg-after-pri%\\n")
ruleset(name="keep") {{ action(type="omfile" file="{folder}/received" template="all") }}
input(type="imudp" address="127.0.0.1" port="{port}" ruleset="keep")
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="keep")
"""
TLS_DRIVER = 'StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"'


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def collector(config: Config, folder: Path, port: int, *, tls: bool = False) -> Iterator[Path]:
    """Run rsyslog, and yield the file into which it writes what it received."""
    files = ""
    if tls:
        certificate, key = certificates.make_certificate(config, ["127.0.0.1"])
        files = (
            f'defaultNetstreamDriverCAFile="{certificates.authority_file(config)}"'
            f' defaultNetstreamDriverCertFile="{certificate}"'
            f' defaultNetstreamDriverKeyFile="{key}"'
        )
    written = CONFIGURATION.format(
        folder=folder, port=port, tls_files=files, tls_driver=TLS_DRIVER if tls else ""
    )
    (folder / "rsyslog.conf").write_text(written)
    command = [RSYSLOG, "-n", "-f", str(folder / "rsyslog.conf"), "-i", str(folder / "pid")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_connected(port)
        yield folder / "received"
    finally:
        process.terminate()
        process.wait(20)


def until_connected(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("rsyslog does not listen")


def received(file: Path, count: int) -> list[str]:
    """Return what has arrived, as soon as there are so many lines."""
    found: list[str] = []
    for _ in range(300):
        found = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if len(found) >= count:
            break
        time.sleep(0.05)
    return found


def sending(config: Config, engine: Engine, port: int, **how: str) -> SyslogSender:
    audit = AuditSettings(syslog_host="127.0.0.1", syslog_port=port, **how)  # type: ignore[arg-type]
    return SyslogSender(replace(config, audit=audit), engine)


def numbers(session: Session) -> list[str]:
    return [str(number) for number in session.scalars(select(AuditLine.id).order_by(AuditLine.id))]


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_every_line_and_checkpoint_arrives_once(
    config: Config, engine: Engine, session: Session, tmp_path: Path, transport: str
) -> None:
    with reading(engine) as other:
        made = checkpoints.make(config, other)
    assert made is not None
    port, wanted = a_free_port(), numbers(session)
    ca = {"syslog_ca": str(certificates.authority_file(config))} if transport == "tls" else {}
    sender = sending(config, engine, port, syslog_transport=transport, **ca)
    with collector(config, tmp_path, port, tls=transport == "tls") as file:
        assert not sender.go() and not sender.go()
        lines = received(file, len(wanted) + 1)
    assert [re.findall(r'audit@32473 line="(\d+)"', line)[0] for line in lines[:-1]] == wanted
    assert lines[-1].endswith("\ufeff" + made.text), "a file from which it can be verified"


def test_what_was_noted_while_the_collector_was_away_follows(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    port = a_free_port()
    sender = sending(config, engine, port, syslog_transport="tcp")
    with pytest.raises(ConfigurationError, match="ログ収集サーバー"):
        sender.go()
    session.add_all(AuditLine(verb="look", thing="meeting", thing_id=n) for n in range(700))
    session.commit()
    wanted = numbers(session)
    with collector(config, tmp_path, port) as file:
        assert sender.go(), "there is more than it sends at once"
        again = sending(config, engine, port, syslog_transport="tcp")  # started anew
        again.go()
        lines = received(file, len(wanted))
    assert [re.findall(r'line="(\d+)"', line)[0] for line in lines] == wanted


def test_a_collector_with_a_strangers_certificate_gets_nothing(
    config: Config, engine: Engine, tmp_path: Path
) -> None:
    port = a_free_port()
    stranger = replace(config, storage=StorageSettings(home=str(tmp_path / "stranger")))
    certificates.make_certificate(config, ["127.0.0.1"])
    ca = str(certificates.authority_file(config))
    sender = sending(config, engine, port, syslog_transport="tls", syslog_ca=ca)
    with collector(stranger, tmp_path, port, tls=True) as file:
        with pytest.raises(ConfigurationError, match="送れません"):
            sender.go()
        assert not file.exists()


def test_a_message_has_the_form_of_the_standard(cast: Cast) -> None:
    person = Person(login='a"b]c\\', name="森下 義之")
    line = AuditLine(
        id=7, at=datetime(2026, 4, 1, 0, 0, 1, 5, tzinfo=UTC), person_id=3, verb="refused_look",
        thing="meeting", thing_id=3, meeting_id=3, way=Way.SCREEN, address="192.0.2.7",
        result=Result.NO_RIGHT, times=2, link=bytes(32),
    )  # fmt: skip
    line.person = person
    message = syslog.line_message(line).decode()
    assert re.match(r"<108>1 2026-04-01T00:00:01\.000005Z [!-~]+ gijido - audit \[", message)
    assert r'login="a\"b\]c\\" way="screen" address="192.0.2.7" verb="refused_look"' in message
    assert message.endswith(
        '"] \ufeff森下 義之（a"b]c\\） 画面 192.0.2.7 会議 3 閲覧 拒否（権限がない）'
    )
