"""The vocabulary of a meeting in the database, and the kept list of its terms."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.settings.work import MinutesSettings
from minutes.assignment import spans
from minutes.records import publication, records
from minutes.records.closed import passages
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from minutes.records.content import content_of
from minutes.terms import dictionaries, listing, papers
from minutes.terms.listing import TermFilter
from minutes.terms.terms import EARLIER, MOST_TERMS
from minutes.transcripts import transcripts
from models.closed_passage import ClosedKind, ClosedScope
from models.document import Document, DocumentVersion, Page
from models.meeting import Meeting
from models.term import CollectedTerms
from models.transcript import Transcript
from tests.confirmed import add_confirmed, add_later
from tests.conftest import Cast
from web.demo import builders

AddPages = Callable[..., list[Page]]


@pytest.fixture
def add_pages(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> AddPages:
    """`add_pages("文", "")` gives the first document these pages, as the worker leaves them."""
    source = builders.folder("dx-council")
    builders.add_materials(session, storage, cast.organiser, meeting, source)
    session.flush()

    def add(*texts: str) -> list[Page]:
        version = session.get_one(DocumentVersion, 1)
        start = len(version.pages)
        pages = [
            Page(version=version, number=start + n, width=595, height=842, text=text)
            for n, text in enumerate(texts, 1)
        ]
        session.add_all(pages)
        session.commit()
        return pages

    return add


def surfaces(session: Session, meeting: Meeting, words: str = "") -> list[str]:
    return [one.term.surface for one in listing.terms_of(session, meeting, words).terms]


def collected_now(session: Session, engine: Engine, meeting: Meeting) -> None:
    session.commit()
    papers.collect(engine, meeting.id)
    session.commit()


def test_words_of_a_page_are_terms_with_that_page(
    session: Session, engine: Engine, meeting: Meeting, add_pages: AddPages
) -> None:
    (page,) = add_pages("市道汐見線の改良工事")
    collected_now(session, engine, meeting)
    (one,) = (o for o in listing.terms_of(session, meeting).terms if o.term.surface == "市道汐見線")
    assert one.term.page_id == page.id
    assert one.term.place.endswith(f"{page.number}頁")


def test_scanned_pages_and_garbage_teach_nothing(
    session: Session, engine: Engine, meeting: Meeting, add_pages: AddPages
) -> None:
    collected_now(session, engine, meeting)
    before = surfaces(session, meeting)
    add_pages("", "\x00\x01\ufffd 。。、、 ()|||| ------", " \n\n　")
    collected_now(session, engine, meeting)
    assert surfaces(session, meeting) == before


def test_a_closed_document_does_not_show_in_the_terms(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, add_pages: AddPages
) -> None:
    add_pages("市道汐見線の改良工事")
    document = session.get_one(Document, 1)
    document.readers.append(cast.presenter)
    collected_now(session, engine, meeting)
    assert "市道汐見線" not in surfaces(session, meeting)


def test_a_list_is_kept_until_something_of_it_changes(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, add_pages: AddPages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    collected_now(session, engine, meeting)
    assert listing.terms_of(session, meeting).is_current
    with monkeypatch.context() as patch:
        patch.setattr(papers, "found_in", None)  # nobody reads a page again
        assert papers.vocabulary_of(session, meeting).terms
        collected_now(session, engine, meeting)
        dictionaries.add(session, cast.secretary, meeting.series, "汐見線", "しおみせん")
        assert "汐見線" in surfaces(session, meeting)
        assert listing.terms_of(session, meeting).is_current
    add_pages("市道汐見線の改良工事")
    old = listing.terms_of(session, meeting)
    assert not old.is_current and old.terms, "the older list stands until there is a newer one"
    assert "市道汐見線" in {term.surface for term in papers.vocabulary_of(session, meeting).terms}


def test_the_kept_list_gives_the_same_vocabulary(
    session: Session, engine: Engine, meeting: Meeting, add_pages: AddPages
) -> None:
    add_pages("市道汐見線の改良工事。髙橋課長", "渡辺次長の報告")
    fresh = papers.vocabulary_of(session, meeting)
    collected_now(session, engine, meeting)
    kept = papers.vocabulary_of(session, meeting)
    assert (list(kept.terms), kept.text) == (list(fresh.terms), fresh.text)


def test_few_pages_are_read_at_once_and_many_by_the_worker(
    session: Session, engine: Engine, meeting: Meeting, add_pages: AddPages
) -> None:
    add_pages("市道汐見線の改良工事")
    papers.request(engine, meeting.id)
    session.commit()
    assert listing.terms_of(session, meeting).is_current
    assert not papers.collect_some(engine)

    add_pages(*(f"第{n}地区の連絡協議会。" * 60 for n in range(40)))
    papers.request(engine, meeting.id)
    session.commit()
    assert not listing.terms_of(session, meeting).is_current
    assert papers.collect_some(engine)
    assert not papers.collect_some(engine)
    session.commit()
    assert listing.terms_of(session, meeting).is_current


@pytest.mark.slow
def test_two_thousand_pages_of_a_dictionary_keep_to_the_limit(
    session: Session, engine: Engine, meeting: Meeting, add_pages: AddPages
) -> None:
    add_pages(*("\n".join(f"第{n}{m}地区連絡協議会" for m in range(3)) for n in range(2_000)))
    collected_now(session, engine, meeting)
    kept = papers.collected(session, meeting)
    assert kept.is_current and len(kept.terms) == MOST_TERMS


def test_terms_are_looked_through_by_word_reading_and_kind(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, add_pages: AddPages
) -> None:
    add_pages("広報課の髙橋係長。市道汐見線")
    collected_now(session, engine, meeting)
    dictionaries.add(session, cast.secretary, meeting.series, "鶴ヶ丘", "つるがおか")
    dictionaries.switch_off(session, cast.secretary, meeting.series, "市道汐見線")
    assert "広報" in surfaces(session, meeting, "こうほう")
    assert "市道汐見線" in surfaces(session, meeting, "汐見")
    assert "髙橋係長" in surfaces(session, meeting, "高橋")
    assert surfaces(session, meeting, "見つからない言葉") == []

    def shown(kind: TermFilter) -> set[str]:
        return {one.term.surface for one in listing.terms_of(session, meeting, "", kind).terms}

    assert "髙橋" in shown(TermFilter.GUESSED) and "広報" not in shown(TermFilter.GUESSED)
    assert shown(TermFilter.TAUGHT) == {"鶴ヶ丘"}
    assert shown(TermFilter.OFF) == {"市道汐見線"}


def test_confirmed_words_of_earlier_meetings_of_the_series_are_terms(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    later = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series=meeting.series.name,
        department=meeting.department,
        starts_at=meeting.starts_at,
    )
    segment = transcript.segments[0]
    text = "市道汐見線の改良工事です"
    transcripts.correct(session, cast.secretary, segment, text, based_on=0)
    collected_now(session, engine, later)
    assert "市道汐見線" not in surfaces(session, later)
    transcripts.confirm(session, cast.secretary, segment)
    session.commit()
    assert not listing.terms_of(session, later).is_current
    collected_now(session, engine, later)
    assert "市道汐見線" in surfaces(session, later)
    assert session.get_one(CollectedTerms, later.id).collected_at is not None


def test_published_minutes_of_the_series_teach_what_they_show_and_no_closed_passage(
    session: Session, engine: Engine, cast: Cast, meeting: Meeting, transcript: Transcript
) -> None:
    said = ["市道汐見線の改良工事です", "鶴ヶ丘停留所の件です", "採決します"]
    for segment, text in zip(transcript.segments, said, strict=True):
        transcripts.correct(session, cast.secretary, segment, text, based_on=0)
    transcripts.confirm(session, cast.secretary, transcript.segments[1])
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    content = content_of(revision)
    section = len(content.sections) - 1
    places = enumerate(content.sections[section].paragraphs)
    where = next((section, n) for n, one in places if "鶴ヶ丘" in one.text)
    chosen = ChosenPassage(ClosedScope.SENTENCES, where, where)
    ground = ClosedGround(kind=ClosedKind.REVOKED, decided_by_whom="議長", reason="不穏当")
    passages.mark(session, cast.secretary, revision, chosen, ground, MinutesSettings())
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    later = add_later(session, cast, meeting)
    collected_now(session, engine, later)
    found = surfaces(session, later)
    assert "鶴ヶ丘停留所" in found, "somebody confirmed it"
    assert "市道汐見線" not in found, "nobody confirmed it"
    publication.publish(session, cast.approver, revision)
    collected_now(session, engine, later)
    found = surfaces(session, later)
    assert "市道汐見線" in found and "鶴ヶ丘停留所" not in found
    elsewhere = add_later(session, cast, meeting, "別の会議体")
    collected_now(session, engine, elsewhere)
    assert "市道汐見線" not in surfaces(session, elsewhere)


def test_of_earlier_meetings_only_so_much_is_read(
    session: Session, cast: Cast, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_confirmed(session, cast, meeting, *[(f"第{n}号の件", f"第{n}号の件") for n in range(6)])
    later = add_later(session, cast, meeting)

    def earlier() -> int:
        return sum(paper.place == EARLIER for paper in papers.sources_of(session, later))

    assert earlier() == 6
    monkeypatch.setattr(papers, "MOST_EARLIER", 4)
    assert earlier() == 4
    monkeypatch.setattr(papers, "MOST_EARLIER_LETTERS", 11)
    assert earlier() == 3
