"""Every notice shows every name: what the first font lacks, another one has."""

import pypdfium2 as pdfium
import pytest
from PIL import Image

from meetings.pdf import font_files, typesetting
from meetings.pdf.typesetting import FONTS

NAMES = ["𠮷田", "槗本", "☑出席", "資料3‑2", "髙﨑", "濵口", "葛󠄀城", "辻󠄁村", "郭們㐀", "金한"]
FIRST = FONTS / "BIZUDPGothic_400Regular.ttf"


def printed(name: str) -> pdfium.PdfPage:
    letter = {
        "name": name, "title": "", "link": "", "number": "", "way": "",
        "code": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>',
    }  # fmt: skip
    data = {"date": "", "sender": "", "heading": name, "sentence": "", "facts": [], "agenda": []}
    return pdfium.PdfDocument(typesetting.to_pdf("notice", {**data, "letters": [letter]}))[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_with_its_own_letters_and_comes_back_as_text(name: str) -> None:
    page = printed(name)
    text = page.get_textpage().get_text_bounded().replace(" ", "")
    assert text.count(name) == 2  # to whom, and in bold type
    assert typesetting.unprintable(name) == []


def test_the_first_font_alone_would_not_do() -> None:
    known = font_files.letters(FIRST)
    assert {ord("田"), ord("髙"), ord("﨑")} <= known
    assert not known & {ord("𠮷"), ord("槗"), ord("☑"), 0x2011}


def test_letters_that_no_font_has_are_told_once_each() -> None:
    assert typesetting.unprintable("\U00030000山 \U00030000田\n\ue000") == ["\ue000", "\U00030000"]


def test_the_form_of_a_letter_is_the_one_that_was_asked_for() -> None:
    asked, usual, other = (picture(printed(name)) for name in ("辻󠄁", "辻", "辻󠄀"))
    assert asked.size == other.size and asked.tobytes() != other.tobytes()
    assert usual.tobytes() != asked.tobytes()
    assert typesetting.unprintable_forms("辻󠄁葛󠄀葛\U000e01ee\n山") == ["葛\U000e01ee"]


def picture(page: pdfium.PdfPage) -> Image.Image:
    """How the name looks, large."""
    made: Image.Image = page.render(scale=3).to_pil()
    return made.crop((0, 0, made.width, made.height // 3))
