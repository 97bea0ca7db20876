import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from meetings.config import Config
from meetings.errors import FileRejected, InvalidInput
from meetings.settings.work import SpeechSettings
from minutes import loading
from minutes.evaluation import recognition
from minutes.evaluation.recognition import Materials
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import RatedCandidate, Selection
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.sound.samples import Samples
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel
from minutes.terms.terms import MeetingVocabulary
from models.transcript import Origin
from tests import speech_models
from tests.sounds import ffmpeg

SPEECH = Path(__file__).parents[2] / "data" / "speech"
Hearing = Callable[[Recognise], list[int]]


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> Hearing:
    """`hearing(recognise)` is the production recogniser from now on; lengths of its chunks."""

    def use(recognise: Recognise) -> list[int]:
        lengths: list[int] = []

        def noting(samples: Samples) -> Iterator[HeardSegment]:
            lengths.append(round(len(samples) / 16_000))
            yield from recognise(samples)

        monkeypatch.setattr(
            speech_model, "choose", lambda config: SpeechModel("none", config.home, "")
        )
        monkeypatch.setattr(loading, "load", lambda config, model: noting)
        monkeypatch.setattr(
            loading, "load_teacher", lambda config, model: speech_models.teach_nothing(model)
        )
        return lengths

    return use


def saying(text: str) -> Recognise:
    def recognise(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(0.0, len(samples) / 16_000, text)

    return recognise


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A meeting of four seconds with a reference."""
    made = tmp_path / "council"
    made.mkdir()
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=300:duration=4", str(made / "audio.flac"))
    (made / "meeting.json").write_text('{"title": "会議"}')
    write_reference(made, [{"text": "<filler>えー</filler>、議題は"}, {"text": "三つございます。"}])
    return made


def write_reference(folder: Path, entries: object) -> None:
    (folder / "reference.json").write_text(json.dumps(entries), encoding="utf-8")


def test_raw_and_normalised_rates_are_fractions(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    hearing(saying("議題は3つござります"))
    result = recognition.as_json(recognition.evaluate([folder], None, config))
    council = result["folders"][0]
    assert (council["name"], council["audio"]) == ("council", "audio.flac")
    assert council["seconds"] == pytest.approx(4.0, abs=0.1)
    assert council["cer"] == pytest.approx(1 / 10)  # い→り
    assert council["cer_raw"] == pytest.approx(6 / 14)  # and えー、 三→3 。
    assert result["cer"] == council["cer"]
    assert result["rtf"] == council["rtf"] > 0
    assert json.loads(json.dumps(result)) == result


def test_where_segments_are_parted_costs_nothing_and_shows_hesitations(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    def in_pieces(samples: Samples) -> Iterator[HeardSegment]:
        for number, text in enumerate(["えー、議題は", "三つござい", "ます。", "え"]):
            yield HeardSegment(number, number + 1, text)
        yield HeardSegment(4.0, 4.0, "")

    hearing(in_pieces)
    council = recognition.as_json(recognition.evaluate([folder], None, config))["folders"][0]
    assert council["cer"] == 0
    assert council["cer_raw"] == pytest.approx(1 / 14)


def test_times_of_segments_are_compared_where_the_reference_has_times(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    sentences = [
        {"text": "議題は三つ。", "start_seconds": 0.0, "end_seconds": 2.0},
        {"text": "<filler>えー</filler>、始めます。", "start_seconds": 2.5, "end_seconds": 3.5},
    ]
    said = "".join(str(sentence["text"]) for sentence in sentences)

    def hear_two(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(0.2, 2.0, "議題は3つ。")
        yield HeardSegment(3.0, 3.6, "始めます。")

    hearing(hear_two)
    write_reference(folder, [{"text": said, "sentences": sentences}])
    result = recognition.evaluate([folder], None, config)
    told = recognition.as_json(result)["folders"][0]
    assert (told["starts_near"], told["ends_near"]) == (0.5, 1.0)
    assert recognition.as_table(result).splitlines()[1].split()[-3:] == ["0.50", "1.00", "-"]
    write_reference(folder, [{"text": said}])
    without = recognition.as_json(recognition.evaluate([folder], None, config))
    assert without["starts_near"] is None and without["folders"][0]["ends_near"] is None


def test_seconds_at_the_right_agenda_item_are_told_where_the_reference_has_items(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    agenda = {"agenda": [{"title": "補正予算について"}, {"title": "公共施設の見直し"}]}
    (folder / "meeting.json").write_text(json.dumps(agenda), encoding="utf-8")
    texts = ["では補正予算について説明をお願いします。", "次に公共施設の見直しを報告します。"]
    turns = [
        {
            "text": text,
            "agenda_item": number,
            "sentences": [{"text": text, "start_seconds": number, "end_seconds": number + 1.0}],
        }
        for number, text in enumerate(texts, 1)
    ]

    def hear_two(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(1.0, 2.0, texts[0])
        yield HeardSegment(2.5, 3.0, texts[1])

    hearing(hear_two)
    write_reference(folder, turns)
    result = recognition.evaluate([folder], None, config, Materials(are_used=False))
    told = recognition.as_json(result)
    assert told["items"] == told["folders"][0]["items"]
    assert told["items"] == {"right_seconds": 1.5, "seconds": 2.0}
    assert recognition.as_table(result).splitlines()[1].split()[-1] == "0.75"


def test_rates_of_several_folders_are_pooled_over_all_characters(
    hearing: Hearing, folder: Path, tmp_path: Path, config: Config
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for name in ("one.wav", "two.m4a"):
        ffmpeg("-f", "lavfi", "-i", "sine=frequency=300:duration=1", str(clips / name))
    write_reference(
        clips, [{"audio": "one.wav", "text": "議題は"}, {"audio": "two.m4a", "text": "一つ議題は"}]
    )
    hearing(saying("議題は"))
    result = recognition.as_json(recognition.evaluate([folder, clips], None, config))
    assert [entry["name"] for entry in result["folders"]] == ["council", "clips"]
    assert result["folders"][1]["audio"] == "2 files"
    assert result["folders"][1]["cer"] == pytest.approx(2 / 8)
    assert result["cer"] == pytest.approx((7 + 2) / (10 + 8))


def test_another_sound_of_the_folder_can_be_chosen_in_any_format(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    hearing(saying("議題は三つございます"))
    ffmpeg("-i", str(folder / "audio.flac"), "-t", "2", str(folder / "far.m4a"))
    far = recognition.evaluate([folder], "far.m4a", config).folders[0]
    assert (far.audio, far.normalised.error_rate) == ("far.m4a", 0)
    assert far.sound_seconds == pytest.approx(2, abs=0.1)


def test_a_folder_with_an_m4a_alone_needs_no_option(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    hearing(saying("議題は"))
    ffmpeg("-i", str(folder / "audio.flac"), str(folder / "audio.m4a"))
    (folder / "audio.flac").unlink()
    assert recognition.evaluate([folder], None, config).folders[0].audio == "audio.m4a"


def test_the_sound_is_cut_into_chunks_as_in_production(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    ffmpeg(
        "-f", "lavfi", "-i", "sine=frequency=300:duration=150",
        "-af", "volume='if(between(t,55,57),0,1)':eval=frame", str(folder / "audio.flac"),
    )  # fmt: skip
    lengths = hearing(saying("あ"))
    speech = SpeechSettings(first_chunk_seconds=60, chunk_seconds=600)
    recognition.evaluate([folder], None, replace(config, speech=speech))
    assert lengths == [pytest.approx(56, abs=1), pytest.approx(94, abs=1)]


def test_the_answer_is_not_open_while_the_sound_is_heard(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    def peeking(samples: Samples) -> Iterator[HeardSegment]:
        write_reference(folder, [{"text": "後から書いた文"}])
        yield HeardSegment(0.0, 1.0, "後から書いた文")

    hearing(peeking)
    assert recognition.evaluate([folder], None, config).normalised.error_rate == 0


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda folder: (folder / "reference.json").unlink(), "reference.json がありません"),
        (lambda folder: (folder / "audio.flac").unlink(), "audio.flac がありません"),
        (lambda folder: write_reference(folder, [{"speaker": "古賀"}]), "読めません"),
        (lambda folder: write_reference(folder, 3), "読めません"),
        (
            lambda folder: write_reference(folder, [{"text": "", "sentences": [{"text": ""}]}]),
            "読めません",
        ),
        (lambda folder: (folder / "reference.json").write_text("{"), "読めません"),
        (lambda folder: write_reference(folder, [{"text": "", "audio": "no.wav"}]), "no.wav"),
    ],
)
def test_a_folder_that_cannot_be_evaluated_is_told_before_any_work(
    hearing: Hearing,
    folder: Path,
    config: Config,
    broken: Callable[[Path], object],
    told: str,
) -> None:
    lengths = hearing(saying("あ"))
    broken(folder)
    with pytest.raises(InvalidInput, match=told):
        recognition.evaluate([SPEECH / "human", folder], None, config)
    assert lengths == []


def test_a_sound_that_cannot_be_opened_is_told(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    hearing(saying("あ"))
    (folder / "audio.flac").write_text("no sound")
    with pytest.raises(FileRejected):
        recognition.evaluate([folder], None, config)


def test_the_table_has_a_line_for_each_folder_and_one_for_all(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    hearing(saying("議題は3つござります"))
    lines = recognition.as_table(recognition.evaluate([folder], None, config)).splitlines()
    assert len(lines) == 4 and lines[3].startswith("backend: ")
    assert lines[1].split()[:2] == ["council", "audio.flac"]
    assert "0.429" in lines[1] and "0.100" in lines[1]
    assert lines[2].startswith("all") and "0.100" in lines[2]


@pytest.mark.model
def test_the_real_recogniser_on_real_speech_stays_as_good_as_it_was(config: Config) -> None:
    result = recognition.evaluate([SPEECH / "meeting", SPEECH / "human"], None, config)
    rates = recognition.as_json(result)
    assert 0 < rates["cer"] < 0.3  # the backends of different processors hear a little differently
    assert rates["folders"][0]["cer"] < 0.22
    assert rates["folders"][0]["cer_raw"] > rates["folders"][0]["cer"]
    assert np.isfinite(rates["rtf"])


def test_papers_are_counted_beside_what_was_heard(
    hearing: Hearing, folder: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing(saying("危代は三つございます。予備がある"))
    (folder / "paper.md").write_text("議題と予算", encoding="utf-8")
    (folder / "meeting.json").write_text(
        '{"title": "会議", "materials": [{"title": "資料1", "file": "paper.md"}]}'
    )
    taught = {"危代": ("議題", 0.9), "予備": ("予算", 0.9), "三つ": ("光", 0.5)}

    def teach(
        segments: Sequence[HeardSegment], _sound: object, words: MeetingVocabulary
    ) -> Iterator[Selection]:
        if not words.terms:
            yield from (Selection(segment.text.replace("危代", "議題")) for segment in segments)
            return
        assert {"議題", "予算"} <= {term.surface for term in words.terms}
        for segment in segments:
            changes = [
                RatedCandidate(Candidate(at, at + 2, old, new, Origin.TERM, 0, 6, 0), sure)
                for old, (new, sure) in taught.items()
                for at in [segment.text.index(old)]
            ]
            changed = tuple(change for change in changes if change.probability > 0.7)
            text = segment.text.replace("危代", "議題").replace("予備", "予算")
            yield Selection(text, changed, tuple(c for c in changes if c not in changed))

    monkeypatch.setattr(loading, "load_teacher", lambda config, model: teach)
    result = recognition.evaluate([folder], None, config)
    (council,) = recognition.as_json(result)["folders"]
    assert council["changed"] == {"right": 1, "wrong": 1}
    assert council["proposed"] == {"right": 0, "wrong": 1}
    assert council["cer"] < council["cer_without_materials"]
    assert council["cer_without_papers"] < council["cer_without_materials"]
    assert "1/1" in recognition.as_table(result)
    without = recognition.evaluate([folder], None, config, recognition.Materials(are_used=False))
    (council,) = recognition.as_json(without)["folders"]
    assert council["cer"] == council["cer_without_papers"] < council["cer_without_materials"]
    assert council["terms"] == 0


def test_earlier_minutes_are_those_of_other_meetings(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "earlier"
    other.mkdir()
    write_reference(other, [{"text": "官民データ活用推進計画です。"}])
    history = recognition.Materials(history=(folder, other))
    words = {term.surface for term in recognition.vocabulary(folder, history).terms}
    assert "官民データ活用推進計画" in words
    assert "議題" not in words  # its own reference is no earlier minutes


def test_papers_that_are_not_there_are_told_before_any_work(
    hearing: Hearing, folder: Path, config: Config
) -> None:
    lengths = hearing(saying("はい"))
    (folder / "meeting.json").write_text(
        '{"title": "会議", "materials": [{"title": "資料1", "file": "none.md"}]}'
    )
    with pytest.raises(InvalidInput, match="資料を読めません"):
        recognition.evaluate([folder], None, config)
    assert lengths == []
