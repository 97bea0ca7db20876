"""The pages of a meeting with several recordings."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.records import publication, records
from minutes.records.content import content_of
from minutes.sound import audio
from models.minutes import MinutesRevision
from models.person import Person
from models.recording import RecordingKind
from models.transcript import Transcript
from tests import pages
from tests.conftest import Browser, Cast
from tests.parts import SECOND, SPARE, STARTS_AT, TwoParts
from web.demo import builders

Browse = Callable[[Person], Browser]


@pytest.fixture
def secretary(browse: Browse, cast: Cast, two_parts: TwoParts) -> Browser:
    return browse(cast.secretary)


def publish(session: Session, cast: Cast, *chosen: Transcript) -> MinutesRevision:
    revision = records.draft(session, cast.secretary, *chosen)
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    session.commit()
    return revision


def place_form(page: str, recording_id: int) -> dict[str, str]:
    return pages.form(page, f"/recordings/{recording_id}/place")


def test_recordings_are_listed_by_the_clock_each_with_its_place(
    secretary: Browser, two_parts: TwoParts, spare: Transcript
) -> None:
    page = secretary.get(f"/meetings/{two_parts.meeting.id}/recordings").text
    names = pages.texts(page, '//h3[starts-with(@id, "recording-")]')
    assert names == ["前半.flac", "予備機.wav", "後半.flac"]
    places = pages.texts(page, '//p[@class="place"]/span[contains(@class, "badge")]')
    assert places == ["本編 第1部", "予備", "本編 第2部"]
    assert "14:00:05から14:00:24まで（会議の開始から0:00:05）" in page
    assert "第1部の終わりから1分空いています。" in page and "第1部の予備です。" in page


def test_a_meeting_with_one_recording_counts_no_parts(
    browse: Browse, session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> None:
    meeting = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="一つの会議",
        department=cast.organiser.department,
        starts_at=STARTS_AT,
    )
    sound = storage.path(two_parts.second.recording.sha256)
    recording = builders.add_sound(session, storage, cast.secretary, meeting, sound, "一つ.flac")
    transcript = builders.add_transcript(session, cast.secretary, recording, SECOND)
    secretary = browse(cast.secretary)
    listed = secretary.get(f"/meetings/{meeting.id}/recordings").text
    assert "始まりの時刻が分かりません" in listed and "第1部<" not in listed
    assert "部のうち" not in secretary.get(f"/transcripts/{transcript.id}").text
    drafting = secretary.get(f"/meetings/{meeting.id}/minutes").text
    assert 'name="transcript_id"' in drafting and 'name="transcript_ids"' not in drafting


def test_kind_and_beginning_are_changed_in_the_list(
    secretary: Browser, session: Session, two_parts: TwoParts
) -> None:
    at = f"/meetings/{two_parts.meeting.id}/recordings"
    recording = two_parts.second.recording
    form = place_form(secretary.get(at).text, recording.id)
    assert (form["kind"], form["began_at"], form["day"]) == ("part", "14:01:25", "")
    answer = secretary.post(f"/recordings/{recording.id}/place", data=form)
    assert answer.location == f"{at}#recording-{recording.id}"
    sent = {**form, "kind": "spare", "began_at": "＋0:00:01"}
    assert secretary.post(f"/recordings/{recording.id}/place", data=sent).status_code == 302
    session.commit()
    assert recording.kind == RecordingKind.SPARE
    assert "第1部の予備です。" in secretary.get(at).text


NONSENSE = [
    ("began_at", "二時ごろ", "「二時ごろ」は読めません"),
    ("began_at", "＋9:99", "時:分:秒"),
    ("day", "2020-01-01", "1日より離れています"),
    ("kind", "", "本編か予備かを選んで"),
    ("kind", "x", "本編か予備かを選んで"),
]


def test_nonsense_comes_back_with_a_sentence_and_what_was_typed(
    secretary: Browser, session: Session, two_parts: TwoParts
) -> None:
    recording = two_parts.second.recording
    before = recording.began_at
    url = f"/recordings/{recording.id}/place"
    whole = place_form(secretary.get(url).text, recording.id)
    for field, value, words in NONSENSE:
        form = {**whole, field: value}
        answer = secretary.post(url, data=form)
        assert answer.status_code == 422 and words in answer.text, value
        assert f'value="{form["began_at"]}"' in answer.text, value
    session.commit()
    assert (recording.kind, recording.began_at) == (RecordingKind.PART, before)


def test_of_two_people_the_second_sees_what_the_first_one_saved(
    secretary: Browser, session: Session, two_parts: TwoParts
) -> None:
    url = f"/recordings/{two_parts.second.recording.id}/place"
    form = place_form(secretary.get(url).text, two_parts.second.recording.id)
    assert secretary.post(url, data={**form, "began_at": "14:30:00"}).status_code == 302
    answer = secretary.post(url, data={**form, "began_at": "14:40:00"})
    assert answer.status_code == 409 and "14:30:00から" in answer.text
    again = place_form(answer.text, two_parts.second.recording.id)
    assert again["began_at"] == "14:40:00"
    assert secretary.post(url, data=again).status_code == 302


def test_the_only_part_stays_one(secretary: Browser, two_parts: TwoParts, session: Session) -> None:
    first, second = two_parts.recordings
    second.kind = RecordingKind.SPARE
    session.commit()
    answer = secretary.post(f"/recordings/{first.id}/place", data={"kind": "spare"})
    assert answer.status_code == 409 and "本編がなくなります" in answer.text


def test_an_approver_sees_the_places_and_changes_none(
    browse: Browse, cast: Cast, two_parts: TwoParts
) -> None:
    page = browse(cast.approver).get(f"/meetings/{two_parts.meeting.id}/recordings").text
    assert "本編 第2部" in page and "/place" not in page


def test_the_desk_leads_to_the_parts_beside_it(
    secretary: Browser, two_parts: TwoParts, spare: Transcript
) -> None:
    def beside(transcript: Transcript) -> tuple[str, list[tuple[str, str]]]:
        page = pages.tree(secretary.get(f"/transcripts/{transcript.id}").text)
        (nav,) = page.find_class("desk-parts")
        return nav.findtext("span"), [(link.get("href"), link.text) for link in nav.iter("a")]

    first, second = (f"/transcripts/{t.id}" for t in (two_parts.first, two_parts.second))
    assert beside(two_parts.first) == ("第1部（2部のうち）", [(second, "次の部（第2部）")])
    assert beside(two_parts.second) == ("第2部（2部のうち）", [(first, "前の部（第1部）")])
    assert beside(spare) == ("予備", [(first, "もとの部（第1部）")])
    assert "第2部（2部のうち）" in secretary.get(f"{second}/print").text


def test_the_page_that_drafts_shows_and_takes_a_transcript_of_every_part(
    secretary: Browser, session: Session, two_parts: TwoParts, spare: Transcript
) -> None:
    url = f"/meetings/{two_parts.meeting.id}/minutes"
    page = secretary.get(url).text
    selects = pages.tree(page).xpath('//select[@name="transcript_ids"]')
    first, second, other = (str(one.id) for one in (two_parts.first, two_parts.second, spare))
    assert [select.value for select in selects] == [first, second]
    offered = [select.value_options for select in selects]
    assert offered == [[first, other, ""], [second, other, ""]]
    assert page.index("第1部に使う逐語録") < page.index("第2部に使う逐語録")
    assert "予備 予備機.wav" in page and "会議録を作成" in page
    chosen = [str(two_parts.first.id), str(two_parts.second.id)]
    answer = secretary.post(url, data={"transcript_ids": chosen})
    paper = secretary.get(answer.location).text
    first, second = two_parts.recordings
    assert f"/recordings/{first.id}/sound#t=1.0,8.6" in paper
    assert f"/recordings/{second.id}/sound#t=0.4,2.8" in paper
    assert 'aria-label="第2部 0:00:00の発言を聞く"' in paper
    assert "選んだ逐語録から作り直す" in paper
    assert "発言（第2部 0:00:02）" in secretary.get(f"{url}/change").text


def test_a_spare_is_chosen_instead_of_a_part_and_a_part_left_out(
    secretary: Browser, session: Session, two_parts: TwoParts, spare: Transcript
) -> None:
    url = f"/meetings/{two_parts.meeting.id}/minutes"
    secretary.post(url, data={"transcript_ids": [str(spare.id), ""]})
    page = secretary.get(url).text
    assert SPARE[0].text in page and SECOND[0].text not in page
    assert 'aria-label="0:00:01の発言を聞く"' in page
    none = secretary.post(url, data={"transcript_ids": ["", ""]})
    assert none.status_code == 422 and "1つ以上選んで" in none.text
    odd = secretary.post(url, data={"transcript_ids": [str(spare.id), "99"]})
    assert odd.status_code == 404


def test_a_part_that_is_not_text_yet_is_told_before_drafting(
    secretary: Browser, session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> None:
    sound = builders.folder("section-meeting").audio
    builders.add_sound(session, storage, cast.secretary, two_parts.meeting, sound, "三.m4a")
    session.commit()
    page = secretary.get(f"/meetings/{two_parts.meeting.id}/minutes").text
    assert page.count("この部を除いた会議録になります") == 1
    beside = secretary.get(f"/transcripts/{two_parts.first.id}").text
    assert "次の部（第2部）はまだ文字になっていません" in beside


def test_a_citizen_hears_every_sentence_from_the_recording_of_its_part(
    citizen: Browser, session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> None:
    publish(session, cast, two_parts.first, two_parts.second)
    page = citizen.get(f"/published/{two_parts.meeting.id}").text
    assert 'data-at="第1部 0:00:09"' in page
    url = f"/published/{two_parts.meeting.id}/sentences/0/2/sound"
    assert url in page
    said = SECOND[0]
    sound = storage.path(two_parts.second.recording.sha256)
    assert citizen.get(url).data == audio.clip(sound, said.start_seconds, said.end_seconds)


def test_a_sentence_is_looked_for_in_its_own_part_alone(
    citizen: Browser, session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    """Times of the first part under the name of the second open nothing."""
    revision = records.draft(session, cast.secretary, two_parts.first, two_parts.second)
    content = content_of(revision)
    content.sections[0].paragraphs[0].transcript_id = two_parts.second.id
    changed = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    records.request_approval(session, cast.secretary, changed)
    session.flush()
    records.approve(session, cast.approver, changed)
    publication.publish(session, cast.approver, changed)
    session.commit()
    url = f"/published/{two_parts.meeting.id}/sentences/0"
    assert citizen.get(f"{url}/0/sound").status_code == 404
    assert citizen.get(f"{url}/1/sound").status_code == 200
