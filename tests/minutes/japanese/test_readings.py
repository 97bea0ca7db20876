import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from minutes.japanese.readings import naturalness, number_read, plain, tokens
from minutes.japanese.similarity import distance, sounds


def said(text: str) -> str:
    return "".join(token.kana for token in tokens(text))


def test_a_word_is_read_as_it_sounds() -> None:
    assert said("手続き") == said("鉄づき") == "テツズキ"


def test_figures_are_read_as_numbers() -> None:
    assert number_read(1_300) == "センサンビャク"
    assert number_read(20_600) == "ニマンロッピャク"
    assert number_read(0) == "ゼロ"
    assert next(t.surface for t in tokens("3,400万円")) == "3,400"
    assert said("12月13日") == "ジューニガツジューサンニチ"


def test_capitals_are_spelled() -> None:
    assert said("FAQ") == "エフエーキュー"


def test_places_are_places_of_the_text_itself() -> None:
    text = "㈱１２３はＤＸ！？"
    assert len(plain(text)) == len(text)
    assert next(text[t.start : t.end] for t in tokens(text)) == "㈱"


@pytest.mark.parametrize(
    ("written", "words", "kana"),
    [
        ("葛\U000e0100城委員", ["葛\U000e0100城", "委員"], "カツラギノイイン"),
        ("\U00020bb7田委員", ["\U00020bb7田", "委員"], "ヨシダイイン"),
        ("髙橋、辻\U000e0101村", ["髙橋", "、", "辻\U000e0101村"], "タカハシ、ツジムラ"),
        ("德島", ["德島"], "トクシマ"),
        ("⺠⽣課⻑", ["民生", "課", "長"], "ミンセーカチョー"),
    ],
)
def test_names_in_rare_letters_are_words_as_they_are_written(
    written: str, words: list[str], kana: str
) -> None:
    found = tokens(written)
    assert [token.surface for token in found] == words
    assert "".join(token.kana for token in found) == kana
    assert [plain(written)[token.start : token.end] for token in found] == words
    assert naturalness("\U00020bb7田の市⺠課⻑です") == naturalness("吉田の市民課長です")


def test_long_vowels_are_one_sound_however_written() -> None:
    assert sounds("ヒョウドウ") == sounds("ヒョードー")
    assert sounds("テイネイ") == sounds("テーネー")


def test_what_is_often_confused_is_near() -> None:
    near = distance(sounds("ハッキ"), sounds("ハキ"))
    voiced = distance(sounds("カイ"), sounds("ガイ"))
    other = distance(sounds("カイ"), sounds("マイ"))
    assert 0 < near < other
    assert 0 < voiced < other
    assert distance(sounds("カイ"), sounds("カイ")) == 0


def test_what_people_write_is_more_natural() -> None:
    assert naturalness("これより質疑に入ります") < naturalness("これより室議に入ります")


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """They change all the time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
def test_several_threads_read_side_by_side() -> None:
    texts = [
        f"{where}の市民課で{n}件の手続きを受け付けました。" for n in range(40) for where in "東西"
    ]
    alone = [(tokens(text), naturalness(text)) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: (tokens(text), naturalness(text)), texts * 5))
    assert together == alone * 5
