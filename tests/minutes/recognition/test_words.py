"""When words were said, by the real speech model on real sound."""

from functools import partial
from pathlib import Path

import pytest

from meetings import config as settings
from minutes import loading
from minutes.recognition.heard import FindTokenTimings, HeardSegment, TokenTiming
from minutes.sound import audio
from minutes.speech_models import speech_model
from minutes.transcripts.word_times import heard_words

pytestmark = pytest.mark.model
SPEECH = Path(__file__).parents[2] / "data" / "speech" / "meeting" / "audio.flac"
SAID = "それでは、定刻となりましたので、第2回、DX推進計画の策定に関する懇話会を開会いたします。"
LATER = "本日は、お忙しい中お集まりいただき、ありがとうございます。"


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> FindTokenTimings:
    model = speech_model.prepare(tmp_path_factory.mktemp("home"))
    return loading.load_word_finder(settings.load(), model, "ja")


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    made = tmp_path / "sound.wav"
    audio.normalise(SPEECH, made)
    return made


def token_timings(
    find: FindTokenTimings, wav: Path, *segments: HeardSegment
) -> list[list[TokenTiming]]:
    return list(find(segments, partial(audio.read, wav)))


def test_each_word_has_its_time_in_the_order_of_the_sound(
    find: FindTokenTimings, wav: Path
) -> None:
    first, second = HeardSegment(1.0, 8.652, SAID), HeardSegment(9.074, 13.086, LATER)
    for heard, found in zip((first, second), token_timings(find, wav, first, second), strict=True):
        assert sum(one.letters for one in found) == len(heard.text)
        seconds = [one.seconds for one in found]
        assert seconds == sorted(seconds)
        assert heard.start_seconds <= seconds[0] and seconds[-1] <= heard.end_seconds


def test_a_sentence_that_begins_within_a_segment_begins_when_it_was_said(
    find: FindTokenTimings, wav: Path
) -> None:
    both = HeardSegment(1.0, 13.086, SAID + LATER)
    (found,) = token_timings(find, wav, both)
    today = next(word for word in heard_words(both, found) if word.text == "本日")
    assert today.seconds == pytest.approx(9.074, abs=0.3)


def test_a_misheard_word_is_less_probable_than_what_was_said(
    find: FindTokenTimings, wav: Path
) -> None:
    heard = HeardSegment(1.0, 8.652, SAID.replace("懇話会", "コンマッ会"))
    (found,) = token_timings(find, wav, heard)
    unsure = "".join(word.text for word in heard_words(heard, found) if word.is_unsure)
    assert "コンマッ" in unsure
    assert "計画" not in unsure


def test_no_text_and_what_is_too_long_for_one_pass_have_no_timings(
    find: FindTokenTimings, wav: Path
) -> None:
    assert token_timings(find, wav) == []
    found = token_timings(find, wav, HeardSegment(0.0, 1.0, ""), HeardSegment(1.0, 60.0, SAID))
    assert found == [[], []]
