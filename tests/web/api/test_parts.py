"""Parts and spares over the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from models.person import Person
from models.transcript import Transcript
from tests.conftest import Cast, Script
from tests.parts import TwoParts
from tests.queries import unchanged
from tests.world import HEARD
from web.demo import builders


@pytest.fixture
def secretary(script: Callable[[Person], Script], cast: Cast, two_parts: TwoParts) -> Script:
    return script(cast.secretary)


def test_recordings_are_listed_by_the_clock_with_their_distance(
    secretary: Script, two_parts: TwoParts, spare: Transcript
) -> None:
    listed = secretary.get(f"/meetings/{two_parts.meeting.id}/recordings")["recordings"]
    assert [(r["file_name"], r["kind"], r["part"], r["offset_seconds"]) for r in listed] == [
        ("前半.flac", "part", 1, 0.0),
        ("予備機.wav", "spare", 1, 1.0),
        ("後半.flac", "part", 2, 80.0),
    ]
    assert listed[0]["began_at"] == "2026-11-23T05:00:05Z"


def test_a_recording_is_placed_by_clock_or_by_distance(
    secretary: Script, two_parts: TwoParts
) -> None:
    path = f"/recordings/{two_parts.second.recording.id}/place"
    by_clock = {"kind": "part", "began_at": "2026-11-23T14:30:00+09:00"}
    assert secretary.call("PUT", path, by_clock)["offset_seconds"] == 1795.0
    by_distance = {"kind": "spare", "after_first_part_seconds": 3.5}
    placed = secretary.call("PUT", path, by_distance)
    assert (placed["kind"], placed["part"], placed["offset_seconds"]) == ("spare", 1, 3.5)
    assert placed["began_at"] == "2026-11-23T05:00:08.500000Z"
    assert secretary.call("PUT", path, {"kind": "part"})["began_at"] is None


def test_a_place_that_somebody_else_changed_meanwhile_is_not_written_over(
    secretary: Script, two_parts: TwoParts
) -> None:
    path = f"/recordings/{two_parts.second.recording.id}"
    seen = secretary.get(path)["place"]
    by_clock = {"kind": "part", "began_at": "2026-11-23T14:30:00+09:00", "seen": seen}
    assert "14:30:00から" in secretary.call("PUT", f"{path}/place", by_clock)["place"]
    refused = secretary.call("PUT", f"{path}/place", {"kind": "part", "seen": seen}, status=409)
    assert "14:30:00" in refused["theirs"]


FAR, NEAR = "2020-01-01T00:00:00Z", "2026-11-23T05:00:00Z"
NONSENSE: list[tuple[dict[str, object], str, str]] = [
    ({"kind": "x"}, "kind", "part"),
    ({"kind": "part", "began_at": FAR}, "began_at", "1日より離れて"),
    ({"kind": "part", "began_at": "14:00:05"}, "began_at", "日時"),
    (
        {"kind": "part", "began_at": NEAR, "after_first_part_seconds": 1},
        "began_at",
        "どちらか一つ",
    ),
    ({"kind": "part", "after_first_part_seconds": 1e9}, "after_first_part_seconds", "以下"),
]


def test_nonsense_is_refused_by_its_field(
    secretary: Script, engine: Engine, two_parts: TwoParts
) -> None:
    path = f"/recordings/{two_parts.second.recording.id}/place"
    for body, field, words in NONSENSE:
        with unchanged(engine):
            answer = secretary.call("PUT", path, body, status=422)
        assert answer["field"] == field and words in answer["message"], body


def test_minutes_are_drafted_of_all_parts_of_chosen_ones_or_of_one(
    secretary: Script, two_parts: TwoParts, spare: Transcript
) -> None:
    path = f"/meetings/{two_parts.meeting.id}/minutes"

    def drafted(body: dict[str, object]) -> list[int]:
        content = secretary.call("POST", path, body, status=201)["content"]
        found: list[int] = content["transcript_ids"]
        said = {p["transcript_id"] for s in content["sections"] for p in s["paragraphs"]}
        assert said == set(found)
        return found

    first, second = two_parts.first.id, two_parts.second.id
    assert drafted({}) == [first, second]
    assert drafted({"transcript_ids": [second, spare.id]}) == [spare.id, second]
    assert drafted({"transcript_id": second}) == [second]
    assert secretary.get(path)["transcript_id"] == second


def test_what_was_read_of_two_parts_is_sent_back_unchanged(
    secretary: Script, two_parts: TwoParts
) -> None:
    path = f"/meetings/{two_parts.meeting.id}/minutes"
    content = secretary.call("POST", path, {}, status=201)["content"]
    same = secretary.call("PUT", path, {"content": content, "based_on": 1})
    assert same["number"] == 1
    content["sections"][0]["paragraphs"][0]["transcript_id"] = 99
    body = {"content": content, "based_on": 1}
    assert "もとになっていない" in secretary.call("PUT", path, body, status=422)["message"]


def test_a_transcript_of_another_meeting_is_refused(
    secretary: Script, session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> None:
    meeting = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="別の会議",
        department=cast.organiser.department,
        starts_at=two_parts.meeting.starts_at,
    )
    sound = storage.path(two_parts.second.recording.sha256)
    recording = builders.add_sound(session, storage, cast.secretary, meeting, sound, "別.flac")
    other = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    body = {"transcript_ids": [two_parts.first.id, other.id]}
    answer = secretary.call("POST", f"/meetings/{two_parts.meeting.id}/minutes", body, status=422)
    assert answer["field"] == "transcript_ids" and "この会議にありません" in answer["message"]
