"""Those who do their worst: `python -m web.bench.attack HOST PORT`, a process of its own beside
`gijido bench hostile`. On stdin one JSON object (`Targets`); it goes on until stdin is closed.

Half-sent bodies, slow readers, guessers of passwords, readers of the public front page, a subtitle
file that backtracking patterns choke on, and a PDF that grows without end when it is drawn.
"""

import asyncio
import http.client
import io
import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

import pikepdf

from web.bench.hostile_clients import half_sent_bodies, slow_readers

HALF_SENT, SLOW, GUESSERS, CITIZENS = 16, 16, 16, 12
SUBTITLE_SPACES = 30_000
LONGEST_ANSWER_SECONDS = 120


@dataclass(frozen=True)
class Targets:
    """What an attacker knows: tokens of the rightful accounts that are turned against the house,
    and what they may reach."""

    attendee: str
    secretary: str
    organiser: str
    version_id: int
    recording_id: int
    meeting_id: int
    agenda_item_id: int

    def packed(self) -> str:
        return json.dumps(asdict(self))


@dataclass
class Server:
    host: str
    port: int

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
        """The status of the answer, read to its end."""
        line = http.client.HTTPConnection(self.host, self.port, timeout=LONGEST_ANSWER_SECONDS)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()


def evil_subtitle() -> bytes:
    """30 KB in which a voice's name begins and never ends."""
    head = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
    return f"{head}<v{' ' * SUBTITLE_SPACES}".encode()


def nested_forms(fold: int = 10, deep: int = 12) -> bytes:
    """A PDF of one page and a few kilobytes whose form draws another one `fold` times, which does
    the same, `deep` times over."""
    pdf, made = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    form = {"Type": pikepdf.Name.XObject, "Subtype": pikepdf.Name.Form, "BBox": [0, 0, 595, 842]}
    inner = pdf.make_stream(b"0 0 1 1 re f", **form)
    for _ in range(deep):
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        inner = pdf.make_stream(b"/F Do " * fold, Resources=resources, **form)
    pdf.pages[0].obj.Resources = inner.Resources
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/F Do " * fold)
    pdf.save(made)
    return made.getvalue()


def guess(server: Server) -> None:
    body = json.dumps({"login": "morishita", "password": "wrong-password"}).encode()
    server.send("POST", "/api/tokens", body, {"Content-Type": "application/json"})


def send_subtitle(server: Server, targets: Targets) -> None:
    path = f"/api/recordings/{targets.recording_id}/transcripts"
    _send_file(server, path, targets.secretary, "evil.vtt", evil_subtitle())


def send_bomb(server: Server, targets: Targets) -> None:
    path = f"/api/meetings/{targets.meeting_id}/documents"
    _send_file(server, path, targets.organiser, "bomb.pdf", nested_forms())


def _send_file(server: Server, path: str, token: str, name: str, content: bytes) -> int:
    edge = "gijido-bench"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    kind = f"multipart/form-data; boundary={edge}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    return server.send("POST", path, body, headers)


def _again_and_again(act: Callable[[], object], stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            act()
        except (OSError, http.client.HTTPException):
            stopping.wait(0.2)  # turned away: try again, as an attacker does


def _attack(server: Server, targets: Targets) -> None:
    stopping = threading.Event()
    acts: list[Callable[[], object]] = [lambda: guess(server)] * GUESSERS
    acts += [lambda: server.send("GET", "/", None, {})] * CITIZENS
    threads = [
        threading.Thread(target=_again_and_again, args=(act, stopping), daemon=True) for act in acts
    ]
    for once in (send_subtitle, send_bomb):
        threads.append(threading.Thread(target=once, args=(server, targets), daemon=True))
    for thread in threads:
        thread.start()
    with suppress(asyncio.CancelledError):
        asyncio.run(_hold(server, targets))
    stopping.set()


async def _hold(server: Server, targets: Targets) -> None:
    """Connections that are kept busy doing nothing, until stdin is closed."""
    path = f"/versions/{targets.version_id}/file"
    held = [
        asyncio.create_task(half_sent_bodies(server.host, server.port, HALF_SENT)),
        asyncio.create_task(slow_readers(server.host, server.port, path, targets.attendee, SLOW)),
    ]
    await asyncio.to_thread(sys.stdin.read)
    for task in held:
        task.cancel()


if __name__ == "__main__":
    _attack(Server(sys.argv[1], int(sys.argv[2])), Targets(**json.loads(sys.stdin.readline())))
