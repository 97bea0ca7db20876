"""The other places that a correction concerns."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from minutes.japanese.readings import tokens
from minutes.japanese.similarity import folded, sounds
from minutes.transcripts import alike
from minutes.transcripts.alike import SegmentMatch, WordReplacement
from models.base import now
from models.transcript import Segment, Transcript
from tests.conftest import Cast


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
        ("しますかまた形状収支比率が", "しますか。また、経常収支比率が", [("形状", "経常")]),
        ("9月に3回いたします", "9月に、散会いたします", [("3回", "散会")]),
        ("そこで0は5年度", "そこで、令和5年度", [("0は", "令和")]),
        ("（形状）の件", "「経常」の件", [("形状", "経常")]),
        ("1割増えた", "10%増えた", [("1割", "10%")]),
    ],
)
def test_a_correction_is_read_as_whole_words(
    before: str, after: str, found: list[tuple[str, str]]
) -> None:
    assert [(r.before, r.after) for r in alike.replacements(before, after)] == found


def test_no_pair_carries_a_mark_that_came_along() -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    words = [
        "形状",
        "経常",
        "収支比率",
        "3回",
        "散会",
        "令和5年度",
        "また",
        "予算",
        "市長",
        "の",
        "は",
    ]
    marks = ["", "", "、", "。", "「", "」", "（", "）", "・", "…", " ", "　"]

    def text() -> str:
        return "".join(chance.choice(words) + chance.choice(marks) for _ in range(8))

    found = [pair for _ in range(200) for pair in alike.replacements(text(), text())]
    assert len(found) > 100
    edges = {
        edge
        for one in found
        for edge in (one.before[0], one.before[-1], one.after[0], one.after[-1])
    }
    assert not edges & set("".join(marks))


@pytest.fixture
def segments(transcript: Transcript, session: Session) -> list[Segment]:
    texts = ["鉄づきの件", "次の鉄づきとてつづき、手続き", "関係のない文"]
    for segment, text in zip(transcript.segments, texts, strict=True):
        segment.text = text
    session.flush()
    return transcript.segments


def places(one: WordReplacement, segments: list[Segment]) -> list[SegmentMatch]:
    """All but those in the first segment."""
    return alike.places([one], segments, but=segments[0])[one]


def test_the_same_letters_are_found_and_so_is_the_same_sound(segments: list[Segment]) -> None:
    found = places(WordReplacement("鉄づき", "手続き"), segments)
    assert [(p.segment, p.start, p.words, p.is_same_text) for p in found] == [
        (segments[1], 2, "鉄づき", True),
        (segments[1], 6, "てつづき", False),
    ]
    assert (found[0].leading, found[0].following) == ("次の", "とてつづき、手続き")


def test_what_a_person_has_passed_and_what_only_sounds_alike_wait_for_a_look(
    segments: list[Segment], cast: Cast
) -> None:
    segments[2].text = "鉄づき"
    segments[2].confirmed_by, segments[2].confirmed_at = cast.secretary, now()
    found = places(WordReplacement("鉄づき", "手続き"), segments)
    assert [(p.words, p.segment.is_confirmed, p.is_sure) for p in found] == [
        ("鉄づき", False, True),
        ("てつづき", False, False),
        ("鉄づき", True, False),
    ]


def test_what_stands_right_already_is_left_alone(segments: list[Segment]) -> None:
    segments[1].text = "北九州市と北九州"
    found = places(WordReplacement("北九州", "北九州市"), segments)
    assert [place.start for place in found] == [5]


def test_a_word_that_stands_everywhere_fills_no_screen(segments: list[Segment]) -> None:
    segments[1].text = "形状" * 5000
    found = places(WordReplacement("形状", "計上"), segments)
    assert len(found) == alike.MOST_PLACES


def test_a_text_that_was_written_anew_is_no_search_for_all_its_words() -> None:
    before = "".join(f"第{number}の鉄づきを形状する。" for number in range(500))
    after = before.replace("鉄づき", "手続き").replace("形状", "計上").replace("第", "弟")
    assert len(alike.replacements(before, after)) <= alike.MOST_REPLACEMENTS


def test_each_text_is_read_once_however_many_words_are_looked_for(
    segments: list[Segment], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = alike._words
    monkeypatch.setattr(alike, "_words", lambda text: read.append(text) or plain(text))
    wanted = [WordReplacement(f"鉄づき{number}", "手続き") for number in range(15)]
    alike.places(wanted, segments, but=segments[0])
    assert len([text for text in read if text == segments[1].text]) == 1


def test_many_words_at_once_are_found_where_each_alone_is(segments: list[Segment]) -> None:
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    pieces = [
        "手続き",
        "鉄づき",
        "てつづき",
        "計上",
        "形状",
        "敬称",
        "北九州",
        "市",
        "、",
        "の",
        "予算",
    ]
    for segment in segments[1:]:
        segment.text = "".join(chance.choices(pieces, k=60))
    wanted = [
        WordReplacement("鉄づき", "手続き"),
        WordReplacement("形状", "計上"),
        WordReplacement("北九州", "北九州市"),
    ]
    found = alike.places(wanted, segments, but=segments[0])
    for one in wanted:
        expected = [p for segment in segments[1:] for p in one_by_one(segment, one)]
        assert [(p.segment, p.start, p.words) for p in found[one]] == expected[: alike.MOST_PLACES]


def one_by_one(segment: Segment, one: WordReplacement) -> Iterator[tuple[Segment, int, str]]:
    """The places of one replacement in one segment, found in the simplest way."""
    text, sound = segment.text, folded(sounds("".join(w.kana for w in tokens(one.before))))
    taken: list[range] = []
    start = text.find(one.before)
    while start >= 0:
        taken.append(range(start, start + len(one.before)))
        inside = one.after.find(one.before)
        if inside < 0 or not text.startswith(one.after, max(0, start - inside)):
            yield segment, start, one.before
        start = text.find(one.before, start + len(one.before))
    words = tokens(text)
    for first, word in enumerate(words):
        for last in range(first, min(first + alike.MOST_WORDS, len(words))):
            run = words[first : last + 1]
            if run[-1].is_mark:
                break
            end, said = run[-1].end, folded(sounds("".join(w.kana for w in run)))
            is_taken = any(word.start < t.stop and end > t.start for t in taken)
            is_other = text[word.start : end] not in (one.before, one.after)
            if said == sound and not is_taken and is_other:
                taken.append(range(word.start, end))
                yield segment, word.start, text[word.start : end]
