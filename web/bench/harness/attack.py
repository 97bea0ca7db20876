"""Those who do their worst: `python -m web.bench.harness.attack HOST PORT`, a process of its own
beside `gijido bench hostile`. On stdin comes one JSON object (`Targets`); it goes on until it is
killed.

Half-sent bodies, slow readers, guessers of passwords, readers of the public front page, a subtitle
file that backtracking patterns choke on, and a PDF that grows without end when it is drawn.
"""

import io
import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

import pikepdf

from web.bench.harness.hostile_clients import (
    ServerAddress,
    exchange,
    guess,
    half_sent_bodies,
    request,
    slow_readers,
)

HALF_SENT, SLOW, GUESSERS, CITIZENS = 16, 16, 16, 12
HELD_SECONDS = 20.0
"""So long a connection does nothing before its holder makes another."""

TURNED_AWAY_SECONDS = 0.2
LONGEST_ANSWER_SECONDS = 120.0
SUBTITLE_SPACES = 30_000


@dataclass(frozen=True)
class Targets:
    """What an attacker knows: tokens of rightful accounts that are turned against the house, and
    what they may reach."""

    attendee: str
    secretary: str
    organiser: str
    version_id: int
    recording_id: int
    meeting_id: int

    def packed(self) -> str:
        return json.dumps(asdict(self))


def evil_subtitle() -> bytes:
    """Return 30 KB in which the name of a voice begins and never ends."""
    head = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n"
    return f"{head}<v{' ' * SUBTITLE_SPACES}".encode()


def nested_forms(fold: int = 10, deep: int = 12) -> bytes:
    """Return a PDF of one page and a few kilobytes whose form draws another one `fold` times, which
    does the same, `deep` times over."""
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


def attack(place: ServerAddress, targets: Targets) -> None:
    """Do all of it at once; this does not come back."""
    file = f"/versions/{targets.version_id}/file"
    acts: list[Callable[[], object]] = [
        lambda: _hold_half_sent(place),
        lambda: _hold_slow(place, file, targets.attendee),
        *[lambda: guess(place, "morishita")] * GUESSERS,
        *[lambda: exchange(place, request("GET", "/"))] * CITIZENS,
    ]
    for act in acts:
        threading.Thread(target=_again_and_again, args=(act,), daemon=True).start()
    subtitles = f"/api/recordings/{targets.recording_id}/transcripts"
    documents = f"/api/meetings/{targets.meeting_id}/documents"
    _send_file(place, subtitles, targets.secretary, "evil.vtt", evil_subtitle())
    _send_file(place, documents, targets.organiser, "bomb.pdf", nested_forms())
    threading.Event().wait()


def _again_and_again(act: Callable[[], object]) -> None:
    while True:
        with suppress(OSError):
            act()
            continue
        time.sleep(TURNED_AWAY_SECONDS)


def _hold_half_sent(place: ServerAddress) -> None:
    with half_sent_bodies(place, HALF_SENT):
        time.sleep(HELD_SECONDS)


def _hold_slow(place: ServerAddress, path: str, token: str) -> None:
    with slow_readers(place, SLOW, path, token):
        time.sleep(HELD_SECONDS)


def _send_file(place: ServerAddress, path: str, token: str, name: str, content: bytes) -> None:
    edge = "gijido-bench"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    kind = f"multipart/form-data; boundary={edge}"
    sent = request("POST", path, body, token, Content_Type=kind)
    exchange(place, sent, seconds=LONGEST_ANSWER_SECONDS)


if __name__ == "__main__":
    attack(
        ServerAddress(int(sys.argv[2]), sys.argv[1]), Targets(**json.loads(sys.stdin.readline()))
    )
