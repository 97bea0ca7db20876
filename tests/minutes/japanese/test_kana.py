import pytest

from minutes.japanese.kana import as_hiragana, lengthening, spelled_out
from minutes.japanese.readings import other_readings, tokens


@pytest.mark.parametrize(
    ("reading", "spelled"),
    [("こー", "こう"), ("てーこく", "ていこく"), ("ー", "ー"), ("かんー", "かんー")],
)
def test_long_vowels_are_written_out(reading: str, spelled: str) -> None:
    assert spelled_out(reading) == spelled


def test_what_lengthens_a_kana() -> None:
    assert [lengthening(kana) for kana in ("き", "ぷ", "ら", "ん", "")] == [
        "い",
        "う",
        "あ",
        "",
        "",
    ]


def test_katakana_becomes_hiragana_and_other_letters_stay() -> None:
    assert as_hiragana("テツヅキ手続ー") == "てつづき手続ー"


def test_a_word_knows_how_its_reading_is_written() -> None:
    assert [word.spelling for word in tokens("手続きをAI")] == ["テツヅキ", "ヲ", ""]


def test_all_usual_readings_of_a_word_are_known() -> None:
    assert {"イチバ", "シジョー"} & set(other_readings("市場")) == {"イチバ"}
    assert len(other_readings("市場")) > 1
    assert other_readings("AI") == ()
