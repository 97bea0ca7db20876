"""会議の記録: pressed, corrected, proposed, refused with what was typed; and how it comes into the
minutes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings.sitting import attendance, decisions, events
from minutes.records import records
from models.meeting import InvitationKind, Meeting, Openness
from models.person import Person
from models.proceedings import ItemResult, SittingEventKind
from models.transcript import Transcript
from tests.conftest import Browser, Cast, Script
from tests.pages import form, texts

Browse = Callable[[Person], Browser]
As = Callable[[Person], Script]


@pytest.fixture
def secretary(browse: Browse, cast: Cast) -> Browser:
    return browse(cast.secretary)


def kinds(session: Session, meeting: Meeting) -> list[SittingEventKind]:
    session.commit()  # what it read before that is old now
    return [event.kind for event in events.events_of(session, meeting)]


def test_one_press_on_the_sittings_screen_notes_an_event_and_one_takes_it_back(
    secretary: Browser, session: Session, cast: Cast, meeting: Meeting
) -> None:
    sitting = f"/meetings/{meeting.id}/sitting"
    attendance.note_by_hand(session, cast.secretary, meeting, person=cast.attendee)
    session.commit()
    assert texts(secretary.get(sitting).text, '//button[@name="kind"]') == ["開会", "開議"]
    press = {"kind": "opened", "back": "sitting"}
    answer = secretary.post(f"/meetings/{meeting.id}/events", data=press)
    assert answer.location.endswith(sitting)
    page = secretary.get(sitting).text
    assert {"休憩", "閉会", "退席", "議長に"} <= set(texts(page, '//button[@name="kind"]'))
    session.commit()
    (came,) = attendance.attendances_of(session, meeting)
    for kind, word in (("left", "退席中"), ("came_in", "退席")):
        data = {"kind": kind, "back": "sitting", "attendance_id": str(came.id)}
        assert secretary.post(f"/meetings/{meeting.id}/events", data=data).status_code == 302
        assert word in secretary.get(sitting).text
    session.commit()
    last = events.events_of(session, meeting)[-1]
    secretary.post(f"/sitting-events/{last.id}/striking", data={"back": "sitting"})
    assert kinds(session, meeting) == [SittingEventKind.OPENED, SittingEventKind.LEFT]


def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    secretary: Browser, session: Session, meeting: Meeting
) -> None:
    page = f"/meetings/{meeting.id}/proceedings"
    fields = form(secretary.get(page).text, f"/meetings/{meeting.id}/events")
    fields |= {"kind": "resumed", "clock": "14:10"}
    answer = secretary.post(f"/meetings/{meeting.id}/events", data=fields)
    assert answer.status_code in (409, 422) and "14:10" in answer.text
    fields = form(secretary.get(page).text, f"/meetings/{meeting.id}/decisions")
    fields |= {"result": "passed", "method": "named", "mover": "提案 一郎", "subject": "動議"}
    answer = secretary.post(f"/meetings/{meeting.id}/decisions", data=fields)
    assert answer.status_code == 422
    assert "記名投票では" in answer.text and "提案 一郎" in answer.text
    answer = secretary.post(f"/meetings/{meeting.id}/openness", data={"openness": "closed"})
    assert answer.status_code == 422 and "理由を入力" in answer.text
    assert kinds(session, meeting) == []


def test_a_time_is_corrected_and_a_decision_filled_in_later(
    secretary: Browser, session: Session, cast: Cast, meeting: Meeting
) -> None:
    made = events.note_event(session, cast.secretary, meeting, SittingEventKind.OPENED)
    session.commit()
    at = made.at
    page = f"/meetings/{meeting.id}/proceedings"
    unchanged = form(secretary.get(page).text, f"/sitting-events/{made.id}")
    assert secretary.post(f"/sitting-events/{made.id}", data=unchanged).status_code == 302
    session.commit()  # what it read before that is old now
    assert made.at == at, "the seconds stay where the minute was not changed"
    press = {"agenda_item_id": str(meeting.agenda_items[0].id), "result": "approved"}
    secretary.post(f"/meetings/{meeting.id}/decisions", data=press)
    session.commit()
    (decision,) = decisions.decisions_of(session, meeting)
    fields = form(secretary.get(page).text, f"/item-decisions/{decision.id}")
    fields |= {"mover": "=市長", "method": "simple"}
    assert secretary.post(f"/item-decisions/{decision.id}", data=fields).status_code == 302
    table = secretary.get(f"/meetings/{meeting.id}/decisions.csv").text
    assert f"1,{meeting.agenda_items[0].title},承認,簡易採決" in table
    assert "'=市長" in table, "no spreadsheet takes it for a formula"
    secretary.post(f"/item-decisions/{decision.id}/striking")
    session.commit()  # what it read before that is old now
    assert decisions.decisions_of(session, meeting) == []


def test_what_the_chair_said_is_taken_with_one_press_and_comes_into_the_minutes(
    secretary: Browser,
    session: Session,
    cast: Cast,
    browse: Browse,
    meeting: Meeting,
    transcript: Transcript,
) -> None:
    said = ("ただいまから開会いたします。", "暫時休憩いたします。", "本案は可決されました。")
    for segment, text in zip(transcript.segments, said, strict=True):
        segment.text = text
    transcript.recording.began_at = meeting.starts_at
    transcript.segments[2].agenda_item = meeting.agenda_items[0]
    records.draft(session, cast.secretary, transcript)
    session.commit()
    page = f"/meetings/{meeting.id}/proceedings"
    first, second, third = (str(segment.id) for segment in transcript.segments)
    assert "発言から見つかったもの（3件）" in secretary.get(page).text
    assert said[0] not in browse(cast.organiser).get(page).text, "who may not hear does not read"
    heard = f"/meetings/{meeting.id}/heard-events"
    secretary.post(heard, data={"segment_id": first, "kind": "opened", "answer": "yes"})
    secretary.post(heard, data={"segment_id": second, "kind": "suspended", "answer": "no"})
    secretary.post(f"/meetings/{meeting.id}/heard-decisions", data={"segment_id": third})
    assert kinds(session, meeting) == [SittingEventKind.OPENED]
    assert "発言から見つかったもの" not in secretary.get(page).text
    minutes = f"/meetings/{meeting.id}/minutes"
    assert "会議の記録を写した版を作る" in secretary.get(minutes).text
    assert secretary.post(f"{minutes}/head").status_code == 302
    shown = secretary.get(minutes).text
    assert "会議の記録を写した版を作る" not in shown
    assert "開会" in texts(shown, '//th[text()="経過"]/../td')[0]
    assert texts(shown, '//*[@class="paper-decision"]') == ["結果　可決"]
    assert texts(shown, '//section[@id="decisions"]//td') == ["可決"]


def test_proxies_roles_and_offices_are_noted_where_people_are_listed(
    secretary: Browser, session: Session, cast: Cast, meeting: Meeting
) -> None:
    invitation = next(i for i in meeting.invitations if i.person_id == cast.attendee.id)
    data = {"kind": "witness", "office": "元 総務部長"}
    secretary.post(f"/invitations/{invitation.id}/role", data=data)
    data = {"name": "代わりの 者", "kind": "staff", "proxy_for_id": str(cast.attendee.id)}
    secretary.post(f"/meetings/{meeting.id}/attendances", data=data)
    session.commit()  # what it read before that is old now
    assert (invitation.kind, invitation.title) == (InvitationKind.WITNESS, "元 総務部長")
    (came,) = attendance.attendances_of(session, meeting)
    assert came.proxy_for is cast.attendee
    assert attendance.capacity_of(meeting, came) is InvitationKind.WITNESS
    again = secretary.post(f"/meetings/{meeting.id}/attendances", data=data)
    assert again.status_code == 422 and "すでに本人か代理" in again.text


def test_a_script_notes_it_all_over_the_api(
    script: As, session: Session, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    api, place = script(cast.secretary), f"/meetings/{meeting.id}"
    transcript.segments[0].text = "暫時休憩いたします。"
    session.commit()
    at = (meeting.starts_at + timedelta(minutes=1)).isoformat()
    made = api.call("POST", f"{place}/events", {"kind": "opened", "at": at}, status=201)
    later = (meeting.starts_at - timedelta(minutes=1)).isoformat()
    api.call("PUT", f"/sitting-events/{made['id']}", {"at": later})
    refused = api.call("POST", f"{place}/events", {"kind": "resumed"}, status=409)
    assert "休憩が記録されていない" in refused["message"]
    (heard,) = api.get(f"{place}/heard-proceedings")["events"]
    reply = {"segment_id": heard["segment_id"], "kind": heard["kind"], "is_taken": True}
    api.call("POST", f"{place}/heard-events", reply, status=204)
    body = {"agenda_item_id": meeting.agenda_items[0].id, "result": "continued"}
    decision = api.call("POST", f"{place}/decisions", body, status=201)
    change = body | {"result": "reported", "note": "次回も"}
    api.call("PUT", f"/item-decisions/{decision['id']}", change)
    openness = {"openness": "partly", "reason": "個人情報"}
    api.call("PUT", f"{place}/openness", openness, status=204)
    head = api.get(f"{place}/head")
    assert [event["kind"] for event in head["events"]] == ["opened", "suspended"]
    assert (head["openness"], head["decisions"][0]["note"]) == (Openness.PARTLY, "次回も")
    assert head["decisions"][0]["result"] == ItemResult.REPORTED
    for path in (f"/item-decisions/{decision['id']}", f"/sitting-events/{made['id']}"):
        status = 409 if "events" in path else 204
        api.call("DELETE", path, status=status)  # the pause rests on the opening
