"""Terms as people see them."""

import pytest

from minutes.japanese.similarity import sounds
from minutes.terms.listing import as_written


@pytest.mark.parametrize(
    ("surface", "kana", "written"),
    [
        ("公共施設", "コーキョーシセツ", "コウキョウシセツ"),
        ("政策", "セーサク", "セイサク"),
        ("住職", "ジューショク", "ジュウショク"),
        ("大隈委員", "オークマイイン", "オオクマイイン"),
        ("サーバー連携", "サーバーレンケー", "サーバーレンケイ"),
        (
            "経常収支比率94",
            "ケージョーシューシヒリツキュージューヨン",
            "ケイジョウシュウシヒリツキュウジュウヨン",
        ),
        ("ー", "ー", "ー"),
        ("空", "", ""),
    ],
)
def test_a_reading_is_shown_as_one_writes_it_and_sounds_the_same(
    surface: str, kana: str, written: str
) -> None:
    assert as_written(kana, surface) == written
    assert sounds(as_written(kana, surface)) == sounds(kana)
