"""A meeting that is now, and a script that takes part in it over the API."""

import json
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meetings.config import Config
from models.base import now
from models.database import connect, migrate, writing
from web.bench.harness.server import RunningServer
from web.demo import builders
from web.demo.people import PASSWORD, add_people

LONGEST_ANSWER_SECONDS = 600


def add_meeting(config: Config) -> tuple[int, int]:
    """Add a meeting with the demo's people, before the server starts; return its id and that of its
    first item."""
    migrate(config.database)
    with writing(connect(config.database)) as session, session.begin():
        people = add_people(session)
        meeting = builders.add_meeting(
            session,
            people["koga"],
            builders.folder("dx-council"),
            series="測定",
            department=people["koga"].department,
            starts_at=now() - timedelta(minutes=10),
        )
        session.flush()
        return meeting.id, meeting.agenda_items[0].id


@dataclass(frozen=True)
class Client:
    server: RunningServer
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the answer's JSON. Raises HTTPError when it is no success."""
        packed = None if body is None else json.dumps(body).encode()
        return self._send(method, path, packed, "application/json")

    def upload(self, meeting_id: int, item_id: int, pdf: bytes) -> int:
        """Add a document; its id."""
        edge = "gijido-bench"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="agenda_item_id"\r\n\r\n{item_id}'
            f'\r\n--{edge}\r\nContent-Disposition: form-data; name="file"; '
            'filename="bench.pdf"\r\n\r\n'
        )
        body = head.encode() + pdf + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return int(self._send("POST", f"/api/meetings/{meeting_id}/documents", body, kind)["id"])

    def _send(self, method: str, path: str, body: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = kind
        url = self.server.url + path
        request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=LONGEST_ANSWER_SECONDS) as answer:  # noqa: S310
            read = answer.read()
        return json.loads(read) if read else None


def sign_in(server: RunningServer, login: str = "koga") -> Client:
    """Sign in as the organiser, unless somebody else is named."""
    answer = Client(server).ask("POST", "/api/tokens", {"login": login, "password": PASSWORD})
    return Client(server, str(answer["token"]))
