"""The house keeps its one rule: models ← meetings ← minutes ← web."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["models", "meetings", "minutes", "web"]
ONLY_IN = {
    "flask": "web/",
    "werkzeug": "web/",
    "faster_whisper": "minutes/recognition/whisper.py",
    "ctranslate2": "minutes/recognition/whisper.py",
}


def sources() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield node.module


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_imports_only_from_those_on_its_left(path: Path) -> None:
    place = PACKAGES.index(path.relative_to(ROOT).parts[0])
    forbidden = set(PACKAGES[place + 1 :])
    wrong = [name for name in imported(path) if name.split(".")[0] in forbidden]
    assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_flask_and_the_speech_engine_stay_in_their_rooms(path: Path) -> None:
    place = str(path.relative_to(ROOT))
    for name in imported(path):
        room = ONLY_IN.get(name.split(".")[0])
        assert room is None or place.startswith(room), f"{place} imports {name}"


def test_only_the_loops_of_the_worker_catch_everything() -> None:
    found = [
        path.relative_to(ROOT)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert found == [Path("meetings/periodic.py"), Path("minutes/worker/worker.py")]


def test_the_server_loads_nothing_that_opens_files_from_outside() -> None:
    """PDFium, pikepdf, Pillow and PyAV run in cells (meetings/cell.py)."""
    words = "import sys, web.app, minutes.worker.worker; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "flask" in loaded
    assert not loaded & {"pypdfium2", "pikepdf", "PIL", "av"}


def test_lock_files_name_no_address() -> None:
    for lock in [*ROOT.glob("requirements/*.txt"), ROOT / "web/assets/package-lock.json"]:
        text = lock.read_text(encoding="utf-8")
        assert '"resolved"' not in text
        assert "--index-url" not in text and "--find-links" not in text
