"""The measurement of how truly a transcript without times is placed by the sound: the text of a
meeting's reference, written as a stenographer would, onto what the speech model heard of its
sound."""

import json
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from meetings.config import Config
from minutes import loading
from minutes.accuracy import without_tags
from minutes.evaluation import recognition
from minutes.imports import placing, reading
from minutes.imports.alignment import align
from minutes.speech_models import speech_model
from minutes.timing_error import Timed

KANA_AND_KANJI = [chr(code) for code in (*range(0x3041, 0x3094), *range(0x4E00, 0x5100))]
MISHEARD = 0.2


@dataclass(frozen=True)
class ImportMeasurement:
    """`errors`: seconds between the begin of each piece and that of its sentence, without sign."""

    name: str
    audio: str
    pieces: int
    unsure: int
    errors: list[float]

    @property
    def median_seconds(self) -> float:
        return median(self.errors)

    @property
    def most_seconds(self) -> float:
        """Return the error in seconds that 95 of 100 do not exceed."""
        return quantiles(self.errors, n=20, method="inclusive")[-1]


def measure(folders: Sequence[Path], audio: str | None, config: Config) -> list[ImportMeasurement]:
    """Raise InvalidInput for a folder without sound or reference."""
    paths = [(folder, recognition.sounds_of(folder, audio)[0]) for folder in folders]
    recognise = loading.load(config, speech_model.choose(config))
    return [
        _measure(folder, path, recognition.hear(recognise, path, config)) for folder, path in paths
    ]


def measure_length(characters: int) -> dict[str, float]:
    """Return the seconds of one core to align a made text of so many characters with itself, a
    fifth misheard and an eighth left out."""
    chance = random.Random(characters)  # noqa: S311 - nothing secret
    said = "".join(chance.choice(KANA_AND_KANJI) for _ in range(characters))
    heard = "".join(
        chance.choice(KANA_AND_KANJI) if chance.random() < MISHEARD else c for c in said
    )
    written = said[: characters // 2] + said[characters * 5 // 8 :]
    started = time.process_time()
    found = align(written, heard)
    return {
        "characters": characters,
        "found": len(found) / len(written),
        "seconds": time.process_time() - started,
    }


def as_json(measured: list[ImportMeasurement]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "audio": one.audio,
            "pieces": one.pieces,
            "unsure": one.unsure,
            "median_seconds": one.median_seconds,
            "most_seconds": one.most_seconds,
        }
        for one in measured
    ]


def as_table(measured: list[ImportMeasurement]) -> str:
    lines = [f"{'':<20}{'audio':<18}{'pieces':>7}{'unsure':>7}{'median s':>9}{'95 % s':>8}"]
    lines += [
        f"{one.name:<20}{one.audio:<18}{one.pieces:>7}{one.unsure:>7}"
        f"{one.median_seconds:>9.2f}{one.most_seconds:>8.2f}"
        for one in measured
    ]
    return "\n".join(lines)


def _measure(folder: Path, path: Path, clip: recognition.Clip) -> ImportMeasurement:
    turns = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    heard = [Timed(one.text, one.start_seconds, one.end_seconds) for one in clip.segments]
    with tempfile.TemporaryDirectory() as workspace:
        file = Path(workspace) / "transcript.txt"
        file.write_text("\n".join(map(_paragraph, turns)), encoding="utf-8")
        pieces = reading.read(file.name, file)
    placed = placing.by_sound(pieces, heard, clip.sound_seconds).placed
    begins = _begins([sentence for turn in turns for sentence in turn["sentences"]])
    errors, at = [], 0
    for one in placed:
        if at in begins:
            errors.append(abs(one.start_seconds - begins[at]))
        at += len("".join(one.text.split()))
    unsure = sum(not one.is_sure for one in placed)
    return ImportMeasurement(folder.resolve().name, path.name, len(placed), unsure, errors)


def _paragraph(turn: dict[str, Any]) -> str:
    return f"○{''.join(turn['speaker'].split())}　{without_tags(turn['text'])}"


def _begins(sentences: list[dict[str, Any]]) -> dict[int, float]:
    """Return when the sentence begins that begins with this character of the whole text."""
    begins, at = {}, 0
    for sentence in sentences:
        begins[at] = float(sentence["start_seconds"])
        at += len("".join(without_tags(sentence["text"]).split()))
    return begins
