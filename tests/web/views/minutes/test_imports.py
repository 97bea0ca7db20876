"""手元の逐語録を取り込む: on the tab 録音, by scripts and from the command line."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from minutes.transcripts.transcripts import transcripts_of
from models.audit import AuditLine
from models.person import Person
from models.recording import Recording
from models.transcript import Transcript
from tests import office
from tests.conftest import Browser, Cast
from tests.world import World

TEXT = (
    "○会長（篠原泰成君）　それでは、定刻となりましたので、\n"
    "本日はお忙しい中お集まりいただき、ありがとうございます。\n"
    "○事務局　この発言は録音には入っておりませんでした。\n"
    "○会長　一つ目の論点整理について、事務局から説明をお願いします。\n"
)
SRT = "1\n00:00:01,000 --> 00:00:03,000\n議長：開会します。\n"
JSON = {"Accept": "application/json"}


@pytest.fixture
def secretary(browse: Callable[[Person], Browser], cast: Cast) -> Browser:
    return browse(cast.secretary)


def send(
    client: Browser, recording: Recording, name: str, content: bytes, api: str = "", **fields: str
) -> Any:
    data = {**fields, "file": (io.BytesIO(content), name)}
    return client.post(f"{api}/recordings/{recording.id}/transcripts", data=data)


def newest(session: Session, world: World) -> Transcript:
    session.rollback()  # what was read before is what was there before
    return transcripts_of(session, world.unpublished)[-1]


def test_the_tab_offers_to_take_one_in(secretary: Browser, world: World) -> None:
    page = secretary.get(f"/meetings/{world.unpublished.id}/recordings").text
    assert "手元の逐語録を取り込む" in page
    form = page[page.index('<details class="run-import"') :]
    assert form.index('name="csrf_token"') < form.index('type="file"')


def test_a_text_without_times_is_placed_by_the_sound_and_opens_at_the_desk(
    secretary: Browser, world: World, session: Session, cast: Cast
) -> None:
    answer = send(secretary, world.recording, "会議録.docx", word(TEXT))
    page = secretary.get(answer.location).text
    assert "4発話のうち3発話を、音に合わせて置きました" in page
    assert "「会議録.docx」を取り込みました・時刻が推定のままの発話 1" in page
    made = newest(session, world)
    assert f'href="/transcripts/{made.id}"' in page
    assert "2回目" not in page
    assert [s.start_seconds for s in made.segments][::3] == [1.0, 13.4]
    desk = secretary.get(f"/transcripts/{made.id}").text
    assert "取り込み：会議録.docx" in desk and cast.secretary.name in desk
    assert "取り込んだ逐語録のため、正変換率は出ません" in desk
    assert "出しません" in secretary.get(f"/transcripts/{made.id}/print").text


def test_subtitles_are_placed_by_their_times_and_an_offset(
    secretary: Browser, world: World, session: Session
) -> None:
    send(secretary, world.recording, "字幕.srt", SRT.encode(), offset="0:01:30")
    (segment,) = newest(session, world).segments
    assert (segment.start_seconds, segment.text) == (91.0, "開会します。")
    assert segment.speaker is not None and segment.speaker.name == "議長"


def test_the_file_is_kept_as_it_came_and_the_taking_in_is_in_the_audit(
    secretary: Browser, world: World, session: Session, cast: Cast
) -> None:
    send(secretary, world.recording, "字幕.srt", SRT.encode())
    run = newest(session, world).transcription
    answer = secretary.get(f"/transcriptions/{run.id}/file")
    assert answer.data == SRT.encode()
    assert answer.content_type == "application/octet-stream"
    line = session.scalars(select(AuditLine).where(AuditLine.verb == "import")).one()
    assert (line.person_id, line.thing_id) == (cast.secretary.id, run.id)


@pytest.mark.parametrize(
    ("name", "content", "fields", "told"),
    [
        ("a.txt", b" \n", {}, "文字がありません"),
        ("a.exe", b"MZ", {}, "取り込めるのは"),
        ("a.srt", SRT.encode(), {"offset": "三秒"}, "0:01:30"),
        ("a.srt", SRT.encode(), {"offset": "9:00:00"}, "終わりより後"),
        ("a.srt", SRT.encode(), {"placing": "odd"}, "置き方は"),
        ("a.txt", "窓口の番号札の順にお呼びします。".encode() * 9, {}, "別の会議"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_recordings_form(
    secretary: Browser,
    world: World,
    session: Session,
    name: str,
    content: bytes,
    fields: dict[str, str],
    told: str,
) -> None:
    answer = send(secretary, world.recording, name, content, **fields)
    assert answer.status_code == 422
    form = answer.text[answer.text.index('<details class="run-import"') :]
    assert told in form, form
    assert "open>" in form[:80]
    assert len(transcripts_of(session, world.unpublished)) == 1


def test_without_a_finished_run_one_is_told_what_to_do_first(
    secretary: Browser, world: World, session: Session
) -> None:
    world.recording.transcriptions[0].state = "failed"
    session.commit()
    answer = send(secretary, world.recording, "会議録.txt", TEXT.encode())
    assert answer.status_code == 422 and "文字起こしが終わってから" in answer.text


def test_scripts_get_the_counts_and_the_remarks(
    secretary: Browser, world: World, session: Session
) -> None:
    answer = send(secretary, world.recording, "会議録.txt", TEXT.encode("cp932"), "/api")
    assert answer.status_code == 201
    said = answer.json
    assert (said["segments"], said["placed_by_sound"], said["unsure"]) == (3, 2, 1)
    assert said["work"]["imported_file_name"] == "会議録.txt"
    assert said["work"]["transcript_id"] == newest(session, world).id
    assert said["work"]["stages"][0]["label"] == "取り込み"
    assert "音に合わせて" in said["remarks"][0]


def test_confirmed_segments_of_it_have_no_counts(
    secretary: Browser, world: World, session: Session, cast: Cast
) -> None:
    send(secretary, world.recording, "字幕.srt", SRT.encode())
    made = newest(session, world)
    transcripts.confirm(session, cast.secretary, made.segments[0])
    session.commit()
    said = secretary.get(f"/api/transcripts/{made.id}").json
    assert said["segments"][0]["is_confirmed"] and said["segments"][0]["counts"] is None
    assert said["segments"][0]["marks"] == [
        {
            "text": "開会します。",
            "is_corrected": False,
            "is_annotation": False,
            "heard": "開会します。",
        }
    ]
    assert said["accuracy"]["raw"]["total"] == 0


def test_who_may_not_record_may_not_take_in(
    browse: Callable[[Person], Browser], world: World, cast: Cast
) -> None:
    for person in (cast.attendee, cast.outsider):
        answer = send(browse(person), world.recording, "字幕.srt", SRT.encode())
        assert answer.status_code == 404


def word(text: str) -> bytes:
    return office.docx_of(
        "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    )


def test_one_taken_in_by_mistake_is_taken_away_on_the_screen(
    secretary: Browser, world: World, session: Session, cast: Cast
) -> None:
    send(secretary, world.recording, "別の会議.srt", SRT.encode())
    made = newest(session, world)
    first = made.segments[0]
    transcripts.correct(session, cast.secretary, first, "開会いたします。", based_on=0)
    session.commit()
    index = f"/meetings/{world.unpublished.id}/recordings"
    page = secretary.get(index).text
    question = "「別の会議.srt」を消します。直した発話が1件あり、その修正も消えます。"
    assert question in page
    assert page.count("取り込みを消す") == 1
    answer = secretary.post(f"/transcripts/{made.id}/removal", follow_redirects=True)
    assert "「別の会議.srt」を消しました。録音はそのままです。" in answer.text
    assert "取り込みを消す" not in answer.text
    for path in (f"/transcripts/{made.id}", f"/transcriptions/{made.transcription_id}/file"):
        assert secretary.get(path).status_code == 404
    assert newest(session, world).id == world.transcript.id
    assert secretary.get(f"/recordings/{world.recording.id}/sound").status_code == 200


def test_scripts_take_one_away_and_learn_why_they_cannot(
    secretary: Browser, browse: Callable[[Person], Browser], world: World, session: Session
) -> None:
    send(secretary, world.recording, "別の会議.srt", SRT.encode())
    path = f"/api/transcripts/{newest(session, world).id}"
    assert secretary.delete(path).status_code == 204
    assert secretary.get(path).status_code == secretary.delete(path).status_code == 404
    runs = secretary.get(f"/api/recordings/{world.recording.id}").json["transcriptions"]
    assert [run["transcript_id"] for run in runs] == [world.transcript.id]
    refused = secretary.delete(f"/api/transcripts/{world.transcript.id}")
    assert refused.status_code == 409
    assert "取り込んだ逐語録だけ" in refused.json["message"]


def test_only_who_may_correct_takes_one_away(
    secretary: Browser,
    browse: Callable[[Person], Browser],
    world: World,
    session: Session,
    cast: Cast,
) -> None:
    send(secretary, world.recording, "別の会議.srt", SRT.encode())
    made = newest(session, world)
    approver = browse(cast.approver)
    page = approver.get(f"/meetings/{world.unpublished.id}/recordings").text
    assert "取り込みを消す" not in page
    assert approver.post(f"/transcripts/{made.id}/removal").status_code == 404
    assert approver.delete(f"/api/transcripts/{made.id}").status_code == 404
