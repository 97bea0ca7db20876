import random
import unicodedata

import pytest

from minutes.proposals.candidates import candidates
from minutes.terms.terms import (
    MOST_TERMS,
    NOTHING_TAUGHT,
    ROSTER,
    MeetingVocabulary,
    Paper,
    PersonName,
    Taught,
    Term,
    collect,
    found_in,
    ranked,
    taught_word,
)
from models.transcript import Origin


def words(vocabulary: MeetingVocabulary) -> dict[str, Term]:
    return {term.surface: term for term in vocabulary.terms}


def test_compounds_and_their_parts_are_terms_with_the_page_that_prints_them() -> None:
    found = words(collect([Paper("資料1 2頁", "市道汐見線の改良工事", 7)]))
    assert {"市道汐見線", "改良工事", "改良"} <= set(found)
    assert found["改良工事"].place == "資料1 2頁"
    assert found["改良工事"].page_id == 7


def test_the_roster_knows_how_a_name_is_written_and_read() -> None:
    people = [PersonName("渡邊 翔", "わたなべ かける", "次長")]
    found = words(collect([Paper("資料1", "渡辺次長")], people))
    assert {"渡邊", "渡邊翔", "渡邊さん", "渡辺"} <= set(found)
    assert found["渡邊"].is_name
    assert found["渡邊"].kana == "ワタナベ"
    assert found["渡邊"].place == ROSTER


def test_a_name_without_reading_gets_a_guessed_one() -> None:
    assert words(collect([], [PersonName("芹沢 由紀")]))["芹沢"].kana == "セリザワ"


def test_names_in_rare_letters_are_terms_and_pieces_of_them_are_not() -> None:
    paper = "\U00020bb7田委員、葛\U000e0100城委員、辻\U000e0101。\U00020bb7野家通りの市⺠課⻑"
    found = words(collect([Paper("資料1", paper)]))
    wanted = {"\U00020bb7田委員", "葛\U000e0100城委員", "\U00020bb7野家通り", "市民課長"}
    assert wanted <= set(found)
    assert not {"田委員", "城委員", "野家通り", "辻\U000e0101"} & set(found)
    named = collect([Paper("資料1", paper)], [PersonName("葛\U000e0100城 誠", "かつらぎ まこと")])
    assert words(named)["葛\U000e0100城"].kana == "カツラギ"
    assert "辻\U000e0101村" in [
        term.surface for term in ranked([], [PersonName("辻\U000e0101村 光")], NOTHING_TAUGHT)
    ]


def test_letters_and_their_marks_are_one_word_however_a_paper_parts_them() -> None:
    for paper in ("ﾊﾟﾌﾞﾘｯｸｺﾒﾝﾄ", unicodedata.normalize("NFD", "パブリックコメント")):
        found = set(words(collect([Paper("資料1", paper)])))
        assert found == {"パブリック", "パブリックコメント", "コメント"}


def test_what_is_printed_often_is_counted() -> None:
    assert words(collect([Paper("資料1", "予算。予算。予算")]))["予算"].count == 3


def test_nothing_and_garbage_teach_nothing() -> None:
    assert not collect([]).terms
    assert not collect(
        [Paper("頁", ""), Paper("頁", "\x00\x01\ufffd 。。、、 ()|||| ------")]
    ).terms


@pytest.mark.slow
def test_a_dictionary_keeps_to_its_limit() -> None:
    lines = "\n".join(f"第{n}地区連絡協議会" for n in range(3_000))
    assert len(collect([Paper("辞書", lines)]).terms) <= MOST_TERMS
    added = taught_word("汐見線", "シオミセン", "会議体の用語辞書", is_guessed=False)
    assert "汐見線" in words(collect([Paper("辞書", lines)], taught=Taught([added])))


def test_contradictory_spellings_of_one_name_are_kept_and_the_roster_comes_first() -> None:
    papers = [Paper("資料1", "渡辺次長。渡辺次長。渡辺次長")]
    people = [PersonName("渡邊 翔", "わたなべ かける")]
    added = taught_word("渡部", "ワタナベ", "会議体の用語辞書", is_guessed=False)
    surfaces = [term.surface for term in collect(papers, people, Taught([added])).terms]
    assert surfaces.index("渡邊") < surfaces.index("渡部") < surfaces.index("渡辺")


def test_a_given_reading_is_better_than_a_guessed_one() -> None:
    papers = [Paper("資料1 3頁", "髙橋課長の説明", 3)]
    guessed = words(collect(papers))["髙橋"]
    assert (guessed.kana, guessed.is_guessed) == ("タカハシ", True)
    given = taught_word("髙橋", "タカバシ", "会議体の用語辞書", is_guessed=False)
    known = words(collect(papers, taught=Taught([given])))["髙橋"]
    assert (known.kana, known.is_guessed, known.place) == ("タカバシ", False, "資料1 3頁")
    vague = taught_word("髙橋", "タカハシ", "会議体の用語辞書", is_guessed=True)
    people = [PersonName("髙橋 翔", "たかばし かける")]
    assert words(collect(papers, people, Taught([vague])))["髙橋"].kana == "タカバシ"


def test_a_guess_is_not_better_than_what_the_dictionary_knows() -> None:
    guess = taught_word("手続き", "シュゾクキ", "会議体の用語辞書", is_guessed=True)
    known = words(collect([Paper("資料1", "手続きの案内")], taught=Taught([guess])))["手続き"]
    assert (known.kana, known.is_guessed, known.is_taught) == ("テツズキ", False, True)


def test_words_that_are_switched_off_are_left_out_with_what_people_are_called_by() -> None:
    papers, people = [Paper("資料1", "予算の審議")], [PersonName("渡邊 翔", "わたなべ かける")]
    found = words(collect(papers, people, Taught(off=frozenset({"予算", "渡邊"}))))
    assert not {"予算", "渡邊", "渡邊さん"} & set(found)
    assert {"審議", "渡邊翔"} <= set(found)


def test_letters_that_nobody_can_read_are_told_and_match_nothing() -> None:
    papers = [Paper("資料1", "燚山町の計画。Excel形式")]
    (odd,) = (t for t in ranked(found_in(papers), [], NOTHING_TAUGHT) if t.surface == "Excel")
    assert (odd.kana, odd.is_guessed) == ("", True)
    assert "Excel" not in words(collect(papers))


def test_the_meetings_own_words_come_before_common_ones_and_sums() -> None:
    text = "市道汐見線の工事。市道汐見線は年度内。今年度の利用。諸収入6,000千円"
    surfaces = [t.surface for t in ranked(found_in([Paper("資料", text)]), [], NOTHING_TAUGHT)]
    assert surfaces[0] == "市道汐見線"
    assert surfaces.index("市道汐見線") < surfaces.index("工事") < surfaces.index("汐見")
    assert surfaces.index("市道汐見線") < surfaces.index("諸収入6,000千円")


def test_people_are_listed_without_what_they_are_called_by() -> None:
    people = [PersonName("渡邊 翔", "わたなべ かける")]
    surfaces = [term.surface for term in ranked([], people, NOTHING_TAUGHT)]
    assert surfaces == ["渡邊", "渡邊翔"]


def test_what_the_papers_print_is_found_wherever_it_stands() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    vocabulary = collect([Paper("資料", "".join(chance.choices("市民課予算", k=400)))])
    assert not vocabulary.prints("")
    for _ in range(500):
        words = "".join(chance.choices("市民課予算", k=chance.randint(1, 6)))
        assert vocabulary.prints(words) == (words in vocabulary.text)


def texts(text: str, *papers: str) -> set[str]:
    vocabulary = collect([Paper("資料", paper) for paper in papers])
    return {one.applied_to(text) for one in candidates(text, vocabulary)}


def test_a_term_is_found_over_the_borders_of_words() -> None:
    assert "市道汐見線の工事について" in texts("指導しおみせんの工事について", "市道汐見線")


def test_a_figure_that_was_heard_is_never_another_one() -> None:
    assert not any("13日" in text for text in texts("会議は12日です", "13日"))


def test_another_spelling_of_the_same_word_is_no_candidate() -> None:
    assert "当日の受付にします" not in texts("当日の受け付けにします", "受付")


def test_another_notation_of_the_same_number_is_no_candidate() -> None:
    assert "資料1をお願いします" not in texts("資料一をお願いします", "資料1")


def test_a_particle_behind_a_word_stays() -> None:
    assert "料金回収率は低い" in texts("両金回収率は低い", "料金回収率")
    assert "料金回収率低い" not in texts("両金回収率は低い", "料金回収率")


def test_common_words_of_the_same_sound_come_from_the_dictionary() -> None:
    (found,) = (
        one
        for one in candidates("これより室議に入ります", collect([]))
        if one.applied_to("これより室議に入ります") == "これより質疑に入ります"
    )
    assert found.origin == Origin.DICTIONARY
    assert found.gain > 0


def test_only_a_paper_puts_into_kanji_what_was_heard_in_hiragana() -> None:
    heard, meant = "いったいどうしたのか", "一体どうしたのか"
    assert meant not in texts(heard)
    assert meant in texts(heard, "施設の一体的な管理、一体型、一体感")


def test_spoken_dates_become_figures() -> None:
    assert "2月の第2週の27日から" in texts("2月の第2週の27かから")
    assert "1月中に決めます" in texts("一つき中に決めます")
    assert "28日の深夜" in texts("20ようかの深夜")


def test_ordinary_words_that_sound_like_days_are_none() -> None:
    for text in ("そうなのか、いつかやります", "どうしようかと思います"):
        assert not any("日" in one.new for one in candidates(text, collect([])))
    assert "1月4日の日曜日" in texts("1月よっかの日曜日")


def test_candidates_of_an_empty_text_are_none() -> None:
    assert candidates("", collect([Paper("資料", "予算")])) == []


def test_letters_that_make_no_word_are_read_as_in_words_from_chinese() -> None:
    assert "それでは定刻となりました" in texts("それでは提告となりました", "定刻に開会")


def test_a_term_has_no_figure_at_its_edges_that_belongs_to_something_else() -> None:
    printed = "経常収支比率94.6%、延床面積20%、令和8年8月24日、金712,000千円、48号_補正予算"
    surfaces = words(collect([Paper("資料", printed)])).keys()
    assert {"経常収支比率", "収支比率", "延床面積", "48号", "補正予算"} <= surfaces
    assert {"比率94", "延床面積20", "8月24", "月24日", "金712,000", "6%"}.isdisjoint(surfaces)
    assert not any("_" in surface or surface[-1].isdigit() for surface in surfaces)


def test_a_term_does_not_begin_within_a_word() -> None:
    surfaces = words(
        collect([Paper("資料", "令和6年度若葉市一般会計補正予算、AI-OCRの導入")])
    ).keys()
    assert {"若葉市一般会計", "一般会計", "補正予算", "令和6年度"} <= surfaces
    assert {"市一般会計", "年度若葉市", "6年度若葉市一般", "-OCR"}.isdisjoint(surfaces)


def test_a_name_misheard_at_its_beginning_is_not_mended_by_half() -> None:
    """「爆破市一般会計」 would look settled."""
    found = texts("爆破し一般会計", "令和6年度若葉市一般会計補正予算")
    assert "若葉市一般会計" in found and "爆破市一般会計" not in found


def test_a_particle_that_was_heard_between_words_stays() -> None:
    found = texts("形状収支比率が94.6%です", "経常収支比率94.6%")
    assert "経常収支比率が94.6%です" in found and not any("比率94" in text for text in found)
    found = texts("期間計の17業務です", "基幹系17業務")
    assert "基幹系の17業務です" in found and "基幹系17業務です" not in found
    assert "素案を作成" in texts("ソワンを作成", "素案作成")


def test_what_sounds_like_a_particle_and_is_a_part_of_the_word_goes() -> None:
    assert "懇話会です" in texts("コンは会です", "懇話会")
    assert "キオスク端末から" in texts("気をすく端末から", "キオスク端末")
