"""The API for voices."""

from sqlalchemy.orm import Session

from minutes.speakers import naming
from minutes.voices.speaker_turns import SpeakerTurn
from models.transcript import Transcript
from tests.conftest import Script


def test_a_script_names_splits_and_tells_apart_once_more(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    naming.keep(session, transcript, [SpeakerTurn(0, 1000, 1)])
    run = transcript.transcription
    for step in run.steps:
        step.state = "finished"  # type: ignore[assignment]
    session.commit()
    first, second, third = (segment.id for segment in transcript.segments)
    shown = secretary.get(f"/transcripts/{transcript.id}")["segments"][0]
    assert (shown["speaker"], shown["is_suggested"], shown["is_mixed"]) == ("声1", True, False)
    changed = secretary.call("PUT", f"/segments/{first}/voice", {"name": "芹沢"})["segments"]
    assert [(s["id"], s["speaker"]) for s in changed] == [
        (n, "芹沢") for n in (first, second, third)
    ]
    changed = secretary.call("POST", f"/segments/{third}/voices")["segments"]
    assert [(s["id"], s["speaker"], s["is_suggested"]) for s in changed] == [(third, "声2", True)]
    path = f"/transcriptions/{run.id}/voices"
    secretary.call("POST", path, {"voices": 21}, status=422)
    secretary.call("POST", path, {"voices": 2})
    session.rollback()
    assert run.voices == 2


def test_a_script_takes_a_naming_back_where_it_still_stands(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    naming.keep(session, transcript, [SpeakerTurn(0, 1000, 1)])
    session.commit()
    first, second, third = (segment.id for segment in transcript.segments)
    secretary.call("PUT", f"/segments/{first}/voice", {"name": "芹沢"})
    secretary.call("PUT", f"/segments/{second}/speaker", {"name": "古賀"})
    wanted = [
        {"segment_id": segment, "now": "芹沢", "then": "声1"}
        for segment in (first, second, third, 10_000)
    ]
    path = f"/transcripts/{transcript.id}/speakers"
    changed = secretary.call("PUT", path, {"speakers": wanted})["segments"]
    assert [(s["id"], s["speaker"], s["is_suggested"]) for s in changed] == [
        (first, "声1", True),
        (third, "声1", True),
    ]
    nobody = [{"segment_id": second, "now": "古賀", "then": ""}]
    (changed,) = secretary.call("PUT", path, {"speakers": nobody})["segments"]
    assert changed["speaker"] is None
