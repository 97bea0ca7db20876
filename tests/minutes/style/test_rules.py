"""Each rule: what it changes, and what it leaves alone."""

import pytest

from meetings.style_choices import Endings, Letters, Numbers, Removal, Years
from minutes.style.choice import FAITHFUL, Style
from minutes.style.official import official
from minutes.style.protected import Names


def chosen(**choice: object) -> Style:
    return FAITHFUL.model_copy(update=choice)


def written(text: str, **choice: object) -> str:
    return official(text, chosen(**choice)).text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("えー、それでは始めます。", "それでは始めます。"),
        ("それではえー次に移ります。", "それでは次に移ります。"),
        ("予算は、あのー、3億円です、えー。", "予算は、3億円です。"),
        ("それで、その、予算が足りません。", "それで、予算が足りません。"),
        ("まあ、そういうことです。", "そういうことです。"),
        ("えー。はい、分かりました。", "はい、分かりました。"),
        ("えっと、えーと、えー、次です。", "次です。"),
    ],
)
def test_fillers_go_with_their_pause(said: str, meant: str) -> None:
    assert written(said, fillers=Removal.REMOVE) == meant


@pytest.mark.parametrize(
    "said",
    [
        "ええ、そのとおりです。",
        "その、地域の皆さんです。",
        "その件はあの方に聞きました。",
        "まあまあの出来です。",
        "ねえー、と呼びました。",
        "エーアイを使います。",
        "そこまで見えーっと声が出た。",
        "うん、そうです。",
    ],
)
def test_words_that_sound_like_fillers_stay(said: str) -> None:
    assert written(said, fillers=Removal.REMOVE) == said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("そのその件です。", "その件です。"),
        ("予算、予算の件です。", "予算の件です。"),
        ("これを、これを進めます。", "これを進めます。"),
        ("予算が予算が足りません。", "予算が足りません。"),
        ("課題、課題、課題は三つ。", "課題は三つ。"),
    ],
)
def test_what_was_said_twice_at_once_is_said_once(said: str, meant: str) -> None:
    assert written(said, repeats=Removal.REMOVE) == meant


@pytest.mark.parametrize(
    "said",
    [
        "市民、市民団体、事業者です。",
        "それはそれは大変でした。",
        "友達の友達の話です。",
        "3、3が並びます。",
        "はい、はい、分かりました。",
        "日に日に増えます。",
        "早く、早く進めましょう。",
        "一つ一つ確かめます。",
    ],
)
def test_lists_set_phrases_and_emphasis_stay(said: str) -> None:
    assert written(said, repeats=Removal.REMOVE) == said


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Numbers.AS_IS, "七億８，５００万円"),
        (Numbers.HALF, "七億8500万円"),
        (Numbers.FULL_COMMAS, "七億８，５００万円"),
    ],
)
def test_numbers_half_in_kanji_keep_their_kanji(choice: Numbers, meant: str) -> None:
    assert written("七億８，５００万円", numbers=choice) == meant


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (Numbers.HALF, "7億8500万円と3.5%で8人、2026年"),
        (Numbers.HALF_COMMAS, "7億8,500万円と3.5%で8人、2026年"),
        (Numbers.FULL, "７億８５００万円と３．５%で８人、２０２６年"),
        (Numbers.FULL_COMMAS, "７億８，５００万円と３．５%で８人、２０２６年"),
        (Numbers.ONE_FULL, "７億8500万円と3.5%で８人、2026年"),
    ],
)
def test_numbers_are_written_as_the_city_has_chosen(choice: Numbers, meant: str) -> None:
    for said in (
        "７億８，５００万円と３．５%で８人、２０２６年",
        "785000000円と3.5%で8人、二〇二六年",
        "七億八千五百万円と3.5%で八人、二千二十六年",
    ):
        assert written(said, numbers=choice) == meant


@pytest.mark.parametrize(
    "said",
    [
        "一部の一般会計で第一に十分です。",
        "三つの課題と第一四半期です。",
        "三次市の五十嵐さんが四日市へ行きます。",
        "二、三人で数十万円です。",
        "市内一円で一人一人が万一に備えます。",
        "五分五分です。",
        "電話は093-582-1234です。",
        "https://city.example.jp/12345円",
    ],
)
def test_words_that_only_look_like_numbers_stay(said: str) -> None:
    assert written(said, numbers=Numbers.HALF_COMMAS) == said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026年度の予算", "令和8年度の予算"),
        ("２０２６年４月", "令和8年４月"),
        ("2019年4月に", "平成31年4月に"),
        ("2019年5月に", "令和元年5月に"),
        ("1964年に", "昭和39年に"),
        ("1927年に", "昭和2年に"),
        ("1926年に", "大正15年に"),
        ("1913年に", "大正2年に"),
        ("2000年前の土器", "2000年前の土器"),
        ("1990年代の", "1990年代の"),
        ("2026年（令和8年）", "2026年（令和8年）"),
    ],
)
def test_years_are_counted_by_era_where_a_year_is_meant(said: str, meant: str) -> None:
    assert written(said, years=Years.ERA) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("令和8年度", "2026年度"),
        ("令和元年", "2019年"),
        ("昭和39年", "1964年"),
        ("大正15年", "1926年"),
        ("平成99年", "平成99年"),
    ],
)
def test_eras_become_western_years(said: str, meant: str) -> None:
    assert written(said, years=Years.WESTERN) == meant


def test_a_year_of_two_eras_stays_and_is_told() -> None:
    made = official("2019年の実績です。", chosen(years=Years.ERA))
    assert made.text == "2019年の実績です。"
    assert [made.text[one.start : one.end] for one in made.unsure] == ["2019"]


def test_letters_and_the_digits_that_belong_to_them_have_one_width() -> None:
    assert written("ＤＸと５Ｇとｶﾞｲﾄﾞ", letters=Letters.HALF) == "DXと5Gとガイド"
    assert written("DXと5Gとa@b.jp", letters=Letters.FULL) == "ＤＸと５Ｇとa@b.jp"


PLAIN = [
    ("予算は3億円です。", "予算は3億円である。"),
    ("行きました。読みました。", "行った。読んだ。"),
    ("取り組んでおります。", "取り組んでいる。"),
    ("説明いたします。", "説明する。"),
    ("そうではありませんでした。", "そうではなかった。"),
    ("議案第3号でございます。", "議案第3号である。"),
    ("難しいです。", "難しい。"),
    ("考えていますが、予定ですので、進めます。", "考えているが、予定であるので、進める。"),
    ("静かでした。", "静かであった。"),
]


@pytest.mark.parametrize(("said", "meant"), PLAIN)
def test_polite_endings_become_plain(said: str, meant: str) -> None:
    assert written(said, endings=Endings.PLAIN) == meant


@pytest.mark.parametrize(
    "said",
    ["ありがとうございます。", "よろしくお願いします。", "そうですね。", "ご説明いたします。"],
)
def test_an_ending_that_is_not_sure_stays_and_is_told(said: str) -> None:
    made = official(said, chosen(endings=Endings.PLAIN))
    assert made.text == said and made.unsure


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("予算は3億円である。", "予算は3億円です。"),
        ("行った。食べた。", "行きました。食べました。"),
        ("できなかった。", "できませんでした。"),
        ("行かない。", "行きません。"),
        ("難しい。", "難しいです。"),
        ("静かだった。", "静かでした。"),
        ("検討する予定。", "検討する予定。"),
        ("課題がない。", "課題がありません。"),
    ],
)
def test_plain_endings_become_polite(said: str, meant: str) -> None:
    assert written(said, endings=Endings.POLITE) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("する事が出来ます。", "することができます。"),
        ("見て下さい。", "見てください。"),
        ("資料を下さい。", "資料を下さい。"),
        ("出来事と事業の話です。", "出来事と事業の話です。"),
        ("その為に", "そのために"),
    ],
)
def test_the_spelling_is_the_citys(said: str, meant: str) -> None:
    assert written(said, spelling=Style().spelling) == meant


def test_quotations_and_names_are_never_changed() -> None:
    said = "「えー、ＤＸは３つ」と五十君二郎さんが二人目の三郎会館で言いました。"
    names = Names.of(["五十君二郎", "三郎会館"])
    assert official(said, Style(), names).text == said
    assert official("第三号棟は三名", Style(), Names.of(["第三号棟"])).text == "第三号棟は3名"


def test_every_change_has_its_place_and_its_rule() -> None:
    pieces = official("えー、ＤＸに三百万円です。", Style()).pieces
    changed = [(p.before, p.after, p.reason) for p in pieces if p.rules]
    assert changed == [
        ("えー、", "", "フィラーを除く"),
        ("ＤＸ", "DX", "英字を半角に"),
        ("三百万", "300万", "漢数字を算用数字に"),
    ]
    assert "".join(p.before for p in pieces) == "えー、ＤＸに三百万円です。"
