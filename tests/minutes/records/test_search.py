"""The list of what is published, and searching in it."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from minutes.records import published
from minutes.records.search import ON_A_PAGE, MinutesQuery, list_published
from models.database import reading
from models.minutes import Publication, PublishedParagraph
from models.texts import folded
from tests.conftest import Cast
from tests.published import FIRST, publish_many, publish_text
from tests.queries import asked

LETTERS = "予算案事業ABａｂ１2。（株）㈱が"


def found(session: Session, **wanted: object) -> list[str]:
    listing = list_published(session, MinutesQuery(**wanted))  # type: ignore[arg-type]
    return [one.publication.title for one in listing.found]


def test_whatever_stands_in_a_text_is_found_and_nothing_else(session: Session, cast: Cast) -> None:
    """Random texts and random pieces of them, against looking through every text."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    texts: dict[str, list[str]] = {}
    for number in range(12):
        lines = ["".join(chance.choices(LETTERS, k=chance.randint(1, 12))) for _ in range(4)]
        texts[f"{number}"] = lines
        publish_text(session, cast, "会", FIRST + timedelta(days=number), lines, f"{number}")
    for _ in range(150):
        line = chance.choice(chance.choice(list(texts.values())))
        start = chance.randrange(len(line))
        word = line[start : start + chance.randint(1, 4)] + chance.choice(["", "", "予"])
        whole = {
            title: "\n".join(map(folded, [title, "会", "第1委員会室", "発言", *lines]))
            for title, lines in texts.items()
        }
        wanted = {title for title, have in whole.items() if folded(word) in have}
        assert set(found(session, query=word)) == wanted, (seed, word)


def test_all_words_must_be_there_in_whichever_sentence(session: Session, cast: Cast) -> None:
    publish_text(session, cast, "議会", FIRST, ["予算の話です。", "道路の話です。"])
    assert found(session, query="予算 道路") and found(session, query="議会　道")
    assert not found(session, query="予算 公園")
    assert not found(session, query="話です。道"), "no word goes on in the next sentence"


def test_what_an_index_would_take_for_its_own_language_is_only_text(
    session: Session, cast: Cast
) -> None:
    publish_text(session, cast, "議会", FIRST, ['"予算" OR -100% * ^'])
    for query in ('"予', "OR", "100%", "*", "^", '予算"'):
        assert found(session, query=query), query
    for query in ("NEAR(", "予算*", "words:", "'", "\x00", "\ud800"):
        assert not found(session, query=query), query


def test_a_query_has_an_end(session: Session, cast: Cast) -> None:
    publish_text(session, cast, "議会", FIRST, ["一二三四五六七八"])
    assert found(session, query="一 二 三 四 五 六 七 八 ない"), "the ninth is not looked for"
    assert MinutesQuery("一 二 三 四 五 六 七 八 九").is_cut and not MinutesQuery("一 一 二").is_cut
    assert len(MinutesQuery("予算" * 5000).words[0]) == 200


def test_the_list_comes_in_pages_from_the_newest(session: Session, cast: Cast) -> None:
    publish_many(session, cast, 2 * ON_A_PAGE + 1)
    pages = [list_published(session, MinutesQuery(page=number)) for number in (1, 2, 3)]
    assert [len(page.found) for page in pages] == [ON_A_PAGE, ON_A_PAGE, 1]
    assert {(page.total, page.count) for page in pages} == {(2 * ON_A_PAGE + 1, 3)}
    starts = [one.publication.starts_at for page in pages for one in page.found]
    assert starts == sorted(starts, reverse=True)
    assert list_published(session, MinutesQuery(page=99)).number == 3


def test_body_and_year_choose_and_are_counted(session: Session, cast: Cast) -> None:
    publish_many(session, cast, 30)
    listing = list_published(session, MinutesQuery(series="審議会1", year=2017))
    assert listing.total == len(listing.found) == 4
    assert {one.publication.series for one in listing.found} == {"審議会1"}
    assert sum(group.total or 0 for group in listing.groups) == 30
    assert list_published(session, MinutesQuery(query="予算", series="審議会9")).total == 0


def test_of_more_hits_than_are_listed_the_newest_meetings_come_first(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late an old meeting's minutes were published; and what is older is found by its
    year."""
    monkeypatch.setattr("minutes.records.search.MOST_HITS", 3)
    for years_ago in (1, 4, 0, 3, 2):
        day = FIRST - timedelta(days=366 * years_ago)
        publish_text(session, cast, "議会", day, ["予算の文"], title=f"{years_ago}年前")
    listing = list_published(session, MinutesQuery("予算"))
    assert [one.publication.title for one in listing.found] == ["0年前", "1年前", "2年前"]
    assert (listing.total, listing.is_more) == (3, True)
    assert {group.year for group in listing.groups} == {FIRST.year - ago for ago in range(5)}
    assert all(group.total is None for group in listing.groups)
    oldest = list_published(session, MinutesQuery("予算", year=FIRST.year - 4))
    assert [one.publication.title for one in oldest.found] == ["4年前"]
    assert (oldest.total, oldest.is_more) == (1, False)


def test_a_page_of_the_list_asks_as_much_of_sixty_as_of_three(
    session: Session, engine: Engine, cast: Cast
) -> None:
    counts = []
    for count in (3, 57):
        publish_many(session, cast, count)
        for wanted in (
            MinutesQuery(),
            MinutesQuery("予算 会議"),
            MinutesQuery("会", series="審議会1", year=2016),
        ):
            with reading(engine) as looking, asked(engine) as statements:
                list_published(looking, wanted)
            assert not any("revision_content" in one for one in statements)
            counts.append(len(statements))
    assert counts[:3] == counts[3:]


def test_what_is_withdrawn_leaves_nothing_to_find(session: Session, cast: Cast) -> None:
    publication = publish_text(session, cast, "議会", FIRST, ["取り下げる文"])
    assert found(session, query="取り下げ")
    published.clear(session, publication)
    assert not found(session, query="取り下げ")
    assert session.query(PublishedParagraph).count() == 0
    assert session.scalar(text("SELECT count(*) FROM published_search")) == 0


def test_what_was_published_before_there_was_an_index_is_laid_out_one_by_one(
    session: Session, engine: Engine, cast: Cast
) -> None:
    for number in range(2):
        publication = publish_text(
            session, cast, "議会", FIRST + timedelta(days=number), ["昔の文"]
        )
        if number:  # the other one has an index that somebody wants made anew
            published.clear(session, publication)
        publication.laid_out_at = None
    session.commit()
    for _ in range(3):
        published.lay_out_one(engine)
    session.rollback()
    assert len(found(session, query="昔の")) == 2
    assert session.query(Publication).filter_by(laid_out_at=None).count() == 0


@pytest.mark.parametrize(
    ("written", "shown"), [("ＡＢ予算", "ＡＢ"), ("㍿ＡＢ", "ＡＢ"), ("髙\U000e0100\nA bは", "A b")]
)
def test_a_found_word_is_shown_as_it_was_written(
    session: Session, cast: Cast, written: str, shown: str
) -> None:
    publish_text(session, cast, "議会", FIRST, [written])
    (one,) = list_published(session, MinutesQuery("ab")).found
    assert [place.word for place in one.places] == [shown]


def test_minutes_are_found_by_who_spoke_and_who_was_there(session: Session, cast: Cast) -> None:
    said = [("芹沢 由紀", "開会します。"), ("桐生 正臣", "予算の件です。"), ("", "芹沢の話")]
    publish_text(session, cast, "議会", FIRST, said, attendees=["髙橋 誠"])
    for query in (
        "芹沢由紀",
        "芹沢 由紀",
        "芹沢　由紀",
        "芹澤",
        "桐生 予算",
        "高橋誠",
        "高橋",
        "財政課長",
    ):
        assert found(session, query=query) == ["定例会"], query
    assert not found(session, query="由紀桐生"), "no name goes on in the next one"
    (one,) = list_published(session, MinutesQuery("桐生")).found
    assert [(p.speaker, p.is_by_speaker, p.word, p.after) for p in one.places] == [
        ("桐生 正臣", True, "", "予算の件です。")
    ]
    (one,) = list_published(session, MinutesQuery("芹沢")).found
    assert [(p.paragraph, p.is_by_speaker, p.word) for p in one.places] == [
        (0, True, ""),
        (2, False, "芹沢"),
    ]


def test_letters_that_are_the_same_to_a_reader_are_found_and_marked_as_written(
    session: Session, cast: Cast
) -> None:
    written = "\U00020bb7田と葛\U000e0100城が9時〜17時、サーバーの⻑は山﨑"
    publish_text(session, cast, "議会", FIRST, [written])
    for query, word in [
        ("吉田", "\U00020bb7田"),
        ("葛城", "葛\U000e0100城"),
        ("9時～17時", "9時〜17時"),
        ("ｻｰﾊﾞｰの長", "サーバーの⻑"),
        ("山崎", "山﨑"),
    ]:
        (one,) = list_published(session, MinutesQuery(query)).found
        assert [place.word for place in one.places] == [word], query


def test_places_with_most_of_the_words_come_first_and_the_others_are_counted(
    session: Session, cast: Cast
) -> None:
    publish_text(session, cast, "議会", FIRST, ["予算"] * 5 + ["道路の予算", "道路", "橋"])
    (one,) = list_published(session, MinutesQuery("予算 道路")).found
    assert [place.paragraph for place in one.places] == [0, 1, 5]
    assert one.others == 4
    (one,) = list_published(session, MinutesQuery("橋")).found
    assert (len(one.places), one.others) == (1, 0)
