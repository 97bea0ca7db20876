"""Text as it is kept: what has a shape stays, what steers goes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import clean_text

pytestmark = pytest.mark.hostile


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("第1回\v懇話会", "第1回 懇話会"),  # a line break of a slide
        ("第1回\t懇話会\r\n", "第1回 懇話会"),
        ("　第1回　懇話会　", "第1回　懇話会"),
        ("\u202eexe.pdf\u2066\u200f", "exe.pdf"),
        ("資\x00\x07\x7f\x9f料\ufeff\u00ad\ud800", "資料"),
        ("か\u3099", "が"),
        ("か\x00\u3099", "が"),
        ("\ufa19谷", "\ufa19谷"),  # 神, not 神
        ("葛\U000e0100城 辻\ue000", "葛\U000e0100城 辻\ue000"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_a_line_keeps_what_has_a_shape(given_text: str, kept: str) -> None:
    assert clean_text.line(given_text) == kept


def test_lines_may_be_broken_where_that_is_wanted() -> None:
    assert clean_text.lines("一\r\n二\r三\u2028四\x85五") == "一\n二\n三\n四\n五"


@given(st.text())
def test_clean_text_is_clean_and_stays_as_it_is(text: str) -> None:
    for clean in (clean_text.lines, clean_text.line, clean_text.single_spaced):
        once = clean(text)
        assert clean(once) == once
        kinds = {unicodedata.category(c) for c in once} - {"Cf"}
        assert not kinds & {"Cs"} and not any(
            unicodedata.category(c) == "Cc" and c != "\n" for c in once
        )


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\共有\\資料.PDF", "資料.PDF"),
        ("資\x01料\u202efdp.exe", "資料fdp.exe"),
        ('質問?"1".pdf', "質問__1_.pdf"),
        (".htaccess", "htaccess"),
        ("..", "録音"),
        ("", "録音"),
        ("長" * 300 + ".pdf", "長" * 196 + ".pdf"),
        ("録音.m4a\r\nX: y", "録音.m4a X_ y"),
    ],
)
def test_a_file_name_is_a_name_and_nothing_else(given_name: str, kept: str) -> None:
    assert clean_text.file_name(given_name, "録音") == kept
