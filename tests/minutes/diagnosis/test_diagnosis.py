"""What is wrong with an installation is said, with what to do."""

import json
import os
import resource
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from meetings import certificates
from meetings.config import Config
from meetings.disk import home
from meetings.settings.server import StorageSettings
from meetings.settings.work import SpeechSettings
from minutes.diagnosis import diagnosis, machine, programs, serving
from minutes.health import Finding, Level
from web.bench.harness.server import free_port
from web.commands.cli import cli

Look = Callable[[Config], Iterable[Finding]]


@pytest.fixture
def here(config: Config) -> Config:
    """An installation that nobody has started yet."""
    return replace(config, server=replace(config.server, port=free_port()))


def one(look: Look, config: Config) -> tuple[Level, str]:
    found = max(look(config), key=lambda finding: list(Level).index(finding.level))
    return found.level, found.sentence


def test_a_machine_on_which_everything_is_there_is_well(here: Config) -> None:
    found = {finding.name: finding.level for finding in diagnosis.diagnose(here)}
    for name in ("python", "sqlite", "ffmpeg", "typesetting", "japanese", "speech_model", "port"):
        assert found[name] == Level.FINE, name
    assert not here.home.exists(), "nothing is made"


def test_a_port_that_somebody_has_is_told(here: Config) -> None:
    with socket.socket() as other:
        other.bind((here.server.host, here.server.port))
        other.listen()
        level, sentence = one(serving.port, here)
    assert level == Level.PROBLEM and "ほかのプログラムが使っています" in sentence
    elsewhere = replace(here, server=replace(here.server, host="192.0.2.1"))
    assert "この機械のアドレスではありません" in one(serving.port, elsewhere)[1]


def test_a_server_that_runs_has_its_port(here: Config) -> None:
    with home.served(here):
        assert "動いています" in one(serving.port, here)[1]


def test_data_that_cannot_be_used_are_told(here: Config) -> None:
    assert "まだ空です" in one(serving.data, here)[1]
    (here.home / "files" / "ab").mkdir(parents=True)
    (here.home / "files" / "ab" / "file").touch()
    assert one(serving.data, here)[0] == Level.PROBLEM
    file = replace(here, storage=StorageSettings(home=__file__))
    assert "書き込めません" in one(serving.data, file)[1]


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda / ext4 rw 0 0\nnas:/x /srv nfs4 rw 0 0", "nfs4"),
        ("/dev/sda / ext4 rw 0 0\n//nas/x /srv/gijido cifs rw 0 0", "cifs"),
        ("nas:/x / nfs rw 0 0\n/dev/sda /srv/gijido ext4 rw 0 0", "ext4"),
    ],
)
def test_a_disk_of_another_machine_is_known(tmp_path: Path, mounts: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(mounts)
    assert machine.file_system_of(Path("/srv/gijido/home"), tmp_path / "mounts") == kind
    assert (kind in machine.SHARED) == (kind != "ext4")


def test_a_clock_that_is_behind_its_data_is_told(here: Config) -> None:
    assert one(machine.clock, here)[0] == Level.FINE
    here.home.mkdir(parents=True)
    here.database.touch()
    later = here.database.stat().st_mtime + 86_400
    os.utime(here.database, (later, later))
    level, sentence = one(machine.clock, here)
    assert level == Level.PROBLEM and "NTP" in sentence


def test_few_open_files_are_told(here: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, 1024))
    assert "LimitNOFILE" in one(machine.open_files, here)[1]


def test_a_key_of_another_certificate_and_another_name_are_told(here: Config) -> None:
    certificate, key = certificates.make_certificate(here, ["gijido.example.jp"])
    with_tls = replace(
        here.server,
        tls_certificate=str(certificate),
        tls_key=str(key),
        address="https://gijido.example.jp",
    )
    assert one(serving.tls, replace(here, server=with_tls))[0] == Level.FINE
    other = replace(with_tls, address="https://other.example.jp")
    level, sentence = one(serving.tls, replace(here, server=other))
    assert level == Level.WARNING and "gijido certificate other.example.jp" in sentence
    wrong = replace(with_tls, tls_key=str(certificate.with_name("authority.key")))
    assert one(serving.tls, replace(here, server=wrong))[0] == Level.PROBLEM


def test_addresses_that_lead_nowhere_are_told(here: Config) -> None:
    everywhere = replace(here, server=replace(here.server, host="0.0.0.0"))
    assert "[server] address に" in one(serving.address, everywhere)[1]
    assert one(serving.tls, everywhere)[0] == Level.WARNING
    wrong = replace(here, server=replace(here.server, address="gijido.example.jp"))
    assert one(serving.address, wrong)[0] == Level.PROBLEM


def test_a_speech_model_that_is_not_there_or_cut_is_told(here: Config, tmp_path: Path) -> None:
    missing = replace(here, speech=SpeechSettings(model=str(tmp_path / "none")))
    assert one(programs.speech_model, missing)[0] == Level.PROBLEM


def test_settings_that_cannot_be_read_are_told_with_their_line_and_the_rest_is_looked_at(
    here: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(here.home))
    file = tmp_path / "config.toml"
    file.write_text("[city]\nname = 1\n")
    result = CliRunner().invoke(cli, ["--config", str(file), "doctor", "--json"])
    assert result.exit_code == 2
    findings = {one["name"]: one for one in json.loads(result.stdout)["findings"]}
    assert "（2行目）" in findings["settings"]["sentence"]
    assert findings["python"]["level"] == "fine"
