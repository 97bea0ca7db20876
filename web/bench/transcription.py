"""`gijido bench transcription`: our recogniser and faster-whisper's own on the same sound.

Each in a process of its own, one after the other, on the same speech model, int8, all cores,
without materials or other later steps. Loading the model is not counted, reading the file is.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meetings import config as settings
from meetings.config import Config
from meetings.errors import FileRejected, InvalidInput
from minutes import accuracy, loading
from minutes.accuracy import NOTHING, Accuracy
from minutes.evaluation import recognition
from minutes.recognition import backend
from minutes.sound import audio
from minutes.speech_models import speech_model

ENGINES = ("ours", "library")
LANGUAGE = "ja"


@dataclass(frozen=True)
class Sample:
    """One sound file of `seconds`, and what was said in it, None where there is no reference."""

    path: Path
    seconds: float
    said: str | None


@dataclass(frozen=True)
class Engine:
    """Results of one recogniser on all the samples.

    `rtf`: seconds of work per second of sound. `accuracies`: counts of normalised characters for
    each sample, None without a reference. `peak_mb`: the most memory in MB, that of ffmpeg
    included.
    """

    rtf: float
    accuracies: tuple[Accuracy | None, ...]
    peak_mb: float

    @property
    def cer(self) -> float | None:
        """Return the character error rate over all samples, None if one has no reference."""
        counted = [one for one in self.accuracies if one]
        return sum(counted, NOTHING).error_rate if len(counted) == len(self.accuracies) else None


@dataclass(frozen=True)
class TranscriptionMeasurement:
    """Both recognisers on the same samples."""

    samples: tuple[Sample, ...]
    ours: Engine
    library: Engine

    @property
    def seconds(self) -> float:
        """Return the length of all the samples."""
        return sum(sample.seconds for sample in self.samples)

    @property
    def ratio(self) -> float:
        """Return how many times as fast ours is."""
        return self.library.rtf / self.ours.rtf


def measure(
    sounds: Sequence[Path], reference: Path | None, config: Config
) -> TranscriptionMeasurement:
    """Measure both recognisers on sound files and on folders that have a reference.json beside
    their sound or their list of clips. `reference` is the folder that tells what was said in the
    files.

    Raises InvalidInput, FileRejected for a sound or reference that cannot be read.
    """
    samples = tuple(
        _sample(path, folder) for sound in sounds for path, folder in _files(sound, reference)
    )
    model = speech_model.choose(config)
    backend.prefer_fastest(config.home, model)  # once for each machine, before any clock runs
    ours, library = (_engine(name, samples, config) for name in ENGINES)
    return TranscriptionMeasurement(samples, ours, library)


def _files(sound: Path, reference: Path | None) -> list[tuple[Path, Path | None]]:
    """Return the sound files of a file or folder, each with the folder of its reference."""
    if sound.is_dir():
        return [(path, sound) for path in recognition.sounds_of(sound, None)]
    return [(sound, reference)]


def _sample(path: Path, reference: Path | None) -> Sample:
    if not path.is_file():
        raise InvalidInput("audio", f"{path} がありません。音声ファイルを確かめてください。")
    said = recognition.said_in(reference, path.name) if reference else None
    return Sample(path, audio.inspect(path).duration_seconds, said)


def as_json(measured: TranscriptionMeasurement) -> dict[str, Any]:
    """Return the results for JSON. Rates are fractions, `clips` has those of each sound file."""
    return {
        "seconds": measured.seconds,
        **{name: _rates(getattr(measured, name)) for name in ENGINES},
        "ratio": measured.ratio,
        "clips": [
            {
                "audio": sample.path.name,
                "seconds": sample.seconds,
                **{name: _cer(getattr(measured, name).accuracies[n]) for name in ENGINES},
            }
            for n, sample in enumerate(measured.samples)
        ],
    }


def _rates(engine: Engine) -> dict[str, float | None]:
    return {"rtf": engine.rtf, "cer": engine.cer, "peak_mb": engine.peak_mb}


def _cer(counted: Accuracy | None) -> float | None:
    return counted.error_rate if counted else None


def as_table(measured: TranscriptionMeasurement) -> str:
    """Return the results as text, with a line for each of several sound files."""
    lines = [f"{measured.seconds:,.0f} s of sound", f"{'':<10}{'RTF':>8}{'CER':>8}{'peak MB':>9}"]
    for name in ENGINES:
        engine: Engine = getattr(measured, name)
        lines.append(f"{name:<10}{engine.rtf:>8.4f}{_shown(engine.cer)}{engine.peak_mb:>9,.0f}")
    lines.append(f"ratio {measured.ratio:.2f}")
    if len(measured.samples) > 1:
        lines.append(f"{'CER':<40}" + "".join(f"{name:>8}" for name in ENGINES))
        for clip in as_json(measured)["clips"]:
            rates = "".join(_shown(clip[name]) for name in ENGINES)
            lines.append(f"{clip['audio']:<40}{rates}")
    return "\n".join(lines)


def _shown(cer: float | None) -> str:
    return f"{'—':>8}" if cer is None else f"{cer:>8.3f}"


def _engine(name: str, samples: Sequence[Sample], config: Config) -> Engine:
    heard = _in_own_process(name, [sample.path for sample in samples], config)
    seconds = sum(sample.seconds for sample in samples)
    accuracies = (
        None if sample.said is None else accuracy.count_normalised("、".join(texts), sample.said)
        for sample, texts in zip(samples, heard["texts"], strict=True)
    )
    return Engine(heard["work_seconds"] / seconds, tuple(accuracies), heard["peak_mb"])


def _in_own_process(engine: str, sounds: Sequence[Path], config: Config) -> dict[str, Any]:
    surroundings = os.environ | {
        "GIJIDO_HOME": str(config.home),
        "PYTHONPATH": str(settings.DEFAULT_FILE.parent),
    }
    if engine == "library":  # as it comes, not with the backend that we found
        surroundings.pop(backend.VARIABLE, None)
    command = [sys.executable, "-m", "web.bench.transcription", engine, str(config.file)]
    command += [str(sound.resolve()) for sound in sounds]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        names = "、".join(map(str, sounds))
        raise FileRejected(f"{engine} は {names} を処理できませんでした: {done.stderr[-500:]}")
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _ours(sounds: Sequence[Path], config: Config) -> tuple[list[list[str]], float]:
    """Return the texts of each sound file and the seconds that all of them took."""
    recognise = loading.load(config, speech_model.choose(config), LANGUAGE)
    clips = [recognition.hear(recognise, sound, config) for sound in sounds]
    return [clip.heard for clip in clips], sum(clip.work_seconds for clip in clips)


def _library(sounds: Sequence[Path], config: Config) -> tuple[list[list[str]], float]:
    """Return the same for faster-whisper's own call."""
    from minutes.recognition.whisper import transcribe_by_library

    cores = config.speech.threads or len(os.sched_getaffinity(0))
    transcribe = transcribe_by_library(speech_model.choose(config), cores, LANGUAGE)
    started = time.monotonic()
    return [transcribe(str(sound)) for sound in sounds], time.monotonic() - started


def _peak_mb() -> float:
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (own + children) / 1000


def _main(engine: str, config: Config, sounds: Sequence[Path]) -> None:
    texts, seconds = (_ours if engine == "ours" else _library)(sounds, config)
    heard = {"texts": texts, "work_seconds": seconds, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(heard))


if __name__ == "__main__":
    _main(sys.argv[1], settings.load(Path(sys.argv[2])), [Path(each) for each in sys.argv[3:]])
