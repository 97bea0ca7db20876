"""PDFs that are small and ask for everything: refused with a sentence; the server stays small."""

from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest

from meetings.cell import Cell
from meetings.errors import FileRejected, OutOfBounds
from meetings.pdf import joining, pdf, stamping, typesetting
from meetings.pdf.joining import DocumentToJoin
from tests import bombs, pdfs
from tests.memory import grows_by_at_most
from web.bench.harness.attack import nested_forms

pytestmark = pytest.mark.hostile

WORDS = "森下　正　令和8年11月23日（月）10時03分"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "job"
    made.mkdir()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "received"


@pytest.fixture(autouse=True)
def small_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of the memory, so that it is filled sooner."""
    monkeypatch.setattr(pdf, "CELL", Cell(memory_mb=350, output_mb=20, at_once=1))
    monkeypatch.setattr(stamping, "CELL", Cell(memory_mb=350, output_mb=20, at_once=1))
    monkeypatch.setattr(joining, "CELL", Cell(memory_mb=350, output_mb=20, at_once=1))


def inspect(file: Path, folder: Path) -> list[pdf.PageSize]:
    return pdf.inspect(file, folder / "first.jpg")


def test_forms_within_forms_end_at_the_memory_of_their_cell(file: Path, folder: Path) -> None:
    file.write_bytes(nested_forms())
    with grows_by_at_most(50), pytest.raises(OutOfBounds, match="時間とメモリー"):
        inspect(file, folder)


def test_a_stream_that_unpacks_without_end_is_refused_and_gets_no_watermark(
    file: Path, folder: Path
) -> None:
    file.write_bytes(bombs.object_stream(600))
    with grows_by_at_most(50):
        with pytest.raises(FileRejected):
            inspect(file, folder)
        with pytest.raises(FileRejected):
            stamping.stamp(file, folder / "stamped.pdf", WORDS)


def test_such_a_document_costs_the_joined_pdf_only_its_own_pages(file: Path, folder: Path) -> None:
    file.write_bytes(bombs.object_stream(600))
    good, cover = folder / "good.pdf", folder / "cover.pdf"
    for path, words in ((good, "# 予算"), (cover, "# 次第")):
        path.write_bytes(pdfs.pdf_of(words))
    parts = [DocumentToJoin("1", "大きい", file, WORDS), DocumentToJoin("1", "予算", good, WORDS)]
    with grows_by_at_most(50):
        joining.join(cover, parts, folder / "all.pdf", folder)
    pages = [
        page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(folder / "all.pdf")
    ]
    assert len(pages) == 3
    assert "次第" in pages[0] and "大きい" in pages[1] and "予算" in pages[2]


def test_a_hundred_thousand_pages_are_too_many(file: Path, folder: Path) -> None:
    file.write_bytes(bombs.pages(100_000))
    with grows_by_at_most(50), pytest.raises(FileRejected, match="100,000頁。上限は5,000頁"):
        inspect(file, folder)


def test_so_many_pages_as_the_settings_say_are_taken(file: Path, folder: Path) -> None:
    file.write_bytes(bombs.pages(30))
    assert len(pdf.inspect(file, folder / "first.jpg", 30)) == 30
    with pytest.raises(FileRejected, match="上限は29頁"):
        pdf.inspect(file, folder / "first.jpg", 29)


def test_a_page_of_twenty_metres_is_refused_and_stamped_no_further_than_it_must(
    file: Path, folder: Path
) -> None:
    """Of earlier days it may be there already."""
    file.write_bytes(bombs.page_of(60_000, 60_000))
    with pytest.raises(FileRejected, match="1頁が大きすぎます"):
        inspect(file, folder)
    with grows_by_at_most(50):
        stamping.stamp(file, folder / "stamped.pdf", WORDS)
    assert (folder / "stamped.pdf").stat().st_size < 200_000


def test_three_hundred_sizes_of_pages_are_stamped_with_one_sheet(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = []
    to_pdf = typesetting.to_pdf

    def counted(template: str, data: dict[str, object]) -> bytes:
        sheets.append(template)
        return to_pdf(template, data)

    monkeypatch.setattr(typesetting, "to_pdf", counted)
    made = pikepdf.new()
    for n in range(300):
        made.add_blank_page(page_size=(300 + n, 900 - n))
    made.save(file)
    stamping.stamp(file, folder / "stamped.pdf", WORDS)
    assert sheets == ["watermark"]
    stamped = pdfium.PdfDocument(folder / "stamped.pdf")
    assert len(stamped) == 300
    assert all("森下" in stamped[n].get_textpage().get_text_bounded() for n in (0, 150, 299))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_mark_lies_the_same_way_however_a_page_is_turned(
    file: Path, folder: Path, turn: int
) -> None:
    made = pikepdf.new()
    for width, height, angle in ((500, 700, 0), (500, 700, turn)):
        is_turned = angle % 180 != 0
        made.add_blank_page(page_size=(height, width) if is_turned else (width, height))
        made.pages[-1].rotate(angle, relative=False)
    made.save(file)
    stamping.stamp(file, folder / "stamped.pdf", WORDS)
    upright, turned = (
        page.render(scale=0.5).to_numpy()[..., :3].mean(axis=2)
        for page in pdfium.PdfDocument(folder / "stamped.pdf")
    )
    assert (upright < 250).any()
    assert upright.shape == turned.shape
    assert abs(upright - turned).mean() < 1.5
