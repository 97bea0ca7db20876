"""All rules together, on texts of every kind."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.style_choices import Endings, Letters, Numbers, Removal, Years
from minutes.japanese.numerals import normalise
from minutes.style.changes import before
from minutes.style.choice import Style
from minutes.style.layers import changes_of, explained, in_style, pieces_of
from minutes.style.official import official
from minutes.style.protected import NO_NAMES

# fmt: off
PARTS = [
    "えー、", "えっと", "あのー、", "その、", "その", "まあ、", "予算、", "予算の", "予算が",
    "市民", "市民団体", "は", "を", "に", "の", "が", "で", "、", "。", "。", "？", "「", "」",
    "です", "ます", "でした", "ました", "ません", "ですが、", "である", "だ", "行き", "行った",
    "行きました", "難しい", "難しいです", "する", "します", "ない", "こと", "事", "する事",
    "下さい", "見て下さい", "出来ます", "三", "三百五十", "七億八千五百万", "一", "十", "〇",
    "二〇二六", "2026", "２０２６", "12,345", "785000000", "1,2", "８，５００", "3.5", "円",
    "人", "年", "年度", "年4月", "月", "日", "分", "分の", "第", "回", "部", "つ", "令和8年",
    "平成元年", "ＤＸ", "DX", "5G", "ｶﾅ", "三次市", "十分", "🙂", "\u200f", "ﾞ", "葛󠄀",
]
# fmt: on
STYLES = st.builds(
    Style,
    fillers=st.sampled_from(Removal),
    repeats=st.sampled_from(Removal),
    numbers=st.sampled_from(Numbers),
    letters=st.sampled_from(Letters),
    years=st.sampled_from(Years),
    endings=st.sampled_from(Endings),
)
TALK = st.lists(st.sampled_from(PARTS), max_size=14).map("".join)
ANYTHING = st.one_of(TALK, st.text(max_size=60))


@settings(max_examples=120, deadline=None)
@given(ANYTHING, STYLES)
def test_twice_is_the_same_as_once_and_every_letter_is_accounted_for(
    text: str, style: Style
) -> None:
    made = official(text, style)
    assert before(made.pieces) == text
    assert all(piece.rules or piece.before == piece.after for piece in made.pieces)
    assert official(made.text, style).text == made.text


@settings(max_examples=80, deadline=None)
@given(TALK, st.sampled_from(Numbers), st.sampled_from(Letters))
def test_no_number_has_another_value_afterwards(
    text: str, numbers: Numbers, letters: Letters
) -> None:
    style = Style(
        fillers=Removal.KEEP, repeats=Removal.KEEP, spelling=[], numbers=numbers, letters=letters
    )
    assert normalise(official(text, style).text) == normalise(text)


@settings(max_examples=40, deadline=None)
@given(TALK, STYLES)
def test_what_is_kept_tells_the_same_again(text: str, style: Style) -> None:
    made = official(text, style)
    assert pieces_of(text, changes_of(made.pieces)) == made.pieces


@pytest.mark.parametrize(
    "text", ["", "🙂えー、🙂", "\u202eえー、מאה 100", "葛󠄀城市の﨑山", "\x00", "「" * 500]
)
def test_strange_letters_do_no_harm(text: str) -> None:
    made = official(text, Style(endings=Endings.PLAIN, years=Years.ERA))
    kanji = re.compile(r"[一-龥﨑\U000e0100-\U000e01ef]")
    assert kanji.findall(made.text) == kanji.findall(text)


@pytest.mark.slow
def test_sixty_thousand_letters_without_an_end_are_a_text_like_others() -> None:
    chance = random.Random(12)
    text = "".join(chance.choice(PARTS) for _ in range(30_000))[:60_000]
    made = official(text, Style())
    assert before(made.pieces) == text and len(made.text) > 10_000


def test_what_a_person_changed_afterwards_is_told_as_theirs() -> None:
    said = "えー、三百人です。"
    made = in_style(said, Style(), NO_NAMES)
    pieces = explained(said, made.changes, "300名です。")
    assert [(p.before, p.after, p.reason) for p in pieces if p.rules] == [
        ("えー、", "", "フィラーを除く"),
        ("三百", "300", "漢数字を算用数字に"),
        ("人", "名", "人が直した"),
    ]
    assert all(not piece.rules for piece in explained(said, made.changes, said))


def test_a_text_of_nothing_but_fillers_is_kept_as_it_was() -> None:
    made = in_style("えー。", Style(), NO_NAMES)
    assert made.text == "えー。" and made.is_nothing
