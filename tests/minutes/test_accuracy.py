import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.accuracy import (
    NOTHING,
    Accuracy,
    Mark,
    count,
    count_normalised,
    count_without_fillers,
    marks,
    normalise,
    without_fillers,
    without_tags,
)

JAPANESE = st.text("あいう手続転入転出鉄づき、。 一二三十百千万億013,.%ー", max_size=40)


def test_n_is_the_confirmed_text_and_m_leaves_out_wrong_and_missing_characters() -> None:
    counted = count("鉄づきの案内", "手続きのご案内")
    assert counted == Accuracy(total=7, wrong=2, missing=1, added=0)
    assert counted.right == 4
    assert counted.rate == pytest.approx(4 / 7)
    assert counted.sentence == "7字中4字を正しく変換"


def test_added_characters_leave_m_alone_and_count_in_the_error_rate() -> None:
    counted = count("あの計上します", "計上します")
    assert counted == Accuracy(total=5, wrong=0, missing=0, added=2)
    assert counted.right == 5
    assert counted.error_rate == pytest.approx(2 / 5)


def test_the_citys_own_figure_reads_as_in_its_plan() -> None:
    assert Accuracy(279, 5, 2, 3).sentence == "279字中272字を正しく変換"
    assert Accuracy(1_234_567, 67, 0, 0).sentence == "1,234,567字中1,234,500字を正しく変換"


def test_nothing_confirmed_has_no_rate() -> None:
    assert NOTHING.rate is None
    assert NOTHING.error_rate is None
    assert count("あ", "").rate is None
    assert count("あ", "").added == 1


def test_counts_add_up_over_segments() -> None:
    whole = sum([count("形状", "計上"), count("あい", "あ"), count("あ", "あい")], NOTHING)
    assert whole == Accuracy(total=5, wrong=2, missing=1, added=1)


def test_nothing_heard_is_all_missing() -> None:
    assert count("", "計上します") == Accuracy(5, 0, 5, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三つ", "3つ"),
        ("1,350台", "千三百五十台"),
        ("１，３５０台", "1350台"),
        ("3億5000万円", "三億五千万円"),
        ("3億5000万円", "350,000,000円"),
        ("3.5億円", "3億5000万円"),
        ("七百五十三万四千", "753万4,000"),
        ("令和八年度", "令和8年度"),
        ("二〇二六年", "2026年"),
        ("二千二十六年", "2026年"),
        ("百五", "105"),
        ("十", "10"),
        ("第２回", "第二回"),
        ("三・五パーセント", "3.5%"),
        ("資料、1をご覧 ください。", "資料1をご覧ください"),
        ("「DX」（注）", "ＤＸ注"),
        ("2〜3人", "2～3人"),
        ("九百六十三-八五〇一", "963-8501"),
        ("サービス", "ｻｰﾋﾞｽ"),
    ],
)
def test_differences_of_notation_do_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三つ", "四つ"),
        ("13%", "13"),
        ("1350台", "1300台"),
        ("3億5000万", "3億500万"),
        ("093", "93"),
        ("サービス", "サビス"),
        ("三月", "3つき"),
    ],
)
def test_differences_of_content_do_count(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_what_only_looks_like_a_number_stays() -> None:
    assert normalise("万一") == "万一"
    assert normalise("億") == "億"
    assert normalise("十十") == "十十"
    assert normalise("一" * 31) == "一" * 31


def test_fillers_are_removed_whether_tagged_or_not() -> None:
    tagged = "<filler>えー</filler>、議題は<filler>その</filler>三つございます。"
    assert normalise(without_fillers(tagged)) == "議題は3つございます"
    for heard in (
        "えー、議題は",
        "えっと議題は",
        "あのー 議題は",
        "ええと、議題は",
        "あの、議題は",
    ):
        assert normalise(without_fillers(heard)) == "議題は"


def test_words_that_only_contain_a_fillers_sound_stay() -> None:
    for said in ("あの資料", "例えば", "いえ、違います", "教え、考え", "ねえ、聞いて", "家、家賃"):
        assert without_fillers(said) == said


def test_without_tags_keeps_what_was_said() -> None:
    assert without_tags("<filler>えー</filler>、議題") == "えー、議題"


def test_the_normalised_count_forgives_fillers_and_notation_on_both_sides() -> None:
    heard = "えーと 議題は三つ ございます"
    meant = "<filler>えー</filler>、議題は3つございます。"
    assert count_normalised(heard, meant) == Accuracy(10, 0, 0, 0)
    assert count(heard, meant).right < count(heard, meant).total


def test_a_corrected_word_is_one_mark() -> None:
    assert marks("鉄づきを行う", "手続きを行う") == [
        Mark("手続", True, "鉄づ"),
        Mark("きを行う", False, "きを行う"),
    ]


def test_changes_that_one_character_parts_are_one_mark() -> None:
    assert marks("それは電入点出です", "それは転入転出です")[1] == Mark("転入転", True, "電入点")
    assert marks("任新出産", "妊娠出産")[0] == Mark("妊娠", True, "任新")


def test_changes_far_from_each_other_are_two_marks() -> None:
    assert [m.text for m in marks("形状して提告に", "計上して定刻に") if m.is_corrected] == [
        "計上",
        "定刻",
    ]


def test_what_was_only_removed_is_a_mark_without_text() -> None:
    assert marks("資料をえー見て", "資料を見て") == [
        Mark("資料を", False, "資料を"),
        Mark("", True, "えー"),
        Mark("見て", False, "見て"),
    ]


def test_unchanged_and_empty_texts_have_no_corrected_marks() -> None:
    assert marks("そのまま", "そのまま") == [Mark("そのまま", False, "そのまま")]
    assert marks("", "") == []
    assert marks("", "新しい") == [Mark("新しい", True, "")]


@given(heard=JAPANESE, text=JAPANESE)
def test_marks_are_the_whole_text_and_all_that_was_heard_in_order(heard: str, text: str) -> None:
    found = marks(heard, text)
    assert "".join(m.text for m in found) == text
    assert "".join(m.heard for m in found) == heard
    assert all(m.text == m.heard for m in found if not m.is_corrected)


@given(heard=JAPANESE, meant=JAPANESE)
def test_the_counts_explain_the_difference_of_length(heard: str, meant: str) -> None:
    counted = count(heard, meant)
    assert counted.total == len(meant)
    assert len(heard) == counted.right + counted.wrong + counted.added
    assert counted.right >= 0


@given(text=JAPANESE)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert count_normalised(text, text).error_rate in (0.0, None)
    assert not any(c in once for c in "、。 ,.")


def test_a_text_of_two_hundred_thousand_characters_is_counted_in_seconds() -> None:
    meant = "令和八年度の予算について御説明します。" * 11_000
    heard = meant.replace("予算", "予讃", 4000)
    started = time.monotonic()
    assert count_normalised(heard, meant).wrong == 4000
    assert time.monotonic() - started < 10


def test_a_filler_that_a_person_took_out_is_no_error_of_the_machine() -> None:
    counted = count_without_fillers("えー、本月は、あのー、晴れです", "本日は、晴れです")
    assert (counted.total, counted.right, counted.added, counted.fillers) == (8, 7, 0, 7)
    assert counted.error_rate == 1 / 8
    assert count("えー、本月は、あのー、晴れです", "本日は、晴れです").right == 7


def test_a_filler_that_stays_in_the_text_and_other_added_letters_are_counted_as_before() -> None:
    kept = count_without_fillers("えー、本日は", "えー、本日は")
    assert (kept.total, kept.fillers) == (6, 0)
    added = count_without_fillers("えー、本日日は", "本日は")
    assert (added.added, added.fillers) == (1, 3)
