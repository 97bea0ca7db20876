"""Agenda items of segments over the API."""

from dataclasses import replace

from flask import Flask
from sqlalchemy.orm import Session

from meetings.config import Config
from models.transcript import AssignedBy, Transcript
from tests.conftest import Script


def test_a_segment_says_where_its_item_comes_from(
    session: Session, secretary: Script, transcript: Transcript
) -> None:
    first, second, _ = transcript.segments
    item = transcript.meeting.agenda_items[0]
    first.assigned_by = AssignedBy.TEXT
    second.agenda_item, second.assigned_by = item, AssignedBy.TURNS
    session.commit()
    shown = secretary.get(f"/transcripts/{transcript.id}")["segments"]
    assert [(s["agenda_item_id"], s["assigned_by"], s["is_left_out"]) for s in shown] == [
        (None, "text", True),
        (item.id, "turns", False),
        (None, None, False),
    ]
    path = f"/segments/{second.id}/agenda-item/confirmation"
    (changed,) = secretary.call("PUT", path)["segments"]
    assert (changed["id"], changed["assigned_by"]) == (second.id, "person")
    answer = secretary.call("PUT", path, status=409)
    assert "確認する推定がありません" in answer["message"]


def test_a_segment_is_put_outside_the_agenda(secretary: Script, transcript: Transcript) -> None:
    first = transcript.segments[0]
    path = f"/segments/{first.id}/agenda-item"
    body = {"agenda_item_id": None, "is_left_out": True}
    changed = secretary.call("PUT", path, body)["segments"]
    assert [s["is_left_out"] for s in changed] == [True] * 3
    both = {"agenda_item_id": transcript.meeting.agenda_items[0].id, "is_left_out": True}
    assert secretary.call("PUT", path, both, status=422)["field"] == "is_left_out"


def test_open_spans_are_told_with_the_way_to_them_and_left_out_together(
    secretary: Script, transcript: Transcript
) -> None:
    path = f"/transcripts/{transcript.id}"
    (span,) = secretary.get(f"{path}/open-spans")["spans"]
    assert span["kind"] == "unassigned" and span["label"] == "議題に割り当てていない発話"
    assert span["segment_ids"] == [s.id for s in transcript.segments]
    assert span["page"].endswith(f"{path}#segment-{transcript.segments[0].id}")
    changed = secretary.call("POST", f"{path}/left-out")["segments"]
    assert all(s["is_left_out"] and s["assigned_by"] == "person" for s in changed)
    assert secretary.get(f"{path}/open-spans")["spans"] == []


def test_minutes_wait_for_what_is_open(secretary: Script, transcript: Transcript) -> None:
    revision = secretary.call("POST", f"/meetings/{transcript.meeting.id}/minutes", {}, status=201)
    asked = f"/revisions/{revision['id']}/approval-request"
    refused = secretary.call("POST", asked, status=409)
    assert "議題に割り当てていない発話 3件" in refused["message"]
    mended = secretary.call("POST", f"/revisions/{revision['id']}/left-out")
    assert mended["number"] == 2
    asked = secretary.call("POST", f"/revisions/{mended['id']}/approval-request", status=201)
    assert asked["unread"]["segments"] == len(transcript.segments)
    assert asked["unread"]["percent"] == 100 and "全体の100％" in asked["unread"]["sentences"][0]


def test_a_city_that_forbids_it_refuses_what_is_unread(
    secretary: Script, transcript: Transcript, app: Flask, config: Config
) -> None:
    style = replace(config.minutes, approve_unread=False)
    app.extensions["config"] = replace(config, minutes=style)
    secretary.call("POST", f"/transcripts/{transcript.id}/left-out")
    revision = secretary.call("POST", f"/meetings/{transcript.meeting.id}/minutes", {}, status=201)
    asked = f"/revisions/{revision['id']}/approval-request"
    assert "全体の100％" in secretary.call("POST", asked, status=409)["message"]
    for segment in transcript.segments:
        secretary.call("PUT", f"/segments/{segment.id}/confirmation")
    assert secretary.call("POST", asked, status=201)["unread"]["sentences"] == []


def test_segments_go_back_to_where_they_were_in_the_agenda_unless_somebody_moved_them_since(
    session: Session, secretary: Script, transcript: Transcript
) -> None:
    first, second, _ = (segment.id for segment in transcript.segments)
    one, two = (item.id for item in transcript.meeting.agenda_items[:2])
    for segment in transcript.segments:
        segment.agenda_item_id, segment.assigned_by = one, AssignedBy.TURNS
    session.commit()
    secretary.call("PUT", f"/segments/{first}/agenda-item", {"agenda_item_id": two})
    secretary.call("PUT", f"/segments/{second}/agenda-item", {"agenda_item_id": None})
    before = {"agenda_item_id": one, "assigned_by": "turns"}
    after = {"agenda_item_id": two, "assigned_by": "person"}
    wanted = [{"segment_id": n, "now": after, "then": before} for n in (first, second)]
    path = f"/transcripts/{transcript.id}/agenda-items"
    (changed,) = secretary.call("PUT", path, {"places": wanted})["segments"]
    assert (changed["id"], changed["agenda_item_id"], changed["assigned_by"]) == (
        first,
        one,
        "turns",
    )
    nobodys = [
        {"segment_id": first, "now": before, "then": {"agenda_item_id": two, "assigned_by": None}}
    ]
    assert secretary.call("PUT", path, {"places": nobodys}, status=422)["field"] == "assigned_by"
