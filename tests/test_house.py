"""The house keeps its one rule: models ← meetings ← minutes ← web."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["models", "meetings", "minutes", "web"]
ONLY_IN = {
    "flask": "web/",
    "werkzeug": "web/",
    "faster_whisper": "minutes/recognition/whisper.py",
    "ctranslate2": "minutes/recognition/whisper.py",
    "ldap3": "meetings/directory/ldap.py",
    "authlib": "meetings/directory/oidc.py",
}


@cache
def sources() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """The syntax tree of a file, each node after its parent."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
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


ROOMS = {
    "models": "write_lock base letters texts audit_chain database person audit meeting document "
    "guest memo sitting notice recording upload voiceprint transcript proceedings statistics term "
    "factor outside setback backup people_list password_link quarantined_file minutes "
    "closed_passage approval word_template seal speech_check retention tables migrations",
    "meetings": "errors clean_text dates department_years entries audit rights finding "
    "style_choices settings config people setbacks invitations agenda setting_up inside disk cell "
    "certificates scanning word_writing pdf signing auditing documents periodic directory sitting",
    "minutes": "deleted japanese accuracy timing_error terms conversion sound speech_models "
    "recognition transcription recordings transcripts assignment proceedings proposals loading "
    "voices style speakers approval digests records health imports forms archives sealing checks "
    "inside stored_files retention inspection backups diagnosis sums statistics handovers "
    "meeting_stages worker evaluation",
    "web": "origin transaction proxy last_seen refusals audit_access limits built urls errors door "
    "access streams shared api security zones demo views app monitoring asgi assets bench commands",
}
"""The rooms of each package (its folders and its single files), from the ground to the top: a room
imports only from rooms before it, so there is no circle."""

MOST_FILES = 19
"""Of Python in a room. Tables (`models/`) and migrations are lists: their names are their order."""


def room_of(module: str) -> tuple[str, str]:
    package, _, rest = module.partition(".")
    return package, rest.partition(".")[0]


def imported_modules(path: Path) -> Iterator[str]:
    """The modules that a file imports, `from minutes import accuracy` as `minutes.accuracy`."""
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.module in PACKAGES:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_a_room_imports_only_from_the_rooms_below_it(package: str) -> None:
    order = ROOMS[package].split()
    rooms = set[str]()
    wrong = []
    for path in (path for path in sources() if path.relative_to(ROOT).parts[0] == package):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        room = room_of(module)[1]
        if room == "__init__":
            continue
        rooms.add(room)
        for other in map(room_of, imported_modules(path)):
            if other[0] == package and other[1] and order.index(other[1]) > order.index(room):
                wrong.append(f"{module} imports {'.'.join(other)}")
    assert not wrong, "\n".join(wrong)
    assert rooms == set(order)


def test_every_folder_can_be_taken_in_at_a_glance() -> None:
    files = Counter(path.parent.relative_to(ROOT) for path in sources())
    lists = {Path("models"), Path("models/migrations/versions")}
    large = {
        str(folder): n for folder, n in files.items() if n > MOST_FILES and folder not in lists
    }
    assert not large


def test_the_product_needs_neither_its_measurements_nor_its_evaluation() -> None:
    measuring = ("web.bench", "minutes.evaluation")
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources()
        if not str(path.relative_to(ROOT)).startswith(
            ("web/bench/", "minutes/evaluation/", "web/commands/")
        )
        for name in imported_modules(path)
        if name.startswith(measuring)
    ]
    assert not wrong


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
        for node in nodes_of(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    assert found == [Path("meetings/periodic.py"), Path("minutes/worker/worker.py")]


def test_the_name_of_a_class_or_type_means_one_thing_in_the_whole_house() -> None:
    places: dict[str, list[str]] = {}
    for path in sources():
        nodes = nodes_of(path)
        classes = [(node.name, node) for node in nodes if isinstance(node, ast.ClassDef)]
        for name, node in [*classes, *_type_aliases(nodes[0])]:
            places.setdefault(name, []).append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def _type_aliases(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Yields what a module assigns to names that are written like classes. Type variables, whose
    names end with T, belong to their module alone."""
    assert isinstance(tree, ast.Module)
    for node in tree.body:
        name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
        if re.fullmatch("[A-Z][A-Za-z]*[a-z]", name):
            yield name, node


def test_the_server_loads_nothing_that_opens_files_from_outside() -> None:
    """PDFium, pikepdf, Pillow and PyAV run in cells (meetings/cell.py)."""
    words = "import sys, web.app, minutes.worker.worker; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "flask" in loaded
    assert not loaded & {"pypdfium2", "pikepdf", "PIL", "av", "docx", "lxml"}


def test_lock_files_name_no_address() -> None:
    for lock in [*ROOT.glob("requirements/*.txt"), ROOT / "web/assets/package-lock.json"]:
        text = lock.read_text(encoding="utf-8")
        assert '"resolved"' not in text
        assert "--index-url" not in text and "--find-links" not in text
