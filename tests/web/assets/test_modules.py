"""What the scripts import: types count too, since whoever reads a module reads them as well."""

import re
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ASSETS = Path(__file__).parents[3] / "web" / "assets"
SHARED = ["base", "resumable"]
"""The rooms (folders) for all screens, from the ground up: those look into no others, and each
screen's room only into these."""

MOST_MODULES = 15
"""In a folder, besides their tests."""

CLASS = re.compile(r"^(?:export )?(?:abstract )?class (\w+)", re.MULTILINE)
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*"(\.[^"]+)\"""")


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {path: set(_imports(path)) for path in _modules()}
    assert sum(map(len, graph.values())) > 100
    circle = _circle(graph)
    assert not circle, " → ".join(str(path.relative_to(ASSETS)) for path in circle)


def test_no_room_looks_into_another_screens() -> None:
    wrong = [
        f"{path.relative_to(ASSETS)} imports {other.relative_to(ASSETS)}"
        for path in _modules()
        for other in _imports(path)
        if _room(path) and _room(other) not in {_room(path), *_below(_room(path))}
    ]
    assert not wrong, "\n".join(wrong)


def test_a_class_name_means_one_thing_in_all_scripts() -> None:
    named = Counter(
        name for path in _modules() for name in CLASS.findall(path.read_text(encoding="utf-8"))
    )
    assert named
    assert [name for name, places in named.items() if places > 1] == []


def test_every_folder_of_scripts_can_be_taken_in_at_a_glance() -> None:
    modules = (path for path in _modules() if not path.name.endswith(".test.ts"))
    files = Counter(path.parent.relative_to(ASSETS) for path in modules)
    assert {str(folder): n for folder, n in files.items() if n > MOST_MODULES} == {}


def _modules() -> list[Path]:
    return [path for path in ASSETS.rglob("*.ts") if "node_modules" not in path.parts]


def _imports(path: Path) -> Iterator[Path]:
    for name in IMPORTED.findall(path.read_text(encoding="utf-8")):
        module = (path.parent / name).resolve()
        if not module.suffix:  # else no script: the letters
            assert module.with_suffix(".ts").exists(), f"{path.relative_to(ASSETS)} imports {name}"
            yield module.with_suffix(".ts")


def _circle(graph: dict[Path, set[Path]]) -> list[Path]:
    """Returns the modules of one circle, the first one again at its end; none if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        found: list[Path] = problem.args[1]
        return found
    return []


def _room(path: Path) -> str:
    """Returns the module's folder below the assets; empty for one that lies beside the folders."""
    first, *rest = path.relative_to(ASSETS).parts
    return first if rest else ""


def _below(room: str) -> list[str]:
    return SHARED[: SHARED.index(room)] if room in SHARED else SHARED
