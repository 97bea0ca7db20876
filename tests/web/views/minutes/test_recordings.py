"""The tab 録音."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.recognition.heard import HeardSegment
from minutes.recordings.recordings import recordings_of
from minutes.transcription import leases, progress, work
from models.audit import AuditLine
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording, StepKind, Transcription, WorkState
from tests import pages
from tests.conftest import Browser, Cast
from tests.sounds import TONE, ffmpeg
from web.demo import builders

SOUND = builders.folder("section-meeting").audio
JSON = {"Accept": "application/json"}

Browse = Callable[[Person], Browser]


@pytest.fixture
def secretary(browse: Browse, cast: Cast, meeting: Meeting) -> Browser:
    return browse(cast.secretary)


def send(
    client: Browser,
    meeting: Meeting,
    content: bytes,
    name: str = "R01.m4a",
    *,
    token: str = "",
    as_script: bool = False,
) -> TestResponse:
    """The form as a browser sends it: the token stands before the file."""
    body = (
        '--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        f"{token}\r\n"
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    ).encode()
    return client.post(
        f"/meetings/{meeting.id}/recordings",
        data=body + content + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=JSON if as_script else {},
    )


def test_an_empty_tab_says_what_to_do_first(secretary: Browser, meeting: Meeting) -> None:
    page = secretary.get(f"/meetings/{meeting.id}/recordings").text
    assert "まだ録音がありません" in page
    assert 'data-limit-bytes="8000000000"' in page
    assert page.index('name="csrf_token"') < page.index('type="file"')


def test_of_a_film_with_two_sound_tracks_it_is_told_which_is_heard(
    secretary: Browser, meeting: Meeting, tmp_path: Path
) -> None:
    film, nothing = tmp_path / "camera.mka", ("-f", "lavfi", "-t", "2", "-i", "anullsrc")
    ffmpeg(*nothing, *TONE, "-map", "0", "-map", "1", str(film))
    send(secretary, meeting, film.read_bytes(), film.name)
    page = secretary.get(f"/meetings/{meeting.id}/recordings").text
    assert "音声が2本入っています。2本目を文字にします" in page
    answer = secretary.get(f"/api/meetings/{meeting.id}/recordings").json
    (told,) = answer["recordings"] if answer else ()
    assert (told["track"], told["tracks"]) == (2, 2)


def test_a_sent_recording_is_listed_with_its_facts_and_its_work(
    secretary: Browser, meeting: Meeting, cast: Cast
) -> None:
    answer = send(secretary, meeting, SOUND.read_bytes(), "令和8年 定例会.m4a")
    assert answer.status_code == 302
    page = secretary.get(answer.location).text
    assert "「令和8年 定例会.m4a」を受け付けました" in page
    assert f"{cast.secretary.name}さんが送信" in page
    assert re.search(r"\d+分\d+秒・[\d,.]+ [KM]B・令和", page)
    assert 'data-progress-url="/api/transcriptions/1"' in page
    assert "文字起こしの処理が動いていません" in page and "/transcripts/1" in page


def test_a_script_is_told_where_to_go_on(secretary: Browser, meeting: Meeting) -> None:
    answer = send(secretary, meeting, SOUND.read_bytes(), as_script=True)
    assert (answer.status_code, answer.json) == (
        201,
        {"url": f"/meetings/{meeting.id}/recordings"},
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "0バイト"), (b"%PDF-1.7 no sound", "開けませんでした")],
    ids=["empty", "not sound"],
)
def test_what_is_no_sound_is_refused_on_the_page_in_words(
    secretary: Browser, session: Session, meeting: Meeting, content: bytes, words: str
) -> None:
    answer = send(secretary, meeting, content)
    assert answer.status_code == 422
    assert words in answer.text and 'type="file"' in answer.text
    told = send(secretary, meeting, content, as_script=True)
    assert told.status_code == 422 and words in (told.json or {})["message"]
    assert recordings_of(session, meeting) == []


def test_sending_without_a_file_asks_for_one(secretary: Browser, meeting: Meeting) -> None:
    answer = send(secretary, meeting, b"", name="")
    assert answer.status_code == 422 and "ファイルを1つ選んで" in answer.text


def test_the_same_recording_twice_is_told(secretary: Browser, meeting: Meeting) -> None:
    send(secretary, meeting, SOUND.read_bytes(), "一回目.m4a")
    answer = send(secretary, meeting, SOUND.read_bytes(), "二回目.m4a")
    assert answer.status_code == 409 and "一回目.m4a" in answer.text


def test_too_much_is_refused_before_it_is_read(secretary: Browser, meeting: Meeting) -> None:
    class Untouched(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

    answer = secretary.post(
        f"/meetings/{meeting.id}/recordings",
        content_type="multipart/form-data; boundary=x",
        headers=JSON,
        environ_overrides={"CONTENT_LENGTH": "2000100000", "wsgi.input": Untouched()},
    )
    assert answer.status_code == 422 and "上限 2,000 MB" in (answer.json or {})["message"]


def test_without_the_token_nothing_is_received(
    app: Flask, secretary: Browser, session: Session, storage: Storage, meeting: Meeting
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = send(secretary, meeting, SOUND.read_bytes(), as_script=True)
    assert answer.status_code == 400 and (answer.json or {})["is_token_expired"]
    page = secretary.get(f"/meetings/{meeting.id}/recordings").text
    token = pages.token(page)
    assert send(secretary, meeting, SOUND.read_bytes(), token=token).status_code == 302


def test_a_missing_worker_is_told_in_words(
    secretary: Browser, session: Session, meeting: Meeting
) -> None:
    url = f"/meetings/{meeting.id}/recordings"
    assert "処理が動いていません" in secretary.get(url).text
    progress.show_life(session, "one")
    session.commit()
    assert "処理が動いていません" not in secretary.get(url).text


@pytest.fixture
def run(session: Session, cast: Cast, recording: Recording) -> Transcription:
    """Half heard, with a worker that lives."""
    made = work.request_transcription(session, cast.secretary, recording)
    work.begin(session, made, "whisper-base", [(0.0, 60.0)], "d01c3014" + 56 * "0")
    chunk = work.take_chunk(session, made)
    assert chunk is not None and chunk.lease is not None
    work.add_segment(session, chunk.id, chunk.lease, HeardSegment(0.0, 30.0, "はじめの文"))
    progress.show_life(session, "one")
    session.commit()
    return made


def page_of(client: Browser, run: Transcription) -> str:
    return client.get(f"/meetings/{run.meeting.id}/recordings").text


def state(session: Session, run: Transcription) -> WorkState:
    session.rollback()
    return WorkState(run.state)


def test_what_is_going_on_stands_there_stage_by_stage(
    secretary: Browser, run: Transcription
) -> None:
    page = page_of(secretary, run)
    assert "文字起こし 50 %・残り時間はまだ分かりません" in page
    words = re.sub(r"<[^>]+>|\s+", "", page[page.index('class="stages"') :])
    assert "受付済み音声確認済み文字起こし50%再生用の音と波形これから" in words
    assert "whisper-base（d01c3014）" in page and "日本語" in page
    assert "もう一度文字起こし" not in page


def test_work_can_be_cancelled_and_begun_again_and_what_was_heard_stays(
    secretary: Browser, session: Session, run: Transcription
) -> None:
    assert secretary.post(f"/transcriptions/{run.id}/cancellation").status_code == 302
    page = page_of(secretary, run)
    assert "中止（50 %まで）" in page and "もう一度文字起こし" in page
    recording_id = run.recording_id
    assert secretary.post(f"/recordings/{recording_id}/transcriptions").status_code == 302
    session.rollback()
    assert [WorkState(t.state) for t in run.recording.transcriptions] == [
        WorkState.CANCELLED,
        WorkState.WAITING,
    ]


def test_work_is_paused_resumed_and_moved_up_by_buttons(
    secretary: Browser, session: Session, run: Transcription
) -> None:
    at = f"/transcriptions/{run.id}"
    assert secretary.post(f"{at}/pause").status_code == 302
    assert state(session, run) == WorkState.PAUSED
    page = page_of(secretary, run)
    assert "一時停止（50 %まで）" in page and "続きから再開" in page and "中止" in page
    assert secretary.post(f"{at}/pause").status_code == 409
    assert secretary.post(f"{at}/resumption").status_code == 302
    assert state(session, run) == WorkState.RUNNING
    assert secretary.post(f"{at}/priority").status_code == 302
    assert "優先" in page_of(secretary, run)
    session.rollback()
    verbs = {line.verb for line in session.scalars(select(AuditLine))}
    assert {"pause", "resume", "move_up"} <= verbs


def test_a_failed_step_says_why_and_is_run_again_alone(
    secretary: Browser, session: Session, run: Transcription
) -> None:
    (playback,) = (step for step in run.steps if step.kind == StepKind.PLAYBACK)
    leases.take(session, playback)
    work.fail(session, playback, "ディスクがいっぱいでした。")
    session.commit()
    page = page_of(secretary, run)
    assert "再生用の音と波形は失敗になっています。ディスクがいっぱいでした。" in page
    assert "文字起こし 50 %" in page
    assert secretary.post(f"/steps/{playback.id}/attempts").status_code == 302
    session.rollback()
    assert (playback.state, playback.problem) == (WorkState.WAITING, "")
    assert secretary.post(f"/steps/{playback.id}/attempts").status_code == 409


def test_another_run_may_have_another_language_and_speech_model(
    secretary: Browser, session: Session, config: Config, run: Transcription, small_model: Path
) -> None:
    (config.home / "speech-models").mkdir()
    (config.home / "speech-models" / "kotoba").symlink_to(small_model)
    secretary.post(f"/transcriptions/{run.id}/cancellation")
    page = page_of(secretary, run)
    assert (
        'value="kotoba"' in page and 'value="en"' in page and "いつものもの（whisper-base）" in page
    )
    again = f"/recordings/{run.recording_id}/transcriptions"
    for odd in ({"speech_model": "../../etc"}, {"language": "tlh"}):
        assert secretary.post(again, data=odd).status_code == 422
    chosen = {"speech_model": "kotoba", "language": "en"}
    assert secretary.post(again, data=chosen).status_code == 302
    session.rollback()
    newest = run.recording.transcriptions[-1]
    assert (newest.wanted_model, newest.language) == ("kotoba", "en")


def without_tokens(page: str) -> str:
    """They carry the second in which they were made."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page)


def test_the_part_of_one_recording_is_sent_alone_for_its_script(
    secretary: Browser, run: Transcription
) -> None:
    part = secretary.get(f"/recordings/{run.recording_id}/runs").text
    assert part.count("data-work=") == 1 and "<html" not in part
    assert "一時停止" in part
    assert without_tokens(part).strip() in without_tokens(page_of(secretary, run))


def test_the_outline_of_the_sound_is_absent_until_it_is_made(
    secretary: Browser, session: Session, storage: Storage, run: Transcription
) -> None:
    url = f"/recordings/{run.recording_id}/peaks"
    assert secretary.get(url).status_code == 404
    with storage.receive(100) as incoming:
        incoming.write(b"an outline")
        run.recording.peaks_sha256 = storage.keep(incoming).sha256
    session.commit()
    assert secretary.get(url).data == b"an outline"


def test_the_desk_says_which_speech_model_heard_it(secretary: Browser, run: Transcription) -> None:
    page = secretary.get("/transcripts/1").text
    assert "音声認識モデル whisper-base（d01c3014）・日本語" in page


def test_the_sound_comes_in_ranges_and_the_first_one_is_the_look(
    secretary: Browser, session: Session, recording: Recording
) -> None:
    url = f"/recordings/{recording.id}/sound"
    part = secretary.get(url, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.data)) == (206, 100)
    assert part.mimetype.startswith("audio/")
    later = secretary.get(url, headers={"Range": "bytes=100-199"})
    assert part.data + later.data == builders.folder("dx-council").audio.read_bytes()[:200]
    assert looks(session, "hear") == 1


def test_the_playback_copy_is_heard_as_soon_as_there_is_one(
    secretary: Browser, session: Session, storage: Storage, recording: Recording
) -> None:
    """A page that was opened before goes on with the original."""
    with storage.receive(100) as incoming:
        incoming.write(b"a copy")
        recording.playback_sha256 = storage.keep(incoming).sha256
    session.commit()
    url = f"/recordings/{recording.id}/sound"
    assert secretary.get(url).data == b"a copy"
    assert secretary.get(f"{url}?original=yes").data != b"a copy"


def test_the_original_can_be_taken_out_as_it_was_received(
    secretary: Browser, session: Session, recording: Recording
) -> None:
    answer = secretary.get(f"/recordings/{recording.id}/file")
    assert answer.data == builders.folder("dx-council").audio.read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert looks(session, "download") == 1


def test_nothing_received_is_ever_shown_as_a_page(
    secretary: Browser, session: Session, recording: Recording
) -> None:
    recording.file_name = "evil.html"
    session.commit()
    answer = secretary.get(f"/recordings/{recording.id}/sound")
    assert answer.mimetype == "application/octet-stream"


def test_an_approver_reads_but_sends_nothing(
    browse: Browse, cast: Cast, recording: Recording
) -> None:
    approver = browse(cast.approver)
    page = approver.get(f"/meetings/{recording.meeting_id}/recordings").text
    assert recording.file_name in page and 'type="file"' not in page
    assert "もう一度文字起こし" not in page


def looks(session: Session, verb: str) -> int:
    session.rollback()
    return len(session.scalars(select(AuditLine).where(AuditLine.verb == verb)).all())
