"""Where the text of a file is on the recording."""

import random

import pytest

from meetings.errors import InvalidInput, NotPossibleNow
from minutes.imports.alignment import align
from minutes.imports.importing import read_offset
from minutes.imports.pieces import ImportedPiece
from minutes.imports.placing import by_sound, by_times
from minutes.timing_error import Timed

HEARD = [
    Timed("それでは提告となりましたので第2回懇話会を開会いたします。", 1.0, 8.6),
    Timed("本日はお忙しい中お集まりいただきましてありがとうございます。", 9.0, 13.0),
    Timed("一つ目の論点整理について事務局から説明をお願いします。", 13.4, 19.5),
]
MEANT = [
    ImportedPiece("それでは、定刻となりましたので、第二回懇話会を開会いたします。", "議長"),
    ImportedPiece("本日はお忙しい中、お集まりいただきまして、ありがとうございます。"),
    ImportedPiece("一つ目の論点整理について、事務局から説明をお願いします。"),
]
LETTERS = [chr(code) for code in (*range(0x3041, 0x3090), *range(0x4E00, 0x5000))]


def cue(start: float, end: float, text: str = "文") -> ImportedPiece:
    return ImportedPiece(text, "", start, end)


# By its times


def test_times_are_taken_as_they_are_and_later_by_the_offset() -> None:
    placing = by_times([cue(0.0, 2.0), cue(1.5, 4.0)], 1.5, 60.0)
    assert [(one.start_seconds, one.end_seconds) for one in placing.placed] == [
        (1.5, 3.5), (3.0, 5.5),
    ]  # fmt: skip
    assert not placing.remarks and not placing.by_sound and not placing.unsure


def test_cues_out_of_order_are_put_in_order_with_a_remark() -> None:
    placing = by_times([cue(5.0, 6.0, "後"), cue(1.0, 2.0, "先")], 0.0, 60.0)
    assert [one.text for one in placing.placed] == ["先", "後"]
    assert "録音の順に並べました" in placing.remarks[0]


def test_what_crosses_an_end_of_the_recording_is_shortened_with_a_remark() -> None:
    placing = by_times([cue(0.0, 2.0), cue(58.0, 63.0)], -1.0, 60.0)
    first, last = placing.placed
    assert (first.start_seconds, first.end_seconds, last.end_seconds) == (0.0, 1.0, 60.0)
    assert "2発話" in placing.remarks[0]


@pytest.mark.parametrize(("offset", "told"), [(600.0, "終わりより後"), (-30.0, "始まりより前")])
def test_times_of_another_recording_are_refused_with_what_to_look_at(
    offset: float, told: str
) -> None:
    with pytest.raises(InvalidInput, match=told) as problem:
        by_times([cue(1.0, 2.0), cue(5.0, 6.0)], offset, 60.0)
    assert problem.value.field == "offset"
    assert "別の録音" in problem.value.message


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("", 0.0), ("12.5", 12.5), ("-3", -3.0), ("＋１：３０", 90.0), ("−0:00:05.5", -5.5)],
)
def test_an_offset_is_read_as_people_type_it(typed: str, seconds: float) -> None:
    assert read_offset(typed) == seconds


@pytest.mark.parametrize("typed", ["三秒", "1:2:3:4", "--3", "1e9", "nan"])
def test_an_unclear_offset_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="0:01:30"):
        read_offset(typed)


# By the sound


def test_sentences_get_the_times_at_which_they_were_heard() -> None:
    placing = by_sound(MEANT, HEARD, 20.0)
    assert [(one.start_seconds, one.end_seconds) for one in placing.placed] == [
        (1.0, 8.6), (9.0, 13.0), (13.4, 19.5),
    ]  # fmt: skip
    assert [one.text for one in placing.placed] == [said.text for said in MEANT]
    assert placing.placed[0].speaker == "議長"
    assert placing.by_sound and not placing.unsure


def test_a_sentence_within_a_heard_segment_is_placed_by_its_characters() -> None:
    heard = [Timed("".join(segment.text for segment in HEARD), 0.0, 78.0)]
    starts = [one.start_seconds for one in by_sound(MEANT, heard, 80.0).placed]
    assert starts == [pytest.approx(at, abs=1.5) for at in (0.0, 26.0, 54.0)]


def test_what_was_not_heard_lies_between_its_neighbours_and_is_not_sure() -> None:
    added = ImportedPiece("（この発言は録音されていません）", "書記")
    placing = by_sound([MEANT[0], added, *MEANT[1:]], HEARD, 20.0)
    between = placing.placed[1]
    assert (between.start_seconds, between.end_seconds) == (8.6, 9.0)
    assert [one.is_sure for one in placing.placed] == [True, False, True, True]


def test_what_the_writer_left_out_leaves_the_others_where_they_are() -> None:
    first, last = by_sound([MEANT[0], MEANT[2]], HEARD, 20.0).placed
    assert (first.end_seconds, last.start_seconds) == (8.6, 13.4)


def test_a_cover_page_and_a_signature_lie_before_and_after_what_was_said() -> None:
    cover, signature = (
        ImportedPiece("令和八年第二回若葉市懇話会会議録"),
        ImportedPiece("会議録署名人　鷲尾"),
    )
    placing = by_sound([cover, *MEANT, signature], HEARD, 30.0)
    assert not placing.placed[0].is_sure and placing.placed[0].end_seconds <= 1.0
    assert not placing.placed[-1].is_sure and placing.placed[-1].start_seconds >= 19.5


def test_words_that_fit_here_and_there_by_chance_are_no_place() -> None:
    """Every character of it comes up in the heard text, in this order, and far apart."""
    scattered = ImportedPiece("では提第開日お集いと目点事説")
    placing = by_sound([scattered, *MEANT], HEARD, 20.0)
    assert not placing.placed[0].is_sure


def test_another_meetings_text_is_refused() -> None:
    other = ImportedPiece("住民票の写しの交付窓口では、番号札の順にお呼びしております。" * 3)
    with pytest.raises(InvalidInput, match="別の会議"):
        by_sound([other], HEARD, 20.0)


def test_without_anything_heard_one_is_told_what_to_do_first() -> None:
    with pytest.raises(NotPossibleNow, match="文字起こしが終わってから"):
        by_sound(MEANT, [], 20.0)


def test_times_never_go_back() -> None:
    chance = random.Random(8)
    pieces = [
        chance.choice([*MEANT, ImportedPiece("はい。"), ImportedPiece("なし")]) for _ in range(40)
    ]
    pieces += MEANT
    placed = by_sound(pieces, HEARD * 3, 20.0).placed
    starts = [one.start_seconds for one in placed]
    assert starts == sorted(starts)
    assert all(one.start_seconds <= one.end_seconds for one in placed)


def test_hours_of_text_are_aligned_with_a_part_left_out_and_a_fifth_misheard() -> None:
    chance = random.Random(8)
    said = "".join(chance.choice(LETTERS) for _ in range(60_000))
    heard = "".join(chance.choice(LETTERS) if chance.random() < 0.2 else c for c in said)
    written = said[:20_000] + said[30_000:]
    found = align(written, heard)
    right = sum(there == at + (10_000 if at >= 20_000 else 0) for at, there in found.items())
    assert right > 0.95 * len(found) > 0.7 * len(written)
    assert list(found.values()) == sorted(found.values())


def test_long_texts_that_have_nothing_in_common_are_given_up() -> None:
    chance = random.Random(8)
    one, other = ("".join(chance.choice(LETTERS) for _ in range(30_000)) for _ in range(2))
    assert not align(one, other)
