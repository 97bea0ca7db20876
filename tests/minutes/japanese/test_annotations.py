"""What a person notes beside what was said is told from speech, and is no error of the machine."""

import pytest

from meetings.style_choices import Annotations
from minutes import accuracy
from minutes.accuracy import Mark
from minutes.japanese.annotations import Kind, annotations, spoken
from minutes.style.choice import FAITHFUL, USUAL
from minutes.style.layers import in_style
from minutes.style.official import official
from minutes.style.protected import NO_NAMES
from minutes.terms import learning

HEARD = "採決します。意義ありませんか。次に移ります。"
SAID = "採決します。異議ありませんか。次に移ります。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("（拍手）", Kind.DIRECTION),
        ("（笑い）", Kind.DIRECTION),
        ("(拍手)", Kind.DIRECTION),
        ("（午後2時10分 休憩）", Kind.DIRECTION),
        ("（暫時休憩）", Kind.DIRECTION),
        ("（「異議なし」と呼ぶ者あり）", Kind.DIRECTION),
        ("（「賛成」の声あり）", Kind.DIRECTION),
        ("（起立・拍手）", Kind.DIRECTION),
        ("（挙手全員）", Kind.DIRECTION),
        ("〔聞き取り不能〕", Kind.UNHEARD),
        ("（聴取不能）", Kind.UNHEARD),
        ("（発言不明瞭）", Kind.UNHEARD),
        ("●●●", Kind.UNHEARD),
        ("（0:12:30）", Kind.TIME),
        ("（午前10時5分）", Kind.TIME),
        ("〔資料2の3頁を確認〕", Kind.NOTE),
    ],
)
def test_a_note_is_known_by_its_brackets_and_words(text: str, kind: Kind) -> None:
    (found,) = annotations(f"そのとおりです。{text}次に")
    assert (found.kind, found.start, found.end) == (kind, 8, 8 + len(text))
    assert spoken(f"そのとおりです。{text}次に") == "そのとおりです。次に"


@pytest.mark.parametrize(
    "text",
    [
        "市長（当時）は",
        "（仮称）若葉市子どもプラン",
        "推進計画（案）の",
        "●印の所",
        "（）",
        "一（二",
    ],
)
def test_words_that_were_said_are_speech_in_brackets_too(text: str) -> None:
    assert annotations(text) == () and spoken(text) == text


@pytest.mark.parametrize(
    "note",
    ["（拍手）", "（「異議なし」と呼ぶ者あり）", "〔聞き取り不能〕", "（0:12:30）", "〔要確認〕"],
)
def test_a_note_changes_no_figure(note: str) -> None:
    noted = SAID.replace("次に", f"{note}次に")
    assert accuracy.count_all([(HEARD, noted)]) == accuracy.count_all([(HEARD, SAID)])
    assert accuracy.count_all([("", note)]) == (accuracy.NOTHING, accuracy.NOTHING)


def test_what_could_not_be_heard_teaches_nothing() -> None:
    assert learning.lessons(HEARD, HEARD, f"{SAID}〔聞き取り不能〕") == learning.lessons(
        HEARD, HEARD, SAID
    )


def test_a_note_is_shown_as_one_and_not_as_a_correction() -> None:
    assert accuracy.marks("意義なし。次に", "異議なし。（拍手）次に") == [
        Mark("異議", True, "意義"),
        Mark("なし。", False, "なし。"),
        Mark("（拍手）", False, "", is_annotation=True),
        Mark("次に", False, "次に"),
    ]
    within = accuracy.marks("電入点出の件", "転入（笑）転出の件")
    assert within == [
        Mark("転入", True, "電入点"),
        Mark("（笑）", False, "", is_annotation=True),
        Mark("転", True, ""),
        Mark("出の件", False, "出の件"),
    ]
    assert accuracy.marks("", "（休憩）") == [Mark("（休憩）", False, "", is_annotation=True)]


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        (Annotations.ROUND, "賛成です。（拍手）（聞き取り不能）以上です。"),
        (Annotations.SQUARE, "賛成です。〔拍手〕〔聞き取り不能〕以上です。"),
        (Annotations.REMOVE, "賛成です。以上です。"),
        (Annotations.AS_TYPED, "賛成です。(拍手)●●（0:12:30）以上です。"),
    ],
)
def test_the_minutes_have_notes_in_the_citys_form(choice: Annotations, written: str) -> None:
    style = FAITHFUL.model_copy(update={"annotations": choice})
    said = "賛成です。(拍手)●●（0:12:30）以上です。"
    assert official(said, style, NO_NAMES).text == written


def test_no_other_rule_changes_the_words_of_a_note() -> None:
    style = USUAL.model_copy(update={"spelling": ["下さ=くださ", "者=もの"]})
    said = "えー、見て下さい。（「三件、異議なし」と呼ぶ者あり）"
    assert in_style(said, style, NO_NAMES).text == (
        "見てください。（「三件、異議なし」と呼ぶ者あり）"
    )
