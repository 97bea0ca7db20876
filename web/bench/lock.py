"""`gijido bench lock`: how long each changing route holds the write lock, on a meeting with a long
transcript. Everybody else who wants to save waits for so long."""

import io
import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.documents import appearance, preparation
from meetings.errors import GijidoError
from models.database import reading, writing
from models.transcript import Origin, Proposal, Transcript
from web.app import create_app
from web.bench.editor import SECRETARY, add_long_transcript
from web.bench.harness.server import empty_home
from web.demo import papers
from web.demo.people import PASSWORD
from web.transaction import engine_of

ORGANISER, APPROVER = "koga", "nagano"
WHEN = {
    "starts_at": "2030-11-23T14:00:00+09:00",
    "ends_at": "2030-11-23T16:00:00+09:00",
    "place": "第1会議室",
}
SOUND_MS = 340_000
BEGAN = "when the write lock was taken"


@dataclass(frozen=True)
class Held:
    """The time for which a transaction held the write lock; `cpu_ms`: how much of it its thread
    worked, which says more on a machine that is busy with other things."""

    ms: float = 0.0
    cpu_ms: float = 0.0


class Recorder:
    """Notes for how long each transaction held the write lock."""

    def __init__(self, engine: Engine) -> None:
        self.held: list[Held] = []
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "checkin", self._end)

    def worst_since(self) -> Held:
        """Return the longest of those that ended since this was asked last."""
        held, self.held = self.held, []
        return max(held, key=lambda one: one.ms, default=Held())

    def _begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("is_writing"):
            record = connection.connection.record_info
            assert record is not None
            record[BEGAN] = time.perf_counter(), time.thread_time()

    def _end(self, _connection: Any, record: Any) -> None:
        began = record.record_info.pop(BEGAN, None)
        if began is not None:
            ms, cpu_ms = time.perf_counter() - began[0], time.thread_time() - began[1]
            self.held.append(Held(1000 * ms, 1000 * cpu_ms))


@dataclass
class LockMeasurement:
    """By the name of the route: the longest that one request held the lock, its thread's work
    meanwhile, and the time until its answer was there."""

    segments: int
    held_ms: dict[str, float] = field(default_factory=dict)
    cpu_ms: dict[str, float] = field(default_factory=dict)
    took_ms: dict[str, float] = field(default_factory=dict)

    @property
    def worst_route(self) -> str:
        return max(self.held_ms, key=lambda name: self.held_ms[name])


def measure(segments: int) -> LockMeasurement:
    """Measure every step of a meeting's life on a transcript of so many segments, one after the
    other.

    Raises GijidoError when a request was refused.
    """
    with empty_home() as config:
        transcript_id = add_long_transcript(config, segments)
        walk = _Walk(create_app(config), config, LockMeasurement(segments))
        walk.go(transcript_id)
        engine_of(walk.app).dispose()
        return walk.measured


def as_json(measured: LockMeasurement) -> dict[str, Any]:
    worst = measured.worst_route
    return {
        "segments": measured.segments,
        "routes": measured.held_ms,
        "cpu_ms": measured.cpu_ms,
        "took_ms": measured.took_ms,
        "worst_route": worst,
        "worst_held_ms": measured.held_ms[worst],
    }


def as_table(measured: LockMeasurement) -> str:
    held = sorted(measured.held_ms.items(), key=lambda pair: -pair[1])
    lines = [f"{'':40}{'lock held, ms':>15}{'of it work':>12}{'answer after':>14}"]
    lines += [
        f"{name:40}{ms:>15,.1f}{measured.cpu_ms[name]:>12,.1f}{measured.took_ms[name]:>14,.0f}"
        for name, ms in held
    ]
    return "\n".join(lines)


class _Walk:
    """The meeting's life, request by request."""

    def __init__(self, app: Flask, config: Config, measured: LockMeasurement) -> None:
        self.app = app
        self._config = config
        self.measured = measured
        self._recorder = Recorder(engine_of(app))
        self._client = FlaskClient(app, use_cookies=False)
        self._tokens: dict[str, str] = {}

    def go(self, transcript_id: int) -> None:
        for login in (SECRETARY, ORGANISER, APPROVER):
            signed = self._ask("POST", "/tokens", {"login": login, "password": PASSWORD})
            self._tokens[login] = signed["token"]
        with reading(engine_of(self.app)) as session:
            transcript = session.get_one(Transcript, transcript_id)
            meeting_id, recording_id = transcript.meeting.id, transcript.recording.id
            series_id = transcript.meeting.series_id
            department_id = transcript.meeting.department_id
        self._prepare(meeting_id)
        self._sit(meeting_id)
        self._correct(transcript_id, meeting_id)
        self._teach(meeting_id, series_id, department_id)
        self._place(transcript_id, meeting_id)
        self._record(meeting_id, recording_id, transcript_id)
        self._write_minutes(meeting_id, transcript_id)
        self._finish()

    def _prepare(self, meeting_id: int) -> None:
        """Make the requests of the organiser before the meeting."""
        made = self._as(
            ORGANISER, "POST", "/meetings", {"series": "別の測定", "title": "次", **WHEN}
        )
        self._other = other = f"/meetings/{made['id']}"
        change = {"title": "次回", "revision": made["revision"], **WHEN}
        self._as(ORGANISER, "PUT", other, change)
        self._as(ORGANISER, "PUT", f"{other}/access", {"days": 30})
        here = f"/meetings/{meeting_id}"
        self._as(ORGANISER, "POST", f"{here}/copies", {"title": "写し", **WHEN})
        item = self._as(ORGANISER, "POST", f"{here}/agenda-items", {"title": "その他の件"})
        named = {"title": "その他", "presenter": "", "planned_minutes": 5}
        item = self._as(
            ORGANISER, "PUT", f"/agenda-items/{item['id']}", named | {"revision": item["revision"]}
        )
        place = {"parent_id": None, "position": 0}
        self._as(ORGANISER, "POST", f"/agenda-items/{item['id']}/place", place)
        document = self._send(ORGANISER, f"{here}/documents", "資料.pdf", papers.to_pdf("# 資料"))
        path = f"/documents/{document['id']}"
        self._as(ORGANISER, "PUT", path, {"title": "資料1", "agenda_item_id": item["id"]})
        version = self._send(ORGANISER, f"{path}/versions", "資料.pdf", papers.to_pdf("# 資料2"))
        for work in (preparation.prepare_some, appearance.compare_some):
            while work(engine_of(self.app), Storage(self._config.home)):
                pass
        self._as(ORGANISER, "POST", f"/versions/{version['id']}/release")
        permit = {"may_print": True, "may_download": True, "is_watermarked": False, "readers": []}
        self._as(ORGANISER, "PUT", f"{path}/permissions", permit)
        self._as(ORGANISER, "POST", f"{here}/invitations", {"login": "nagano"})
        self._as(ORGANISER, "POST", f"{here}/roster", {"login": "nagano"})
        self._as(ORGANISER, "POST", f"{other}/roster/invitations")
        self._as(ORGANISER, "POST", f"{other}/reminders")
        self._as(ORGANISER, "POST", f"{other}/guests", {"name": "客 一郎"})
        self._as(APPROVER, "PUT", f"{here}/answer", {"answer": "coming"})

    def _sit(self, meeting_id: int) -> None:
        """Make the requests of the meeting itself: pages and memos."""
        here = f"/meetings/{meeting_id}"
        shelf = self._as(ORGANISER, "GET", f"{here}/documents")["documents"]
        version_id = shelf[0]["versions"][-1]["id"]
        page = self._as(ORGANISER, "GET", f"/versions/{version_id}/pages")["pages"][0]
        self._as(ORGANISER, "POST", f"{here}/presenting")
        self._as(ORGANISER, "POST", f"{here}/turns", {"version_id": version_id, "page": 1})
        agenda = self._as(ORGANISER, "GET", f"{here}/agenda-items")["agenda_items"]
        self._as(ORGANISER, "PUT", f"{here}/current-item", {"agenda_item_id": agenda[1]["id"]})
        self._as(ORGANISER, "DELETE", f"{here}/presenting")
        memo = {"key": "1" * 8, "kind": "note", "content": {"x": 9, "y": 9, "text": "後で"}}
        written = self._as(ORGANISER, "POST", f"/pages/{page['id']}/memos", memo)
        self._as(ORGANISER, "PUT", f"/memos/{written['id']}/sharing")
        self._as(ORGANISER, "DELETE", f"/memos/{written['id']}")
        self._as(ORGANISER, "PUT", f"/pages/{page['id']}/bookmark")
        self._as(ORGANISER, "PUT", f"/versions/{version_id}/look")
        self._as(ORGANISER, "POST", f"{here}/attendances", {"name": "傍聴 一郎"})

    def _correct(self, transcript_id: int, meeting_id: int) -> None:
        """Make the requests of the editor."""
        here = f"/transcripts/{transcript_id}"
        segments = self._read(here)
        first, second = segments[1], segments[2]
        text = first["text"].replace("の", "が", 1) + "。"
        change = {"text": text, "revision": first["revision"]}
        one = f"/segments/{first['id']}"
        self._as(SECRETARY, "PUT", f"{one}/text", change)
        self._as(SECRETARY, "POST", f"{one}/alike", {"before": first["text"]})
        self._as(SECRETARY, "PUT", f"{one}/confirmation")
        self._as(SECRETARY, "DELETE", f"{one}/confirmation")
        self._as(SECRETARY, "PUT", f"{one}/speaker", {"name": "声1"})
        self._as(SECRETARY, "POST", f"{here}/editing-time", {"seconds": 10.0})
        cut = {"at": len(second["text"]) // 2, "revision": second["revision"]}
        parts = self._as(SECRETARY, "POST", f"/segments/{second['id']}/split", cut)["segments"]
        again = {"revision": parts[0]["revision"]}
        self._as(SECRETARY, "POST", f"/segments/{second['id']}/join", again)
        proposal, revision = self._proposal(segments[5]["id"])
        decision = {"revision": revision}
        self._as(SECRETARY, "POST", f"/proposals/{proposal}/acceptance", decision)
        segments = self._read(here)
        texts = [
            {"segment_id": s["id"], "text": s["text"] + "と", "revision": s["revision"]}
            for s in segments
        ]
        self._as(SECRETARY, "PUT", f"{here}/texts", {"texts": texts})
        named = [
            {"segment_id": s["id"], "now": s["speaker"] or "", "then": f"声{n % 9 + 1}"}
            for n, s in enumerate(segments)
        ]
        self._as(SECRETARY, "PUT", f"{here}/speakers", {"speakers": named})
        self._as(SECRETARY, "PUT", f"{one}/voice", {"name": "森下 花子"})
        self._as(SECRETARY, "POST", f"/segments/{segments[40]['id']}/voices")

    def _teach(self, meeting_id: int, series_id: int, department_id: int) -> None:
        here = f"/meetings/{meeting_id}"
        entry = self._as(SECRETARY, "PUT", f"{here}/dictionary", {"surface": "汐見線"})
        self._as(SECRETARY, "PUT", f"{here}/terms/switch", {"surface": "汐見線", "is_on": False})
        self._as(SECRETARY, "DELETE", f"{here}/dictionary/{entry['id']}")

    def _place(self, transcript_id: int, meeting_id: int) -> None:
        """Place every segment in the agenda; one item is taken away again."""
        here = f"/transcripts/{transcript_id}"
        items = self._as(ORGANISER, "GET", f"/meetings/{meeting_id}/agenda-items")["agenda_items"]
        places = [_again(segment, items[1]["id"]) for segment in self._read(here)]
        self._as(SECRETARY, "PUT", f"{here}/agenda-items", {"places": places})
        first, middle = places[0]["segment_id"], places[len(places) // 2]["segment_id"]
        self._as(SECRETARY, "PUT", f"/segments/{first}/agenda-item/confirmation")
        choice = {"agenda_item_id": items[2]["id"]}
        self._as(SECRETARY, "PUT", f"/segments/{middle}/agenda-item", choice)
        gone = self._as(
            ORGANISER, "POST", f"/meetings/{meeting_id}/agenda-items", {"title": "なし"}
        )
        self._as(ORGANISER, "DELETE", f"/agenda-items/{gone['id']}")

    def _record(self, meeting_id: int, recording_id: int, transcript_id: int) -> None:
        """Take in another text of the same sound, and place the recording."""
        path = f"/recordings/{recording_id}"
        text = _subtitles(self.measured.segments).encode()
        taken = self._send(SECRETARY, f"{path}/transcripts", "聞き取り.srt", text)
        self._as(SECRETARY, "DELETE", f"/transcripts/{taken['work']['transcript_id']}")
        began_at = self._as(SECRETARY, "GET", f"/meetings/{meeting_id}")["starts_at"]
        place = {"kind": "part", "began_at": began_at, "is_checked": True}
        self._as(SECRETARY, "PUT", f"{path}/place", place)

    def _write_minutes(self, meeting_id: int, transcript_id: int) -> None:
        here = f"/meetings/{meeting_id}/minutes"
        drafted = self._as(SECRETARY, "POST", here, {"transcript_id": transcript_id})
        style = {"endings": "plain"}
        body = {"style": style, "includes_hand": True, "based_on": drafted["number"]}
        styled = self._as(SECRETARY, "POST", f"{here}/style", body)
        content = styled["content"]
        content["title"] += "（案）"
        change = {"content": content, "based_on": styled["number"]}
        written = self._as(SECRETARY, "PUT", here, change)
        self._as(SECRETARY, "POST", f"/revisions/{written['id']}/left-out")
        self._as(SECRETARY, "POST", f"/transcripts/{transcript_id}/left-out")
        latest = self._as(SECRETARY, "GET", here)["revision"]["id"]
        self._as(SECRETARY, "POST", f"/revisions/{latest}/approval-request")
        decision = {"is_approved": True}
        self._as(APPROVER, "POST", f"/revisions/{latest}/approval", decision)
        self._as(APPROVER, "POST", f"/revisions/{latest}/publication")
        self._as(APPROVER, "DELETE", f"/revisions/{latest}/publication", {"reason": "測定"})

    def _finish(self) -> None:
        self._as(ORGANISER, "POST", f"{self._other}/calling-off", {"reason": "測定"})
        self._as(ORGANISER, "DELETE", "/tokens")

    def _read(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._as(SECRETARY, "GET", path)["segments"]
        return found

    def _proposal(self, segment_id: int) -> tuple[int, int]:
        """Add a new proposal to this segment, and return its id and the segment's revision."""
        with writing(engine_of(self.app)) as session, session.begin():
            made = Proposal(
                segment_id=segment_id, start=0, before="", after="え", origin=Origin.DICTIONARY
            )
            made.probability = 0.5
            session.add(made)
            session.flush()
            made.before = made.segment.text[:1]
            return made.id, made.segment.revision

    def _send(self, login: str, path: str, name: str, content: bytes) -> Any:
        return self._as(login, "POST", path, data={"file": (io.BytesIO(content), name)})

    def _as(self, login: str, method: str, path: str, body: Any = None, **how: Any) -> Any:
        return self._ask(
            method, path, body, {"Authorization": f"Bearer {self._tokens[login]}"}, how
        )

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        how: dict[str, Any] | None = None,
    ) -> Any:
        sent = {} if body is None else {"json": body}
        self._recorder.worst_since()
        began = time.perf_counter()
        answer = self._client.open(
            f"/api{path}", method=method, headers=headers, **sent, **(how or {})
        )
        took_ms = 1000 * (time.perf_counter() - began)
        if answer.status_code >= 400:
            raise GijidoError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        self._note(f"{method} {_route(path)}", took_ms)
        return answer.get_json() if answer.data else None

    def _note(self, name: str, took_ms: float) -> None:
        held, measured = self._recorder.worst_since(), self.measured
        if name.startswith("GET") and not held.ms:
            return
        for kept, ms in (
            (measured.held_ms, held.ms),
            (measured.cpu_ms, held.cpu_ms),
            (measured.took_ms, took_ms),
        ):
            kept[name] = round(max(ms, kept.get(name, 0.0)), 1)


def _route(path: str) -> str:
    return "/".join("N" if part.isdecimal() else part for part in path.split("/"))


def _again(segment: dict[str, Any], item_id: int) -> dict[str, Any]:
    now_there = {"agenda_item_id": segment["agenda_item_id"], "assigned_by": segment["assigned_by"]}
    then = {"agenda_item_id": item_id, "assigned_by": "text"}
    return {"segment_id": segment["id"], "now": now_there, "then": then}


def _subtitles(cues: int) -> str:
    """Return so many cues as fit into the demo's sound."""

    def at(cue: int) -> str:
        ms = cue * SOUND_MS // cues
        return f"00:{ms // 60_000:02}:{ms // 1000 % 60:02},{ms % 1000:03}"

    return "\n\n".join(
        f"{n + 1}\n{at(n)} --> {at(n + 1)}\n取り込んだ発言の{n}番です" for n in range(cues)
    )
