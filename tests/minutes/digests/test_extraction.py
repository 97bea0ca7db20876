"""The digest is drafted from sentences that were said, and keeps what a reader wants."""

import json
from pathlib import Path

import pytest

from minutes.digests.extraction import SaidParagraph, extracted
from minutes.digests.points import DigestPoint, DigestSource, PointKind
from minutes.digests.sentence_kinds import SentenceKind, due_of, kind_of
from minutes.evaluation import digests

ROOT = Path(__file__).parents[3]
MEETINGS = sorted(
    [*ROOT.glob("web/demo/*/digest.json"), *ROOT.glob("tests/data/meetings/*/digest.json")]
)


def points(*turns: tuple[str, str]) -> list[DigestPoint]:
    return extracted(
        SaidParagraph(speaker, text, DigestSource(start_seconds=n, end_seconds=n + 1))
        for n, (speaker, text) in enumerate(turns)
    )


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("財政課長の説明を求めます。", SentenceKind.CONDUCT),
        ("ほかに質疑はありませんか。", SentenceKind.CONDUCT),
        ("お忙しい中お集まりいただき、ありがとうございます。", SentenceKind.IDLE),
        ("はい、承知いたしました。", SentenceKind.IDLE),
        ("資料３の１２ページをお願いいたします。", SentenceKind.IDLE),
        ("使用料の減免は、どのように決めておられるのでしょうか。", SentenceKind.QUESTION),
        ("通学路の安全について、見解をお聞かせください。", SentenceKind.QUESTION),
        ("除雪の回数を増やしていただきたい。", SentenceKind.OPINION),
        ("よって本案は、原案のとおり可決されました。", SentenceKind.DECISION),
        ("異議なしと認めます。", SentenceKind.DECISION),
        ("この方針は、昨年承認された案を、学識者の声で改めたもの。", SentenceKind.STATEMENT),
        ("次回は、5月20日に、中間の報告をいたします。", SentenceKind.TASK),
        ("図書館の貸出は、年間で18万冊でございます。", SentenceKind.STATEMENT),
    ],
)  # fmt: skip
def test_a_sentence_tells_what_it_does(sentence: str, kind: SentenceKind) -> None:
    assert kind_of(sentence) is kind


def test_questions_are_followed_by_their_answers() -> None:
    found = points(
        ("委員長", "議案第3号を議題といたします。"),
        ("水道課長", "水道課長でございます。料金を、平均で8%引き上げる案でございます。"),
        ("森 一郎", "森です。説明会には、何人が参加したのでしょうか。"),
        ("水道課長", "お答えいたします。3回で、延べ210人のご参加をいただきました。"),
        ("森 一郎", "小さな商店への配慮を、お願いしたい。"),
    )
    assert [(point.kind, point.speaker) for point in found] == [
        (PointKind.PROPOSAL, "委員長"),
        (PointKind.PROPOSAL, "水道課長"),
        (PointKind.QUESTION, "森 一郎"),
        (PointKind.ANSWER, "水道課長"),
        (PointKind.OPINION, "森 一郎"),
    ]
    assert found[3].text == "3回で、延べ210人のご参加をいただきました。"


def test_no_sentence_of_a_digest_is_the_machines_own() -> None:
    said = ("課長", "庁舎の改修は、6月に始めます。費用は2億円です。以上です。")
    (point,) = points(said)
    assert all(sentence.text in said[1] for sentence in point.sentences)
    assert [sentence.sources[0].start_seconds for sentence in point.sentences] == [0, 0]


def test_a_long_explanation_is_cut_to_its_figures() -> None:
    talk = "".join(
        f"{name}の管理には、さまざまな工夫を重ねております。"
        for name in ("公園", "道路", "橋梁", "学校", "庁舎", "水道", "河川", "緑地", "墓地")
    )
    (point,) = points(("課長", talk + "改修の費用は、3億円でございます。"))
    assert len(point.sentences) == 8
    assert point.sentences[-1].text == "改修の費用は、3億円でございます。"


def test_a_task_has_the_day_that_was_named_and_none_where_none_was() -> None:
    assert (
        due_of("来週の金曜日、12月12日までに、案をまとめてください。")
        == "来週の金曜日、12月12日までに"
    )
    assert due_of("次回までに、案をまとめてください。") == ""


def test_where_nothing_of_the_matter_was_said_there_is_no_point() -> None:
    assert points(("委員長", "はい。"), ("委員長", "それでは、よろしいでしょうか。")) == []


@pytest.mark.parametrize("file", MEETINGS, ids=lambda file: file.parent.name)
def test_a_draft_keeps_what_a_reader_wants_and_little_else(file: Path) -> None:
    found = digests.score(file.parent.name, json.loads(file.read_text("utf-8")))
    assert found.both >= 0.9 * found.wanted, found.missed
    assert found.both >= 0.8 * found.kept
