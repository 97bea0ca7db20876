"""What is proposed as personal, and what is not."""

import pytest

from minutes.records.closed.proposing import personal
from models.closed_passage import ClosedSource

KNOWN = frozenset({"桐生正臣", "桐生", "正臣"})


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        ("電話は03-1234-5678です。", "03-1234-5678", ClosedSource.TELEPHONE),
        ("０９０－１２３４－５６７８まで", "０９０－１２３４－５６７８", ClosedSource.TELEPHONE),
        ("番号は0312345678です。", "0312345678", ClosedSource.TELEPHONE),
        ("昭和45年3月3日生まれの方", "昭和45年3月3日", ClosedSource.BIRTH_DATE),
        ("生年月日は1970年3月3日です。", "1970年3月3日", ClosedSource.BIRTH_DATE),
        ("普通預金の口座番号は1234567です。", "1234567", ClosedSource.ACCOUNT),
        ("宛先はtaro.y@example.jpへ", "taro.y@example.jp", ClosedSource.MAIL),
        ("お住まいは、中央町三丁目5番8号です。", "中央町三丁目5番8号", ClosedSource.ADDRESS),
        ("お住まいは青葉区中央町1-2-3です。", "青葉区中央町1-2-3", ClosedSource.ADDRESS),
        ("市内の山田花子から手紙が届きました。", "山田花子", ClosedSource.NAME),
        ("佐藤さんからのご意見です。", "佐藤", ClosedSource.NAME),
        ("山本工務店の佐藤社長が来られました。", "佐藤", ClosedSource.NAME),
        ("鈴木自治会長のお宅に伺いました。", "鈴木", ClosedSource.NAME),
    ],
)
def test_what_may_be_personal_is_found(text: str, words: str, source: ClosedSource) -> None:
    ((start, end, rule),) = personal(text, KNOWN)
    assert (text[start:end], rule) == (words, source)


@pytest.mark.parametrize(
    "text",
    [
        "桐生さんと桐生正臣委員長に伺います。",
        "高橋部長の御意見もありました。",
        "中村市長と小林議員の発言です。",
        "令和8年3月3日に開催しました。",
        "予算額は1234567円です。",
        "議案第12号と第3番を審議します。",
        "1-2-3の順に進めます。",
        "中央町二丁目の公園を整備します。",
    ],
)
def test_what_is_not_personal_is_left(text: str) -> None:
    assert personal(text, KNOWN, frozenset({"高橋"})) == []


def test_a_stranger_called_by_an_office_is_one_unless_they_speak_here() -> None:
    assert personal("高橋部長の御自宅です。", KNOWN)
    assert personal("高橋部長からお答えします。", KNOWN) == []
