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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from meetings import config as settings
from meetings.config import Config
from meetings.errors import FileRejected, InvalidInput
from minutes import accuracy, loading
from minutes.evaluation import recognition
from minutes.recognition import backend
from minutes.sound import audio
from minutes.speech_models import speech_model

ENGINES = ("ours", "library")
LANGUAGE = "ja"


@dataclass(frozen=True)
class Engine:
    """`rtf`: seconds of work per second of sound. `cer`: normalised, None without a reference.
    `peak_mb`: the most memory, that of ffmpeg included."""

    rtf: float
    cer: float | None
    peak_mb: float


@dataclass(frozen=True)
class TranscriptionMeasurement:
    seconds: float
    ours: Engine
    library: Engine

    @property
    def ratio(self) -> float:
        """Return how many times as fast ours is."""
        return self.library.rtf / self.ours.rtf


def measure(sound: Path, reference: Path | None, config: Config) -> TranscriptionMeasurement:
    """Raises InvalidInput, FileRejected for a sound or reference that cannot be read."""
    if not sound.is_file():
        raise InvalidInput("audio", f"{sound} がありません。音声ファイルを確かめてください。")
    seconds = audio.inspect(sound).duration_seconds
    said = recognition.said_in(reference, sound.name) if reference else None
    model = speech_model.choose(config)
    backend.prefer_fastest(config.home, model)  # once for each machine, before any clock runs
    heard = {engine: _in_own_process(engine, sound, config) for engine in ENGINES}
    ours, library = (_engine(heard[engine], seconds, said) for engine in ENGINES)
    return TranscriptionMeasurement(seconds, ours, library)


def as_json(measured: TranscriptionMeasurement) -> dict[str, Any]:
    engines = {name: asdict(getattr(measured, name)) for name in ENGINES}
    return {"seconds": measured.seconds, **engines, "ratio": measured.ratio}


def as_table(measured: TranscriptionMeasurement) -> str:
    lines = [f"{measured.seconds:,.0f} s of sound", f"{'':<10}{'RTF':>8}{'CER':>8}{'peak MB':>9}"]
    for name in ENGINES:
        engine: Engine = getattr(measured, name)
        cer = "—" if engine.cer is None else f"{engine.cer:.3f}"
        lines.append(f"{name:<10}{engine.rtf:>8.4f}{cer:>8}{engine.peak_mb:>9,.0f}")
    return "\n".join([*lines, f"ratio {measured.ratio:.2f}"])


def _engine(heard: dict[str, Any], seconds: float, said: str | None) -> Engine:
    texts = "、".join(heard["texts"])
    cer = None if said is None else accuracy.count_normalised(texts, said).error_rate
    return Engine(heard["work_seconds"] / seconds, cer, heard["peak_mb"])


def _in_own_process(engine: str, sound: Path, config: Config) -> dict[str, Any]:
    surroundings = os.environ | {
        "GIJIDO_HOME": str(config.home),
        "PYTHONPATH": str(settings.DEFAULT_FILE.parent),
    }
    if engine == "library":  # as it comes, not with the backend that we found
        surroundings.pop(backend.VARIABLE, None)
    command = [sys.executable, "-m", "web.bench.transcription", engine, str(sound.resolve())]
    done = subprocess.run(
        [*command, str(config.file)], env=surroundings, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise FileRejected(f"{engine} は {sound} を処理できませんでした: {done.stderr[-500:]}")
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _ours(sound: Path, config: Config) -> tuple[list[str], float]:
    recognise = loading.load(config, speech_model.choose(config), LANGUAGE)
    clip = recognition.hear(recognise, sound, config)
    return clip.heard, clip.work_seconds


def _library(sound: Path, config: Config) -> tuple[list[str], float]:
    from minutes.recognition.whisper import transcribe_by_library

    cores = config.speech.threads or len(os.sched_getaffinity(0))
    transcribe = transcribe_by_library(speech_model.choose(config), cores, LANGUAGE)
    started = time.monotonic()
    return transcribe(str(sound)), time.monotonic() - started


def _peak_mb() -> float:
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (own + children) / 1000


def _main(engine: str, sound: Path, config: Config) -> None:
    texts, seconds = (_ours if engine == "ours" else _library)(sound, config)
    heard = {"texts": texts, "work_seconds": seconds, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(heard))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), settings.load(Path(sys.argv[3])))
