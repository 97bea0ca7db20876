"""The faster backend is chosen by measuring, once."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from minutes.recognition import backend
from minutes.speech_models import speech_model
from minutes.speech_models.speech_model import SpeechModel

ROOT = Path(__file__).parents[3]
HUMAN = ROOT / "tests" / "data" / "speech" / "human"
MACHINE = platform.machine()
IS_X86 = MACHINE in ("x86_64", "AMD64")


@pytest.fixture
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, backend.VARIABLE, "")  # so that it is put back afterwards
    del os.environ[backend.VARIABLE]


@pytest.mark.model
def test_it_is_measured_once_and_then_remembered(
    no_choice: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.prefer_fastest(tmp_path, speech_model.prepare(tmp_path))
    kept = json.loads((tmp_path / "speech-models" / "backend.json").read_text())
    known, without = kept["seconds"]
    assert 0 < known < 60 and 0 < without < 60
    assert kept[backend.VARIABLE] == ("0" if without < known else None)
    assert os.environ.get(backend.VARIABLE) == kept[backend.VARIABLE]
    os.environ.pop(backend.VARIABLE, None)
    monkeypatch.setattr(backend, "_measured", lambda _: pytest.fail("measured again"))
    backend.prefer_fastest(tmp_path, SpeechModel("test", tmp_path, ""))
    assert os.environ.get(backend.VARIABLE) == kept[backend.VARIABLE]


def test_another_processor_is_measured_anew(
    no_choice: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "speech-models" / "backend.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps({"processor": "another", "ctranslate2": "0", backend.VARIABLE: "1"}))
    monkeypatch.setattr(backend, "_measured", lambda _: {backend.VARIABLE: "0"})
    backend.prefer_fastest(tmp_path, SpeechModel("test", tmp_path, ""))
    assert os.environ[backend.VARIABLE] == "0"


def test_what_the_administrator_chose_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, backend.VARIABLE, "1")
    backend.prefer_fastest(tmp_path, SpeechModel("test", tmp_path, ""))
    assert os.environ[backend.VARIABLE] == "1"
    assert not (tmp_path / "speech-models").exists()


def test_a_backend_that_does_not_run_is_never_chosen(
    no_choice: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {None: float("inf"), "0": 1.0}
    monkeypatch.setattr(backend, "_seconds", lambda _, choice: seconds[choice])
    backend.prefer_fastest(tmp_path, SpeechModel("test", tmp_path, ""))
    assert os.environ[backend.VARIABLE] == "0"


@pytest.fixture
def two_clips(tmp_path: Path) -> Path:
    """A folder with the first two of the human voices."""
    folder = tmp_path / "clips"
    folder.mkdir()
    clips = json.loads((HUMAN / "reference.json").read_text(encoding="utf-8"))[:2]
    for clip in clips:
        shutil.copy(HUMAN / clip["audio"], folder)
    (folder / "reference.json").write_text(json.dumps(clips), encoding="utf-8")
    return folder


@pytest.mark.model
@pytest.mark.parametrize("choice", ["0", "1"])
def test_human_voices_are_heard_on_either_backend(
    choice: str, two_clips: Path, tmp_path: Path
) -> None:
    """The backends round differently and single clips come out differently, so what must hold is
    asked of both clips together: about a fifth of the characters is wrong on either."""
    command = [
        sys.executable,
        "-m",
        "web.commands.cli",
        "evaluate",
        str(two_clips),
        "--no-materials",
        "--json",
    ]
    surroundings = os.environ | {backend.VARIABLE: choice, "GIJIDO_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["backend"] == ({"0": "onednn", "1": "mkl"}[choice] if IS_X86 else MACHINE)
    assert 0 < found["cer"] < 0.35, done.stdout
