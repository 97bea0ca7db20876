"""The whole way with the real speech model and real sound, in slices of a meeting."""

from functools import partial
from pathlib import Path

import pytest

from meetings import config as settings
from meetings.config import Config
from minutes import loading
from minutes.conversion import dictionary
from minutes.conversion.conversions import Converter
from minutes.proposals.selection import Selection, Teach
from minutes.recognition.heard import HeardSegment
from minutes.sound import audio
from minutes.speech_models import speech_model
from minutes.terms.terms import Confused, Paper, PersonName, Taught, collect, taught_word

pytestmark = pytest.mark.model
SPEECH = Path(__file__).parents[2] / "data" / "speech" / "meeting"
PAPERS = [
    Paper("次第 1頁", "定刻に開会。DX推進計画の策定に関する懇話会"),
    Paper("資料1 2頁", "論点整理。議題の一覧。事務局の案。帝国の歴史"),
]
SAID = "それでは、定刻となりましたので、第2回、DX推進計画の策定に関する懇話会を開会いたします。"
MISHEARD = SAID.replace("策定", "作点").replace("懇話会", "コンマッ会")


@pytest.fixture(scope="module")
def teach(tmp_path_factory: pytest.TempPathFactory) -> Teach:
    home = tmp_path_factory.mktemp("home")
    return loading.load_teacher(settings.load(), speech_model.prepare(home))


def taught(teach: Teach, wav: Path, text: str, *papers: Paper) -> Selection:
    heard = HeardSegment(1.0, 8.652, text, 0.7)
    vocabulary = collect(papers or PAPERS, [PersonName("篠原 泰成", "しのはら やすなり", "座長")])
    (choice,) = teach([heard], partial(audio.read, wav), vocabulary)
    return choice


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    made = tmp_path / "sound.wav"
    audio.normalise(SPEECH / "audio.flac", made)
    return made


def test_misheard_words_of_the_papers_are_put_in_with_their_page(teach: Teach, wav: Path) -> None:
    choice = taught(teach, wav, MISHEARD)
    assert "策定に関する" in choice.text
    places = {change.candidate.term.place for change in choice.changed if change.candidate.term}
    assert "次第 1頁" in places


def test_what_was_heard_rightly_stays_whatever_the_papers_print(teach: Teach, wav: Path) -> None:
    """Papers full of words that sound the same. One of them (定刻 or 帝国) is so close that the
    backends of different processors judge it differently; all others stay on every one."""
    alike = Paper("資料", "帝国ホテルの二階。削減の点検。公開の計画と警戒。経過の画一")
    for papers in (PAPERS, [alike]):
        assert taught(teach, wav, SAID, *papers).text in (SAID, SAID.replace("定刻", "帝国"))


def test_the_worlds_papers_teach_nothing_about_another_text(teach: Teach, wav: Path) -> None:
    assert taught(teach, wav, SAID, Paper("資料", "水道料金の改定")).changed == ()


def test_nothing_heard_is_nothing_taught(teach: Teach, wav: Path, config: Config) -> None:
    assert list(teach([], partial(audio.read, wav), collect(PAPERS))) == []
    assert taught(teach, wav, "。、").text == "。、"


def test_a_segment_longer_than_one_pass_hears_is_judged_as_far_as_that_goes(
    teach: Teach, wav: Path
) -> None:
    text = "それでは会議を始めます。" * 20 + "第2回、DX推進計画の作点に関する件です。"
    heard = HeardSegment(0.0, 60.0, text, 0.7)
    (choice,) = teach([heard], partial(audio.read, wav), collect(PAPERS))
    assert choice.text == text


def test_words_of_the_same_sound_are_put_in_without_any_paper(
    teach: Teach, wav: Path, converter: Converter
) -> None:
    text = SAID.replace("策定", "作定")
    heard = HeardSegment(1.0, 8.652, text, 0.7)
    (choice,) = teach([heard], partial(audio.read, wav), collect(()))
    suggested = [one.candidate for one in (*choice.changed, *choice.proposed)]
    assert all(one.term is None for one in suggested)
    assert choice.text == SAID or any(one.applied_to(text) == SAID for one in suggested)


def test_without_the_dictionary_one_sentence_is_logged_and_what_was_heard_stays(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    wav: Path,
) -> None:
    monkeypatch.setattr(dictionary, "FOLDER", tmp_path)
    without = loading.load_teacher(settings.load(), speech_model.prepare(tmp_path / "home"))
    assert [record.getMessage() for record in caplog.records].count(dictionary.MISSING) == 1
    heard = HeardSegment(1.0, 8.652, MISHEARD, 0.7)
    (choice,) = without([heard], partial(audio.read, wav), collect(()))
    assert choice.text == MISHEARD and not choice.proposed
    assert taught(without, wav, MISHEARD).changed


def test_what_was_corrected_in_three_recordings_of_the_series_is_put_in_at_once(
    teach: Teach, wav: Path, converter: Converter
) -> None:
    text = SAID.replace("定刻", "帝国")
    heard = HeardSegment(1.0, 8.652, text, 0.7)
    words = [taught_word("定刻", "テーコク", "以前の修正", is_guessed=False)]
    texts = dict[int, str]()
    for recordings in (2, 3):
        confused = [Confused("帝国", "定刻", recordings, recordings)]
        vocabulary = collect((), taught=Taught(words, confused=confused))
        (choice,) = teach([heard], partial(audio.read, wav), vocabulary)
        texts[recordings] = choice.text
        learned = [one.candidate for one in (*choice.changed, *choice.proposed)]
        assert ("帝国", "定刻") in [(one.heard, one.new) for one in learned]
    assert "帝国となりました" in texts[2] and "定刻となりました" in texts[3]
