"""The API for more than one segment at a time."""

from sqlalchemy.orm import Session

from models.transcript import Transcript
from tests.conftest import Cast, Script
from tests.world import HEARD


def texts(secretary: Script, transcript_id: int) -> list[str]:
    return [s["text"] for s in secretary.get(f"/transcripts/{transcript_id}")["segments"]]


def test_all_that_are_alike_are_found_and_corrected_at_once(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    one, two, three = transcript.segments
    one.text, two.text, three.text = "転入の手続きです", "鉄づきが要ります", "この鉄づきで鉄づき"
    session.commit()
    path, asked = f"/segments/{one.id}/alike", {"before": "転入の鉄づきです"}
    (found,) = secretary.call("POST", path, asked)["replacements"]
    assert (found["before"], found["after"]) == ("鉄づき", "手続き")
    assert [(p["segment_id"], p["start"]) for p in found["places"]] == [
        (two.id, 0),
        (three.id, 2),
        (three.id, 6),
    ]
    wanted = [
        {"segment_id": two.id, "text": "手続きが要ります", "revision": 0},
        {"segment_id": three.id, "text": "この手続きで手続き", "revision": 0},
    ]
    identity = transcript.id
    changed = secretary.call("PUT", f"/transcripts/{identity}/texts", {"texts": wanted})
    assert [s["revision"] for s in changed["segments"]] == [1, 1]
    assert texts(secretary, identity)[1:] == ["手続きが要ります", "この手続きで手続き"]


def test_of_many_texts_all_are_taken_or_none(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    one, two, _ = transcript.segments
    identity = transcript.id
    session.commit()
    before = texts(secretary, identity)
    wanted = [
        {"segment_id": one.id, "text": "新しい文", "revision": 0},
        {"segment_id": two.id, "text": "古い画面の文", "revision": 5},
    ]
    path = f"/transcripts/{identity}/texts"
    secretary.call("PUT", path, {"texts": wanted}, status=409)
    wanted[1]["segment_id"] = 99_999
    secretary.call("PUT", path, {"texts": wanted}, status=422)
    assert texts(secretary, identity) == before


def test_a_segment_is_split_and_joined_again(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    first = transcript.segments[0].id
    identity = transcript.id
    session.commit()
    before = texts(secretary, identity)
    cut = {"at": 4, "revision": 0}
    parts = secretary.call("POST", f"/segments/{first}/split", cut)["segments"]
    assert [part["text"] for part in parts] == [before[0][:4], before[0][4:]]
    assert texts(secretary, identity)[2:] == before[1:]
    joined = secretary.call("POST", f"/segments/{first}/join", {"revision": 1})
    assert joined["gone"] == parts[1]["id"]
    assert texts(secretary, identity) == before


def test_the_history_of_a_segment_tells_who_and_when_and_compares_any_two(
    secretary: Script, cast: Cast, transcript: Transcript
) -> None:
    path, heard, name = f"/segments/{transcript.segments[0].id}", HEARD[0].text, cast.secretary.name
    for revision, text in enumerate(["一度目の文", "二度目の文"]):
        secretary.call("PUT", f"{path}/text", {"text": text, "revision": revision})
    states = secretary.get(f"{path}/history")["states"]
    assert [state["text"] for state in states] == [heard, "一度目の文", "二度目の文"]
    assert [state["by"] for state in states] == [None, name, name]
    mark = {"text": "二", "is_corrected": True, "is_annotation": False, "heard": "一"}
    assert mark in states[2]["marks"]
    against = secretary.get(f"{path}/history?against=2")["states"]
    assert all(not mark["is_corrected"] for mark in against[2]["marks"])
    secretary.get(f"{path}/history?against=3", status=422)


def test_many_are_confirmed_at_once_but_for_what_somebody_changed_since(
    secretary: Script, transcript: Transcript
) -> None:
    one, two, three = (segment.id for segment in transcript.segments)
    secretary.call("PUT", f"/segments/{three}/confirmation")
    wanted = [{"segment_id": each, "now": False, "then": True} for each in (one, two, three)]
    path = f"/transcripts/{transcript.id}/confirmations"
    changed = secretary.call("PUT", path, {"confirmations": wanted})["segments"]
    assert [(s["id"], s["is_confirmed"]) for s in changed] == [(one, True), (two, True)]
    back = [{"segment_id": one, "now": True, "then": False}]
    (segment,) = secretary.call("PUT", path, {"confirmations": back})["segments"]
    assert not segment["is_confirmed"] and segment["counts"] is None
