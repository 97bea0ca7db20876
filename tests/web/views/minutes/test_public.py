"""What citizens read, search, hear and take along, and what they never reach."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings import dates
from meetings.disk.storage import Storage
from meetings.errors import InvalidInput
from minutes.recognition.heard import HeardSegment
from minutes.records import publication, records
from minutes.records.content import content_of
from minutes.sound import audio
from models.base import now
from models.person import Person
from tests.conftest import Browser, Cast
from tests.published import publish_many
from tests.queries import asked
from tests.world import HEARD, World
from web.demo import builders


def sound_url(meeting_id: int, section: int = 0, paragraph: int = 0) -> str:
    return f"/published/{meeting_id}/sentences/{section}/{paragraph}/sound"


def test_the_first_page_says_that_nothing_is_published_yet(citizen: Browser) -> None:
    page = citizen.get("/")
    assert page.status_code == 200
    assert "まだありません" in page.text
    assert 'href="/sign-in"' in page.text


def test_published_minutes_are_listed_by_series_and_year_and_others_are_not(
    citizen: Browser, world: World
) -> None:
    page = citizen.get("/").text
    assert "DX推進計画策定懇話会" in page and "令和3年" in page
    assert page.count(f'/published/{world.published.id}"') == 1
    assert f"/published/{world.unpublished.id}" not in page


def test_a_published_paper_says_when_and_which_and_plays_every_sentence(
    citizen: Browser, world: World
) -> None:
    page = citizen.get(f"/published/{world.published.id}").text
    for heard in HEARD:
        assert heard.text in page
    assert "日（" in page and "）公開" in page and "改訂" not in page, (
        "no number of the office's own"
    )
    for paragraph in range(2):  # the first two were one sentence, cut where somebody drew breath
        assert sound_url(world.published.id, 0, paragraph) in page


@pytest.mark.parametrize("query", ["提告", "論点整理", "ＤＸ推進", "dx推進 事務局"])
def test_two_characters_and_wide_letters_find_the_minutes(
    citizen: Browser, world: World, query: str
) -> None:
    page = citizen.get("/", query_string={"q": query}).text
    assert f"/published/{world.published.id}" in page
    assert "1件です" in page


@pytest.mark.parametrize("query", ["予算", "提告 予算", "%", "_", "\\u63d0"])
def test_what_nobody_said_is_not_found(citizen: Browser, world: World, query: str) -> None:
    page = citizen.get("/", query_string={"q": query}).text
    assert "0件です" in page
    assert f"/published/{world.published.id}" not in page


def test_a_found_word_is_shown_where_it_was_said(citizen: Browser, world: World) -> None:
    page = citizen.get("/?q=論点").text
    assert "一つ目の<mark>論点</mark>整理について" in page
    assert f"/published/{world.published.id}#said-0-1" in page


def test_a_query_is_shown_as_text(citizen: Browser) -> None:
    page = citizen.get("/", query_string={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page


def test_the_text_is_taken_along_under_a_japanese_name(citizen: Browser, world: World) -> None:
    answer = citizen.get(f"/published/{world.published.id}/text")
    assert answer.content_type == "text/plain; charset=utf-8"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "会議録_第2回" in unquote(disposition) and disposition.endswith(".txt")
    assert HEARD[1].text in answer.get_data(as_text=True)


def test_a_sentence_is_heard_and_nothing_beside_it(
    citizen: Browser, world: World, storage: Storage, session: Session
) -> None:
    answer = citizen.get(sound_url(world.published.id, 0, 0))
    assert answer.content_type == "audio/mpeg"
    with storage.receive(10_000_000) as incoming:
        incoming.write(answer.data)
        incoming.flush_to_disk()
        seconds = audio.inspect(incoming.path).duration_seconds
    assert seconds == pytest.approx(HEARD[1].end_seconds - HEARD[0].start_seconds, abs=0.3)
    for section, paragraph in ((0, 2), (9, 0), (0, 10**30), (10**30, 0)):
        assert citizen.get(sound_url(world.published.id, section, paragraph)).status_code == 404
    other = f"{sound_url(world.published.id, 0, 1)}?end=999"
    assert citizen.get(other).data != answer.data


def test_without_a_script_a_sentence_is_heard_on_a_page_that_leads_back(
    citizen: Browser, world: World
) -> None:
    paper = f"/published/{world.published.id}"
    page = citizen.get(f"{paper}/sentences/0/1").text
    assert f'src="{sound_url(world.published.id, 0, 1)}"' in page and "<audio controls" in page
    assert f'href="{paper}#said-0-1"' in page and f'href="{paper}/sentences/0/0"' in page
    assert "次の発言" not in page, "it is the last one"
    for place in ("0/2", "9/0", f"0/{10**30}"):
        assert citizen.get(f"{paper}/sentences/{place}").status_code == 404
    assert citizen.get(f"/published/{world.unpublished.id}/sentences/0/0").status_code == 404


def test_a_sentence_is_sent_as_a_file_of_which_a_player_takes_pieces(
    citizen: Browser, world: World
) -> None:
    url = sound_url(world.published.id, 0, 1)
    whole = citizen.get(url)
    piece = citizen.get(url, headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.data) == (206, whole.data[100:200])
    known = {"If-None-Match": whole.headers["ETag"]}
    assert citizen.get(url, headers=known).status_code == 304


def test_sound_that_was_cut_once_is_not_cut_again_and_asks_little(
    citizen: Browser, world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sound_url(world.published.id, 0, 1)
    first = citizen.get(url)
    monkeypatch.setattr(audio, "clip", None)
    with asked(engine) as statements:
        assert citizen.get(url).data == first.data
    assert not any("FROM segment" in one or "revision_content" in one for one in statements)


def test_a_sentence_stretched_over_what_was_taken_out_is_not_played(
    citizen: Browser, world: World, session: Session, cast: Cast
) -> None:
    """Read by the approver as one sentence, it would play all that was said in between."""
    minutes = records.minutes_of(session, world.published)
    assert minutes is not None
    publication.withdraw(session, cast.approver, minutes.latest, "直す")
    content = content_of(minutes.latest)
    said = content.sections[0].paragraphs
    said[0].end_seconds = said[-1].end_seconds
    del said[1:]
    revision = records.revise(session, cast.secretary, minutes, content, based_on=1)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    session.commit()
    url = sound_url(world.published.id, 0, 0)
    assert citizen.get(url).status_code == 404
    assert url not in citizen.get(f"/published/{world.published.id}").text


def test_the_list_is_chosen_from_and_leafed_through(
    citizen: Browser, session: Session, cast: Cast
) -> None:
    publish_many(session, cast, 45)
    page = citizen.get("/").text
    assert page.count("/published/") == 20 and "1／3頁" in page
    assert 'href="/?page=2"' in page and "審議会1（15件）" in page
    second = citizen.get("/?q=予算&series=審議会1&page=1").text
    assert "「予算」を含む「審議会1」の会議録は15件です" in second
    assert "令和元年" in citizen.get("/?year=2019").text
    assert "平成31年・令和元年" in page
    for odd in ("/?page=0", "/?page=-3", "/?page=x", "/?year=99999", "/?year=x", "/?series=なし"):
        assert citizen.get(odd).status_code == 200, odd


def test_a_script_leafs_through_the_list_too(
    citizen: Browser, session: Session, cast: Cast
) -> None:
    publish_many(session, cast, 45)
    seen, url = [], "/api/published?series=審議会1&q=会議"
    while url:
        answer = citizen.get(url).get_json()
        seen += [head["meeting_id"] for head in answer["published"]]
        url = answer["next"]
    assert answer["total"] == len(seen) == len(set(seen)) == 15
    assert citizen.get("/api/published?page=2").get_json()["page"] == 2


def test_nothing_of_an_unpublished_meeting_is_reachable(citizen: Browser, world: World) -> None:
    meeting = world.unpublished.id
    for url in (f"/published/{meeting}", f"/published/{meeting}/text", sound_url(meeting)):
        assert citizen.get(url).status_code == 404, url
        assert citizen.get(url.replace(str(meeting), str(10**30), 1)).status_code == 404
    assert citizen.get(f"/api/published/{meeting}").status_code == 404


def test_nothing_of_a_withdrawn_meeting_is_reachable(
    citizen: Browser, world: World, session: Session, cast: Cast
) -> None:
    meeting = world.published
    minutes = records.minutes_of(session, meeting)
    assert minutes is not None
    assert citizen.get(sound_url(meeting.id)).status_code == 200, "and kept now"
    publication.withdraw(session, cast.approver, minutes.latest, "誤りがあった")
    session.commit()
    for url in (
        f"/published/{meeting.id}",
        f"/published/{meeting.id}/text",
        sound_url(meeting.id),
        f"/api/published/{meeting.id}",
    ):
        answer = citizen.get(url)
        assert answer.status_code == 410, url
        told = answer.json["message"] if "api" in url else answer.text
        assert "公開を取り下げました" in told and dates.in_full(now()) in told
        assert meeting.department.full_name in told and "誤りがあった" not in told
    for url in ("/", "/?q=提告", "/api/published"):
        assert f"/published/{meeting.id}" not in citizen.get(url).text


def test_citizens_read_one_or_the_other_and_when_and_why_it_was_replaced(
    citizen: Browser, world: World, session: Session, cast: Cast
) -> None:
    meeting = world.published
    minutes = records.minutes_of(session, meeting)
    assert minutes is not None
    content = content_of(minutes.latest)
    content.sections[0].paragraphs[0].text = "差し替えたあとの文です。"
    newer = records.revise(session, cast.secretary, minutes, content, based_on=1)
    records.request_approval(session, cast.secretary, newer)
    records.approve(session, cast.approver, newer)
    session.commit()
    assert HEARD[0].text in citizen.get(f"/published/{meeting.id}").text, "until it is replaced"
    with pytest.raises(InvalidInput, match="差し替える理由"):
        publication.publish(session, cast.approver, newer)
    publication.publish(session, cast.approver, newer, reason="発言者の誤りを直したため")
    session.commit()
    page = citizen.get(f"/published/{meeting.id}").text
    assert "差し替えたあとの文です。" in page and HEARD[0].text not in page
    assert f"{dates.in_full(now())}に差し替えました（理由：<bdi>発言者の誤りを直したため" in page
    publication.withdraw(session, cast.approver, newer, "内輪の理由")
    publication.publish(session, cast.approver, newer)
    session.commit()
    page = citizen.get(f"/published/{meeting.id}").text
    told = [page.index(words) for words in ("）公開", "差し替えました", "取り下げ", "ふたたび公開")]
    assert told == sorted(told) and "内輪の理由" not in page


def test_times_that_were_edited_open_nothing_more_of_the_recording(
    citizen: Browser, world: World, session: Session, cast: Cast
) -> None:
    """Approved text whose times were stretched: readable, but not playable."""
    minutes = records.minutes_of(session, world.published)
    assert minutes is not None
    publication.withdraw(session, cast.approver, minutes.latest, "直す")
    content = content_of(minutes.latest)
    content.sections[0].paragraphs[0].end_seconds = 300.0
    revision = records.revise(session, cast.secretary, minutes, content, based_on=1)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    session.commit()
    assert citizen.get(sound_url(world.published.id, 0, 0)).status_code == 404
    assert citizen.get(sound_url(world.published.id, 0, 1)).status_code == 200
    assert (
        sound_url(world.published.id, 0, 0)
        not in citizen.get(f"/published/{world.published.id}").text
    )


def test_a_new_draft_from_another_transcript_does_not_change_what_is_heard(
    citizen: Browser, world: World, session: Session, storage: Storage, cast: Cast
) -> None:
    """The published revision came from the first transcript. The draft's other one has a
    segment with the very times of a published sentence, and is not public."""
    url = sound_url(world.published.id, 0, 0)
    before = citizen.get(url)
    recording = builders.add_recording(
        session, storage, cast.secretary, world.published, builders.folder("finance-committee")
    )
    other = builders.add_transcript(
        session, cast.secretary, recording, [HeardSegment(1.0, 8.6, "公開していない発言")]
    )
    records.draft(session, cast.secretary, other)
    session.commit()
    assert "公開していない発言" not in citizen.get(f"/published/{world.published.id}").text
    assert before.status_code == 200
    assert citizen.get(url).data == before.data


def test_public_pages_need_no_script(citizen: Browser, world: World) -> None:
    page = citizen.get(f"/published/{world.published.id}").text
    assert "https://" not in page.replace("http://www.w3.org", "")


def test_a_signed_in_person_is_not_asked_to_sign_in(
    browse: Callable[[Person], Browser], cast: Cast
) -> None:
    assert 'href="/sign-in"' not in browse(cast.attendee).get("/").text
