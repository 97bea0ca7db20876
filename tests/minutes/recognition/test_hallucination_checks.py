import pytest

from minutes.recognition import hallucination_checks
from minutes.speech_models.languages import writing_of
from models.transcript import Doubt


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        ("ありがとうございました。" * 3, "ありがとうございました。"),
        ("それでは" + "議案第一号の" * 9 + "審査", "それでは議案第一号の審査"),
        ("えええええええええええええ", "え"),
        ("です。" + "はい " * 12, "です。はい "),
    ],
)
def test_a_passage_that_goes_on_and_on_is_kept_once(heard: str, left: str) -> None:
    assert hallucination_checks.without_loops(heard) == left
    assert hallucination_checks.doubt_of(heard, 20.0, -0.2) == Doubt.REPEATED


@pytest.mark.parametrize(
    "said",
    [
        "はい、はい、はい、",
        "そうですねそうですね",
        "100000000000円",
        "だんだんどんどん",
        "いやいやいや",
    ],
)
def test_what_people_do_repeat_stays(said: str) -> None:
    assert hallucination_checks.without_loops(said) == said
    assert hallucination_checks.doubt_of(said, 1.5, -0.2) is None


@pytest.mark.parametrize(
    "invented",
    [
        "ご視聴ありがとうございました",
        "最後までご視聴いただきありがとうございます。",
        "チャンネル登録よろしくお願いします",
    ],
)
def test_a_films_last_words_are_doubtful_where_hardly_anybody_speaks(invented: str) -> None:
    assert hallucination_checks.doubt_of(invented, 0.3, -0.1) == Doubt.INVENTED
    assert hallucination_checks.doubt_of(invented, 3.0, -0.1) is None
    assert not hallucination_checks.is_stock_phrase(f"「{invented}」と流れる動画の件です")


def test_more_letters_than_anybody_can_say_are_doubtful() -> None:
    said = "推進計画の策定に関する懇話会について、事務局から説明します"
    assert hallucination_checks.doubt_of(said, 0.8, -0.2) == Doubt.FAST
    assert hallucination_checks.doubt_of(said, 4.0, -0.2) is None


def test_speech_with_hardly_any_letters_is_missing_text() -> None:
    assert hallucination_checks.doubt_of("はい", 9.0, -0.2) == Doubt.MISSING
    assert hallucination_checks.doubt_of("はい", 1.5, -0.2) is None


def test_marks_do_not_stand_for_letters_that_are_missing() -> None:
    once = "本日は、お忙しい中、お集まりいただき、ありがとうございます。"
    assert hallucination_checks.doubt_of(once, 4.0, -0.2) is None
    assert hallucination_checks.doubt_of(once, 6.6, -0.2) == Doubt.MISSING


def test_a_low_probability_alone_is_unsure() -> None:
    assert hallucination_checks.doubt_of("議案第一号です", 2.0, -1.2) == Doubt.UNSURE
    assert hallucination_checks.doubt_of("議案第一号です", 2.0, -0.6) is None


def test_english_may_have_more_letters_a_second_than_japanese() -> None:
    said = "ladies and gentlemen we will now open the meeting"
    assert hallucination_checks.doubt_of(said, 2.5, -0.2, writing_of("en")) is None
    assert hallucination_checks.doubt_of(said, 2.5, -0.2) == Doubt.FAST
    assert hallucination_checks.doubt_of(said, 0.5, -0.2, writing_of("en")) == Doubt.FAST
