"""The whole path with the API alone, from the sign-in to the figures, and its description."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.person import Person
from models.recording import Recording
from tests.conftest import Cast, Script
from tests.world import HEARD
from web.api.description import describe
from web.api.operations import operation_of
from web.demo import builders, papers

Sign = Callable[[Person], Script]
NEW = {
    "series": "検証会議",
    "title": "第1回 検証会議",
    "starts_at": "2026-11-23T14:00:00+09:00",
    "ends_at": "2026-11-23T16:00:00+09:00",
    "place": "第1会議室",
}


@pytest.fixture
def checked(app: Flask, script: Sign) -> Sign:
    """Scripts whose every answer is checked against the model that its route declares."""

    def signed_in(person: Person) -> Script:
        made = script(person)
        plain = made.open

        def open_checked(method: str, path: str, **how: Any) -> Any:
            answer = plain(method, path, **how)
            check(app, method, "/api" + path, answer)
            return answer

        made.open = open_checked  # type: ignore[method-assign]
        return made

    return signed_in


def check(app: Flask, method: str, path: str, answer: Any) -> None:
    endpoint, _ = app.url_map.bind("localhost").match(path.split("?")[0], method=method)
    declared = operation_of(app.view_functions[endpoint])
    assert declared is not None
    assert answer.status_code == declared.status, f"{method} {path}: {answer.text}"
    if declared.answers is not None:
        declared.answers.model_validate_json(answer.data)


def upload(script: Script, path: str, name: str, content: bytes, **fields: str) -> Any:
    form = {**fields, "file": (io.BytesIO(content), name)}
    return script.open("POST", path, data=form).get_json()


def test_the_whole_path(checked: Sign, cast: Cast, session: Session) -> None:
    organiser, secretary = checked(cast.organiser), checked(cast.secretary)
    approver, attendee = checked(cast.approver), checked(cast.attendee)
    assert organiser.get("/me")["login"] == "koga"

    meeting = organiser.call("POST", "/meetings", NEW, status=201)
    at = f"/meetings/{meeting['id']}"
    assert meeting["starts_at"] == "2026-11-23T05:00:00Z"
    first = organiser.call("POST", f"{at}/agenda-items", {"title": "開会"}, status=201)
    second = organiser.call(
        "POST", f"{at}/agenda-items", {"title": "骨子", "planned_minutes": 40}, status=201
    )
    moved = organiser.call(
        "POST", f"/agenda-items/{second['id']}/place", {"parent_id": first["id"], "position": 0}
    )
    assert [item["number"] for item in moved["agenda_items"]] == ["1", "1-1"]

    document = upload(
        organiser,
        f"{at}/documents",
        "骨子.pdf",
        papers.to_pdf("# 骨子"),
        agenda_item_id=str(second["id"]),
    )
    assert (document["title"], document["agenda_item_id"]) == ("骨子", second["id"])
    version = document["versions"][0]["id"]

    body = {"login": "okuma", "kind": "presenter"}
    assert organiser.call("POST", f"{at}/invitations", body, status=201)["answer"] is None
    assert attendee.call("PUT", f"{at}/answer", {"answer": "coming"})["answer"] == "coming"
    assert attendee.open("GET", f"/versions/{version}/file").data.startswith(b"%PDF")
    assert [m["id"] for m in attendee.get("/meetings")["meetings"]] == [meeting["id"]]

    sound = builders.folder("dx-council").audio.read_bytes()
    received = upload(secretary, f"{at}/recordings", "R01.m4a", sound)
    assert received["transcription"]["state"] == "waiting"
    assert received["recording"]["duration_seconds"] > 60
    work = secretary.call("DELETE", f"/transcriptions/{received['transcription']['id']}")
    assert work["state"] == "cancelled"

    session.commit()
    recording = session.get_one(Recording, received["recording"]["id"])
    transcript = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    shown = secretary.get(f"/transcripts/{transcript.id}")
    for segment in shown["segments"]:
        path = f"/segments/{segment['id']}"
        secretary.call("PUT", f"{path}/text", {"text": segment["text"] + "。", "revision": 0})
        secretary.call("PUT", f"{path}/speaker", {"name": "座長"})
        secretary.call("PUT", f"{path}/confirmation")
    secretary.call(
        "PUT",
        f"/segments/{shown['segments'][0]['id']}/agenda-item",
        {"agenda_item_id": first["id"]},
    )

    draft = secretary.call("POST", f"{at}/minutes", {"transcript_id": transcript.id}, status=201)
    content = draft["content"]
    assert content["sections"][0]["paragraphs"][0]["speaker"] == "座長"
    same = secretary.call("PUT", f"{at}/minutes", {"content": content, "based_on": 1})
    assert same["number"] == 1, "sending back what was read is no change"
    content["place"] = "第2会議室"
    revised = secretary.call("PUT", f"{at}/minutes", {"content": content, "based_on": 1})
    assert revised["number"] == 2
    revision = f"/revisions/{revised['id']}"
    secretary.call("POST", f"{revision}/approval-request", status=201)
    decided = approver.call("POST", f"{revision}/approval", {"is_approved": True}, status=201)
    assert decided["request"]["decision"]["decided_by"]["name"] == "永野 剛"
    assert approver.call("POST", f"{revision}/publication", status=201)["is_published"]
    assert secretary.get(f"{at}")["state"] == "公開"

    listed = secretary.get("/published?q=骨子")["published"]
    assert [head["meeting_id"] for head in listed] == [meeting["id"]]
    public = secretary.get(f"/published/{meeting['id']}")
    assert public["content"]["place"] == "第2会議室"
    figures = secretary.get("/statistics")
    assert figures["sentence"] == "1所属 1件"
    assert figures["raw"]["missing"] == len(HEARD), "one full stop in each was not heard"

    withdrawn = approver.call("DELETE", f"{revision}/publication", {"reason": "誤りがあった"})
    assert not withdrawn["is_published"]
    assert secretary.get("/published")["published"] == []


def test_every_route_of_the_api_is_described(app: Flask, citizen: Any) -> None:
    document = citizen.get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    for rule in app.url_map.iter_rules():
        if str(rule).startswith("/api/"):
            path = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", str(rule))
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                entry = document["paths"][path][method.lower()]
                assert entry["summary"] and entry["responses"]
                places = {p["name"] for p in entry["parameters"] if p["in"] == "path"}
                assert places == set(rule.arguments)


def test_the_description_refers_to_nothing_that_it_does_not_hold(app: Flask) -> None:
    document = describe(app)
    text = str(document)
    named = set(re.findall(r"#/components/schemas/([\w-]+)", text))
    assert named <= set(document["components"]["schemas"])
    ids = re.findall(r"'operationId': '(\w+)'", text)
    assert len(ids) == len(set(ids)) > 40


def test_every_body_and_answer_refuses_unknown_fields(app: Flask) -> None:
    for view in app.view_functions.values():
        declared = operation_of(view)
        models: list[type[BaseModel] | None] = (
            [declared.body, declared.answers, declared.query] if declared else []
        )
        for model in models:
            assert model is None or model.model_config.get("extra") == "forbid"
