import random

from minutes.proposals.candidates import candidates
from minutes.proposals.terms import ROSTER, Paper, PersonName, Term, Vocabulary, collect
from models.transcript import Origin


def words(vocabulary: Vocabulary) -> dict[str, Term]:
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


def test_what_is_printed_often_is_counted() -> None:
    assert words(collect([Paper("資料1", "予算。予算。予算")]))["予算"].count == 3


def test_nothing_and_garbage_teach_nothing() -> None:
    assert not collect([]).terms
    assert not collect(
        [Paper("頁", ""), Paper("頁", "\x00\x01\ufffd 。。、、 ()|||| ------")]
    ).terms


def test_a_dictionary_keeps_to_its_limit() -> None:
    lines = "\n".join(f"第{n}地区連絡協議会" for n in range(3_000))
    assert len(collect([Paper("辞書", lines)]).terms) <= 20_000


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
