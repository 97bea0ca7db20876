"""The recogniser on real sound with the real speech model, and how a window's text is judged."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from meetings.errors import ConfigurationError
from minutes.accuracy import count_normalised
from minutes.recognition import decoding, whisper
from minutes.recognition.batching import SpeechLane
from minutes.recognition.decoding import Hypothesis, LaneProgress, LaneQueue
from minutes.recognition.heard import HeardSegment, Recognise, TokenTiming
from minutes.recognition.sentences import segments
from minutes.recognition.whisper import (
    TICK_SECONDS,
    Decoded,
    Spectrogram,
    TimestampedText,
    Whisper,
)
from minutes.sound import audio
from minutes.sound.audio import RATE
from minutes.sound.samples import Samples
from minutes.speech_models import speech_model
from minutes.speech_models.languages import JAPANESE
from minutes.speech_models.speech_model import SpeechModel
from models.transcript import Doubt

SPEECH = Path(__file__).parents[2] / "data" / "speech"
MEANT = (
    "それでは、定刻となりましたので、第2回、DX推進計画の策定に関する懇話会を開会いたします。"
    "本日は、お忙しい中お集まりいただき、ありがとうございます。議題は三つございます。"
    "一つ目の論点整理について、事務局から説明をお願いします。"
)
TEXT = MEANT[:50]


def lane() -> SpeechLane:
    """A minute with speech nearly all the time."""
    spans = tuple((n * 5.0, n * 5.0 + 4.5) for n in range(12))
    return SpeechLane(np.zeros(60 * RATE, np.float32), spans, ((0.0, 0.0),))


def decoded(*pieces: tuple[float, float | None, str], score: float = -0.3) -> Decoded:
    return Decoded(tuple(TimestampedText(*piece) for piece in pieces), score)


def test_a_piece_that_the_windows_end_cut_off_is_left_to_the_next_window() -> None:
    said = decoded((0.0, 14.0, TEXT), (14.0, 24.6, MEANT[60:110]), (24.6, None, "なければ"))
    hypothesis = decoding.assess(lane(), 0.0, 30.0, said)
    assert hypothesis.stop == pytest.approx(24.6, abs=0.5)
    assert [phrase.text for phrase in hypothesis.phrases] == [TEXT, MEANT[60:110]]


def test_a_window_that_stopped_early_goes_on_where_it_stopped() -> None:
    hypothesis = decoding.assess(lane(), 0.0, 30.0, decoded((0.0, 9.6, TEXT)))
    assert hypothesis.stop == pytest.approx(9.75, abs=0.3)
    assert hypothesis.doubt is None


def test_times_in_what_was_only_padded_are_those_of_the_windows_end() -> None:
    said = decoded((0.0, 9.0, TEXT), (9.0, 13.0, "なお、"), (24.0, 30.0, "ご清聴"))
    hypothesis = decoding.assess(lane(), 0.0, 12.0, said)
    assert hypothesis.stop == 12.0
    edges = [(phrase.start_seconds, phrase.end_seconds) for phrase in hypothesis.phrases]
    assert edges == [(0.0, 9.0), (9.0, 12.0), (12.0, 12.0)]


def test_speech_without_words_between_words_is_missing_text() -> None:
    said = decoded((0.0, 9.0, TEXT), (20.0, 29.9, MEANT[60:110]))
    hypothesis = decoding.assess(lane(), 0.0, 30.0, said)
    assert hypothesis.doubt == Doubt.MISSING
    hole = next(phrase for phrase in hypothesis.phrases if not phrase.text)
    assert (hole.start_seconds, hole.end_seconds) == (9.0, 20.0)


def test_a_window_without_any_words_is_missing_as_a_whole() -> None:
    hypothesis = decoding.assess(lane(), 0.0, 30.0, decoded())
    assert hypothesis.doubt == Doubt.MISSING and hypothesis.stop == 30.0


@pytest.mark.parametrize("doubt", [None, Doubt.UNSURE, Doubt.MISSING])
def test_windows_cover_a_lane_however_doubtful_they_stay(doubt: Doubt | None) -> None:
    progress, taken = LaneProgress(lane()), list[tuple[float, float]]()
    while progress.position < progress.lane.seconds:
        here = (progress.position, progress.end)
        progress.adopt(Hypothesis((), progress.end, -0.3, (), doubt))
        if progress.position > here[0]:
            taken.append(here)
    assert taken[0][0] == 0 and taken[-1][1] == progress.lane.seconds
    assert all(before[1] == after[0] for before, after in itertools.pairwise(taken))
    longest = decoding.WINDOW_SECONDS + decoding.WINDOW_SLACK_SECONDS
    shortest = decoding.SHORTEST_WINDOW_SECONDS if doubt == Doubt.MISSING else longest
    assert max(end - start for start, end in taken) <= shortest
    in_pauses = [progress.lane.spoken(start - 0.1, start + 0.1) == 0 for start, _ in taken[1:]]
    assert all(in_pauses)


def test_lanes_go_on_in_groups_of_their_own_and_an_idle_worker_gets_half() -> None:
    """Batches that fall apart into single windows cost twice as much for each."""
    lanes = [LaneProgress(lane()) for _ in range(6)]
    queue = LaneQueue(lanes, 2)
    one, other = queue.take(), queue.take()
    assert (one, other) == (lanes[:3], lanes[3:])
    queue.give_back(one)
    assert queue.take() == one
    finish(other)
    queue.give_back(other)
    assert [progress.phrases.get() for progress in other] == [None] * 3
    queue.give_back(one)
    assert sorted([len(queue.take()), len(queue.take())]) == [1, 2]


def test_more_lanes_than_fit_in_memory_side_by_side_wait_until_earlier_ones_are_done() -> None:
    lanes = [LaneProgress(lane()) for _ in range(2 * decoding.BATCH + 2)]
    queue = LaneQueue(lanes, 2)
    one, other = queue.take(), queue.take()
    assert max(len(one), len(other)) <= decoding.BATCH and one + other == lanes[:5]
    for _ in range(3):
        queue.give_back(other)
        assert queue.take() == other
    finish(one)
    queue.give_back(one)
    assert queue.take() == lanes[5:7]


def finish(lanes: list[LaneProgress]) -> None:
    for progress in lanes:
        progress.position = progress.lane.seconds


class Deaf:
    """Hears nothing, and notes how many texts it was to follow at once."""

    writing = JAPANESE
    workers = 1

    def __init__(self) -> None:
        self.followed = list[int]()

    def features(self, samples: Samples) -> Spectrogram:
        return np.zeros((80, len(samples) // 160), np.float32)

    def encode(self, windows: Sequence[Spectrogram], shortest_seconds: float) -> list[Spectrogram]:
        self.shortest_seconds = shortest_seconds
        return list(windows)

    def decode(self, encoded: Sequence[Spectrogram], *_: object, **how: Any) -> list[Decoded]:
        self.followed.append(len(encoded) * how["beam"])
        return [decoded() for _ in encoded]

    def token_timings(self, encoded: Spectrogram, text: str) -> list[TokenTiming]:
        step = encoded.shape[1] * TICK_SECONDS / len(text)
        return [TokenTiming(1, step * number, 1.0) for number in range(len(text))]


class Skipping(Deaf):
    """Writes enough for the whole window, but no word of it begins in its first half."""

    def decode(self, encoded: Sequence[Spectrogram], *_: object, **how: Any) -> list[Decoded]:
        self.followed.append(len(encoded) * how["beam"])
        return [decoded((0.0, 29.8, MEANT)) for _ in encoded]

    def token_timings(self, encoded: Spectrogram, text: str) -> list[TokenTiming]:
        half = encoded.shape[1] * TICK_SECONDS / 2
        later = [
            replace(one, seconds=half + one.seconds / 2)
            for one in super().token_timings(encoded, text)
        ]
        return [TokenTiming(1, 0.0, 1.0), *later]


class Breaking(Deaf):
    """Hears one window, then breaks."""

    def decode(self, encoded: Sequence[Spectrogram], *_: object, **how: Any) -> list[Decoded]:
        if self.followed:
            raise RuntimeError("out of order")
        self.followed.append(1)
        said = ((0.0, 9.6, MEANT[:45]), (9.6, 24.5, MEANT[45:]))
        return [decoded(*said)]


def test_text_comes_window_by_window_and_where_the_work_breaks_off_no_half_sentence() -> None:
    """What comes is kept at once, and never heard again: the end of what is known waits."""
    found = list[str]()
    with pytest.raises(RuntimeError, match="out of order"):
        for progress, phrases in decoding._decoded(cast(Whisper, Breaking()), [lane()]):
            for heard in segments(progress.lane, phrases):
                found.append(heard.text)
    assert "".join(found) == MEANT[:74]


def test_a_window_by_itself_is_heard_at_full_length_with_a_wide_beam() -> None:
    """It has no text before it, and costs little: a short recording is such a window."""
    alone, several = Deaf(), Deaf()
    decoding._next_windows(cast(Whisper, alone), [LaneProgress(lane())])
    decoding._next_windows(cast(Whisper, several), [LaneProgress(lane()), LaneProgress(lane())])
    assert alone.followed[0] > several.followed[0] / 2
    assert alone.shortest_seconds == whisper.LONGEST_WINDOW_SECONDS > several.shortest_seconds


def test_doubtful_windows_are_tried_again_a_few_at_a_time() -> None:
    """A wide beam over a full batch would take twice the memory of everything before it."""

    deaf = Deaf()
    lanes = [LaneProgress(lane()) for _ in range(decoding.BATCH)]
    decoding._next_windows(cast(Whisper, deaf), lanes)
    assert len(deaf.followed) > 1 + len(decoding.LADDER)
    assert max(deaf.followed) <= decoding.MOST_SEQUENCES


def test_a_window_in_which_speech_was_passed_over_is_tried_again_and_then_halved() -> None:
    skipping, progress = Skipping(), LaneProgress(lane())
    decoding._next_windows(cast(Whisper, skipping), [progress])
    assert len(skipping.followed) == 1 + len(decoding.LADDER)
    assert progress.position == 0 and progress.end < 20


@pytest.mark.model
def test_a_short_window_has_room_for_its_words_however_long_its_prompt(
    model: SpeechModel, speech: Samples
) -> None:
    loaded = whisper.Whisper(model, 1, "ja")
    encoded = loaded.encode([loaded.features(speech)[:, 870:1100]])
    prompt = tuple(range(1000, 1000 + whisper.LONGEST_PROMPT))
    alone, prompted = loaded.decode(encoded), loaded.decode(encoded, [prompt])
    assert len(alone) == len(prompted) == 1 and alone[0].text


def test_the_better_of_two_hypotheses_has_the_lesser_doubt_then_the_higher_score() -> None:
    good = decoding.assess(lane(), 0.0, 30.0, decoded((0.0, 29.5, "いろは" * 40), score=-0.6))
    loop = decoding.assess(lane(), 0.0, 30.0, decoded((0.0, 29.5, "議案第一号の" * 9), score=-0.1))
    assert good.doubt in (None, Doubt.REPEATED) and loop.doubt == Doubt.REPEATED
    fine = decoding.assess(lane(), 0.0, 30.0, decoded((0.0, 29.5, MEANT), score=-0.6))
    assert fine.merit > loop.merit


def test_a_changed_speech_model_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"changed")
    with pytest.raises(ConfigurationError):
        decoding.load(SpeechModel("whisper-base", tmp_path, "0" * 64), 1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SpeechModel:
    return speech_model.prepare(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def recognise(model: SpeechModel) -> Recognise:
    return decoding.load(model, threads=0)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Twenty seconds of a meeting."""
    return samples_of(SPEECH / "meeting" / "audio.flac", tmp_path_factory.mktemp("sound"))


def samples_of(source: Path, workspace: Path) -> Samples:
    seconds = audio.normalise(source, workspace / "sound.wav")
    return audio.read(workspace / "sound.wav", 0, seconds)


def text_of(found: list[HeardSegment]) -> str:
    return "".join(heard.text for heard in found)


def noise(seconds: float, level: float) -> Samples:
    made = np.random.default_rng(1).normal(0, level, round(seconds * RATE))
    return made.astype(np.float32)


def music(seconds: float) -> Samples:
    """Chords that change every half second."""
    times = np.arange(round(seconds * RATE)) / RATE
    root = 220 * 2 ** ((times // 0.5 * 5 % 12) / 12)
    made = sum(np.sin(2 * np.pi * np.cumsum(root * step) / RATE) for step in (1, 1.26, 1.5))
    return (0.1 * made).astype(np.float32)


@pytest.mark.model
def test_a_turn_of_a_meeting_is_heard_in_order_and_mostly_right(
    recognise: Recognise, speech: Samples
) -> None:
    found = list(recognise(speech))
    rate = count_normalised(text_of(found), MEANT).error_rate
    assert rate is not None and rate < 0.25
    for one, other in itertools.pairwise(found):
        assert one.start_seconds < one.end_seconds <= other.start_seconds
    assert all(0 < (heard.confidence or 0) <= 1 for heard in found)


@pytest.mark.model
def test_segments_begin_and_end_where_the_sentences_were_said(
    recognise: Recognise, speech: Samples
) -> None:
    """The four sentences of the turn, from the reference of the whole meeting."""
    found = list(recognise(speech))
    starts = [heard.start_seconds for heard in found]
    ends = [heard.end_seconds for heard in found]
    assert starts[0] == pytest.approx(1.0, abs=0.3)
    assert min(abs(end - 8.6) for end in ends) <= 0.3
    assert ends[-1] == pytest.approx(19.5, abs=0.4)


@pytest.mark.parametrize("workers", [2, 3, 7])
def test_several_workers_find_the_speech_that_one_finds(speech: Samples, workers: int) -> None:
    """Where their shares meet, a word is not cut in two."""
    alone, shared = (whisper.speech_in(speech, number) for number in (1, workers))
    assert len(alone) > 4
    assert shared == [pytest.approx(span, abs=0.2) for span in alone]
    assert whisper.speech_in(speech[:3], workers) == []


@pytest.mark.model
@pytest.mark.parametrize("seconds", [0.01, 1.0, 40.0, 1200.0])
def test_silence_and_quiet_noise_are_not_turned_into_words(
    recognise: Recognise, seconds: float
) -> None:
    """Up to twenty minutes of nothing."""
    assert list(recognise(np.zeros(round(seconds * RATE), np.float32))) == []
    assert list(recognise(noise(min(seconds, 120), 0.003))) == []


@pytest.mark.model
def test_music_and_loud_noise_give_no_words_that_are_not_marked(recognise: Recognise) -> None:
    for sound in (music(40), noise(40, 0.1)):
        unmarked = [heard.text for heard in recognise(sound) if heard.text and not heard.doubt]
        assert unmarked == []


@pytest.mark.model
def test_words_after_minutes_of_nothing_are_heard_at_their_time(
    recognise: Recognise, speech: Samples
) -> None:
    found = list(recognise(np.concatenate([noise(180, 0.002), speech])))
    assert found[0].start_seconds == pytest.approx(181.0, abs=0.4)
    assert count_normalised(text_of(found), MEANT).right > 0.7 * len(MEANT)


@pytest.mark.model
def test_what_is_said_three_times_is_no_loop_and_none_of_it_is_lost(
    recognise: Recognise, speech: Samples
) -> None:
    """People repeat themselves. Asked of words that every backend hears and of several pauses
    together: processors round differently, and one of the nine may come out otherwise."""
    greeting = speech[round(8.7 * RATE) : round(13.2 * RATE)]
    times = 0
    for pause in (0.6, 1.0, 1.5):
        found = list(recognise(np.concatenate([greeting, noise(pause, 0.001)] * 3)))
        print(text_of(found))
        times += len(re.findall("ありがとう?ござ", text_of(found)))
    assert times in (8, 9)


@pytest.mark.model
def test_two_people_at_once_leave_text_and_lose_nothing_around_it(
    recognise: Recognise, speech: Samples
) -> None:
    other = np.roll(speech, 7 * RATE)
    mixed = speech.copy()
    mixed[13 * RATE : 15 * RATE] += 0.7 * other[13 * RATE : 15 * RATE]
    found = list(recognise(mixed))
    assert count_normalised(text_of(found), MEANT).right > 0.65 * len(MEANT)


@pytest.mark.model
def test_an_interrupted_recognition_leaves_no_thread_behind(
    recognise: Recognise, speech: Samples
) -> None:
    heard = recognise(np.concatenate([speech] * 6))
    next(heard)
    heard.close()  # type: ignore[attr-defined]
    assert text_of(list(recognise(speech)))
