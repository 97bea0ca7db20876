"""The work on a recording over the API: what the buttons do, for scripts."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.transcription import leases, work
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, StepKind, WorkState
from tests.conftest import Cast, Script
from web.demo import builders


@pytest.fixture
def recording(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Recording:
    source = builders.folder("section-meeting")
    made = builders.add_recording(session, storage, cast.secretary, meeting, source)
    session.commit()
    return made


def test_a_script_begins_pauses_resumes_and_moves_up(
    script: Callable[[Person], Script], cast: Cast, recording: Recording
) -> None:
    secretary = script(cast.secretary)
    begun = secretary.call("POST", f"/recordings/{recording.id}/transcriptions", status=201)
    assert (begun["language"], begun["speech_model"], begun["place"]) == ("ja", "", 1)
    assert [stage["label"] for stage in begun["stages"]] == [
        "受付", "音声確認", "文字起こし", "再生用の音と波形", "資料の言葉との照らし合わせ",
        "議題の割り当て",
        "発言者の聞き分け",
        "言葉ごとの時刻",
    ]  # fmt: skip
    at = f"/transcriptions/{begun['id']}"
    paused = secretary.call("POST", f"{at}/pause")
    assert (paused["state"], paused["place"]) == ("paused", None)
    secretary.call("POST", f"{at}/pause", status=409)
    assert secretary.call("POST", f"{at}/resumption")["state"] == "waiting"
    assert secretary.call("POST", f"{at}/priority")["is_moved_up"]
    assert secretary.call("DELETE", at)["state"] == "cancelled"
    secretary.call("POST", f"{at}/resumption", status=409)
    again = {"language": "ko", "speech_model": "whisper-base"}
    made = secretary.call("POST", f"/recordings/{recording.id}/transcriptions", again, status=201)
    assert made["language"] == "ko"


@pytest.mark.parametrize("odd", [{"language": "xx"}, {"speech_model": "/etc"}, {"other": 1}])
def test_an_odd_choice_is_refused_and_begins_nothing(
    script: Callable[[Person], Script],
    session: Session,
    cast: Cast,
    recording: Recording,
    odd: dict[str, object],
) -> None:
    path = f"/recordings/{recording.id}/transcriptions"
    script(cast.secretary).call("POST", path, odd, status=422)
    session.rollback()
    assert recording.transcriptions == []


def test_a_script_runs_a_failed_step_again(
    script: Callable[[Person], Script], session: Session, cast: Cast, recording: Recording
) -> None:
    run = work.request_transcription(session, cast.secretary, recording)
    (step,) = (step for step in run.steps if step.kind == StepKind.PLAYBACK)
    leases.take(session, step)
    work.fail(session, step, "理由です。")
    session.commit()
    secretary = script(cast.secretary)
    failed = secretary.get(f"/transcriptions/{run.id}")["stages"][-5]
    assert (failed["state"], failed["problem"]) == ("failed", "理由です。")
    again = secretary.call("POST", f"/steps/{failed['step_id']}/attempts")["stages"][-5]
    assert (again["state"], again["step_id"]) == ("waiting", None)


def test_a_script_assigns_the_items_again_after_the_agenda_has_changed(
    script: Callable[[Person], Script], session: Session, cast: Cast, recording: Recording
) -> None:
    run = work.request_transcription(session, cast.secretary, recording)
    (step,) = (step for step in run.steps if step.kind == StepKind.ITEMS)
    leases.end(step, WorkState.FINISHED)
    session.commit()
    secretary = script(cast.secretary)
    done = secretary.get(f"/transcriptions/{run.id}")["stages"][-3]
    assert done["state"] == "finished"
    again = secretary.call("POST", f"/steps/{done['step_id']}/attempts")["stages"][-3]
    assert (again["state"], again["step_id"]) == ("waiting", None)
    secretary.call("POST", f"/steps/{done['step_id']}/attempts", status=409)


def test_the_outline_is_absent_until_it_is_made(
    script: Callable[[Person], Script],
    session: Session,
    storage: Storage,
    cast: Cast,
    recording: Recording,
) -> None:
    secretary, at = script(cast.secretary), f"/recordings/{recording.id}"
    assert not secretary.get(at)["has_peaks"]
    secretary.get(f"{at}/peaks", status=404)
    session.rollback()  # what it read before that is old now
    with storage.receive(100) as incoming:
        incoming.write(b"an outline")
        recording.peaks_sha256 = storage.keep(incoming).sha256
    session.commit()
    assert secretary.get(at)["has_peaks"]
    assert secretary.open("GET", f"{at}/peaks").data == b"an outline"
