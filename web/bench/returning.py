"""`gijido bench return`: how long a terminal in a real Chromium takes to be right again.

Three ways to lose the server: the terminal knows that it has no network (the cable is out), the
network swallows everything without a word (behind the wall), and the server starts anew. While the
terminal is away the presenter turns the page; measured is the time from the moment at which the
server can be reached again to the presenter's page on the screen and the stream in place.
"""

import io
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

import pikepdf

from web.bench.harness import client
from web.bench.harness.chromium import open_browser, signed_in
from web.bench.harness.server import empty_home, free_port, running

AWAY_SECONDS = 5.0
# Longer than a terminal needs to notice that nothing comes any more.
SILENT_SECONDS = 20.0
PIECE_BYTES = 65_536


@dataclass(frozen=True)
class ReturnMeasurement:
    """Milliseconds of each try."""

    unplugged_ms: list[float]
    silent_ms: list[float]
    restarted_ms: list[float]


def measure(tries: int) -> ReturnMeasurement:
    """Raise GijidoError where there is no browser."""
    port = free_port()
    restarted = []
    with empty_home() as config, _gate(port) as gate, open_browser() as browser:
        meeting_id, item_id = client.add_meeting(config)
        with running(config, port) as server:
            presenter = _Presenter(client.sign_in(server), meeting_id, item_id)
            terminal = _Terminal(browser, gate, presenter)
            unplugged = [terminal.unplug() for _ in range(tries)]
            silent = [terminal.fall_silent() for _ in range(tries)]
        for _ in range(tries):
            time.sleep(AWAY_SECONDS)
            with running(config, port):
                restarted.append(terminal.time_until_right())
    return ReturnMeasurement(unplugged, silent, restarted)


def as_json(measured: ReturnMeasurement) -> dict[str, Any]:
    return asdict(measured)


def as_table(measured: ReturnMeasurement) -> str:
    tries = {
        "unplugged": measured.unplugged_ms,
        "silent network": measured.silent_ms,
        "server restarted": measured.restarted_ms,
    }
    return "\n".join(
        f"{name}: right again after {statistics.median(found):.0f} ms (median of {len(found)}), "
        f"at most {max(found):.0f} ms"
        for name, found in tries.items()
    )


class _Gate:
    """Between terminal and server, as the network is. While it is silent it takes everything and
    hands nothing on; connections that it had then stay dead."""

    def __init__(self, server_port: int) -> None:
        self.is_silent = False
        self._server_port = server_port
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                threading.Thread(
                    target=self._join, args=self._door.accept()[:1], daemon=True
                ).start()

    def _join(self, terminal: socket.socket) -> None:
        if self.is_silent:
            self._swallow(terminal)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port))
        except OSError:
            terminal.close()
            return
        threading.Thread(target=self._forward, args=(terminal, server), daemon=True).start()
        self._forward(server, terminal)

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                if self.is_silent:
                    self._swallow(source)
                    return
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _swallow(self, source: socket.socket) -> None:
        with suppress(OSError):
            while source.recv(PIECE_BYTES):
                pass


@contextmanager
def _gate(server_port: int) -> Iterator[_Gate]:
    gate = _Gate(server_port)
    yield gate
    gate.close()


class _Presenter:
    """Turns between two pages of a document of their own."""

    def __init__(self, api: client.Client, meeting_id: int, item_id: int) -> None:
        self._api, self._path = api, f"/api/meetings/{meeting_id}"
        self.viewer = f"/meetings/{meeting_id}/presentation"
        self._document = api.upload(meeting_id, item_id, _two_pages())
        versions = api.ask("GET", f"/api/documents/{self._document}")["versions"]
        self._version, self._page = versions[-1]["id"], 1
        api.ask("POST", f"{self._path}/presenting")

    def turn(self) -> str:
        """Turn to the other page, and return what `data-shown` of a terminal says when it is
        there."""
        self._page = 3 - self._page
        turned = {"version_id": self._version, "page": self._page}
        self._api.ask("POST", f"{self._path}/turns", turned)
        return f"{self._document}:{self._page}"


class _Terminal:
    def __init__(self, browser: Any, gate: _Gate, presenter: _Presenter) -> None:
        self._gate, self._presenter = gate, presenter
        self._page = signed_in(browser, gate.url)
        self._page.goto(presenter.viewer)
        self.time_until_right()

    def unplug(self) -> float:
        self._page.context.set_offline(True)
        time.sleep(AWAY_SECONDS)
        shown = self._presenter.turn()
        self._page.context.set_offline(False)
        return self._time_until(shown)

    def fall_silent(self) -> float:
        self._gate.is_silent = True
        time.sleep(SILENT_SECONDS)
        shown = self._presenter.turn()
        self._gate.is_silent = False
        return self._time_until(shown)

    def time_until_right(self) -> float:
        """Turn a page at once, and return the milliseconds until the terminal shows it."""
        return self._time_until(self._presenter.turn())

    def _time_until(self, shown: str) -> float:
        begin = time.monotonic()
        right = f"#viewer[data-link='stream'][data-shown='{shown}']"
        self._page.wait_for_selector(right, timeout=60_000)
        return round(1000 * (time.monotonic() - begin))


def _two_pages() -> bytes:
    pdf, target = pikepdf.new(), io.BytesIO()
    for _ in range(2):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.save(target)
    return target.getvalue()
