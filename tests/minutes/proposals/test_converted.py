"""Candidates from the input method, without the speech model."""

import pytest

from minutes.conversion.conversions import Converter
from minutes.conversion.reading_graph import OtherReading
from minutes.proposals import features
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.converted import converted
from minutes.proposals.features import USUAL_CONFIDENCE
from minutes.proposals.selection import choose, worth_rescoring
from minutes.proposals.weights import RESCORED, SCREENED
from minutes.terms.terms import MeetingVocabulary, Paper, collect
from models.transcript import Origin

NO_PAPERS = collect(())
EVERYDAY = (
    "ただいまから会議を始めます。",
    "只今から会議を始めます。",
    "予約の受けつけは後日行います。",
    "予約の受付は後日行います。",
    "高年の方が多く利用しています。",
    "後年の検討に委ねます。",
    "会議のあとに資料を配ります。",
    "会議の後に資料を配ります。",
    "御異議なしと認めます。",
    "詳しくは担当課から説明いたします。",
    "その件につきましては検討してまいります。",
    "保育所の待機児童は減っています。",
    "昨年度の決算について御報告いたします。",
    "私からは三点ほど申し上げます。",
    "引き続きよろしくお願いいたします。",
    "機械の更新に時間がかかります。",
    "この機会に御意見を伺います。",
    "公正な審査を行います。",
    "意志の確認をお願いします。",
    "意思の確認をお願いします。",
    "対象となる世帯は百ほどです。",
    "対照となる群と比べました。",
    "市長の御見解を伺います。",
    "先ほど申し上げたとおりです。",
    "ちょっと確認させてください。",
)
"""Sentences of meetings, with words that have others of the same sound or another spelling."""


def found(
    converter: Converter, text: str, vocabulary: MeetingVocabulary = NO_PAPERS
) -> dict[str, Candidate]:
    of_meeting = converter.with_terms(vocabulary.terms)
    every = candidates(text, vocabulary, converted(text, of_meeting))
    return {one.applied_to(text): one for one in every if one.conversion is not None}


def test_a_word_that_no_paper_prints_is_found_by_its_sound(converter: Converter) -> None:
    one = found(converter, "市民家の会議を始めます。")["市民課の会議を始めます。"]
    assert (one.old, one.new, one.origin) == ("家", "課", Origin.DICTIONARY)
    assert one.conversion is not None and one.conversion > 0
    assert one.lead > 0 and one.margin > 0 and one.behind == 0


@pytest.mark.parametrize(
    ("heard", "otherwise"),
    [
        ("ただいまから始めます。", "只今から始めます。"),
        ("会議のあとにします。", "会議の後にします。"),
        ("ご覧ください。", "ご覧下さい。"),
        ("お願いいたします。", "お願い致します。"),
        ("御報告いたします。", "ご報告いたします。"),
        ("予約の受けつけをします。", "予約の受付をします。"),
        ("見つもりを取りました。", "見積もりを取りました。"),
    ],
)
def test_another_script_for_the_same_word_is_no_candidate(
    converter: Converter, heard: str, otherwise: str
) -> None:
    assert otherwise not in found(converter, heard)


def test_a_particle_that_a_word_swallowed_is_no_other_script(converter: Converter) -> None:
    assert "年金の届け出をしました。" in found(converter, "年金の届けでをしました。")


def test_two_places_are_no_second_day() -> None:
    dates = {
        text: candidates(text, NO_PAPERS) for text in ("2かところ立てます。", "2かに立てます。")
    }
    is_date = [any(one.origin == Origin.DATE for one in found) for found in dates.values()]
    assert is_date == [False, True]


@pytest.mark.parametrize("text", EVERYDAY)
def test_right_everyday_sentences_stay_without_papers(converter: Converter, text: str) -> None:
    """Neither where the sound says nothing, nor where it says a little for every other spelling."""
    asked = worth_rescoring(text, NO_PAPERS, USUAL_CONFIDENCE, converter)
    for ratio in (0.0, 3.0):
        choice = choose(text, asked, [ratio] * len(asked))
        assert (choice.text, choice.proposed) == (text, ())


def test_a_term_with_other_kana_behind_the_same_kanji_is_no_candidate(converter: Converter) -> None:
    vocabulary = collect([Paper("資料1", "打合せの受付")])
    every = found(converter, "打ち合わせの受け付けをします。", vocabulary)
    assert not any("打合せ" in other or "受付" in other for other in every)


def test_a_term_in_the_cheapest_spelling_comes_with_the_place_where_it_is_printed(
    converter: Converter,
) -> None:
    vocabulary = collect([Paper("資料1 3頁", "市道汐見線の改良")])
    one = found(converter, "指導しおみ線の件です。", vocabulary)["市道汐見線の件です。"]
    assert one.origin == Origin.TERM
    assert one.term is not None and one.term.place == "資料1 3頁"


def test_figures_stay(converter: Converter) -> None:
    text = "令和8年度は1億2,000万円です。"
    assert all("8" in other and "1億2,000万" in other for other in found(converter, text))


def test_the_better_spelling_leads_the_others_at_its_place(converter: Converter) -> None:
    every = found(converter, "予算に形状しております。")
    best = every["予算に計上しております。"]
    others = [one for one in every.values() if one is not best and one.overlaps(best)]
    assert others and all(one.lead < 0 for one in others)


def test_a_word_that_only_the_second_hearing_has_says_so(converter: Converter) -> None:
    text = "午後の新宿からなので、お願いします。"
    suggested = converted(text, converter, [OtherReading(3, 5, "しんや")])
    every = candidates(text, NO_PAPERS, suggested)
    found = {one.applied_to(text): one for one in every if one.conversion is not None}
    one = found[text.replace("新宿", "深夜")]
    assert one.is_heard_again and one.far == 0
    assert features.of_candidate(one, text, NO_PAPERS, None)["heard_again"] == 1
    for weights in (SCREENED, RESCORED):
        known = features.of_candidate(one, text, NO_PAPERS, None)
        assert 0 <= features.probability(known, weights) <= 1
