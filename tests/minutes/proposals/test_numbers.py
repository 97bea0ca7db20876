"""Numbers and dates: right ones stay, and those heard as other words are written as the recogniser
writes numbers.
"""

import re

import pytest

from minutes.conversion import figures
from minutes.conversion.conversions import Converter
from minutes.conversion.reading_graph import read
from minutes.japanese.numerals import normalise
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.converted import converted
from minutes.terms.terms import Paper, collect
from models.transcript import Origin

NO_PAPERS = collect(())
DIGITS = re.compile(r"\d+")


def found(converter: Converter, text: str) -> list[Candidate]:
    return candidates(text, NO_PAPERS, converted(text, converter))


@pytest.mark.parametrize(
    "text",
    [
        "7億円を計上しました。",
        "3月の会議です。",
        "令和8年度は1億2,000万円です。",
        "五件ありました。",
        "3か月後に",
        "今回五人が",
        "二千万円です",
        "20日に開会",
        "一つ目の",
        "94.6%です",
    ],
)
def test_right_numbers_and_what_is_counted_stay(converter: Converter, text: str) -> None:
    assert [(one.old, one.new) for one in found(converter, text)] == []


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("誤検ございました。", "5件ございました。"),
        ("申請は誤検でした。", "申請は5件でした。"),
        ("歳出は御億円の増", "歳出は5億円の増"),
        ("予算はにせんまん円です。", "予算は2000万円です。"),
        ("さんじゅう人が出席しました。", "30人が出席しました。"),
        ("にじゅうごパーセント", "25パーセント"),
        ("ごじゅうねんの歴史", "50年の歴史"),
        ("じゅうごふん休憩します", "15分休憩します"),
        ("にじゅっ件の申請", "20件の申請"),
        ("しちがつ", "7月"),
        ("第3会定例会", "第3回定例会"),
        ("3つきの会議", "3月の会議"),
        ("27かに開きます", "27日に開きます"),
    ],
)
def test_a_number_heard_as_other_words_is_written_in_figures(
    converter: Converter, heard: str, meant: str
) -> None:
    suggested = {
        one.applied_to(heard).replace("%", "パーセント") for one in found(converter, heard)
    }
    assert meant in suggested


def test_a_number_never_becomes_another_one(converter: Converter) -> None:
    for text in ("こちらは三獣人です", "五人ずつ", "三次に始めます", "二千人が"):
        numbers = DIGITS.findall(normalise(text))
        others = [DIGITS.findall(normalise(one.applied_to(text))) for one in found(converter, text)]
        assert all(other in ([], numbers) for other in others)


def test_a_paper_may_know_better_than_the_number(converter: Converter) -> None:
    words = collect([Paper("資料1", "四五六号線の工事。散会の予定")])
    text = "これで三回です。"
    every = candidates(text, words, converted(text, converter.with_terms(words.terms)))
    assert any(one.new == "散会" and one.origin == Origin.TERM for one in every)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("さんぜんはっぴゃくごじゅう", 3850),
        ("にせん", 2000),
        ("せんひゃく", 1100),
        ("じゅういち", 11),
        ("ななじゅっ", 70),
        ("きゅうせんきゅうひゃくきゅうじゅうきゅう", 9999),
    ],
)
def test_a_whole_reading_is_one_number(text: str, value: int) -> None:
    graph = read(text)
    whole = [one for one in figures.figures_in(graph) if (one.start, one.end) == (0, graph.end)]
    assert [one.value for one in whole] == [value]


def test_what_is_no_number_is_none() -> None:
    for text in ("", "、。", "ひゃくせん", "予算の審議", "2000万円"):
        graph = read(text)
        assert not any((one.start, one.end) == (0, graph.end) for one in figures.figures_in(graph))
