"""TLS inside the city hall: an authority of its own, and a server that is trusted by it."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from http.client import HTTPResponse
from pathlib import Path

import pytest

from meetings import certificates
from meetings.config import Config
from meetings.errors import ConfigurationError, InvalidInput
from meetings.settings.server import StorageSettings
from tests.conftest import Browser
from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.slow
WITHOUT_GCM = "ECDHE+AES128:!AESGCM:!AESCCM"
WEAK = [
    (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
    (ssl.TLSVersion.TLSv1_2, WITHOUT_GCM),
]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_the_server_is_trusted_by_whoever_trusts_the_authority(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "home"
    surroundings = os.environ | {"GIJIDO_HOME": str(home), "GIJIDO_PORT": str(port)}
    made = subprocess.run(
        [sys.executable, "-m", "web.commands.cli", "certificate", "localhost", "--more",
        "127.0.0.1"], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [line for line in made.stdout.splitlines() if line.startswith("tls_")]
    written = tmp_path / "config.toml"
    written.write_text("[server]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "web.commands.cli", "--config", str(written), "serve"],
        cwd=ROOT,
        env=surroundings,
    )
    try:
        trusting = ssl.create_default_context(cafile=home / "tls" / "authority.crt")
        answer = _asked(f"https://127.0.0.1:{port}/sign-in", trusting)
        assert "Secure" in (answer.headers["Set-Cookie"] or "")
        assert _asked(f"https://localhost:{port}/trust", trusting).status == 200
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"https://127.0.0.1:{port}/")
        for version, ciphers in WEAK:
            weak = ssl.create_default_context(cafile=home / "tls" / "authority.crt")
            weak.maximum_version = version
            weak.set_ciphers(ciphers)
            with socket.create_connection(("127.0.0.1", port)) as line, pytest.raises(OSError):
                weak.wrap_socket(line, server_hostname="localhost")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def _asked(url: str, context: ssl.SSLContext) -> HTTPResponse:
    for _ in range(200):
        try:
            answer = urllib.request.urlopen(url, context=context)
            assert isinstance(answer, HTTPResponse)
            return answer
        except ConnectionError:
            time.sleep(0.2)
        except urllib.error.URLError as problem:
            if not isinstance(problem.reason, ConnectionError):
                raise
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


def test_renewing_keeps_the_authority_and_its_key_to_oneself(config: Config) -> None:
    certificates.make_certificate(config, ["gijido.city.example.jp"])
    authority = certificates.authority_file(config)
    before, key = authority.read_bytes(), authority.with_suffix(".key")
    first = (authority.parent / "server.crt").read_bytes()
    certificates.make_certificate(config, ["gijido.city.example.jp", "10.1.2.3"])
    assert authority.read_bytes() == before
    assert (authority.parent / "server.crt").read_bytes() != first
    assert key.stat().st_mode & 0o077 == 0


def test_a_name_that_cannot_stand_in_a_certificate_is_told(config: Config) -> None:
    with pytest.raises(InvalidInput, match="名前かIPアドレス"):
        certificates.make_certificate(config, ["議事堂.example"])


def test_certificate_and_key_must_belong_together(config: Config, tmp_path: Path) -> None:
    certificate, key = certificates.make_certificate(config, ["localhost"])
    other = replace(config, storage=StorageSettings(home=str(tmp_path / "other")))
    _, wrong = certificates.make_certificate(other, ["localhost"])
    certificates.check(certificate, key)
    for bad in (wrong, tmp_path / "missing.key"):
        with pytest.raises(ConfigurationError, match="使えません"):
            certificates.check(certificate, bad)


def test_the_page_on_trusting_is_there_when_there_is_an_authority(
    config: Config, citizen: Browser
) -> None:
    assert citizen.get("/trust").status_code == 404
    certificates.make_certificate(config, ["localhost"])
    page = citizen.get("/trust").text
    assert certificates.fingerprint(certificates.authority_file(config)) in page
    assert b"BEGIN CERTIFICATE" in citizen.get("/trust/authority.crt").data
