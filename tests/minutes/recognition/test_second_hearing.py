"""Doubtful words heard a second time, in kana."""

from dataclasses import replace
from pathlib import Path

import pytest

from minutes.conversion.reading_graph import OtherReading
from minutes.recognition.heard import HeardSegment
from minutes.recognition.second_hearing import HeardWindow, as_said, heard_again, rejoined
from minutes.recognition.whisper import Whisper
from minutes.sound import audio
from minutes.speech_models import speech_model

AUDIO = Path(__file__).parents[2] / "data" / "speech" / "meeting" / "audio.flac"
SAID = "それでは、定刻となりましたので、第2回、DX推進計画の策定に関する懇話会を開会いたします。"


def test_marks_and_the_kind_of_kana_say_nothing_about_the_sound() -> None:
    assert as_said("、 シンチョウシャへ おーだー。") == "しんちょうしゃへおうだあ"


@pytest.mark.parametrize(
    ("written", "reading"),
    [
        ("たなおろしをおこなって", "たなおろ"),
        ("たなおろしよおこなって", "たなおろ"),
        ("たよろしをおこなって", ""),
        ("たなおろしたなおろした", ""),
        ("3つめしをおこなって", ""),
        ("", ""),
    ],
)
def test_a_reading_ends_where_the_first_hearing_goes_on(written: str, reading: str) -> None:
    assert rejoined(written, "たよろ", "しをおこな") == reading


def test_where_nothing_follows_nobody_knows_where_a_word_ends() -> None:
    assert rejoined("へいかい", "たいらかい", "と") == ""


@pytest.mark.model
def test_the_sounds_of_words_that_were_made_up_are_heard(tmp_path: Path) -> None:
    whisper = Whisper(speech_model.prepare(tmp_path / "model"), 1, "ja")
    audio.normalise(AUDIO, tmp_path / "sound.wav")
    text = SAID.replace("定刻", "提告")
    (encoded,) = whisper.encode([whisper.features(audio.read(tmp_path / "sound.wav", 0.7, 9.2))])
    window = HeardWindow(encoded, [HeardSegment(1.0, 8.652, text)], 0.7)
    ((found,),) = heard_again(whisper, [window])
    assert OtherReading(5, 7, "ていこく") in found
    ((of_right_words,),) = heard_again(
        whisper, [replace(window, segments=[HeardSegment(1.0, 8.652, SAID)])]
    )
    assert not any(one.start < 7 for one in of_right_words)
