"""Memos: private unless shared, saved once, changed by their owner alone."""

import math
from typing import Any

import pytest

from meetings.documents import memos
from meetings.errors import InvalidInput, StaleRevision
from models.document import DocumentVersion
from models.memo import Memo, MemoKind
from models.person import Person
from tests import pdfs
from tests.shelf import Shelf

NOTE = {"x": 100.0, "y": 200.0, "text": "根拠を聞く"}
INK = {"strokes": [[[10, 10, 0.5], [20, 12, 0.7]]], "colour": "blue", "width": 2.4}


def write(
    shelf: Shelf,
    version: DocumentVersion,
    number: int,
    key: str,
    kind: MemoKind = MemoKind.NOTE,
    content: Any = None,
    person: Person | None = None,
) -> Memo:
    made = memos.write(
        shelf.session,
        person or shelf.cast.attendee,
        version.pages[number - 1],
        key=key,
        kind=kind,
        content=content or NOTE,
    )
    shelf.session.commit()
    return made


@pytest.fixture
def version(shelf: Shelf) -> DocumentVersion:
    return shelf.add(pdfs.pdf_of("# 議案")).current


def seen_by(shelf: Shelf, person: Person, version: DocumentVersion) -> list[str]:
    return [entry.memo.key for entry in memos.placed(shelf.session, person, version)]


def test_a_memo_is_seen_by_its_owner_alone_until_it_is_shared(
    shelf: Shelf, version: DocumentVersion
) -> None:
    memo = write(shelf, version, 1, "a")
    assert seen_by(shelf, shelf.cast.attendee, version) == ["a"]
    assert seen_by(shelf, shelf.cast.organiser, version) == []
    memos.share(shelf.session, memo)
    assert seen_by(shelf, shelf.cast.organiser, version) == ["a"]
    memos.unshare(shelf.session, memo)
    assert seen_by(shelf, shelf.cast.organiser, version) == []


def test_saving_twice_with_the_same_key_makes_one_memo(
    shelf: Shelf, version: DocumentVersion
) -> None:
    first = write(shelf, version, 1, "a")
    assert write(shelf, version, 1, "a", content={**NOTE, "text": "別"}) is first
    assert first.content["text"] == NOTE["text"]


def test_two_people_may_use_the_same_key(shelf: Shelf, version: DocumentVersion) -> None:
    write(shelf, version, 1, "a")
    write(shelf, version, 1, "a", person=shelf.cast.presenter)
    assert shelf.session.query(Memo).count() == 2


def test_an_erased_memo_comes_back(shelf: Shelf, version: DocumentVersion) -> None:
    memo = write(shelf, version, 1, "a")
    memos.erase(shelf.session, memo)
    assert seen_by(shelf, shelf.cast.attendee, version) == []
    memos.restore(shelf.session, memo)
    assert seen_by(shelf, shelf.cast.attendee, version) == ["a"]


def test_a_change_based_on_an_old_state_is_told(shelf: Shelf, version: DocumentVersion) -> None:
    memo = write(shelf, version, 1, "a")
    memos.change(shelf.session, memo, version.pages[0], {**NOTE, "text": "一"}, 1)
    with pytest.raises(StaleRevision):
        memos.change(shelf.session, memo, version.pages[0], {**NOTE, "text": "二"}, 1)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (MemoKind.NOTE, None),
        (MemoKind.NOTE, {"x": 1, "y": 1}),
        (MemoKind.NOTE, {**NOTE, "text": "長" * 4001}),
        (MemoKind.NOTE, {**NOTE, "x": math.nan}),
        (MemoKind.NOTE, {**NOTE, "x": 10**9}),
        (MemoKind.NOTE, {**NOTE, "x": True}),
        (MemoKind.INK, {**INK, "strokes": []}),
        (MemoKind.INK, {**INK, "strokes": [[[1, 2]]]}),
        (MemoKind.INK, {**INK, "strokes": [[[1, 2, 3]]]}),
        (MemoKind.INK, {**INK, "strokes": [[[1, 2, 0.5]] * 2001]}),
        (MemoKind.INK, {**INK, "strokes": [[[1, 2, 0.5]]] * 501}),
        (MemoKind.INK, {**INK, "colour": "url(evil)"}),
        (MemoKind.MARKER, {**INK, "width": 0}),
    ],
)
def test_what_is_no_memo_gets_a_sentence(
    shelf: Shelf, version: DocumentVersion, kind: MemoKind, content: Any
) -> None:
    with pytest.raises(InvalidInput):
        memos.write(
            shelf.session,
            shelf.cast.attendee,
            version.pages[0],
            key="a",
            kind=kind,
            content=content,
        )


def test_only_what_was_meant_is_stored(shelf: Shelf, version: DocumentVersion) -> None:
    memo = write(shelf, version, 1, "a", MemoKind.INK, {**INK, "more": "x" * 1000})
    assert set(memo.content) == {"strokes", "colour", "width"}


def test_bookmarks_follow_their_page_into_the_next_version(shelf: Shelf) -> None:
    first = "# 一頁\n\n歳入歳出予算の総額は六百二十億円と定める。前年度より二億円多い。"
    second = "# 二頁\n\n市道の舗装を三年で更新する。対象は延長四十二キロメートルである。"
    document = shelf.add(pdfs.pdf_of(first, second))
    attendee = shelf.cast.attendee
    memos.bookmark(shelf.session, attendee, document.current.pages[1])
    shelf.replace(document, pdfs.pdf_of(second, first))
    (page,) = memos.bookmarks(shelf.session, attendee, [document])
    assert page.number == 1 and page.version is document.current
    memos.remove_bookmark(shelf.session, attendee, page)
    shelf.session.commit()
    assert memos.bookmarks(shelf.session, attendee, [document]) == []
