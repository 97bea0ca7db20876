import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meetings.errors import ConfigurationError
from minutes.accuracy import NOTHING, count_normalised
from minutes.recognition import audio, decoding, speech_model
from minutes.recognition.heard import Heard, Recognise, Samples
from minutes.recognition.speech_model import SpeechModel

SPEECH = Path(__file__).parents[2] / "data" / "speech"
SILENCE: Samples = np.zeros(60 * audio.RATE, np.float32)


def heard_as(*texts: str, seconds: float = 5.0) -> Iterator[Heard]:
    for number, text in enumerate(texts):
        yield Heard(number * seconds, (number + 1) * seconds, text)


def kept(*texts: str) -> list[str]:
    return [heard.text for heard in decoding.without_inventions(heard_as(*texts), SILENCE)]


@pytest.mark.parametrize(
    ("heard", "left"),
    [
        ("ありがとうございました。" * 3, "ありがとうございました。"),
        ("それでは" + "議案第一号の" * 9 + "審査", "それでは議案第一号の審査"),
        ("えええええええええええええ", "え"),
        ("です。" + "はい " * 12, "です。はい "),
    ],
)
def test_a_passage_that_goes_on_and_on_is_kept_once(heard: str, left: str) -> None:
    assert decoding.without_loops(heard) == left


@pytest.mark.parametrize(
    "said",
    [
        "はい、はい、はい、",
        "そうですねそうですね",
        "100000000000円",
        "だんだんどんどん",
        "いやいやいや",
    ],
)
def test_what_people_do_repeat_stays(said: str) -> None:
    assert decoding.without_loops(said) == said


def test_a_segment_that_comes_again_and_again_is_kept_twice() -> None:
    same = "次の議題に移ります"
    assert kept("はじめます", same, same, same, same, "終わります") == [
        "はじめます", same, same, "終わります",
    ]  # fmt: skip
    assert kept(*["はい"] * 4) == ["はい"] * 4


@pytest.mark.parametrize(
    "invented",
    [
        "ご視聴ありがとうございました",
        "ご視聴ありがとうございました。",
        "最後までご視聴いただきありがとうございます",
        "チャンネル登録よろしくお願いします",
    ],
)
def test_a_films_last_words_are_dropped_in_silence(invented: str) -> None:
    assert kept("以上です", invented) == ["以上です"]


def test_the_same_words_stay_where_somebody_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = [{"start": 0, "end": 2 * audio.RATE}]
    monkeypatch.setattr(decoding, "get_speech_timestamps", lambda *_: spoken)
    assert kept("ご清聴ありがとうございました。") == ["ご清聴ありがとうございました。"]


def test_a_sentence_in_the_last_instant_of_the_sound_is_dropped() -> None:
    sound = SILENCE[: 20 * audio.RATE]
    real = Heard(15.0, 19.5, "論点整理について、事務局から説明をお願いします。")
    invented = Heard(19.5, 29.5, "推進計画の策定に関する懇話会について、事務局から説明します。")
    assert list(decoding.without_inventions(iter([real, invented]), sound)) == [real]
    short = Heard(19.5, 20.0, "はい、以上です。")
    assert list(decoding.without_inventions(iter([real, short]), sound)) == [real, short]


def test_thanks_in_a_sentence_are_no_stock_phrase() -> None:
    said = "ご視聴ありがとうございましたと流れる動画の件です"
    assert kept(said) == [said]


def test_one_or_two_sentences_stay_one_segment() -> None:
    heard = Heard(3.0, 9.0, "開会します。よろしくお願いします。")
    assert list(decoding.sentences(heard)) == [heard]


def test_many_sentences_become_segments_that_follow_each_other() -> None:
    pieces = list(decoding.sentences(Heard(10.0, 22.0, "一つ目です。よろしいですか？ 三つ目です")))
    assert [piece.text for piece in pieces] == ["一つ目です。", "よろしいですか？", "三つ目です"]
    assert (pieces[0].start_seconds, pieces[-1].end_seconds) == (10.0, pytest.approx(22.0))
    for one, other in itertools.pairwise(pieces):
        assert one.end_seconds == other.start_seconds


def test_a_long_segment_is_parted_at_its_sentences_and_nowhere_else() -> None:
    parted = decoding.sentences(Heard(0.0, 20.0, "前の文です。後の文です。"))
    assert [piece.text for piece in parted] == ["前の文です。", "後の文です。"]
    endless = Heard(0.0, 20.0, "句点のない長い話")
    assert list(decoding.sentences(endless)) == [endless]


def test_a_changed_speech_model_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"changed")
    with pytest.raises(ConfigurationError):
        decoding.load(SpeechModel("whisper-base", tmp_path, "0" * 64), 1)


@pytest.mark.parametrize("value", ["0", "1"])
def test_a_backend_that_the_administrator_chose_is_left_alone(value: str) -> None:
    code = "import os, minutes.recognition.decoding; print(os.environ['CT2_USE_MKL'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CT2_USE_MKL": value},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == value


@pytest.fixture(scope="module")
def recognise(tmp_path_factory: pytest.TempPathFactory) -> Recognise:
    model = speech_model.prepare(tmp_path_factory.mktemp("model"))
    return decoding.load(replace(model), threads=0)


def samples_of(source: Path, workspace: Path) -> Samples:
    seconds = audio.normalise(source, workspace / "sound.wav")
    return audio.read(workspace / "sound.wav", 0, seconds)


@pytest.mark.model
def test_a_turn_of_a_meeting_is_heard_in_order_and_mostly_right(
    recognise: Recognise, tmp_path: Path
) -> None:
    found = list(recognise(samples_of(SPEECH / "meeting" / "audio.flac", tmp_path)))
    whole = "".join(heard.text for heard in found)
    meant = (
        "それでは、定刻となりましたので、第2回、DX推進計画の策定に関する懇話会を開会いたします。"
        "本日は、お忙しい中お集まりいただき、ありがとうございます。議題は三つございます。"
        "一つ目の論点整理について、事務局から説明をお願いします。"
    )
    rate = count_normalised(whole, meant).error_rate
    assert rate is not None and rate < 0.25
    assert len(found) >= 2
    assert 0 <= found[0].start_seconds < 2.5
    assert 17 < found[-1].end_seconds <= 20.5
    for one, other in itertools.pairwise(found):
        assert one.start_seconds < one.end_seconds <= other.start_seconds + 0.5


@pytest.mark.model
def test_a_human_voice_is_heard(recognise: Recognise, tmp_path: Path) -> None:
    clip = SPEECH / "human" / "common_voice_ja_38833628.flac"
    heard = "".join(piece.text for piece in recognise(samples_of(clip, tmp_path)))
    meant = "やっぱりお化けや幽霊じゃないんだ。ああして歩いているところをみると、人間にちがいない"
    counted = count_normalised(heard, meant)
    assert counted != NOTHING and counted.right > counted.total * 0.7


@pytest.mark.model
@pytest.mark.parametrize("seconds", [0.01, 1.0, 40.0])
def test_silence_and_quiet_noise_are_not_turned_into_words(
    recognise: Recognise, seconds: float
) -> None:
    length = round(seconds * audio.RATE)
    noise = np.random.default_rng(1).normal(0, 0.003, length).astype(np.float32)
    assert list(recognise(np.zeros(length, np.float32))) == []
    assert list(recognise(noise)) == []
