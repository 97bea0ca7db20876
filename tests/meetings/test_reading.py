"""Who reads which document: readers, the end of access, marks, search."""

from datetime import timedelta

import pytest

from meetings import rights
from meetings.documents import documents, search
from meetings.documents.documents import Permissions
from meetings.errors import InvalidInput
from models.base import now
from models.person import Person
from models.texts import folded
from tests import pdfs
from tests.shelf import Shelf


def permit(shelf: Shelf, document: documents.Document, **how: object) -> None:
    permissions = Permissions(**how)  # type: ignore[arg-type]
    documents.permit(shelf.session, shelf.cast.organiser, document, permissions)
    shelf.session.commit()


def may_read(shelf: Shelf, person: Person, document: documents.Document) -> bool:
    return rights.may_read(given(shelf, person), person, document)


def given(shelf: Shelf, person: Person) -> frozenset[rights.Right]:
    return rights.rights(shelf.session, person, shelf.meeting)


def test_a_document_with_readers_is_absent_for_the_others(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 人事案"))
    cast, session = shelf.cast, shelf.session
    assert may_read(shelf, cast.attendee, document)
    permit(shelf, document, readers=[cast.presenter])
    assert may_read(shelf, cast.presenter, document)
    assert not may_read(shelf, cast.attendee, document)
    assert may_read(shelf, cast.organiser, document)
    assert may_read(shelf, cast.secretary, document)
    assert documents.readable(session, cast.attendee, shelf.meeting) == []
    assert search.find(session, cast.attendee, shelf.meeting, "人事") == ([], False)


def test_only_those_who_are_invited_can_be_readers(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 人事案"))
    with pytest.raises(InvalidInput, match="招集した人"):
        permit(shelf, document, readers=[shelf.cast.outsider])


def test_printing_and_saving_are_refused_to_those_who_are_only_invited(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 人事案"))
    permit(shelf, document, may_print=False, may_download=False)
    cast = shelf.cast
    assert not rights.may_print(given(shelf, cast.attendee), document)
    assert not rights.may_download(given(shelf, cast.attendee), document)
    assert rights.may_print(given(shelf, cast.organiser), document)
    assert rights.may_download(given(shelf, cast.secretary), document)


def test_access_ends_by_itself_so_many_days_after_the_meeting(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 議案"))
    meeting, session, cast = shelf.meeting, shelf.session, shelf.cast
    meeting.access_days = 7
    meeting.starts_at, meeting.ends_at = now() - timedelta(days=7), now() - timedelta(days=6.9)
    session.commit()
    assert may_read(shelf, cast.attendee, document)
    meeting.ends_at = now() - timedelta(days=7, minutes=1)
    session.commit()
    assert not may_read(shelf, cast.attendee, document)
    assert may_read(shelf, cast.organiser, document)


def test_what_is_new_and_what_was_replaced_is_marked_until_it_is_opened(shelf: Shelf) -> None:
    first, second = shelf.add(pdfs.pdf_of("# 一")), shelf.add(pdfs.pdf_of("# 二"))
    attendee, session = shelf.cast.attendee, shelf.session

    def marks() -> dict[int, str]:
        session.commit()
        return documents.marks(session, attendee, [first, second])

    assert marks() == {first.id: "新着", second.id: "新着"}
    documents.note_opened(session, attendee, first.current)
    assert marks() == {second.id: "新着"}
    shelf.replace(first, pdfs.pdf_of("# 一の改"))
    assert marks() == {first.id: "差替", second.id: "新着"}
    documents.note_opened(session, attendee, first.current)
    assert marks() == {second.id: "新着"}


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        ("予算", [1, 3]),
        ("ﾖｻﾝ", []),
        ("予算 道路", [3]),
        ("ＤＸ", [2]),
        ("dx", [2]),
        ("市役所の窓口", [2]),
        ("", []),
        ("　", []),
        ("%", []),
        ("ない言葉", []),
    ],
)
def test_words_of_two_characters_and_over_line_ends_are_found(
    shelf: Shelf, words: str, pages: list[int]
) -> None:
    pdf = pdfs.pdf_of("# 予算案", "市役所の\n窓口のDX", "道路の予算")
    shelf.add(pdf)
    hits, _ = search.find(shelf.session, shelf.cast.attendee, shelf.meeting, words)
    assert [hit.page.number for hit in hits] == pages
    for hit in hits:
        assert folded(hit.excerpt[hit.start : hit.start + hit.length]) in folded(words)


def test_names_are_found_in_the_usual_letters_and_marked_as_the_paper_has_them(
    shelf: Shelf,
) -> None:
    shelf.add(pdfs.pdf_of("質問は髙橋委員、時間は9時〜17時、電話は093−582−2145"))
    for words, written in [
        ("高橋", "髙橋"),
        ("９時～１７時", "9時〜17時"),
        ("093-582", "093−582"),
    ]:
        ((hit,), _) = search.find(shelf.session, shelf.cast.attendee, shelf.meeting, words)
        assert hit.excerpt[hit.start : hit.start + hit.length] == written


def test_the_replaced_version_is_not_searched(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of("# 予算案"))
    shelf.replace(document, pdfs.pdf_of("# 決算書"))
    hits, _ = search.find(shelf.session, shelf.cast.attendee, shelf.meeting, "予算")
    assert hits == []
