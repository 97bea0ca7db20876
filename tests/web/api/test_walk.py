"""The way with the API alone, from the sign-in to the figures, and its description."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from models.meeting import Meeting
from models.person import Person
from models.transcript import Transcript
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


@pytest.fixture
def at(checked: Sign, cast: Cast) -> str:
    """The path of a meeting that a script has set up."""
    made = checked(cast.organiser).call("POST", "/meetings", NEW, status=201)
    assert made["starts_at"] == "2026-11-23T05:00:00Z"
    return f"/meetings/{made['id']}"


@pytest.fixture
def transcript(session: Session, storage: Storage, cast: Cast, at: str) -> Transcript:
    """What was heard in that meeting."""
    meeting = session.get_one(Meeting, int(at.rpartition("/")[2]))
    source = builders.folder("dx-council")
    recording = builders.add_recording(session, storage, cast.secretary, meeting, source)
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    return made


@pytest.fixture
def revision(checked: Sign, cast: Cast, at: str, transcript: Transcript) -> str:
    """The path of minutes made from it by script: every text has become a letter longer, everybody
    is the chair, and the whole was held elsewhere."""
    organiser, secretary = checked(cast.organiser), checked(cast.secretary)
    for segment in secretary.get(f"/transcripts/{transcript.id}")["segments"]:
        path = f"/segments/{segment['id']}"
        secretary.call("PUT", f"{path}/text", {"text": segment["text"] + "。", "revision": 0})
        secretary.call("PUT", f"{path}/speaker", {"name": "座長"})
        secretary.call("PUT", f"{path}/confirmation")
    item = organiser.call("POST", f"{at}/agenda-items", {"title": "骨子"}, status=201)
    first = transcript.segments[0].id
    secretary.call("PUT", f"/segments/{first}/agenda-item", {"agenda_item_id": item["id"]})
    draft = secretary.call("POST", f"{at}/minutes", {"transcript_id": transcript.id}, status=201)
    content = draft["content"] | {"place": "第2会議室"}
    revised = secretary.call("PUT", f"{at}/minutes", {"content": content, "based_on": 1})
    return f"/revisions/{revised['id']}"


@pytest.fixture
def published(checked: Sign, cast: Cast, revision: str) -> str:
    secretary, approver = checked(cast.secretary), checked(cast.approver)
    secretary.call("POST", f"{revision}/approval-request", status=201)
    decided = approver.call("POST", f"{revision}/approval", {"is_approved": True}, status=201)
    assert decided["request"]["decision"]["decided_by"]["name"] == "永野 剛"
    assert approver.call("POST", f"{revision}/publication", status=201)["is_published"]
    return revision


def test_a_script_knows_who_it_is(checked: Sign, cast: Cast) -> None:
    assert checked(cast.organiser).get("/me")["login"] == "koga"


def test_an_item_is_put_below_another_and_its_document_comes_with_a_file(
    checked: Sign, cast: Cast, at: str
) -> None:
    organiser = checked(cast.organiser)
    planned = {"title": "骨子", "planned_minutes": 40}
    first = organiser.call("POST", f"{at}/agenda-items", {"title": "開会"}, status=201)
    second = organiser.call("POST", f"{at}/agenda-items", planned, status=201)
    below = {"parent_id": first["id"], "position": 0}
    moved = organiser.call("POST", f"/agenda-items/{second['id']}/place", below)
    assert [item["number"] for item in moved["agenda_items"]] == ["1", "1-1"]
    pdf, item = papers.to_pdf("# 骨子"), str(second["id"])
    document = upload(organiser, f"{at}/documents", "骨子.pdf", pdf, agenda_item_id=item)
    assert (document["title"], document["agenda_item_id"]) == ("骨子", second["id"])
    version = document["versions"][0]["id"]
    assert organiser.open("GET", f"/versions/{version}/file").data.startswith(b"%PDF")


def test_who_is_invited_says_that_they_come_and_finds_the_meeting(
    checked: Sign, cast: Cast, at: str
) -> None:
    organiser, attendee = checked(cast.organiser), checked(cast.attendee)
    body = {"login": "okuma", "kind": "presenter"}
    assert organiser.call("POST", f"{at}/invitations", body, status=201)["answer"] is None
    assert attendee.call("PUT", f"{at}/answer", {"answer": "coming"})["answer"] == "coming"
    assert [f"/meetings/{m['id']}" for m in attendee.get("/meetings")["meetings"]] == [at]


def test_a_recording_that_is_sent_waits_and_its_work_can_be_cancelled(
    checked: Sign, cast: Cast, at: str
) -> None:
    secretary = checked(cast.secretary)
    sound = builders.folder("dx-council").audio.read_bytes()
    received = upload(secretary, f"{at}/recordings", "R01.m4a", sound)
    assert received["transcription"]["state"] == "waiting"
    assert received["recording"]["duration_seconds"] > 60
    work = secretary.call("DELETE", f"/transcriptions/{received['transcription']['id']}")
    assert work["state"] == "cancelled"


def test_minutes_that_are_sent_back_as_they_were_read_are_no_new_revision(
    checked: Sign, cast: Cast, at: str, revision: str
) -> None:
    secretary = checked(cast.secretary)
    latest = secretary.get(f"{at}/minutes")["revision"]
    assert latest["content"]["sections"][0]["paragraphs"][0]["speaker"] == "座長"
    same = secretary.call("PUT", f"{at}/minutes", {"content": latest["content"], "based_on": 2})
    assert (same["number"], f"/revisions/{same['id']}") == (2, revision)


def test_published_minutes_are_found_read_and_counted(
    checked: Sign, cast: Cast, at: str, published: str
) -> None:
    secretary = checked(cast.secretary)
    assert secretary.get(at)["state"] == "公開"
    listed = secretary.get("/published?q=骨子")["published"]
    assert [f"/meetings/{head['meeting_id']}" for head in listed] == [at]
    number = listed[0]["meeting_id"]
    assert secretary.get(f"/published/{number}")["content"]["place"] == "第2会議室"
    figures = secretary.get("/statistics")
    assert figures["sentence"] == "1所属 1件"
    assert figures["raw"]["missing"] == len(HEARD), "one full stop in each was not heard"


def test_withdrawn_minutes_are_published_no_more(checked: Sign, cast: Cast, published: str) -> None:
    approver, reason = checked(cast.approver), {"reason": "誤りがあった"}
    withdrawn = approver.call("DELETE", f"{published}/publication", reason)
    assert not withdrawn["is_published"]
    assert approver.get("/published")["published"] == []


def test_every_route_of_the_api_is_described(app: Flask, citizen: Any) -> None:
    document = citizen.get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    for rule in app.url_map.iter_rules():
        if str(rule).startswith("/api/"):
            path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", str(rule))
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
