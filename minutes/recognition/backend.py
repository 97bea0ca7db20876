"""Chooses the faster of CTranslate2's matrix backends on this processor. It is measured once and
the result is stored.

The choice is an environment variable (`CT2_USE_MKL`) that CTranslate2 reads when it is imported.
Without it, CTranslate2 uses Intel's MKL on Intel processors and a slower backend on others.
"""

import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from minutes.speech_models.speech_model import SpeechModel

VARIABLE = "CT2_USE_MKL"
CHOICES = (None, "0")
"""Values of the variable that are compared: not set (CTranslate2's own choice), and "0" (without
MKL).
"""

TRIES = 3
"""Passes of the encoder that are timed; the fastest counts."""
LONGEST_SECONDS = 120
"""Time limit for measuring one backend."""


def prefer_fastest(home: Path, model: SpeechModel) -> None:
    """Set the variable in this process, before CTranslate2 is imported, to the faster backend.

    Changes nothing if the variable is already set. The measurement is stored in
    `home`/speech-models/backend.json and repeated when the processor or the version of CTranslate2
    has changed.
    """
    if VARIABLE in os.environ:
        return
    kept = home / "speech-models" / "backend.json"
    machine = {"processor": _processor(), "ctranslate2": version("ctranslate2")}
    known = _read(kept)
    if known is None or any(known.get(name) != value for name, value in machine.items()):
        known = machine | _measured(model)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known), encoding="utf-8")
    if known.get(VARIABLE) is not None:
        os.environ[VARIABLE] = str(known[VARIABLE])


def in_use() -> str:
    """Return which matrix library CTranslate2 uses in this process: "mkl", "onednn", or the name
    of the machine's architecture if it is not x86-64.

    It follows CTranslate2's documented rules and does not ask the library. The libraries round
    8-bit weights differently, so the recognised text differs a little between them.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return platform.machine()
    chosen = os.environ.get(VARIABLE)
    is_mkl = chosen == "1" if chosen is not None else "GenuineIntel" in _processor_file()
    return "mkl" if is_mkl else "onednn"


def _measured(model: SpeechModel) -> dict[str, object]:
    seconds = {choice: _seconds(model, choice) for choice in CHOICES}
    fastest = min(CHOICES, key=lambda choice: seconds[choice])
    return {VARIABLE: fastest, "seconds": [seconds[choice] for choice in CHOICES]}


def _seconds(model: SpeechModel, choice: str | None) -> float:
    """Return the seconds of the fastest of TRIES passes of the encoder with this backend, measured
    in a process of its own; infinity if the backend does not run.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if choice is not None:
        surroundings[VARIABLE] = choice
    command = [sys.executable, "-m", "minutes.recognition.backend", str(model.folder)]
    root = str(Path(__file__).resolve().parents[2])
    try:
        done = subprocess.run(
            command,
            env=surroundings | {"PYTHONPATH": root},
            capture_output=True,
            text=True,
            check=True,
            timeout=LONGEST_SECONDS,
        )
        return float(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return float("inf")


def _read(kept: Path) -> dict[str, object] | None:
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None


def _processor() -> str:
    lines = _processor_file().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} × {len(names)}" if names else ""


def _processor_file() -> str:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _main(folder: Path) -> float:
    """Return the seconds of the fastest of TRIES passes of the encoder over 15 seconds of
    silence.
    """
    import numpy as np

    from minutes.recognition.whisper import Whisper
    from minutes.sound.audio import RATE
    from minutes.speech_models.speech_model import hash_of

    whisper = Whisper(SpeechModel(folder.name, folder, hash_of(folder / "model.bin")), 1, "ja")
    sound = whisper.features(np.zeros(15 * RATE, np.float32))
    best = float("inf")
    for _ in range(TRIES):
        started = time.perf_counter()
        whisper.encode([sound])
        best = min(best, time.perf_counter() - started)
    return best


if __name__ == "__main__":
    sys.stdout.write(str(_main(Path(sys.argv[1]))))
