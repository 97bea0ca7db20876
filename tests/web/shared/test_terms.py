"""用語: what the secretary sees and shapes, and what the administrator shares."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.terms import dictionaries, papers
from minutes.transcripts import transcripts
from models.audit import AuditLine
from models.document import DocumentVersion, Page
from models.meeting import Meeting
from models.person import Person
from models.recording import Step
from models.term import CollectedTerms, DictionaryEntry
from models.transcript import Transcript
from tests.confirmed import add_confirmed
from tests.conftest import Browser, Cast
from tests.queries import unchanged
from web.demo import builders
from web.shared.paging import ON_A_PAGE, paged

Browse = Callable[[Person], Browser]


@pytest.fixture
def page(session: Session, cast: Cast, meeting: Meeting, storage: Storage) -> Page:
    """Of the first document, with the words that the tests look for."""
    source = builders.folder("dx-council")
    builders.add_materials(session, storage, cast.organiser, meeting, source)
    session.flush()
    version = session.get_one(DocumentVersion, 1)
    made = version.pages[0]
    made.text = "市道汐見線の改良工事。髙橋課長の説明"
    session.commit()
    return made


def row_of(html: str, surface: str) -> str:
    rows = re.findall(r"<li[^>]*>.*?</li>", html, re.DOTALL)
    return next(row for row in rows if f"<strong>{surface}</strong>" in row)


def surfaces(html: str) -> list[str]:
    return re.findall(r"<strong>([^<]+)</strong>", html)


def test_the_words_of_the_papers_are_listed_with_reading_page_and_count(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page
) -> None:
    secretary = browse(cast.secretary)
    html = secretary.get(f"/meetings/{meeting.id}/terms").text
    row = row_of(html, "市道汐見線")
    assert "シドウシオミセン" in row and "推定" not in row and "1回" in row
    link = f'href="/documents/{page.version.document_id}?version=1&amp;page={page.number}"'
    assert link in row
    assert secretary.get(re.findall(r'href="(/documents[^"]+)"', row)[0].replace("&amp;", "&"))
    html = secretary.get(f"/meetings/{meeting.id}/terms?shown=guessed&q=たかはし").text
    assert "推定" in row_of(html, "髙橋")


def test_a_reading_is_given_and_the_mark_goes(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page, session: Session
) -> None:
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    data = {"surface": "髙橋", "kana": "たかばし", "q": "髙橋", "page": "1"}
    answer = secretary.post(at, data=data, follow_redirects=True)
    assert answer.request.args["q"] == "髙橋"
    row = row_of(answer.text, "髙橋")
    assert "タカバシ" in row and "推定" not in row
    session.rollback()
    assert session.scalars(select(DictionaryEntry.kana)).all() == ["タカバシ"]


def test_what_cannot_be_taken_is_said_beside_the_field_and_kept(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page, session: Session
) -> None:
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    answer = secretary.post(at, data={"surface": "市道汐見線", "kana": "塩見"})
    assert answer.status_code == 422
    assert "ひらがなかカタカナだけ" in answer.text and 'value="市道汐見線"' in answer.text
    short = secretary.post(at, data={"surface": "の", "kana": "の"})
    assert short.status_code == 422 and "どの文にも現れる" in short.text
    session.rollback()
    assert session.scalars(select(DictionaryEntry)).all() == []


def test_a_word_is_switched_off_and_on_again(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page
) -> None:
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    data = {"surface": "市道汐見線"}
    off = secretary.post(f"{at}/switched-off", data=data, follow_redirects=True)
    assert "使わない" in row_of(off.text, "市道汐見線") and "is-off" in row_of(
        off.text, "市道汐見線"
    )
    assert surfaces(secretary.get(f"{at}?shown=off").text) == ["市道汐見線"]
    on = secretary.post(f"{at}/switched-on", data=data, follow_redirects=True)
    assert "is-off" not in row_of(on.text, "市道汐見線")


def test_those_who_only_hear_change_nothing(
    browse: Browse, engine: Engine, cast: Cast, meeting: Meeting, page: Page
) -> None:
    approver, at = browse(cast.approver), f"/meetings/{meeting.id}"
    html = approver.get(f"{at}/terms").text
    assert "市道汐見線" in html and "読みを直す" not in html and "用語を加える" not in html
    with unchanged(engine):
        assert approver.post(f"{at}/terms", data={"surface": "汐見線"}).status_code == 404
    assert browse(cast.attendee).get(f"{at}/terms").status_code == 404


def test_long_lists_come_in_pages(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page, session: Session
) -> None:
    page.text = "\n".join(f"第{n}地区連絡協議会" for n in range(200))
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    first = secretary.get(at).text
    assert len(surfaces(first)) == ON_A_PAGE and 'rel="next"' in first
    assert 'rel="prev"' not in first
    second = secretary.get(f"{at}?page=2").text
    assert not set(surfaces(first)) & set(surfaces(second)) and 'rel="prev"' in second
    beyond = secretary.get(f"{at}?page=999999")
    assert beyond.status_code == 200 and surfaces(beyond.text)
    for odd in ("-1", "0", "x", "9" * 30, "１"):
        assert secretary.get(f"{at}?page={odd}&shown=odd").status_code == 200


def test_pages_of_a_list_begin_at_one_and_end_where_it_ends() -> None:
    assert paged([], 3).number == paged([], 3).count == 1
    assert paged(list(range(120)), 9).entries == list(range(100, 120))
    assert paged(list(range(100)), -1).number == 1


def test_many_pages_are_collected_by_the_worker_and_the_screen_says_so(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page, session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(papers, "FEW_LETTERS", 10)
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    assert "用語を集め直しています" in secretary.get(at).text
    assert "用語を集め直しています" in secretary.get(at).text
    session.rollback()
    assert session.scalars(select(CollectedTerms)).one().collected_at is None
    engine = session.get_bind()
    assert papers.collect_some(engine)  # type: ignore[arg-type]
    html = secretary.get(at).text
    assert "用語を集め直しています" not in html and "市道汐見線" in html


def test_pages_without_words_and_unread_ones_are_told(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page, session: Session
) -> None:
    secretary, at = browse(cast.secretary), f"/meetings/{meeting.id}/terms"
    assert "まだ読み取っていない頁" in secretary.get(at).text
    session.rollback()
    for version in session.scalars(select(DocumentVersion)):
        version.prepared_pages = len(version.pages)
        for other in version.pages:
            other.text = "予算"
    page.text = " \n　"
    session.commit()
    html = secretary.get(at).text
    assert "まだ読み取っていない頁" not in html
    assert "画像だけの資料など）が1あり" in html


def test_a_form_that_is_refused_does_not_wait_for_its_own_lock(
    browse: Browse, cast: Cast, meeting: Meeting, page: Page
) -> None:
    """Nobody has collected the terms yet, and the refused form collects them."""
    answer = browse(cast.secretary).post(f"/meetings/{meeting.id}/terms", data={"surface": ""})
    assert answer.status_code == 422
    assert "用語を入力してください" in answer.text and "市道汐見線" in answer.text


@pytest.fixture
def learned(session: Session, cast: Cast, transcript: Transcript) -> Meeting:
    """提告 was corrected to 定刻 in two segments."""
    for segment in transcript.segments[:2]:
        segment.heard = segment.machine = segment.text = "それでは提告となりましたので"
        text = "それでは定刻となりましたので"
        transcripts.correct(session, cast.secretary, segment, text, based_on=segment.revision)
        transcripts.confirm(session, cast.secretary, segment)
    session.commit()
    return transcript.meeting


def test_the_dictionary_shows_what_was_added_and_what_was_learned(
    browse: Browse, cast: Cast, session: Session, learned: Meeting
) -> None:
    entry = dictionaries.add(session, cast.secretary, learned.series, "汐見線", "しおみせん")
    secretary, at = browse(cast.secretary), f"/meetings/{learned.id}/dictionary"
    html = secretary.get(at).text
    assert "森下 義之さんが加えました" in row_of(html, "汐見線")
    assert "「提告」から2回修正" in row_of(html, "定刻") and "候補に出ます" in row_of(html, "定刻")
    removed = secretary.post(f"{at}/{entry.id}/removal", follow_redirects=True)
    assert surfaces(removed.text) == ["定刻"]
    data = {"surface": "定刻", "heard": "提告", "from": "dictionary"}
    path = f"/meetings/{learned.id}/terms/switched-off"
    off = secretary.post(path, data=data, follow_redirects=True)
    assert "候補に出しません" in row_of(off.text, "定刻")
    assert secretary.post(f"{at}/{entry.id}/removal").status_code == 404


def test_what_was_learned_is_listed_with_its_evidence_and_switched(
    browse: Browse, cast: Cast, session: Session, learned: Meeting
) -> None:
    add_confirmed(session, cast, learned, ("提告の件", "提告の件"))
    session.commit()
    secretary, at = browse(cast.secretary), f"/meetings/{learned.id}/dictionary/learned"
    row = row_of(secretary.get(at).text, "提告 → 定刻")
    assert "この会議体の1つの録音で2回直された" in row and "1つの録音では、そのまま" in row
    assert "「提告」のまま確認" in row and "そのままも多く使いません" in row
    assert surfaces(secretary.get(f"{at}?q=議題").text) == []
    data = {"surface": "定刻", "heard": "提告", "from": "learned", "q": "定刻"}
    path = f"/meetings/{learned.id}/terms"
    off = secretary.post(f"{path}/switched-off", data=data, follow_redirects=True)
    assert off.request.path == at and off.request.args["q"] == "定刻"
    assert "is-off" in row_of(off.text, "提告 → 定刻")
    on = secretary.post(f"{path}/switched-on", data=data, follow_redirects=True)
    assert "is-off" not in row_of(on.text, "提告 → 定刻")
    assert "使わない" not in browse(cast.approver).get(at).text
    verbs = select(AuditLine.verb).where(AuditLine.thing == "switched_off")
    assert session.scalars(verbs.order_by(AuditLine.id)).all() == ["switch_off", "switch_on"]


def test_recordings_and_editor_say_that_there_are_no_papers_and_where_to_add_them(
    browse: Browse, cast: Cast, session: Session, transcript: Transcript
) -> None:
    meeting, secretary = transcript.meeting, browse(cast.secretary)
    link = f'<a href="/meetings/{meeting.id}">資料を入れる</a>'
    screens = f"/meetings/{meeting.id}/recordings", f"/transcripts/{transcript.id}"
    assert all(link in secretary.get(screen).text for screen in screens)
    of_papers = Step.transcription_id == transcript.transcription_id, Step.kind == "proposals"
    session.execute(delete(Step).where(*of_papers))  # as in another language
    session.commit()
    assert link not in secretary.get(screens[1]).text


def test_the_way_leads_from_the_recordings_the_editor_and_the_roster(
    browse: Browse, cast: Cast, session: Session, transcript: Transcript
) -> None:
    meeting = transcript.meeting
    terms, at = f'href="/meetings/{meeting.id}/terms"', f"/meetings/{meeting.id}"
    secretary = browse(cast.secretary)
    assert terms in secretary.get(f"{at}/recordings").text
    assert terms in secretary.get(f"/transcripts/{transcript.id}").text
    assert f"{at}/dictionary" not in browse(cast.organiser).get(f"{at}/roster").text
    assert "用語辞書" in browse(cast.administrator).get("/administration").text


def test_the_administrator_shares_a_learned_word_and_takes_it_back(
    browse: Browse, cast: Cast, session: Session, learned: Meeting
) -> None:
    administrator, series = browse(cast.administrator), learned.series
    index = administrator.get("/administration/dictionaries").text
    at = f"/administration/dictionaries/{series.id}"
    assert series.name in index and at in index
    assert "以前の修正" in row_of(administrator.get(at).text, "定刻")
    data = {"surface": "定刻", "department": str(series.department_id)}
    shared = administrator.post(f"{at}/sharing", data=data, follow_redirects=True)
    assert f"{series.department.name}で使っています" in row_of(shared.text, "定刻")
    index = administrator.get("/administration/dictionaries").text
    assert f"{series.name}から" in row_of(index, "定刻")
    assert "定刻" in browse(cast.secretary).get(f"/meetings/{learned.id}/dictionary").text
    (removal,) = re.findall(r'action="(/administration/dictionaries/entries/\d+/removal)"', index)
    administrator.post(removal)
    administrator.get("/administration/dictionaries")  # says that it is done
    assert surfaces(administrator.get("/administration/dictionaries").text) == []
    assert administrator.post(removal).status_code == 404
    odd = administrator.post(f"{at}/sharing", data={"surface": "定刻", "department": "x"})
    assert odd.status_code == 404


def test_only_administrators_share(
    browse: Browse, engine: Engine, cast: Cast, learned: Meeting
) -> None:
    for person in (cast.secretary, cast.outsider):
        client = browse(person)
        assert client.get("/administration/dictionaries").status_code == 404
        at = f"/administration/dictionaries/{learned.series_id}/sharing"
        with unchanged(engine):
            assert client.post(at, data={"surface": "定刻"}).status_code == 404
