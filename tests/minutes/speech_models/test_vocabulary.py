"""A speech model without the tokens of other languages hears as before, in less time."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.recognition import whisper
from minutes.recognition.whisper import FRAMES_A_SECOND, Whisper
from minutes.sound import audio
from minutes.speech_models import speech_model, vocabulary
from minutes.speech_models.languages import JAPANESE, writing_of
from minutes.speech_models.vocabulary import TokenVocabulary
from tests import sounds, speech_models

SCRIPTS = list(Path(__file__).parents[2].glob("data/meetings/*/script.txt"))
SIGNS = re.compile(r"#.*|</?filler>|[{}]|\|[^}]*|\t|\n")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> speech_model.SpeechModel:
    return speech_model.prepare(tmp_path_factory.mktemp("packaged"))


@pytest.fixture(scope="module")
def japanese(packaged: speech_model.SpeechModel) -> TokenVocabulary:
    return vocabulary.needed(packaged.folder, JAPANESE)


def encoded(of: TokenVocabulary, text: str) -> list[int]:
    found: list[int] = of.tokenizer.encode(text, add_special_tokens=False).ids
    return found


def test_japanese_needs_less_than_a_third_of_the_tokens(japanese: TokenVocabulary) -> None:
    assert len(japanese.kept) < 51_865 / 3


def test_what_is_said_in_meetings_needs_no_token_that_was_left_out(
    japanese: TokenVocabulary,
) -> None:
    assert SCRIPTS
    for path in SCRIPTS:
        tokens = encoded(japanese, SIGNS.sub("", path.read_text()))
        assert japanese.representable(tokens) == tokens


@pytest.mark.slow
@given(text=st.text(max_size=30))
def test_any_other_text_is_spelled_in_tokens_that_are_there(
    japanese: TokenVocabulary, text: str
) -> None:
    there = japanese.representable(encoded(japanese, text))
    assert japanese.tokenizer.decode(there) == text
    assert japanese.from_model(japanese.to_model(there)) == there


def test_another_language_keeps_every_token_and_the_files_as_they_are(small_model: Path) -> None:
    korean = vocabulary.needed(small_model, writing_of("ko"))
    assert korean.is_whole and len(korean.kept) == 51_865
    with vocabulary.folder_with(small_model, korean) as folder:
        assert folder == small_model


def test_only_the_rows_of_tokens_become_fewer(small_model: Path) -> None:
    needed = vocabulary.needed(small_model, JAPANESE)
    before = speech_models.read(small_model / "model.bin")
    with vocabulary.folder_with(small_model, needed) as folder:
        after = speech_models.read(folder / "model.bin")
        names = json.loads((folder / "vocabulary.json").read_text())
        config = json.loads((folder / "config.json").read_text())
    assert not folder.exists()
    for old, new in zip(before, after, strict=True):
        if old.name == "decoder/embeddings/weight":
            row = len(old.content) // old.shape[0]
            last = int(needed.kept[-1])
            assert new.shape == (len(needed.kept), old.shape[1])
            assert new.content[-row:] == old.content[last * row : (last + 1) * row]
        else:
            assert new == old
    assert names[config["lang_ids"][0]] == "<|en|>" and names[-1] == "<|30.00|>"


@pytest.mark.model
def test_it_hears_the_same_with_fewer_tokens(
    packaged: speech_model.SpeechModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio.normalise(sounds.SPEECH, tmp_path / "sound.wav")
    sound = audio.read(tmp_path / "sound.wav", 0, 12)

    def heard() -> whisper.Decoded:
        model = Whisper(packaged, 1, "ja")
        features = model.features(sound)[:, : 12 * FRAMES_A_SECOND]
        (decoded,) = model.decode(model.encode([features]), beam=2)
        return decoded

    with_fewer = heard()
    monkeypatch.setattr(vocabulary, "needed", lambda folder, _: vocabulary.whole(folder))
    with_all = heard()
    assert with_fewer.pieces == with_all.pieces
    assert with_fewer.score == pytest.approx(with_all.score, abs=0.02)
    assert with_fewer.score > with_all.score  # the others shared in the probability


def test_without_the_tokens_with_kanji_only_kana_can_be_written(
    japanese: TokenVocabulary,
) -> None:
    suppressed = set(japanese.with_kanji())
    assert not suppressed & set(japanese.to_model(encoded(japanese, "にほんご、テスト123。ヱぇ")))
    for kanji in "一議澤龥々":
        assert suppressed & set(japanese.to_model(japanese.representable(encoded(japanese, kanji))))
