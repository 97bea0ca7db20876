"""Segments are one or two sentences, begin and end where somebody speaks, and lose no text."""

import random
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from minutes.recognition.batching import SpeechLane, TimeSpan, cut_lanes
from minutes.recognition.heard import HeardSegment
from minutes.recognition.sentences import Phrase, segments
from minutes.sound.audio import RATE
from minutes.speech_models.languages import writing_of
from models.transcript import Doubt


def lane_of(*speech: TimeSpan) -> SpeechLane:
    (lane,) = cut_lanes(np.zeros(RATE * 60, np.float32), list(speech), 1)
    return lane


def made(
    lane: SpeechLane, *phrases: tuple[TimeSpan, str], doubt: Doubt | None = None
) -> list[HeardSegment]:
    shift = lane.pieces[0][1]
    return list(
        segments(lane, [Phrase(a - shift, b - shift, t, -0.3, doubt) for (a, b), t in phrases])
    )


def spans(found: list[HeardSegment]) -> list[tuple[float, float]]:
    return [(round(h.start_seconds, 2), round(h.end_seconds, 2)) for h in found]


def test_two_sentences_in_one_phrase_part_at_the_pause_between_them() -> None:
    lane = lane_of((1.0, 4.1), (4.5, 8.0))
    found = made(lane, ((0.9, 8.2), "委員会を開きます 出席委員は7名です"))
    assert [h.text for h in found] == ["委員会を開きます。", "出席委員は7名です。"]
    assert spans(found) == [(1.0, 4.1), (4.5, 8.0)]


def test_the_models_coarse_marks_move_to_where_somebody_speaks() -> None:
    lane = lane_of((2.0, 6.0), (6.5, 9.0))
    found = made(lane, ((1.6, 6.3), "議題といたします。"), ((6.3, 9.6), "説明を求めます。"))
    assert spans(found) == [(2.0, 6.0), (6.5, 9.0)]


def test_a_space_in_the_middle_of_a_sentence_goes_or_becomes_a_comma_at_a_pause() -> None:
    lane = lane_of((1.0, 3.0), (3.5, 6.0))
    (one,) = made(lane, ((1.0, 6.0), "財政調整基金 について おたずねします"))
    assert one.text == "財政調整基金、についておたずねします。"


def test_polite_words_that_go_on_are_no_end() -> None:
    lane = lane_of((1.0, 7.0))
    (one,) = made(lane, ((1.0, 4.0), "反対です"), ((4.0, 7.0), "が賛成する人もいます"))
    assert one.text == "反対ですが賛成する人もいます。"


def test_short_sentences_close_together_are_one_segment_of_two_at_most() -> None:
    lane = lane_of((1.0, 2.0), (2.3, 3.3), (3.6, 4.6))
    found = made(lane, ((1.0, 4.6), "はい。そうです。以上です。"))
    assert [h.text for h in found] == ["はい。そうです。", "以上です。"]


def test_a_question_gets_its_mark() -> None:
    lane = lane_of((1.0, 4.0))
    (one,) = made(lane, ((1.0, 4.0), "何世帯でしょうか"))
    assert one.text == "何世帯でしょうか？"


def test_speech_without_words_stands_alone_with_its_doubt() -> None:
    lane = lane_of((1.0, 4.0), (4.5, 9.0))
    words = Phrase(0.4, 3.5, "説明します。", -0.3, None)
    hole = Phrase(3.9, 8.5, "", None, Doubt.MISSING)
    found = list(segments(lane, [words, hole]))
    assert [(h.text, h.doubt) for h in found] == [("説明します。", None), ("", Doubt.MISSING)]


def test_a_segment_is_there_before_the_lane_is_heard_to_its_end() -> None:
    lane = lane_of((1.0, 4.5), (5.5, 9.0), (10.0, 14.0), (15.0, 19.0))
    heard = list[str]()

    def hearing() -> Iterator[Phrase]:
        said = ("一です。", "二です。", "三です。", "四です。")
        for (start, end), text in zip(lane.speech, said, strict=True):
            heard.append(text)
            yield Phrase(start, end, text, -0.3, None)

    assert next(segments(lane, hearing())).text == "一です。"
    assert len(heard) < 4


def test_english_keeps_its_spaces_and_the_models_own_marks() -> None:
    lane = lane_of((1.0, 3.2), (4.2, 9.0))
    text = "We open the meeting. The budget is 3.5 million yen, as planned."
    said = Phrase(0.4, 8.4, text, -0.3, None)
    found = list(segments(lane, [said], writing_of("en")))
    assert [heard.text for heard in found] == [
        "We open the meeting.",
        "The budget is 3.5 million yen, as planned.",
    ]


def test_a_decimal_point_ends_no_japanese_sentence() -> None:
    lane = lane_of((1.0, 5.0))
    (one,) = made(lane, ((1.0, 5.0), "比率は94.6%です"))
    assert one.text == "比率は94.6%です。"


def test_a_loop_is_written_once_and_marked() -> None:
    lane = lane_of((1.0, 9.0))
    (one,) = made(lane, ((1.0, 9.0), "ありがとうございました" * 4), doubt=Doubt.REPEATED)
    assert one.text == "ありがとうございました。"
    assert one.doubt == Doubt.REPEATED


@pytest.mark.parametrize("border", [4.55, 4.8, 5.2, 5.45])
def test_two_phrases_that_meet_within_speech_do_not_overlap(border: float) -> None:
    lane = lane_of((1.0, 4.4), (4.5, 5.5), (5.6, 9.0))
    first = ((1.0, border), "本日の議題は三つございます。")
    found = made(lane, first, ((border, 9.0), "順に説明いたします。"))
    (_, end), (start, _) = spans(found)
    assert (end, start) == ((4.4, 4.5) if border < 5.0 else (5.5, 5.6))


@pytest.mark.parametrize("seed", range(20))
def test_segments_follow_each_other_whatever_marks_the_model_sets(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    edges = sorted(chance.uniform(0, 60) for _ in range(40))
    marks = sorted(chance.uniform(0, 60) for _ in range(13))
    lane = lane_of(*zip(edges[::2], edges[1::2], strict=True))
    said = [(mark, "説明します。ご質問を どうぞ。") for mark in pairwise(marks)]
    found = spans(made(lane, *said))
    assert all(start <= end for start, end in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
