"""From segments, cut where somebody drew breath, to whole sentences in paragraphs."""

from itertools import pairwise

import pytest

from minutes.records.content import Paragraph
from minutes.records.paragraphs import FULL_LETTERS, drafted, is_end
from minutes.style.choice import USUAL
from minutes.style.protected import NO_NAMES
from models.transcript import Segment, Speaker

LONG = "公共施設の延床面積を2割減らす計画を着実に進め、更新にかかる費用を抑えてまいります。"
CHAIR, CHIEF = Speaker(name="桐生 正臣"), Speaker(name="三浦 恵子")


def said(*texts: str | tuple[Speaker, str], pause: float = 0.4) -> list[Segment]:
    """One after the other, five seconds each."""
    segments = []
    for number, one in enumerate(texts):
        speaker, text = one if isinstance(one, tuple) else (CHIEF, one)
        start = number * (5.0 + pause)
        segments.append(
            Segment(
                id=number + 1,
                transcript_id=7,
                speaker=speaker,
                text=text,
                start_seconds=start,
                end_seconds=start + 5.0,
            )
        )
    return segments


def draft(segments: list[Segment]) -> list[Paragraph]:
    before = {after.id: one.id for one, after in pairwise(segments)}
    return drafted(segments, USUAL, NO_NAMES, before)


def blocks(segments: list[Segment]) -> list[list[str]]:
    made: list[list[str]] = []
    for paragraph in draft(segments):
        if not paragraph.goes_on:
            made.append([])
        made[-1].append(paragraph.text)
    return made


def test_a_sentence_cut_where_somebody_drew_breath_is_whole_again() -> None:
    segments = said("扶助費に2億8,", "500万円を計上しております。", "財源は基金です。")
    first, second = draft(segments)
    assert first.text == "扶助費に2億8500万円を計上しております。"
    assert (first.start_seconds, first.end_seconds) == (0.0, segments[1].end_seconds)
    assert first.segment_ids == [1, 2] and second.segment_ids == [3]
    assert first.faithful == "扶助費に2億8,500万円を計上しております。"


@pytest.mark.parametrize(
    ("text", "following", "ends"),
    [
        ("計上しております。", "財源は", True),
        ("よろしいでしょうか", "はい", True),
        ("計上しております", "財源は", True),
        ("計上しております", "ので、", False),
        ("高い水準にありますが、", "今後の", False),
        ("扶助費に", "2億円を", False),
        ("（「異議なし」と呼ぶ者あり）", "次に", True),
    ],
)
def test_where_a_sentence_ends(text: str, following: str, ends: bool) -> None:
    assert is_end(text, following) == ends


def test_a_sentence_never_goes_over_to_somebody_else() -> None:
    first, second = draft(said((CHAIR, "ただいまの件ですが、"), (CHIEF, "お答えします。")))
    assert (first.speaker, second.speaker) == (CHAIR.name, CHIEF.name)
    assert not second.goes_on


def test_what_was_said_elsewhere_in_between_parts_a_sentence() -> None:
    """The segment between belongs to another item: its sound is not this sentence's."""
    first, between, last = said("歳入は", "少々お待ちください。", "増えています。")
    before = {between.id: first.id, last.id: between.id}
    made = drafted([first, last], USUAL, NO_NAMES, before)
    assert [p.segment_ids for p in made] == [[1], [3]] and not made[1].goes_on


def test_a_long_silence_ends_sentence_and_paragraph() -> None:
    made = draft(said("それでは、休憩に", "再開します。", pause=60.0))
    assert [p.text for p in made] == ["それでは、休憩に", "再開します。"]
    assert not made[1].goes_on


def test_short_sentences_of_one_thought_are_one_paragraph() -> None:
    assert blocks(said("賛成です。", "理由を述べます。", "費用が減るからです。")) == [
        ["賛成です。", "理由を述べます。", "費用が減るからです。"]
    ]


def test_another_thought_begins_another_paragraph() -> None:
    second = "次に、歳出の主なものを説明します。"
    assert blocks(said(LONG, LONG, second, LONG)) == [[LONG, LONG], [second, LONG]]
    assert len(blocks(said("賛成です。", "次に進みます。"))) == 1, "too little for a paragraph"


def test_a_long_speech_is_broken_between_sentences_and_nothing_is_lost() -> None:
    texts = [f"{number}番目の{LONG}" if number == 0 else LONG for number in range(40)]
    made = blocks(said(*texts))
    assert [text for block in made for text in block] == texts
    assert all(len("".join(block)) <= FULL_LETTERS for block in made) and len(made) < 20


def test_one_very_long_sentence_is_never_cut() -> None:
    text = "あ" * 900 + "です。"
    assert blocks(said(text, text)) == [[text], [text]]


def test_words_of_other_languages_keep_their_space() -> None:
    (made,) = draft(said("Thank you for", "coming"))
    assert made.text == "Thank you for coming"


def test_a_stage_direction_stands_alone() -> None:
    assert [p.text for p in draft(said("以上であります", "（拍手）", "次に移ります。"))] == [
        "以上であります",
        "（拍手）",
        "次に移ります。",
    ]
