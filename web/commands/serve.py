"""`gijido serve`."""

import socket
import sys
import threading
from typing import Any

import click
import uvicorn

from meetings import certificates
from meetings.config import Config
from meetings.disk import home
from meetings.errors import StartRefused
from web.app import create_app
from web.asgi import raise_file_limit, serving
from web.commands import startup_warnings
from web.commands.beside import worker_beside

SWITCH_SECONDS = 0.0005
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2, those that authenticate what they encrypt and of which an old record stays closed
when the key is lost. TLS 1.3, which goes first, knows no others."""


@click.command("serve")
@click.pass_obj
def serve(config: Config) -> None:
    """Start the web server and one worker. Ctrl-C stops both."""
    tls = _tls(config)
    # The event loop sends to thousands of terminals while other threads make pages: it must
    # not wait 5 ms for each of its turns at the interpreter.
    sys.setswitchinterval(SWITCH_SECONDS)
    with home.served(config):
        app = create_app(config)
        startup_warnings.warn_of_certificates(config)
        startup_warnings.warn_of_missing_walls()
        # Comparing passwords takes a moment.
        threading.Thread(target=startup_warnings.warn_of_demo, args=(config,), daemon=True).start()
        with worker_beside(config):
            raise_file_limit()
            options = serving(app, host=config.server.host, port=config.server.port, **tls)
            _Server(options, config.address).run(_doors(config))


class _Server(uvicorn.Server):
    """Says where it is once somebody can go there, after everything else that a start tells."""

    def __init__(self, options: uvicorn.Config, address: str) -> None:
        super().__init__(options)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            click.echo(f"議事堂: {self._address}/  （終了は Ctrl-C）")


def _doors(config: Config) -> list[socket.socket] | None:
    """Return the sockets of the inner door and of that for what is published; None where there is
    the inner one alone, which uvicorn opens itself. Raises StartRefused."""
    server = config.server
    if not server.public_port:
        return None
    places = [(server.host, server.port), (server.public_host or server.host, server.public_port)]
    return [_bound(host, port) for host, port in places]


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as problem:
        raise StartRefused(
            f"{host} の {port} 番で待ち受けられません（{problem.strerror}）。[server] の host、"
            "port、public_host、public_port を確かめてください。"
        ) from problem


def _tls(config: Config) -> dict[str, Any]:
    """Return what uvicorn is told for TLS; nothing without it."""
    server = config.server
    if not server.tls_certificate:
        return {}
    certificate, key = config.path(server.tls_certificate), config.path(server.tls_key)
    certificates.check(certificate, key)
    return {"ssl_certfile": str(certificate), "ssl_keyfile": str(key), "ssl_ciphers": CIPHERS}
