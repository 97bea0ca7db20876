"""Readings put back into kanji, with the dictionary alone."""

import pytest

from minutes.conversion.conversions import Conversion, Converter
from minutes.conversion.reading_graph import OtherReading
from minutes.terms.terms import Paper, PersonName, Term, collect


def meeting_terms(*texts: str, people: tuple[PersonName, ...] = ()) -> list[Term]:
    return list(collect([Paper("資料1", text) for text in texts], people).terms)


def best(converter: Converter, text: str) -> Conversion:
    return max(converter.conversions(text), key=lambda one: one.gain)


def written(converter: Converter, text: str) -> set[str]:
    return {
        text[: one.start] + one.new + text[one.end :]
        for one in converter.conversions(text)
        if one.gain > 0
    }


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ていしょとくしゃへのぶっかこうとうたいさく", "低所得者への物価高騰対策"),
        ("けいじょうしております", "計上しております"),
    ],
)
def test_a_sentence_is_found_by_its_sounds_alone(
    converter: Converter, said: str, meant: str
) -> None:
    assert converter.converted(said) == meant


def test_a_word_of_the_same_sound_that_fits_better_is_suggested_in_its_place(
    converter: Converter,
) -> None:
    found = best(converter, "予算に形状しております。")
    assert (found.start, found.end, found.old, found.new) == (3, 5, "形状", "計上")


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("鉄づきをお願いします。", "手続きをお願いします。"),
        ("施設の売客を進めます。", "施設の売却を進めます。"),
        ("定書得者への給付金です。", "低所得者への給付金です。"),
    ],
)
def test_words_are_found_over_the_borders_of_misheard_ones(
    converter: Converter, heard: str, meant: str
) -> None:
    assert meant in written(converter, heard)


def test_a_long_vowel_more_or_less_is_nearly_the_same_sound(converter: Converter) -> None:
    assert "手数料を徴収します。" in written(converter, "手数料を調衆します。")


def test_letters_that_make_no_word_are_read_as_in_words_from_chinese(converter: Converter) -> None:
    assert "帝国になりました。" in written(converter, "提告になりました。")


def test_a_term_of_the_meeting_is_a_word_of_the_dictionary(converter: Converter) -> None:
    people = (PersonName("八重樫 舞", "やえがし まい"),)
    terms = meeting_terms("市道汐見線の改良", people=people)
    text = "それでは指導しおみ線の件をお願いします。"
    of_meeting = converter.with_terms(terms)
    assert "それでは市道汐見線の件をお願いします。" in written(of_meeting, text)
    assert "それでは市道汐見線の件をお願いします。" not in written(converter, text)
    found = next(one for one in of_meeting.conversions(text) if one.term)
    assert found.term is not None and found.term.place == "資料1"
    assert "八重樫委員" in written(of_meeting, "やえがし委員")


def test_what_was_heard_rightly_costs_least(converter: Converter) -> None:
    text = "市民の皆様からご意見をいただき、来年度の予算に計上しております。"
    assert converter.converted(text) == text


@pytest.mark.parametrize(
    "text", ["", "。", "12,345", "2026", "Meeting agenda for DX", "※●", "\n\n", "A4で3部"]
)
def test_what_has_no_reading_is_left_alone(converter: Converter, text: str) -> None:
    assert converter.converted(text) == text
    assert not any(one.old.isdecimal() for one in converter.conversions(text))


@pytest.mark.slow
def test_places_are_those_of_the_whole_text_however_long_it_is(converter: Converter) -> None:
    text = "あ" * 2_000 + "予算に形状しております。" * 3
    found = converter.conversions(text)
    assert all(text[one.start : one.end] == one.old for one in found)
    assert any(one.new == "計上" and one.start > 2_000 for one in found)


def test_an_empty_paper_adds_no_word(converter: Converter) -> None:
    text = "予算に形状しております。"
    assert converter.with_terms(meeting_terms("")).conversions(text) == converter.conversions(text)


def test_twenty_thousand_terms_are_words_too(converter: Converter) -> None:
    terms = [
        Term(f"語{n}", "ゴ" + "アイウエオカキクケコ"[n % 10] * (3 + n // 10 % 5), "", False, 1, 0)
        for n in range(20_000)
    ]
    many = converter.with_terms([*terms, *meeting_terms("市道汐見線の改良")])
    assert "市道汐見線" in written(many, "指導しおみ線")


def test_words_come_from_the_sounds_of_a_second_hearing_too(converter: Converter) -> None:
    text = "はい。午後の新宿からなので、お願いします。"
    again = [OtherReading(6, 8, "しんや"), OtherReading(14, 15, "を")]
    found = {(one.old, one.new): one for one in converter.conversions(text, again)}
    assert found["新宿", "深夜"].is_heard_again
    assert ("新宿", "深夜") not in {(one.old, one.new) for one in converter.conversions(text)}
    assert not any(one.is_heard_again for one in converter.conversions(text))


@pytest.mark.parametrize("kana", ["ん", "っっっ", "ーー", "ぬるぽがっ" * 20])
def test_sounds_of_a_second_hearing_that_fit_nothing_change_nothing(
    converter: Converter, kana: str
) -> None:
    text = "予算に形状しております。"
    again = [OtherReading(3, 5, kana), OtherReading(0, 99, kana), OtherReading(1, 2, kana)]
    found = converter.conversions(text, again)
    assert {one.new for one in found} >= {"計上"}
    assert all(text[one.start : one.end] == one.old for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890" * 200,
        "あいうえおかきくけこ" * 200,
        "The budget of the city. " * 84,
        "ー" * 2_000,
    ],
)
def test_a_long_segment_of_one_kind_of_letters_keeps_its_places(
    converter: Converter, text: str
) -> None:
    assert all(text[one.start : one.end] == one.old for one in converter.conversions(text))
