"""The other places that a correction concerns."""

import pytest
from sqlalchemy.orm import Session

from minutes import alike
from minutes.alike import Replacement
from models.transcript import Segment, Transcript


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("転入の鉄づきを行う", "転入の手続きを行う", [("鉄づき", "手続き")]),
        ("北急集市の予算です", "北九州市の予算です", [("北急集", "北九州")]),
        ("予算を形状しました", "予算を計上しました。", [("形状", "計上")]),
        ("それは困ります", "それが困ります", []),
        ("えーっと始めます", "始めます", []),
        ("終わります", "終わります。", []),
        ("同じ文", "同じ文", []),
        ("", "新しい文", []),
    ],
)
def test_a_correction_is_read_as_whole_words(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    assert [(r.before, r.after) for r in alike.replacements(before, after)] == found


@pytest.fixture
def segments(transcript: Transcript, session: Session) -> list[Segment]:
    texts = ["鉄づきの件", "次の鉄づきとてつづき、手続き", "関係のない文"]
    for segment, text in zip(transcript.segments, texts, strict=True):
        segment.text = text
    session.flush()
    return transcript.segments


def test_the_same_letters_are_found_and_so_is_the_same_sound(segments: list[Segment]) -> None:
    found = list(alike.places(Replacement("鉄づき", "手続き"), segments, but=segments[0]))
    assert [(p.segment, p.start, p.words, p.is_same_text) for p in found] == [
        (segments[1], 2, "鉄づき", True),
        (segments[1], 6, "てつづき", False),
    ]
    assert (found[0].leading, found[0].following) == ("次の", "とてつづき、手続き")


def test_what_stands_right_already_is_left_alone(segments: list[Segment]) -> None:
    segments[1].text = "北九州市と北九州"
    found = alike.places(Replacement("北九州", "北九州市"), segments, but=segments[0])
    assert [place.start for place in found] == [5]


def test_a_word_that_stands_everywhere_fills_no_screen(segments: list[Segment]) -> None:
    segments[1].text = "形状" * 5000
    found = list(alike.places(Replacement("形状", "計上"), segments, but=segments[0]))
    assert len(found) == alike.MOST_PLACES
