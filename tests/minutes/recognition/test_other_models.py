"""Any Whisper in CTranslate2's format: here one with more mel bands and other numbers of tokens,
whose weights are random."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from minutes.conversion import dictionary
from minutes.conversion.reading_graph import OtherReading
from minutes.japanese.readings import plain
from minutes.proposals import teaching
from minutes.recognition import decoding
from minutes.recognition.heard import HeardSegment
from minutes.recognition.second_hearing import HeardWindow, heard_again
from minutes.recognition.whisper import Whisper
from minutes.sound import audio
from minutes.speech_models import model_folder, speech_model
from minutes.speech_models.speech_model import SpeechModel
from minutes.speech_models.vocabulary import KANJI
from minutes.terms.terms import Paper, collect
from tests import sounds, speech_models

TEXT = "本日の議題は、懇話会の設置についてです。よろしくお願いします。"


@pytest.fixture(scope="module")
def other(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> SpeechModel:
    folder = speech_models.make_other(small_model, tmp_path_factory.mktemp("models") / "other")
    return SpeechModel("other", folder, speech_model.hash_of(folder / "model.bin"))


@pytest.fixture(scope="module")
def whisper(other: SpeechModel) -> Iterator[Whisper]:
    yield Whisper(other, 1, "ja")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    audio.normalise(sounds.SPEECH, tmp_path / "sound.wav")
    return tmp_path / "sound.wav"


def test_it_is_taken_for_a_speech_model_that_hears(other: SpeechModel, wav: Path) -> None:
    model_folder.look_into(other.folder)  # raises where it is none
    heard = list(decoding.load(other, 1)(audio.read(wav, 0, 12)))
    assert heard and heard[-1].end_seconds <= 12


@pytest.mark.parametrize("is_on", [True, False])
def test_it_judges_and_hears_again_where_the_settings_say_so(
    other: SpeechModel, wav: Path, monkeypatch: pytest.MonkeyPatch, is_on: bool
) -> None:
    if dictionary.problem():
        pytest.skip("the dictionary was not fetched: make install")
    asked = list[int]()

    def noted(whisper: Whisper, windows: Sequence[HeardWindow]) -> list[list[list[OtherReading]]]:
        asked.append(len(windows))
        return heard_again(whisper, windows)

    monkeypatch.setattr(teaching, "heard_again", noted)
    teach = teaching.load(other, 1, second_hearing=is_on)
    segment = HeardSegment(1.0, 8.0, TEXT, 0.5)
    papers = collect([Paper("資料1", "混話会の設置")])
    (choice,) = teach([segment], partial(audio.read, wav), papers)
    assert choice.text and asked == ([1] if is_on else [])


def test_its_words_have_times_and_probabilities(whisper: Whisper, wav: Path) -> None:
    (encoded,) = whisper.encode([whisper.features(audio.read(wav, 0, 10))])
    found = whisper.token_timings(encoded, TEXT)
    assert sum(one.letters for one in found) == len(TEXT)
    assert all(0 <= one.probability <= 1 for one in found)
    assert len(whisper.log_probabilities(encoded, [TEXT, "設置です。"], "懇話会")) == 2


def test_it_is_heard_again_without_kanji(whisper: Whisper, wav: Path) -> None:
    (encoded,) = whisper.encode([whisper.features(audio.read(wav, 0, 10))])
    before = [whisper.tokens_of("ほんじつの"), whisper.tokens_of("ぎだいは、")]
    length = min(map(len, before))
    written = whisper.kana_after([encoded, encoded], [one[:length] for one in before], 20)
    assert all(written) and not any(map(KANJI.search, written))
    window = HeardWindow(encoded, [HeardSegment(0.3, 9.0, TEXT)], 0.0)
    ((found,),) = heard_again(whisper, [window])
    assert all(0 <= one.start < one.end <= len(plain(TEXT)) for one in found)
    assert np.isfinite(encoded).all()
