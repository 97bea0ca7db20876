"""Loads a speech model and decodes a second of sound with it, in a process of its own, as a broken
file may crash the library.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np

from meetings.errors import ConfigurationError
from minutes.sound.audio import RATE
from minutes.speech_models.speech_model import SpeechModel

MOST_SECONDS = 900
"""Time limit; a large model on a slow disk takes minutes."""


def try_out(model: SpeechModel) -> None:
    """Raise ConfigurationError, with the reason in Japanese, if the model does not load or
    decode.
    """
    words = [sys.executable, "-m", "minutes.recognition.trial"]
    words += [model.name, str(model.folder), model.sha256]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    except subprocess.TimeoutExpired as problem:
        raise _refused(model, f"{MOST_SECONDS // 60}分たっても読み込めません。") from problem
    if done.returncode < 0:
        raise _refused(
            model,
            f"読み込むプログラムが落ちました（シグナル {-done.returncode}）。"
            "ファイルが壊れているか、メモリーが足りません。",
        )
    if done.returncode:
        last = (done.stderr.strip() or "原因不明").splitlines()[-1]
        raise _refused(model, f"読み込めません（{last}）。")


def _refused(model: SpeechModel, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"音声認識モデル {model.folder} は使えません: {reason}"
        "ファイルをコピーし直すか、別のモデルを選んでください。"
    )


def decode_a_second(model: SpeechModel) -> None:
    """Decode a second of noise with all files of the model's folder, as the worker uses them."""
    from minutes.recognition.whisper import Whisper  # the speech engine takes seconds to import

    whisper = Whisper(model, threads=1, language="ja")
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * 0.1
    whisper.decode(whisper.encode([whisper.features(noise)]))


if __name__ == "__main__":
    decode_a_second(SpeechModel(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
