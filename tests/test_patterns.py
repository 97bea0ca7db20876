"""No pattern is worse than linear: while one is looked for, nothing else of the process runs."""

import importlib
import inspect
import pkgutil
import re
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import meetings
import minutes
import models
import web
from meetings import clean_text, entries
from minutes.assignment import announcements
from minutes.imports import cutting, subtitles, text_files
from minutes.imports.marks import with_speakers
from minutes.japanese import fillers, numerals, readings
from minutes.style import protected
from minutes.style.choice import USUAL
from minutes.style.layers import in_style
from minutes.style.protected import NO_NAMES

pytestmark = pytest.mark.hostile

PACKAGES = (models, meetings, minutes, web)
LENGTHS = (512, 4096)
"""Characters; the shorter ones so that nothing runs for hours."""

MOST_TRIES = 4
LONG = (8192,)
"""Of what cuts long texts into pieces first."""

LEAST_SECONDS = 0.002
"""What takes less is not measured: it would be noise."""

MOST_TIMES = 2.5
"""By which twice the length may take longer."""

PLAIN = 1.5
"""So many times as dear a letter of a text may be as one of its eighth part before twice the length
is measured with care: what grows with the square shows here as soon as it shows there."""

MOST_UNITS, MOST_HEADS = 10, 10
OTHERS = "あ\x01"


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            is_script = found.name.endswith("__main__") or ".migrations" in found.name
            is_ours = found.name.startswith(("web.demo", "web.bench"))  # their own texts
            if not is_script and not is_ours and "node_modules" not in found.name:
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Of all modules, by where they stand, also those in lists; each once."""
    found = {
        pattern: f"{module.__name__}.{name}"
        for module in modules()
        for name, value in vars(module).items()
        for pattern in _patterns_in(value)
        if isinstance(pattern.pattern, str)
    }
    return {f"{name} {pattern.pattern[:40]}": pattern for pattern, name in found.items()}


def _patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _patterns_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _patterns_in(inner)


CATEGORIES = {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "w"}
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def characters(tree: Any) -> Iterator[str]:
    """Some of those that the pattern speaks of, a few of each of its classes."""
    for kind, value in tree:
        match str(kind):
            case "LITERAL" | "NOT_LITERAL":
                yield chr(value)
            case "RANGE":
                yield chr(value[0])
            case "CATEGORY":
                yield CATEGORIES.get(str(value), "x")
            case "IN":
                yield from list(characters(value))[:3]
            case "ANY" | "NEGATE":
                yield "y"
            case _:
                for inner in inner_of(str(kind), value):
                    yield from characters(inner)


def repeated(tree: Any) -> Iterator[str]:
    """Those of them that may come again and again."""
    for kind, value in tree:
        inner = inner_of(str(kind), value)
        find = characters if str(kind) in REPEATS else repeated
        yield from (character for part in inner for character in find(part))


def inner_of(kind: str, value: Any) -> list[Any]:
    match kind:
        case "BRANCH":
            return list(value[1])
        case "SUBPATTERN":
            return [value[-1]]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [value[2]]
        case "ASSERT" | "ASSERT_NOT":
            return [value[1]]
        case "ATOMIC_GROUP":
            return [value]
    return []


def example(tree: Any, turn: int) -> str:
    """A text that begins as a match would; `turn` chooses among branches."""
    text = ""
    for kind, value in tree:
        parts = inner_of(str(kind), value)
        if "ASSERT" in str(kind):
            continue
        if parts:
            text += example(parts[turn % len(parts)], turn)
        else:
            text += next(characters([(kind, value)]), "")
    return text


def hostile(pattern: re.Pattern[str]) -> list[tuple[str, str, str]]:
    """Head, unit and tail: what may be repeated is, behind the beginnings of a match, with an end
    that the pattern does not expect."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    singles = list(dict.fromkeys([*repeated(tree), *characters(tree)]))[:MOST_UNITS]
    examples = list(dict.fromkeys(example(tree, turn) for turn in range(12)))
    heads = {one[:length] for one in examples for length in range(min(len(one), 6))}
    heads = sorted(heads, key=lambda head: (len(head), head))[:MOST_HEADS]
    pairs = ["".join(pair) for pair in product(singles[:4], repeat=2)]
    begun = [one[: len(one) // 2] for one in examples]
    units = dict.fromkeys(filter(None, [*singles, *pairs, *heads, *begun, *examples]))
    return list(product(heads, units, OTHERS))


def ways(name: str, pattern: re.Pattern[str]) -> list[Callable[[str], Any]]:
    """As the pattern is used somewhere: what is only matched whole need not be found anywhere."""
    short = name.split()[0].rpartition(".")[2]
    calls = re.compile(rf"\b{short}\.(\w+)\(")
    module = importlib.import_module(name.split()[0].rpartition(".")[0])
    used = set(calls.findall(inspect.getsource(module)) or calls.findall(SOURCES))
    found: list[Callable[[str], Any]] = []
    if not used or used - {"fullmatch", "match"}:
        found.append(lambda text: sum(1 for _ in pattern.finditer(text)))
    if "fullmatch" in used:
        found.append(pattern.fullmatch)
    if not used or "match" in used:
        found.append(pattern.match)
    return found


def growth(
    act: Callable[[str], Any], text_of: Callable[[int], str], lengths: tuple[int, ...]
) -> float:
    """How many times as long twice the length takes, at the worst; 0 where nothing is slow, or
    where a letter of the whole text plainly takes no more than one of its eighth part."""
    for length in lengths:
        whole = seconds(act, text_of(length))
        if whole < LEAST_SECONDS or whole / seconds(act, text_of(length // 8)) < 8 * PLAIN:
            continue
        for _ in range(MOST_TRIES):
            half = seconds(act, text_of(length // 2))
            if whole < LEAST_SECONDS or whole / half <= MOST_TIMES:
                break
            whole = seconds(act, text_of(length))
        else:
            return whole / half
    return 0.0


def seconds(act: Callable[[str], Any], text: str) -> float:
    """Of the processor, for this thread alone: others may be at work. The better of two."""
    found = []
    for _ in range(2):
        begun = time.thread_time()
        act(text)
        found.append(time.thread_time() - begun)
        if found[0] < LEAST_SECONDS:
            break
    return min(found)


SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in Path(str(package.__file__)).parent.rglob("*.py")
    if "node_modules" not in path.parts
)
PATTERNS = patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_no_more_than_twice_as_long_for_twice_the_text(name: str) -> None:
    pattern = PATTERNS[name]
    for act in ways(name, pattern):
        for head, unit, tail in hostile(pattern):
            times = growth(act, lambda n: head + unit * (n // len(unit)) + tail, LENGTHS)  # noqa: B023
            assert times <= MOST_TIMES, f"{times:.1f} times: {head!r} + {unit!r}… + {tail!r}"


ACTS: dict[str, Callable[[str], Any]] = {
    "words of a text": readings.tokens,
    "how natural a text is": readings.naturalness,
    "style": lambda text: in_style(text, USUAL, NO_NAMES),
    "numbers": lambda text: numerals.normalise(text),
    "fillers": fillers.spans.__wrapped__,
    "what is kept": lambda text: protected.spans(text, NO_NAMES),
    "subtitles": lambda text: subtitles.cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}"),
    "paragraphs": lambda text: list(with_speakers(text_files.paragraphs(text))),
    "sentences": lambda text: list(cutting.sentences(text)),
    "clean text": clean_text.lines,
    "clean file name": lambda text: clean_text.file_name(text, ""),
    "addresses": entries.is_address,
    "numbers of bills": announcements.BILL.findall,
}
TEXTS = [
    "a", "7", "1,", "<1.", "<v ", "<filler>", "{\\", "a@", "第1", "十", "えー", "○", "（", "「",
    "議長：", "\n", " ", "。", "か\u3099", "\u202e", "あ", "漢",
]  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_what_is_done_with_a_text_takes_no_more_than_twice_as_long_for_twice_the_text(
    name: str,
) -> None:
    for unit in TEXTS:
        times = growth(ACTS[name], lambda n: unit * (n // len(unit)), LONG)  # noqa: B023
        assert times <= MOST_TIMES, f"{times:.1f} times: {unit!r}…"
