"""What corrections say to the costs of the lattice."""

from minutes.conversion.conversions import Converter
from minutes.terms.terms import EARLIER, Confused, Taught, taught_word

WORDS = [taught_word(word, "コーセー", "以前の修正", is_guessed=False) for word in ("更生", "厚生")]
NAMED, FAIR = "公正計画の件です。", "公正な審査をします。"


def learned(converter: Converter, *confused: Confused, refused: str = "") -> Converter:
    off = frozenset({("公正", refused)} if refused else ())
    return converter.with_terms(WORDS, Taught(WORDS, confused=confused, refused=off))


def gain(converter: Converter, text: str, new: str) -> int | None:
    gains = [one.gain for one in converter.conversions(text) if (one.old, one.new) == ("公正", new)]
    return max(gains, default=None)


def test_a_word_that_was_corrected_often_enough_wins_where_it_fits(converter: Converter) -> None:
    assert "更生" not in converter.converted(NAMED)
    of_series = learned(converter, Confused("公正", "更生", 3, 3))
    assert of_series.converted(NAMED) == "更生計画の件です。"
    assert of_series.converted(FAIR) == FAIR
    assert converter.converted(NAMED) == "構成計画の件です。", "no other series learns of it"


def test_what_speaks_against_it_costs(converter: Converter) -> None:
    before = gain(learned(converter), NAMED, "更生")
    opposed = learned(converter, Confused("公正", "更生", 3, 3, 30))
    after = gain(opposed, NAMED, "更生")
    assert before is not None and after is not None and after < before
    assert "更生" not in opposed.converted(NAMED)


def test_one_correction_says_nothing_yet(converter: Converter) -> None:
    once = learned(converter, Confused("公正", "更生", 1))
    assert once.conversions(NAMED) == learned(converter).conversions(NAMED)


def test_only_the_word_that_was_heard_counts(converter: Converter) -> None:
    of_series = learned(converter, Confused("公正", "更生", 9, 9))
    for text in ("構成計画の件です。", "予算の件です。", "公正取引委員会の件です。"):
        assert of_series.converted(text) == learned(converter).converted(text)


def test_what_was_switched_off_is_never_written(converter: Converter) -> None:
    assert gain(learned(converter), NAMED, "厚生") is not None
    off = learned(converter, Confused("公正", "更生", 3, 3), refused="厚生")
    assert gain(off, NAMED, "厚生") is None
    assert off.converted(NAMED) == "更生計画の件です。"


def test_what_only_earlier_minutes_say_costs_the_more_the_seldomer_it_was_said(
    converter: Converter,
) -> None:
    def gain_of(place: str, count: int) -> int | None:
        term = taught_word("汐見", "シオミ", place, is_guessed=False, count=count)
        found = converter.with_terms([term]).conversions("しおみの工事です。")
        return max((one.gain for one in found if one.new == "汐見"), default=None)

    printed, once, often = gain_of("資料1 2頁", 1), gain_of(EARLIER, 1), gain_of(EARLIER, 50)
    assert printed and once and often
    assert once < often == printed
