"""The style of the minutes, and fillers, over the API."""

from sqlalchemy.orm import Session

from models.transcript import Transcript
from tests.conftest import Script


def test_minutes_are_drafted_and_written_anew_in_a_style(
    secretary: Script, transcript: Transcript, session: Session
) -> None:
    transcript.segments[0].text = "えー、ＤＸは三百人です。"
    session.commit()
    path = f"/meetings/{transcript.meeting.id}/minutes"
    drafted = secretary.call("POST", path, {"style": {"numbers": "full"}}, status=201)
    said = drafted["content"]["sections"][-1]["paragraphs"][0]
    assert said["text"] == "DXは３００人です。" and said["faithful"] == "えー、ＤＸは三百人です。"
    assert said["changes"][0] == {
        "start": 0, "before": "えー、", "after": "", "rules": ["fillers"]
    }  # fmt: skip
    body = {"style": {"endings": "plain"}, "based_on": 1}
    anew = secretary.call("POST", f"{path}/style", body)
    assert anew["number"] == 2
    assert anew["content"]["sections"][-1]["paragraphs"][0]["text"] == "DXは300人である。"
    sent = secretary.call("PUT", path, {"content": anew["content"], "based_on": 2})
    assert sent["number"] == 2
    wrong = secretary.call(
        "POST", f"{path}/style", {"style": {"years": "x"}, "based_on": 2}, status=422
    )
    assert wrong["field"] == "style.years"


def test_a_segment_tells_its_fillers_and_their_removal_is_no_error(
    secretary: Script, transcript: Transcript, session: Session
) -> None:
    segment = transcript.segments[0]
    segment.heard = segment.text = "えー、始めます。"
    session.commit()
    path = f"/transcripts/{transcript.id}"
    told = secretary.call("GET", path)["segments"][0]
    assert told["fillers"] == [{"start": 0, "words": "えー、"}]
    texts = {"texts": [{"segment_id": segment.id, "text": "始めます。", "revision": 0}]}
    secretary.call("PUT", f"{path}/texts", texts)
    secretary.call("PUT", f"/segments/{segment.id}/confirmation")
    counts = secretary.call("GET", path)["segments"][0]["counts"]["raw"]
    assert counts == {"total": 5, "wrong": 0, "missing": 0, "added": 0, "fillers": 3}
