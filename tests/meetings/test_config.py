"""Settings."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from meetings import config
from meetings.errors import ConfigurationError
from models.person import Role


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_is_the_default_of_the_code() -> None:
    assert config.load() == config.Config(file=config.DEFAULT_FILE)


def test_every_setting_stands_in_the_file_with_a_comment() -> None:
    text = config.DEFAULT_FILE.read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    lines = text.splitlines()
    for section in fields(config.Config):
        if section.name == "file":
            continue
        for setting in fields(getattr(config.Config(), section.name)):
            assert setting.name in tables[section.name]
            at = next(n for n, line in enumerate(lines) if line.startswith(f"{setting.name} ="))
            comment = lines[at - 1] if lines[at - 1].startswith("#") else lines[at - 2]
            assert comment.startswith("#"), f"{setting.name} has no comment"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[server]\nprot = 1", "server.prot は知らない項目です。"),
        ("[sever]\nport = 1", "[sever] は知らない項目です。"),
        ("server = 1", "[server] は知らない項目です。"),
        ('file = "other.toml"', "[file] は知らない項目です。"),
        ('[server]\nport = "8400"', "server.port は整数で書いてください。"),
        ("[server]\nport = 8400.0", "server.port は整数で書いてください。"),
        ("[server]\nport = true", "server.port は整数で書いてください。"),
        ("[server]\nport = -1", "server.port は0以上にしてください。"),
        ("[server]\nhost = 1", "server.host は文字列で書いてください。"),
        ("[speakers]\ntell_apart = 1", "speakers.tell_apart は true か false で書いてください。"),
        ("[speakers]\nvoiceprint_days = 0", "speakers.voiceprint_days は1以上にしてください。"),
        (
            "[speakers]\nvoiceprint_days = 3651",
            "speakers.voiceprint_days は3,650以下にしてください。",
        ),
        (
            '[speakers]\nvoiceprint_likeness = "0.5"',
            "speakers.voiceprint_likeness は小数で書いてください。",
        ),
        (
            "[speakers]\nvoiceprint_likeness = 0.0",
            "speakers.voiceprint_likeness は0より大きい数にしてください。",
        ),
        (
            "[speakers]\nvoiceprint_likeness = nan",
            "speakers.voiceprint_likeness は1より小さい数にしてください。",
        ),
        (
            "[speakers]\nvoiceprint_likeness = 1.0",
            "speakers.voiceprint_likeness は1より小さい数にしてください。",
        ),
        ('[backup]\nat = "25:00"', "backup.at は 02:30 のように、時と分で書いてください。"),
        (
            '[mail]\nsecurity = "ssl"',
            "mail.security は none、starttls、tls のどれかにしてください。",
        ),
        (
            '[mail]\nsmtp_host = "mail"',
            "mail.sender に、差出人のメールアドレスを書いてください。",
        ),
        (
            '[server]\ntls_key = "key.pem"',
            "server.tls_certificate と server.tls_key は、両方書くか、両方とも空にしてください。",
        ),
        (
            '[minutes]\nyears = "roman"',
            "minutes.years は as-is、era、western のどれかにしてください。",
        ),
        (
            '[minutes]\nspelling = ["下さ=くださ", "事"]',
            "minutes.spelling の「事」を読めません。「事=こと」の形で書いてください。",
        ),
        (
            '[minutes]\nspelling = "事=こと"',
            "minutes.spelling は文字列の並びで書いてください。",
        ),
        (
            '[zones]\nstaff = ["192.0.2.0/24", "192.0.2.7/24"]',
            "zones.staff の「192.0.2.7/24」はIPアドレスの範囲として読めません。192.0.2.10 や "
            "192.0.2.0/24 の形で書いてください。",
        ),
        (
            "[server]\npublic_port = 8400",
            "server.public_port は、server.port と違う番号にしてください。",
        ),
        (
            "[server]\npublic_inside = false",
            "server.public_inside を false にするときは、公開会議録のための server.public_port を"
            "書いてください。",
        ),
        (
            '[sign_in]\nsecond_factor_for = ["mayor"]',
            f"sign_in.second_factor_for は {'、'.join(Role)} のどれかにしてください。",
        ),
        (
            '[oidc]\nissuer = "http://login.city.example.jp"\nclient_id = "x"',
            "oidc.issuer は https:// で始まるアドレスにしてください。",
        ),
        (
            '[directory]\naddresses = ["dc1"]\nbase = "dc=x"',
            "directory.addresses の「dc1」は、ldaps:// か ldap:// で始めてください。",
        ),
        (
            '[directory]\naddresses = ["ldaps://dc1"]',
            "directory.addresses を書くときは、base、login、identity、name も書いてください。",
        ),
        (
            '[directory]\nroles = ["shoki -> chief"]',
            "roles の「shoki -> chief」を読めません。「グループ -> 役割」か"
            f"「グループ -> 役割=所属」の形で書いてください。役割は {'、'.join(Role)} です。",
        ),
        (
            '[proxy_sign_in]\naddresses = ["192.0.2.300"]',
            "proxy_sign_in.addresses の「192.0.2.300」はIPアドレスの範囲として読めません。"
            "192.0.2.10 や 192.0.2.0/24 の形で書いてください。",
        ),
        ("[minutes]\nspelling = [1]", "minutes.spelling は文字列の並びで書いてください。"),
    ],
)
def test_what_cannot_be_read_stops_the_start_with_its_key_and_what_to_write(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as problem:
        config.load(path)
    told = re.sub(r"（[12]行目）$", "", problem.value.message)
    assert told == f"設定ファイル {path} の {sentence}"


def test_a_file_that_is_no_toml_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"config\.toml を読めません"):
        config.load(write(tmp_path, "server = "))


def test_the_environment_moves_home_and_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIJIDO_PORT", "9000")
    loaded = config.load()
    assert loaded.home == tmp_path / "elsewhere"
    assert loaded.server.port == 9000


def test_a_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIJIDO_PORT", "eighty")
    with pytest.raises(ConfigurationError, match="GIJIDO_PORT"):
        config.load()


def test_the_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path, "[mail]\n\n[server]\n# the port\nport = '8400'\n[storage]\nhome = 'port'\n"
    )
    with pytest.raises(ConfigurationError, match="（5行目）"):
        config.load(path)
