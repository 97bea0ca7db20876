"""A real OpenID provider (the certified `oidc-provider` of npm, in Node.js) with TLS by an
authority of our own, and a person with a browser at its forms."""

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urljoin

import requests

from meetings import certificates
from meetings.config import Config
from meetings.settings.accounts import OidcSettings
from tests.pages import tree
from tests.slapd import free_port

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "web/assets/node_modules"
NODE = shutil.which("node")
PEOPLE = {
    "1001": {
        "name": "佐藤 花子",
        "preferred_username": "sato",
        "email": "sato@city.example.jp",
        "department": "財政課",
        "groups": ["/shoki"],
    },
    "1002": {"name": "別の人", "preferred_username": "shimada", "groups": []},
}
"""By the name that they type there, which is their `sub`."""


@dataclass
class RunningProvider:
    """`settings` are those of a city that uses it; `home` is the city's address."""

    folder: Path
    settings: OidcSettings
    home: str
    running: "subprocess.Popen[str]" = field(repr=False)
    logout_tokens: "queue.Queue[str]" = field(repr=False)
    """What it sent to the city of those who signed out there."""

    def restart(self) -> None:
        """End it and start it again: it has other keys then, and has forgotten everybody."""
        self.stop()
        self.running = _started(self.folder)

    def stop(self) -> None:
        self.running.terminate()
        self.running.wait()

    def browser(self) -> "ProviderBrowser":
        return ProviderBrowser(self)


class ProviderBrowser:
    """A person's browser at the provider, which follows everything but the way back to the city."""

    def __init__(self, provider: RunningProvider) -> None:
        self._session = requests.Session()
        self._session.verify = provider.settings.certificate_authority
        self._session.trust_env = False
        self._home = provider.home

    def go(self, address: str, **typed: str) -> str:
        """Go to this address, fill in each form that comes, and return where it leads back to."""
        answer = self._session.get(address, allow_redirects=False)
        for _ in range(20):
            if answer.is_redirect:
                address = urljoin(answer.url, answer.headers["location"])
                if address.startswith(self._home):
                    return address
                answer = self._session.get(address, allow_redirects=False)
            else:
                form = tree(answer.text).forms[0]
                action = urljoin(answer.url, form.action)
                filled = dict(form.form_values()) | typed
                answer = self._session.post(action, data=filled, allow_redirects=False)
        raise AssertionError(answer.text)


@contextmanager
def oidc_provider(folder: Path, home: str) -> Iterator[RunningProvider]:
    """Run a provider that knows the city at the address `home` as its one client."""
    folder.mkdir(parents=True, exist_ok=True)
    config = replace(Config(), file=folder / "config.toml")
    certificate, key = certificates.make_certificate(config, ["127.0.0.1"])
    port, logout_tokens = free_port(), queue.Queue[str]()
    settings = OidcSettings(
        issuer=f"https://127.0.0.1:{port}",
        client_id="gijido",
        client_secret="a secret of the client",
        certificate_authority=str(certificates.authority_file(config)),
        department="department",
        roles=("shoki -> secretary=財政課",),
    )
    listening = _listening(logout_tokens)
    told = {
        "modules": str(MODULES),
        "issuer": settings.issuer,
        "port": port,
        "certificate": str(certificate),
        "key": str(key),
        "people": PEOPLE,
        "client": {
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "redirect_uris": [f"{home}/sign-in/oidc/callback"],
            "post_logout_redirect_uris": [f"{home}/"],
            "backchannel_logout_uri": f"http://127.0.0.1:{listening.server_port}/",
        },
    }
    (folder / "settings.json").write_text(json.dumps(told))
    provider = RunningProvider(folder, settings, home, _started(folder), logout_tokens)
    try:
        yield provider
    finally:
        provider.stop()
        listening.shutdown()
        listening.server_close()


def _listening(tokens: "queue.Queue[str]") -> HTTPServer:
    """Take in the place of the city what the provider tells of those who signed out."""

    class Told(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            tokens.put(parse_qs(body)["logout_token"][0])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _started(folder: Path) -> "subprocess.Popen[str]":
    assert NODE
    log = (folder / "log").open("w")
    running = subprocess.Popen(
        [NODE, ROOT / "tests/oidc_provider.mjs", folder / "settings.json"],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert running.stdout
    said = running.stdout.readline()
    assert said.strip() == "ready", (folder / "log").read_text()
    return running
