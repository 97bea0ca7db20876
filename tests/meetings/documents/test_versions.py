"""Replacing a document: pages find their pages, memos go along, nothing is lost."""

import io
import random

import pikepdf
import pytest

from meetings.documents import memos, versions
from meetings.errors import NotPossibleNow
from models.document import Document, DocumentVersion, PageMatch
from models.memo import Memo, MemoKind
from tests import pdfs
from tests.meetings.documents.test_memos import NOTE, write
from tests.shelf import Shelf

BUDGET = (
    "# 予算案\n\n歳入歳出予算の総額は、歳入歳出それぞれ六百二十億円と定める。前年度より二億円多い。"
)
ROADS = (
    "# 道路整備\n\n市道の舗装を三年で更新する。対象は延長四十二キロメートルである。橋の点検も含む。"
)
SCHOOLS = "# 学校施設\n\n小学校の体育館に空調を設ける。工事は夏休みに行い、避難所にもする。"
CLINIC = "# 診療所\n\n夜間急病センターの診療科に小児科を加える。医師会と協定を結び、来春に始める。"
BUDGET_CHANGED = BUDGET.replace("六百二十億円", "六百三十五億円").replace("二億円", "十七億円")
OTHER = "# 手数料\n\n証明書の交付手数料は一通三百円とし、電子申請のときは二百円に下げるものとする。"


def changes_of(version: DocumentVersion) -> list[tuple[str, int | None, int | None]]:
    return [
        (change.change.label, change.old and change.old.number, change.new and change.new.number)
        for change in versions.compare(version)
    ]


def test_an_inserted_a_changed_and_a_removed_page_are_told_apart(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS, SCHOOLS, CLINIC))
    version = shelf.propose(document, pdfs.pdf_of(BUDGET_CHANGED, OTHER, ROADS, CLINIC))
    assert changes_of(version) == [
        ("変更", 1, 1), ("追加", None, 2), ("同じ", 2, 3), ("削除", 3, None), ("同じ", 4, 4),
    ]  # fmt: skip


def test_swapped_pages_are_found_out_of_their_order(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS, SCHOOLS))
    version = shelf.propose(document, pdfs.pdf_of(SCHOOLS, ROADS, BUDGET))
    assert sorted(changes_of(version), key=str) == [
        ("同じ", 1, 3), ("同じ", 2, 2), ("同じ", 3, 1),
    ]  # fmt: skip


def test_a_wholly_different_page_is_not_taken_for_the_old_one(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET))
    version = shelf.propose(document, pdfs.pdf_of(OTHER))
    assert sorted(label for label, _, _ in changes_of(version)) == ["削除", "追加"]


def test_what_was_written_otherwise_is_shown(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET))
    version = shelf.propose(document, pdfs.pdf_of(BUDGET_CHANGED))
    pieces = versions.difference(versions.compare(version)[0])
    changed = [(piece.kind, piece.text) for piece in pieces if piece.kind != "kept"]
    assert changed == [
        ("removed", "六百二十億"), ("added", "六百三十五億"),
        ("removed", "二億"), ("added", "十七億"),
    ]  # fmt: skip


def test_a_number_changes_whole(shelf: Shelf) -> None:
    words = "# 備蓄\n\n倉庫の毛布は2731枚で、前年より1,024枚多い。点検は毎年行うこととしている。"
    document = shelf.add(pdfs.pdf_of(words))
    changed = words.replace("2731", "775").replace("1,024", "1,324")
    pieces = versions.difference(versions.compare(shelf.propose(document, pdfs.pdf_of(changed)))[0])
    assert [piece.text for piece in pieces if piece.kind != "kept"] == [
        "2731", "775", "1,024", "1,324",
    ]  # fmt: skip


def test_a_proposed_version_is_not_shown_before_it_is_released(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET))
    version = shelf.propose(document, pdfs.pdf_of(ROADS))
    assert document.current.number == 1 and document.proposed is version
    versions.release_version(
        shelf.session, shelf.cast.organiser, version, versions.compare(version)
    )
    assert document.current is version and document.proposed is None
    with pytest.raises(NotPossibleNow):
        versions.drop_proposal(shelf.session, shelf.cast.organiser, version)


def test_a_second_proposal_takes_the_place_of_the_first(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET))
    first = shelf.propose(document, pdfs.pdf_of(ROADS))
    second = shelf.propose(document, pdfs.pdf_of(SCHOOLS))
    assert first.withdrawn_at is not None and document.proposed is second


def test_memos_go_along_with_their_pages_through_two_replacements(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS, SCHOOLS))
    attendee = shelf.cast.attendee
    for number in (1, 2, 3):
        write(shelf, document.current, number, f"m{number}")
    shelf.replace(document, pdfs.pdf_of(OTHER, BUDGET_CHANGED, ROADS, SCHOOLS))
    shelf.replace(document, pdfs.pdf_of(OTHER, BUDGET_CHANGED, SCHOOLS))
    placed = memos.placed(shelf.session, attendee, document.current)
    assert {(entry.memo.key, entry.page.number) for entry in placed} == {("m1", 2), ("m3", 3)}
    assert all(entry.is_carried for entry in placed)
    changed = {entry.memo.key for entry in placed if entry.is_page_changed}
    assert changed == {"m1"}, "the page of m3 only moved"
    stranded = memos.stranded(shelf.session, attendee, document)
    assert [memo.key for memo in stranded] == ["m2"]
    assert stranded[0].page.version.number == 1 and stranded[0].page.number == 2


def test_a_version_with_fewer_pages_strands_memos_and_deletes_none(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS, SCHOOLS, CLINIC))
    for number in (1, 2, 3, 4):
        write(shelf, document.current, number, f"m{number}")
    counted = memos.counted_by_page(shelf.session, document.current)
    assert sum(counted.values()) == 4
    shelf.replace(document, pdfs.pdf_of(CLINIC))
    attendee = shelf.cast.attendee
    placed = memos.placed(shelf.session, attendee, document.current)
    stranded = memos.stranded(shelf.session, attendee, document)
    assert len(placed) + len(stranded) == 4 == shelf.session.query(Memo).count()
    assert [entry.memo.key for entry in placed] == ["m4"]


def test_the_old_version_still_shows_its_memos_where_they_were(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS))
    write(shelf, document.current, 2, "m")
    old = document.current
    shelf.replace(document, pdfs.pdf_of(BUDGET))
    (placed,) = memos.placed(shelf.session, shelf.cast.attendee, old)
    assert placed.page.number == 2 and not placed.is_carried


def test_a_withdrawn_proposal_leaves_no_trace_on_memos(shelf: Shelf) -> None:
    document = shelf.add(pdfs.pdf_of(BUDGET, ROADS))
    write(shelf, document.current, 2, "m")
    versions.drop_proposal(
        shelf.session, shelf.cast.organiser, shelf.propose(document, pdfs.pdf_of(SCHOOLS))
    )
    assert shelf.session.query(PageMatch).count() == 0
    shelf.replace(document, pdfs.pdf_of(ROADS, BUDGET))
    (placed,) = memos.placed(shelf.session, shelf.cast.attendee, document.current)
    assert placed.page.number == 1


def test_a_memo_is_scaled_to_a_page_of_another_size(shelf: Shelf) -> None:
    small = pdfs.pdf_of(BUDGET)
    large = pikepdf.open(io.BytesIO(small))
    width, height = (float(large.pages[0].mediabox[place]) for place in (2, 3))
    page = large.pages[0]
    page.contents_add(b"2 0 0 2 0 0 cm\n", prepend=True)
    page.mediabox = pikepdf.Array([0, 0, 2 * width, 2 * height])
    document = shelf.add(small)
    write(shelf, document.current, 1, "note")
    shelf.replace(document, pdfs.saved(large))
    (placed,) = memos.placed(shelf.session, shelf.cast.attendee, document.current)
    assert placed.content["x"] == pytest.approx(2 * NOTE["x"], rel=0.01)


def test_random_rearrangements_lose_no_memo(shelf: Shelf) -> None:
    """Every page with a memo; pages are dropped, moved and added as the seed says."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    pages = [BUDGET, ROADS, SCHOOLS, CLINIC]
    document: Document = shelf.add(pdfs.pdf_of(*pages))
    for number in range(1, 5):
        write(shelf, document.current, number, f"m{number}")
    for _ in range(3):
        kept = chance.sample(pages, chance.randint(1, len(pages)))
        shelf.replace(document, pdfs.pdf_of(*kept, OTHER))
        placed = memos.placed(shelf.session, shelf.cast.attendee, document.current)
        stranded = memos.stranded(shelf.session, shelf.cast.attendee, document)
        assert len(placed) + len(stranded) == 4
        for entry in placed:
            old = pages[int(entry.memo.key[1:]) - 1].splitlines()[0].removeprefix("# ")
            assert old in entry.page.text
    assert {memo.kind for memo in shelf.session.query(Memo)} == {MemoKind.NOTE}
