"""The transcript over the API: what the editor relies on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.assignment import spans
from minutes.recognition.heard import HeardSegment, TokenTiming
from minutes.records import records
from minutes.transcripts import transcripts, word_times
from models.document import Page
from models.meeting import Meeting
from models.person import Person
from models.transcript import Doubt, Origin, Proposal, Transcript
from tests.conftest import Browser, Cast, Script
from tests.queries import unchanged
from tests.world import HEARD
from web.demo import builders


def test_a_transcript_is_given_with_its_work_headings_and_segments(
    secretary: Script, transcript: Transcript
) -> None:
    answer = secretary.get(f"/transcripts/{transcript.id}")
    assert [s["text"] for s in answer["segments"]] == [heard.text for heard in HEARD]
    assert [h["number"] for h in answer["agenda_items"]] == ["1", "2", "3"]
    assert (answer["work"]["state"], answer["work"]["percent"]) == ("finished", 100)
    assert answer["accuracy"]["raw"]["total"] == 0
    assert answer["accuracy"]["raw"]["rate"] is None


def test_what_the_recogniser_does_not_trust_says_why(
    secretary: Script, session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    heard = [
        HeardSegment(1.0, 4.0, "開会します。", confidence=0.9),
        HeardSegment(4.5, 9.0, "", doubt=Doubt.MISSING),
    ]
    sound = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, sound, heard)
    session.commit()
    clear, doubtful = secretary.get(f"/transcripts/{made.id}")["segments"]
    assert (clear["confidence"], clear["doubt"]) == (0.9, None)
    assert (doubtful["text"], doubtful["confidence"]) == ("", None)
    assert doubtful["doubt"] == Doubt.MISSING.label


def test_a_correction_counts_once_it_is_confirmed_and_shows_what_was_heard(
    secretary: Script, transcript: Transcript
) -> None:
    segment = transcript.segments[0].id
    text = "それでは定刻となりましたので"
    changed = secretary.call("PUT", f"/segments/{segment}/text", {"text": text, "revision": 0})
    assert changed["segment"]["revision"] == 1
    assert changed["segment"]["heard"] == HEARD[0].text
    mark = {"text": "定刻", "is_corrected": True, "is_annotation": False, "heard": "提告"}
    assert mark in changed["segment"]["marks"]
    assert changed["segment"]["counts"] is None
    confirmed = secretary.call("PUT", f"/segments/{segment}/confirmation")
    assert confirmed["segment"]["is_confirmed"]
    counts = confirmed["segment"]["counts"]["raw"]
    assert counts == {"total": 14, "wrong": 2, "missing": 0, "added": 0, "fillers": 0}
    accuracy = secretary.call("GET", f"/transcripts/{transcript.id}")["accuracy"]
    assert accuracy["raw"]["sentence"] == "14字中12字を正しく変換"
    assert accuracy["items"][0]["raw"]["right"] == 12
    taken_back = secretary.call("DELETE", f"/segments/{segment}/confirmation")
    assert not taken_back["segment"]["is_confirmed"]
    assert taken_back["segment"]["counts"] is None


def test_a_note_in_the_text_is_told_as_one_and_counts_for_nothing(
    secretary: Script, transcript: Transcript
) -> None:
    path = f"/segments/{transcript.segments[0].id}"
    noted = {"text": f"{HEARD[0].text}（拍手）", "revision": 0}
    changed = secretary.call("PUT", f"{path}/text", noted)["segment"]
    (note,) = changed["annotations"]
    letters = len(HEARD[0].text)
    assert (note["start"], note["text"], note["kind"]) == (letters, "（拍手）", "direction")
    assert [m["text"] for m in changed["marks"] if m["is_annotation"]] == ["（拍手）"]
    counts = secretary.call("PUT", f"{path}/confirmation")["segment"]["counts"]["raw"]
    assert counts == {"total": letters, "wrong": 0, "missing": 0, "added": 0, "fillers": 0}


def test_two_who_correct_the_same_segment_get_both_texts_and_whose_the_other_is(
    secretary: Script, engine: Engine, session: Session, cast: Cast, transcript: Transcript
) -> None:
    segment = transcript.segments[0]
    path = f"/segments/{segment.id}/text"
    transcripts.correct(session, cast.approver, segment, "先の文", based_on=0)
    session.commit()
    with unchanged(engine):
        refused = secretary.call("PUT", path, {"text": "後の文", "revision": 0}, status=409)
    assert (refused["mine"], refused["theirs"], refused["revision"]) == ("後の文", "先の文", 1)
    assert refused["message"].startswith(f"{cast.approver.name}さんが先に")
    secretary.call("PUT", path, {"text": "後の文", "revision": refused["revision"]})
    with unchanged(engine):
        again = secretary.call("PUT", path, {"text": "次の文", "revision": 1}, status=409)
    assert again["message"].startswith("あなたが別の画面で、先に")


def test_a_speaker_is_named_and_taken_away(secretary: Script, transcript: Transcript) -> None:
    path = f"/segments/{transcript.segments[0].id}/speaker"
    assert secretary.call("PUT", path, {"name": "篠原"})["segment"]["speaker"] == "篠原"
    assert secretary.get(f"/transcripts/{transcript.id}")["speakers"] == ["篠原"]
    assert secretary.call("PUT", path, {"name": ""})["segment"]["speaker"] is None


def test_an_agenda_item_holds_from_its_segment_on(
    secretary: Script, transcript: Transcript
) -> None:
    _, second, third = (s.id for s in transcript.segments)
    item = transcript.meeting.agenda_items[1].id
    changed = secretary.call("PUT", f"/segments/{second}/agenda-item", {"agenda_item_id": item})[
        "segments"
    ]
    assert [s["id"] for s in changed] == [second, third]
    assert {s["agenda_item_id"] for s in changed} == {item}
    shown = secretary.get(f"/transcripts/{transcript.id}")["segments"]
    assert [s["agenda_item_id"] for s in shown] == [None, item, item]


def test_an_agenda_item_of_another_meeting_is_refused(
    secretary: Script, engine: Engine, transcript: Transcript, session: Session, cast: Cast
) -> None:
    other = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="別の会議体",
        department=cast.organiser.department,
        starts_at=transcript.meeting.starts_at + timedelta(days=1),
    )
    session.commit()
    path = f"/segments/{transcript.segments[0].id}/agenda-item"
    body = {"agenda_item_id": other.agenda_items[0].id}
    with unchanged(engine):
        assert secretary.call("PUT", path, body, status=422)["field"] == "agenda_item_id"


def test_approved_minutes_close_their_transcript(
    secretary: Script, transcript: Transcript, session: Session, cast: Cast
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    session.commit()
    segment = transcript.segments[0]
    before = segment.text
    path = f"/segments/{segment.id}/text"
    secretary.call("PUT", path, {"text": "変える", "revision": 0}, status=409)
    session.expire_all()
    assert segment.text == before


def test_the_editor_works_with_cookie_and_header_and_not_without_the_header(
    transcript: Transcript, cast: Cast, browse: Callable[[Person], Browser]
) -> None:
    browser = browse(cast.secretary)
    browser.application.config["WTF_CSRF_ENABLED"] = True
    path = f"/api/segments/{transcript.segments[0].id}/text"
    body = {"text": "直した文", "revision": 0}
    refused = browser.put(path, json=body)
    assert refused.status_code == 400 and refused.get_json()["is_token_expired"]
    with browser.session_transaction() as cookie:
        cookie["csrf_token"] = "known"
    with browser.application.test_request_context():
        secret = browser.application.secret_key
        token = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps("known")
    assert browser.put(path, json=body, headers={"X-CSRFToken": token}).status_code == 200


@pytest.fixture
def proposal(session: Session, transcript: Transcript) -> Proposal:
    """Of the first segment: 定刻, printed on the first page of the first document."""
    made = Proposal(
        start=4,
        before="提告",
        after="定刻",
        origin=Origin.TERM,
        place="次第 1頁",
        probability=0.5,
    )
    transcript.segments[0].proposals.append(made)
    session.commit()
    return made


def test_a_proposal_says_where_it_stands_and_why_and_is_taken(
    secretary: Script, transcript: Transcript, proposal: Proposal
) -> None:
    segment = secretary.get(f"/transcripts/{transcript.id}")["segments"][0]
    (given,) = segment["proposals"]
    assert (given["start"], given["before"], given["after"]) == (4, "提告", "定刻")
    assert (given["reason"], given["page"]) == ("次第 1頁にある言葉", None)
    changed = secretary.call("POST", f"/proposals/{proposal.id}/acceptance", {"revision": 0})
    assert changed["segment"]["text"] == "それでは定刻となりましたので"
    assert changed["segment"]["heard"] == HEARD[0].text
    assert changed["segment"]["proposals"] == []


def test_a_refused_proposal_does_not_come_again(
    secretary: Script, transcript: Transcript, proposal: Proposal
) -> None:
    changed = secretary.call("POST", f"/proposals/{proposal.id}/refusal", {"revision": 0})
    assert changed["segment"]["text"] == HEARD[0].text
    assert secretary.get(f"/transcripts/{transcript.id}")["segments"][0]["proposals"] == []


def test_a_proposal_for_an_older_text_shows_both(
    secretary: Script, transcript: Transcript, proposal: Proposal
) -> None:
    path = f"/segments/{transcript.segments[0].id}/text"
    secretary.call("PUT", path, {"text": "では提告となりました", "revision": 0})
    stale = secretary.call(
        "POST", f"/proposals/{proposal.id}/acceptance", {"revision": 0}, status=409
    )
    assert stale["theirs"] == "では提告となりました"


def test_a_proposal_leads_to_the_page_that_prints_its_word(
    secretary: Script,
    session: Session,
    storage: Storage,
    cast: Cast,
    transcript: Transcript,
    proposal: Proposal,
) -> None:
    source = builders.folder("dx-council")
    builders.add_materials(session, storage, cast.organiser, transcript.meeting, source)
    session.flush()
    page = session.scalars(select(Page).order_by(Page.id)).first()
    assert page is not None
    proposal.page_id = page.id
    session.commit()
    (given,) = secretary.get(f"/transcripts/{transcript.id}")["segments"][0]["proposals"]
    document = page.version.document_id
    assert given["page"] == f"/documents/{document}?version=1&page={page.number}"


def test_the_accuracy_is_counted_with_and_without_the_papers(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    first = transcript.segments[0]
    first.machine = first.text = "それでは定刻となりましたので"
    session.commit()
    transcript_id = transcript.id
    counts = secretary.call("PUT", f"/segments/{first.id}/confirmation")["segment"]["counts"]
    assert (counts["raw"]["wrong"], counts["machine"]["wrong"]) == (2, 0)
    accuracy = secretary.call("GET", f"/transcripts/{transcript_id}")["accuracy"]
    heard, machine = accuracy["raw"], accuracy["machine"]
    assert heard["total"] == machine["total"] == 14
    assert (heard["right"], machine["right"]) == (12, 14)


def test_words_are_given_with_their_seconds_for_the_text_as_it_stands(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    first, second, _ = transcript.segments
    for segment in (first, second):
        found = [TokenTiming(1, segment.start_seconds, 0.2) for _ in segment.heard]
        heard = {segment.id: segment.heard}
        word_times.keep(session, transcript, heard, {segment.id: found})
    session.commit()
    path = f"/transcripts/{transcript.id}/words"
    answer = secretary.get(f"{path}?start=0&end={second.start_seconds}")
    (given,) = answer["segments"]
    assert given["segment_id"] == first.id
    assert sum(word["letters"] for word in given["words"]) == len(first.text)
    assert given["revision"] == first.revision
    assert {word["probability"] for word in given["words"]} == {0.2}
    assert any(word["is_unsure"] for word in given["words"])
    everything = secretary.get(path)["segments"]
    assert [len(one["words"]) > 0 for one in everything] == [True, True, False]
    assert secretary.get(f"{path}?start=1000&end=1001")["segments"] == []


def test_the_text_is_read_in_the_forms_of_other_programs(
    secretary: Script, transcript: Transcript
) -> None:
    path = f"/transcripts/{transcript.id}/file"
    answer = secretary.get(f"{path}?format=vtt")
    assert answer["content_type"] == "text/vtt" and answer["file_name"].endswith(".vtt")
    assert answer["text"].startswith("WEBVTT\n\n00:00:01.000 --> ")
    assert HEARD[0].text in secretary.get(path)["text"]
    secretary.get(f"{path}?format=docx", status=422)
