"""What looks into files answers once for each file: hundreds of tests take in the same recordings
and papers, and every look starts a process in a cell."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from meetings.cell import Cell

KEPT_PROGRAMS = {"minutes.inside.measuring", "meetings.inside.pages"}
"""Whose answer depends on nothing but the bytes of the files and the other arguments."""


@dataclass(frozen=True)
class Answer:
    """What a program answered (JSON), and the files it left in its folder."""

    words: str
    files: dict[str, bytes]


class AskedOnce:
    """In place of `Cell.ask`. Refusals are not kept, nor is an answer handed to another cell,
    which may have other limits."""

    def __init__(self) -> None:
        self._ask = Cell.ask
        self._answers: dict[tuple[object, ...], Answer] = {}

    @property
    def ask(self) -> Callable[..., Any]:
        def ask(cell: Cell, module: str, *arguments: str, **options: Any) -> Any:
            really = partial(self._ask, cell, module, *arguments, **options)
            if module not in KEPT_PROGRAMS:
                return really()
            key = (cell, module, *_without_places(arguments, **options))
            return self._answer(key, really, options.get("folder"))

        return ask

    def _answer(
        self, key: tuple[object, ...], really: Callable[[], Any], folder: Path | None
    ) -> Any:
        if kept := self._answers.get(key):
            for name, content in kept.files.items():
                assert folder is not None
                (folder / name).write_bytes(content)
            return json.loads(kept.words)
        before = _files_in(folder)
        answer = really()
        made = {name: content for name, content in _files_in(folder).items() if name not in before}
        self._answers[key] = Answer(json.dumps(answer), made)
        return answer


def _files_in(folder: Path | None) -> dict[str, bytes]:
    found = folder.iterdir() if folder else ()
    return {path.name: path.read_bytes() for path in found if path.is_file()}


def _without_places(
    arguments: tuple[str, ...], *, reads: list[Path], folder: Path | None = None, **_: Any
) -> list[str]:
    """The arguments with each file that is read as its digest, and what is written by its name."""
    digests = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in reads}
    words = [digests.get(word, word) for word in arguments]
    return [word.replace(str(folder), "") for word in words] if folder else words
