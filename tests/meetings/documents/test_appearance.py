"""Pages without text, or with the same text, are compared as pictures."""

import io
from pathlib import Path

import pikepdf

from meetings.documents import versions
from meetings.pdf import pdf
from tests import pdfs
from tests.shelf import Shelf

AMOUNTS = [f"款{n:02}　事業費　{12345 + 777 * n:,}　千円" for n in range(1, 19)]
ONE_OTHER = [line.replace("15,453", "15,458") for line in AMOUNTS]
ALL_OTHER = [f"款{n:02}　事業費　{66666 + 777 * n:,}　千円" for n in range(1, 19)]
TEXT = "# 人口の推移\n\n人口は五年前の調査から二千人減り、六十五歳以上の割合は三割になった。"


def change_of(shelf: Shelf, old: bytes, new: bytes) -> versions.PageChange:
    (change,) = versions.compare(shelf.propose(shelf.add(old), new))
    return change


def joined(pages: list[bytes]) -> bytes:
    made = pikepdf.new()
    for page in pages:
        made.pages.extend(pikepdf.open(io.BytesIO(page)).pages)
    return pdfs.saved(made)


def test_another_digit_is_told_from_another_scan_of_the_same_sheet(tmp_path: Path) -> None:
    """Small print: recompressed, and laid aside on the glass."""
    assert ONE_OTHER != AMOUNTS
    old = pdfs.scan_of(AMOUNTS, points=8)
    again = ({"quality": 40}, {"aside": 2, "noise": 3}, {"aside": 15, "noise": 4})
    scans = [(old, pdfs.scan_of(AMOUNTS, points=8, **kind), True) for kind in again]
    for other in (ONE_OTHER, ALL_OTHER):
        scans.append((old, pdfs.scan_of(other, points=8, aside=2, noise=5), False))
    one, two = tmp_path / "old.pdf", tmp_path / "new.pdf"
    one.write_bytes(joined([old for old, _, _ in scans]))
    two.write_bytes(joined([new for _, new, _ in scans]))
    found = pdf.differences(one, two, [(n, n) for n in range(1, len(scans) + 1)])
    assert found is not None
    assert [value <= versions.SAME_LOOKS for value in found] == [same for *_, same in scans], found


def test_a_scanned_page_with_another_digit_has_changed(shelf: Shelf) -> None:
    change = change_of(shelf, pdfs.scan_of(AMOUNTS), pdfs.scan_of(ONE_OTHER, noise=1))
    assert change.change is versions.ChangeKind.CHANGED


def test_a_sheet_scanned_again_is_the_same_and_one_is_asked_to_look(shelf: Shelf) -> None:
    change = change_of(shelf, pdfs.scan_of(AMOUNTS), pdfs.scan_of(AMOUNTS, aside=2, noise=3))
    assert change.change is versions.ChangeKind.SAME and change.must_be_looked_at


def test_the_very_same_picture_needs_no_second_look(shelf: Shelf) -> None:
    scan = pdfs.scan_of(AMOUNTS)
    change = change_of(shelf, scan, pdfs.saved(pikepdf.open(io.BytesIO(scan))))
    assert change.change is versions.ChangeKind.SAME and not change.must_be_looked_at


def test_a_page_of_text_on_which_only_a_stamp_is_new_has_changed(shelf: Shelf) -> None:
    stamped = pikepdf.open(io.BytesIO(pdfs.pdf_of(TEXT)))
    stamped.pages[0].contents_add(b"\nq 1 0 0 RG 2 w 460 700 30 30 re S Q")
    change = change_of(shelf, pdfs.pdf_of(TEXT), pdfs.saved(stamped))
    assert change.change is versions.ChangeKind.CHANGED and versions.difference(change) == []


def test_a_form_filled_otherwise_has_changed_and_its_values_are_found(shelf: Shelf) -> None:
    old = pdfs.form_of({"dantai": "Wakaba Youth Club", "kingaku": "12,300"})
    new = pdfs.form_of({"dantai": "Wakaba Youth Club", "kingaku": "98,000,000"})
    document = shelf.add(old)
    assert "12,300" in document.current.pages[0].text.splitlines()
    (change,) = versions.compare(shelf.propose(document, new))
    pieces = versions.difference(change)
    assert change.change is versions.ChangeKind.CHANGED
    assert [p.text for p in pieces if p.kind != "kept"] == ["12,300", "98,000,000"]
