"""Ways into the API: by bearer token as scripts do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from meetings.storage import Storage
from models.meeting import Meeting
from models.person import Person
from models.transcript import Transcript
from tests.conftest import Cast
from tests.world import HEARD
from web.demo import builders
from web.demo.people import PASSWORD


@dataclass
class Script:
    """`call` gives the JSON of an answer with the expected status."""

    client: FlaskClient
    token: str

    def open(self, method: str, path: str, **how: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        return self.client.open("/api" + path, method=method, headers=headers, **how)

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        how = {} if body is None else {"json": body}
        answer = self.open(method, path, **how)
        assert answer.status_code == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer.get_json() if answer.data else None

    def get(self, path: str, *, status: int = 200) -> Any:
        return self.call("GET", path, status=status)


@pytest.fixture
def script(app: Flask, session: Session) -> Callable[[Person], Script]:
    """`script(cast.secretary)` has signed in over the API, after committing."""

    def signed_in(person: Person) -> Script:
        session.commit()
        client = app.test_client(use_cookies=False)
        answer = client.post("/api/tokens", json={"login": person.login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        session.commit()  # what it read before that is old now
        return Script(client, answer.get_json()["token"])

    return signed_in


@pytest.fixture
def transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    return made


@pytest.fixture
def secretary(script: Callable[[Person], Script], cast: Cast) -> Script:
    return script(cast.secretary)
