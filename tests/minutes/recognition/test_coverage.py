"""Speech inside a phrase that none of its words covers, with the real speech model."""

from pathlib import Path

import numpy as np
import pytest

from minutes.recognition.batching import cut_lanes
from minutes.recognition.coverage import is_covered
from minutes.recognition.sentences import Phrase
from minutes.recognition.whisper import Whisper, speech_in
from minutes.sound import audio
from minutes.sound.samples import Samples
from minutes.speech_models import speech_model

AUDIO = Path(__file__).parents[2] / "data" / "speech" / "meeting" / "audio.flac"
SENTENCE = "本日はお忙しい中お集まりいただきありがとうございます。"
"""What is said from 8.7 to 13.2 s."""


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Whisper:
    return Whisper(speech_model.prepare(tmp_path_factory.mktemp("model")), 1, "ja")


@pytest.fixture(scope="module")
def sentence(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    wav = tmp_path_factory.mktemp("sound") / "sound.wav"
    audio.normalise(AUDIO, wav)
    return audio.read(wav, 8.7, 13.2)


@pytest.mark.model
@pytest.mark.parametrize("written", [1, 2, 3])
def test_a_sentence_said_three_times_is_covered_by_its_text_three_times(
    whisper: Whisper, sentence: Samples, written: int
) -> None:
    samples = np.concatenate([sentence] * 3)
    (lane,) = cut_lanes(samples, speech_in(samples, 1), 1)
    (encoded,) = whisper.encode([whisper.features(lane.samples)])
    phrase = Phrase(0.0, lane.seconds, SENTENCE * written, -0.3, None)
    assert is_covered(whisper, lane, 0.0, encoded, phrase) == (written == 3)
