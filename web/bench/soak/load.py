"""People at work over the API. Each remembers what the server acknowledged, and what it may or may
not have done when the line broke."""

import json
import random
import threading
import uuid
import wave
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPException
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from web.demo.people import PASSWORD

ANSWER_SECONDS = 30.0
PAUSE_SECONDS = 0.05
PIECE_BYTES = 40_000
LINE_BROKE = (OSError, HTTPException)
"""What is raised when a server goes away: URLError and timeouts are OSErrors."""

MEANT = {503, 507}
"""Server errors that the house means: come again, the disk is full."""


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return what the body says."""
        return json.loads(self.body)


def _exchanged(request: Request) -> Reply:
    """Send the request and return the answer, whatever its status. Raises one of LINE_BROKE."""
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
            return Reply(answer.status, dict(answer.headers), answer.read())
    except HTTPError as refused:
        with refused:
            return Reply(refused.code, dict(refused.headers), refused.read())


@dataclass
class Ledger:
    """What one person wrote: `acknowledged` and `unsure` by the thing's own mark, and every answer
    that the house does not know."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, set[str]] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    lines_cut: int = 0


@dataclass(frozen=True)
class Place:
    """Where everybody works: a meeting, a page of its paper, a transcript."""

    meeting_id: int
    page_id: int
    transcript_id: int


class PersonAtWork(threading.Thread, ABC):
    """Somebody who does one kind of work again and again until told to stop. Whoever is cut off
    waits and goes on."""

    def __init__(self, url: str, login: str, place: Place, seed: int) -> None:
        super().__init__(daemon=True, name=f"{type(self).__name__} {login}")
        self.ledger = Ledger()
        self.place, self.chance = place, random.Random(seed)  # noqa: S311 - accidents that can be repeated
        self._url, self._login = url, login
        self._token = ""
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            try:
                if not self._token:
                    self._sign_in()
                self.work()
            except LINE_BROKE:
                self.ledger.lines_cut += 1

    def stop(self) -> None:
        """Let it finish what it is at."""
        self._stopping.set()

    @abstractmethod
    def work(self) -> None:
        """Do one piece of work. Raises one of LINE_BROKE."""

    def write(self, mark: str, value: str, method: str, path: str, body: Any) -> Any:
        """Send what sets the thing `mark` to `value`, and return the answer's JSON where it was
        acknowledged, else None."""
        self.ledger.unsure.setdefault(mark, set()).add(value)
        answer = self.ask(method, path, body)
        if answer.status < 300:
            self.ledger.acknowledged[mark] = value
            self.ledger.unsure.pop(mark)
            return answer.json() if answer.body else {}
        if answer.status < 500:
            self._forget(mark, value)
        return None

    def mark(self) -> str:
        """Return a word that nothing else has."""
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send a request and count its answer."""
        sent = dict(headers or {})
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        answer = _exchanged(Request(self._url + path, data, sent, method=method))  # noqa: S310
        self.ledger.answers[answer.status] += 1
        if answer.status >= 500 and answer.status not in MEANT:
            self.ledger.broken.append(f"{answer.status} {method} {path}")
        if answer.status == 401:
            self._token = ""
        return answer

    def _forget(self, mark: str, value: str) -> None:
        values = self.ledger.unsure[mark]
        values.discard(value)
        if not values:
            self.ledger.unsure.pop(mark)

    def _sign_in(self) -> None:
        told = self.ask("POST", "/api/tokens", {"login": self._login, "password": PASSWORD})
        if told.status == 201:
            self._token = told.json()["token"]


class AgendaWriter(PersonAtWork):
    """Adds agenda items; each title is used once."""

    def work(self) -> None:
        title = f"議題 {self.mark()}"
        path = f"/api/meetings/{self.place.meeting_id}/agenda-items"
        self.write(title, title, "POST", path, {"title": title})


class MemoWriter(PersonAtWork):
    """Writes memos; sends the same again when the line broke, as terminals do."""

    def work(self) -> None:
        key = self.mark()
        body = {"key": key, "kind": "note", "content": {"x": 0.5, "y": 0.5, "text": key}}
        path = f"/api/pages/{self.place.page_id}/memos"
        try:
            self.write(key, key, "POST", path, body)
        except LINE_BROKE:
            self.write(key, key, "POST", path, body)


class Corrector(PersonAtWork):
    """Corrects segments, each by what its revision is now. Nobody else is at this transcript."""

    def work(self) -> None:
        shown = self.ask("GET", f"/api/transcripts/{self.place.transcript_id}")
        if shown.status != 200:
            return
        segment = self.chance.choice(shown.json()["segments"])
        text = f"訂正 {self.mark()}"
        body = {"text": text, "revision": segment["revision"]}
        self.write(str(segment["id"]), text, "PUT", f"/api/segments/{segment['id']}/text", body)


class SoundSender(PersonAtWork):
    """Sends recordings in parts, and goes on where the server says that it is."""

    def work(self) -> None:
        content = noise(self.chance)
        self.ledger.unsure[sha256(content).hexdigest()] = {"sent"}
        told = self._tus("POST", f"/api/meetings/{self.place.meeting_id}/uploads", len(content))
        if told.status != 201:
            return
        place, offset = told.headers["location"], 0
        while offset < len(content):
            if self._stopping.is_set():
                return
            try:
                offset = self._go_on(place, offset, content)
            except LINE_BROKE:
                self.ledger.lines_cut += 1
                self._stopping.wait(0.5)
        self.ledger.acknowledged[sha256(content).hexdigest()] = "sent"
        self.ledger.unsure.pop(sha256(content).hexdigest())
        self._stopping.wait(5)

    def _go_on(self, place: str, offset: int, content: bytes) -> int:
        end = offset + self.chance.randrange(1, PIECE_BYTES)
        sent = self._tus("PATCH", place, offset, content[offset:end])
        if sent.status == 204:
            return int(sent.headers["upload-offset"])
        asked = self._tus("HEAD", place)
        return int(asked.headers.get("upload-offset", offset))

    def _tus(self, method: str, path: str, number: int = 0, data: bytes | None = None) -> Reply:
        headers = {"Tus-Resumable": "1.0.0"}
        if method == "POST":
            headers["Upload-Length"] = str(number)
        if method == "PATCH":
            headers["Upload-Offset"] = str(number)
            headers["Content-Type"] = "application/offset+octet-stream"
        return self.ask(method, path, data=data, headers=headers)


def noise(chance: random.Random) -> bytes:
    """Return two seconds of noise that no other recording has, as WAV."""
    made = BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(chance.randbytes(64_000))
    return made.getvalue()


class PageOpener(PersonAtWork):
    """Opens pages."""

    def work(self) -> None:
        meeting = self.place.meeting_id
        paths = (f"/meetings/{meeting}", "/today", "/meetings", f"/api/meetings/{meeting}/live")
        self.ask("GET", self.chance.choice(paths))
