"""Letters that are the same to a reader are the same to whatever looks for them."""

import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from models.database import connect, reading
from models.letters import MARKS, RADICALS, VARIANTS
from models.texts import SAME, folded, with_places, without_space, words_of

SAME_TO_A_READER = [
    ("髙橋", "高橋"), ("槗本", "橋本"), ("山﨑", "山崎"), ("山嵜", "山崎"), ("𠮷田", "吉田"),
    ("濵田", "浜田"), ("濱田", "浜田"), ("渡邊", "渡辺"), ("渡邉", "渡辺"), ("齋藤", "斉藤"),
    ("齊藤", "斎藤"), ("葛\U000e0100城", "葛城"), ("辻\U000e0101村", "辻村"),
    ("邉\U000e0102", "邊"), ("神\ufe00", "神"), ("櫻井", "桜井"), ("長澤", "長沢"),
    ("廣瀨", "広瀬"), ("德島", "徳島"), ("嶋田", "島田"), ("小嶌", "小島"), ("峯", "峰"),
    ("冨田", "富田"), ("國會議員", "国会議員"), ("神社", "神社"), ("飛驒", "飛騨"),
    ("圡屋", "土屋"), ("桒原", "桑原"), ("鷗", "鴎"), ("𠮟る", "叱る"), ("舘", "館"),
    ("⻑期", "長期"), ("⺠生", "民生"), ("⻘葉区", "青葉区"), ("⻄区", "西区"),
    ("⼾籍", "戸籍"), ("⿊⽥", "黒田"), ("⾼⻑", "高長"), ("⿓", "竜"), ("⻲", "亀"),
    ("9時〜17時", "9時～17時"), ("9時∼17時", "9時~17時"), ("A‐1", "a-1"), ("A‑1", "A–1"),
    ("3−2", "３－２"), ("3—2", "3―2"), ("093−582−2145", "093‐582‐2145"), ("２ー１", "2-1"),
    ("ｺﾞﾐ収集", "ゴミ収集"), ("カﾞス", "ガス"), ("か\u3099", "が"), ("ＤＸ推進", "dx推進"),
    ("㈱若葉", "(株)若葉"), ("①", "1"), ("㍻", "平成"), ("ｻｰﾊﾞｰ", "サーバー"),
    ("青葉ヶ丘", "青葉ケ丘"), ("芹沢　由紀", "芹沢由紀"), ("予\n算", "予算"),
    ("予\u200b算", "予算"), ("A\u00a0B", "ab"), ("“案”", '"案"'), ("パフ\u3099", "パブ"),
    ("ﾊﾞｽ・電車", "バス･電車"),
]  # fmt: skip
NOT_THE_SAME = [
    ("崎", "埼"), ("橋", "矯"), ("著", "着"), ("畑", "畠"), ("サーバ", "サバ"), ("は", "ば"),
    ("カ", "力"), ("一", "ー"), ("か", "カ"), ("1", "l"), ("、", "。"), ("体", "休"),
    ("未", "末"), ("コーヒー", "コ-ヒ-"), ("治", "冶"), ("14", "1-4"),
]  # fmt: skip
ODD: list[Callable[[random.Random], str]] = [
    lambda chance: chr(chance.randrange(0x110000)),
    lambda chance: chr(chance.randrange(0x3000, 0x3200)),
    lambda chance: chr(chance.randrange(0x300, 0x380)),
    lambda chance: chr(chance.randrange(0xD800, 0xE000)),
    lambda chance: chr(chance.randrange(0xF900, 0x10000)),
    lambda chance: chr(chance.randrange(0x1100, 0x1200)),
    lambda chance: chr(chance.randrange(0x21, 0x250)),
    lambda chance: chance.choice("か゛゜\u3099\u309aﾞﾟｶﾊーー-1ヶヵ\n \u3000\ufe0f\U000e0100髙⻑㈱"),
]


@pytest.mark.parametrize(("one", "other"), SAME_TO_A_READER)
def test_letters_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME)
def test_letters_that_a_reader_tells_apart_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_every_group_of_the_table_is_one_letter_and_no_letter_is_in_two() -> None:
    groups = f"{VARIANTS} {MARKS}".split()
    letters = "".join(groups)
    assert len(set(letters)) == len(letters)
    for group in [*groups, *RADICALS.split()]:
        assert len({folded(letter) for letter in group}) == 1, group
    for letter in SAME.values():
        assert folded(letter) == letter, letter


def test_all_radicals_and_compatible_ideographs_become_ordinary_letters() -> None:
    blocks = [range(0x2E81, 0x2FD6), range(0xF900, 0xFA6E), range(0x2F800, 0x2FA1E)]
    for code in (code for block in blocks for code in block if unicodedata.name(chr(code), "")):
        same = folded(chr(code))
        kind = unicodedata.name(same, "none")
        assert len(same) == 1 and kind.startswith(("CJK UNIFIED", "CJK COMPATIBILITY")), hex(code)


def test_folding_twice_is_folding_once_and_places_go_forward() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    for _ in range(5_000):
        text = "".join(chance.choice(ODD)(chance) for _ in range(chance.randint(0, 8)))
        same, placed = folded(text), with_places(text)
        assert folded(same) == same, ascii(text)
        assert placed.text == same, ascii(text)
        spans = list(zip(placed.starts, placed.ends, strict=True))
        assert len(spans) == len(same) and spans == sorted(spans), ascii(text)
        assert all(0 <= start < end <= len(text) for start, end in spans), ascii(text)
        for place, (start, end) in enumerate(spans):
            assert same[place] in folded(text[start:end]) or same[place] == "-", ascii(text)


def test_texts_fold_alone_as_they_fold_together_where_a_letter_begins() -> None:
    """A word is found wherever it stands."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    texts = [text for pair in SAME_TO_A_READER for text in pair]
    for _ in range(2_000):
        one, other = chance.choice(texts), chance.choice(texts)
        assert folded(one + other) == folded(one) + folded(other), (one, other)


def test_a_found_word_is_marked_where_it_stands_in_the_original() -> None:
    text = "㈱辻\U000e0101村の葛\U000e0100 城ｶﾞ、\U00020bb7田の予\n算です"
    for word, written in [
        ("葛城", "葛\U000e0100 城"),
        ("吉田", "\U00020bb7田"),
        ("予算", "予\n算"),
        ("ガ", "ｶﾞ"),
        ("株", "㈱"),
        ("です", "です"),
    ]:
        placed = with_places(text)
        start = placed.text.index(folded(word))
        first, last = placed.original(start, start + len(folded(word)))
        assert text[first:last] == written


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\ud800", "\udc00\ud800", "\u3099" * 100, "\U000e0100", "ﾞﾟ", "ー" * 5, "\x00"],
)
def test_odd_texts_are_folded_too(text: str) -> None:
    assert folded(folded(text)) == folded(text) == with_places(text).text
    assert with_places(text).original(0, 0)[0] >= 0


def test_a_hundred_thousand_letters_are_folded_whole() -> None:
    for text in ("髙" * 100_000, "か" + "\u3099" * 100_000, "1ー" * 50_000, "\U000e0100" * 100_000):
        assert folded(text) == with_places(text).text
    assert folded("髙" * 100_000) == "高" * 100_000


def test_words_are_parted_at_blanks_of_any_width_each_once() -> None:
    assert words_of("　髙橋 予算\t高橋  ") == ["高橋", "予算"]
    assert words_of(" \u200b ") == []


def test_versions_are_compared_letter_by_letter() -> None:
    assert without_space("髙 橋ＡＢ") == "髙橋ab"


def test_the_database_folds_alike(tmp_path: Path) -> None:
    with reading(connect(tmp_path / "empty.sqlite3")) as session:
        found = session.connection().exec_driver_sql("SELECT folded('髙 橋'), folded(NULL)")
        assert tuple(found.one()) == ("高橋", None)
