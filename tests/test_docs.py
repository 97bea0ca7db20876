"""The documents name what is there: files, `make` targets, commands."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import click
import pytest

from models.tables import Base
from web.commands.cli import cli

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    "README.md",
    "README.ja.md",
    "docs/architecture.md",
    "docs/contributing.md",
    "docs/glossary.md",
    "docs/security.md",
    "docs/asvs.md",
]
FOLDERS = ("docs", "meetings", "minutes", "models", "requirements", "tests", "web")
FILE = re.compile(r"(?<![\w/.-])[\w./-]*\w\.(?:py|ts|css|html|md|toml|typ|json|txt)(?!\w)")
PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(FOLDERS)})/[\w./-]*")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
POINT = re.compile(r"^\| V(\d+)\.(\d+)\.(\d+) \|", re.MULTILINE)
POINTS_OF_LEVELS_1_AND_2 = 253
LINK = re.compile(r"\]\(([^):#]+)")
NAMES_OF_EVERY_MEETING = {"meeting.json", "reference.json"}
MADE_BY_THE_BUILD = ("web/static",)


@pytest.fixture(params=DOCUMENTS)
def document(request: pytest.FixtureRequest) -> Path:
    return ROOT / str(request.param)


def test_every_file_and_folder_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8").replace("https://", "")
    named = {path.rstrip("./") for path in PATH.findall(text)}
    named -= {path for path in named if path.startswith(MADE_BY_THE_BUILD)}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_file_that_a_document_calls_by_its_name_alone_is_there(document: Path) -> None:
    text = LINK.sub("", document.read_text(encoding="utf-8"))
    named = {path for path in FILE.findall(text) if not path.startswith("/")}
    unknown = {path for path in named - NAMES_OF_EVERY_MEETING if not _is_end_of_a_path(path)}
    assert sorted(unknown) == []


def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_make_target_that_a_document_names_is_in_the_makefile(document: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^|\d )make ([a-z-]+)", text, re.MULTILINE)
    assert sorted(set(named) - set(targets)) == []


def test_every_command_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for line in re.findall(r"(?:`|bin/)gijido ([a-z -]+)", text):
        command: click.Command | None = cli
        for word in line.split():
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
            assert command is not None, f"gijido {line}"


def test_the_glossary_explains_every_table() -> None:
    words = set(re.findall(r"\w+", (ROOT / "docs/glossary.md").read_text(encoding="utf-8")))
    assert {mapper.class_.__name__ for mapper in Base.registry.mappers} - words == set()


def test_every_test_that_a_document_names_is_there(document: Path) -> None:
    for file, name in TEST.findall(document.read_text(encoding="utf-8")):
        assert (ROOT / file).exists(), file
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_every_point_of_levels_1_and_2_is_answered_once() -> None:
    text = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
    found = Counter(tuple(map(int, point)) for point in POINT.findall(text))
    assert len(found) == POINTS_OF_LEVELS_1_AND_2
    assert [point for point, count in found.items() if count > 1] == []
    answers = [line for line in text.splitlines() if POINT.match(line)]
    outside = sum("| does not apply" in line for line in answers)
    gaps = sum("**gap" in line for line in answers)
    holding = len(answers) - outside - gaps
    assert f"{holding} hold, {outside} do not apply, and at {gaps} there is a gap" in text


@cache
def _paths() -> list[str]:
    """Of all sources, without what is fetched or built."""
    folders = [path for name in FOLDERS for path in (ROOT / name).rglob("*")]
    files = [path.relative_to(ROOT) for path in [*ROOT.iterdir(), *folders]]
    return [f"/{path.as_posix()}" for path in files if "node_modules" not in path.parts]


def _is_end_of_a_path(name: str) -> bool:
    return any(path.endswith(f"/{name}") for path in _paths())
