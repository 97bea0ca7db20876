"""`gijido evaluate --words`: how true the times of words are, and whether the doubted are wrong."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from meetings.config import Config
from minutes import loading
from minutes.evaluation import words
from minutes.recognition.heard import HeardSegment, TokenTiming
from minutes.sound.samples import Samples, SoundReader
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel
from tests.sounds import ffmpeg

SPEECH = Path(__file__).parents[2] / "data" / "speech"
HEARD = "議題は三つ。初めます。"
FOUND = [
    TokenTiming(3, 0.0, 0.9),
    TokenTiming(1, 0.6, 0.3),  # 三: rightly heard, though doubted
    TokenTiming(2, 0.8, 0.9),
    TokenTiming(2, 2.6, 0.2),  # 初め
    TokenTiming(3, 3.0, 0.9),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sentences in four seconds."""
    made = tmp_path / "council"
    made.mkdir()
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=300:duration=4", str(made / "audio.flac"))
    sentences = [
        {"text": "議題は三つ。", "start_seconds": 0.0, "end_seconds": 2.0},
        {"text": "始めます。", "start_seconds": 2.5, "end_seconds": 3.5},
    ]
    said = "".join(str(sentence["text"]) for sentence in sentences)
    reference = json.dumps([{"text": said, "sentences": sentences}])
    (made / "reference.json").write_text(reference, encoding="utf-8")
    return made


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """HEARD in one segment, its words where FOUND says."""

    def recognise(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(0.0, 4.0, HEARD)

    def find(segments: Sequence[HeardSegment], sound: SoundReader) -> Iterator[list[TokenTiming]]:
        yield from (FOUND for _ in segments)

    chosen = SpeechModel("none", Path(), "")
    monkeypatch.setattr(speech_model, "choose", lambda config: chosen)
    monkeypatch.setattr(loading, "load", lambda config, model: recognise)
    monkeypatch.setattr(loading, "load_word_finder", lambda config, model, language: find)


@pytest.mark.usefixtures("hearing")
def test_the_beginnings_of_sentences_and_the_doubts_are_counted(
    folder: Path, config: Config
) -> None:
    results = words.evaluate([folder], None, config)
    (told,) = words.as_json(results)["folders"]
    off = told["seconds_off"]
    assert off["count"] == 1  # the first sentence begins with its segment
    assert off["median"] == off["p95"] == pytest.approx(0.1)
    assert told["wrong"] == pytest.approx(1 / told["words"])  # 初め
    assert told["unsure_wrong"] == pytest.approx(0.5)
    assert told["wrong_unsure"] == 1.0
    assert told["rtf"] >= 0
    line = words.as_table(results).splitlines()[1].split()
    assert line[:3] == ["council", "audio.flac", str(told["words"])]
    assert line[-4:-1] == ["1", "0.10", "0.10"]


@pytest.mark.usefixtures("hearing")
def test_where_the_reference_has_no_times_the_doubts_are_counted_alone(
    folder: Path, config: Config
) -> None:
    said = json.dumps([{"text": "議題は三つ。始めます。"}])
    (folder / "reference.json").write_text(said, encoding="utf-8")
    results = words.evaluate([folder], None, config)
    (told,) = words.as_json(results)["folders"]
    assert told["seconds_off"]["count"] == 0
    assert told["wrong_unsure"] == 1.0
    json.dumps(told, allow_nan=False)
    assert words.as_table(results).splitlines()[1].split()[-4:-1] == ["0", "-", "-"]


@pytest.mark.model
def test_on_real_speech_doubted_words_are_wrong_more_often_than_the_others(config: Config) -> None:
    results = words.evaluate([SPEECH / "meeting"], None, config)
    (told,) = words.as_json(results)["folders"]
    assert told["unsure_wrong"] > 2 * told["wrong"] > 0
    assert told["seconds_off"]["median"] < 0.5
