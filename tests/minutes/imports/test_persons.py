"""The mark of a speaker and the roster name the same person in whichever letters."""

import pytest

from minutes.imports.persons import person_named

IVS = "\U000e0100"
ROSTER = [f"葛{IVS}城 誠", "髙橋 実", "\U00020bb7田 望", f"辻{IVS}村 光", "山﨑 一", "山﨑 二"]


@pytest.mark.parametrize(
    ("mark", "person"),
    [
        ("葛城委員", ROSTER[0]),
        ("葛城誠", ROSTER[0]),
        (f"議長（葛{IVS}城　誠君）", ROSTER[0]),
        ("高橋委員", ROSTER[1]),
        ("高橋　實", ROSTER[1]),
        ("吉田委員", ROSTER[2]),
        ("辻村光", ROSTER[3]),
        ("山崎二", ROSTER[5]),
        ("山崎委員", "山崎委員"),
        ("委員", "委員"),
        ("", ""),
    ],
)
def test_a_person_is_named_in_old_and_new_letters(mark: str, person: str) -> None:
    assert person_named(mark, ROSTER) == person
