"""Finds what no rule may change: quotations, addresses, annotations, and proper names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from minutes.japanese.annotations import annotations

QUOTES = {"「": "」", "『": "』", "“": "”"}
QUOTE_MARK = re.compile("[" + "".join(QUOTES) + "".join(QUOTES.values()) + "]")
ASCII = re.compile(r"[!-~]+")
ADDRESS_SIGNS = ("://", "@")
SHORTEST_NAME = 2


@dataclass
class Names:
    """Proper names, looked up by their first two letters, since there may be thousands of them."""

    words: frozenset[str] = frozenset()
    _starts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list), repr=False)

    @classmethod
    def of(cls, words: Iterable[str]) -> "Names":
        """Return the names among `words`: those of at least `SHORTEST_NAME` letters."""
        names = cls(frozenset(word for word in words if len(word) >= SHORTEST_NAME))
        for word in names.words:
            names._starts[word[:SHORTEST_NAME]].append(word)
        return names

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of every name in the text."""
        if not self.words:
            return
        for place in range(len(text) - 1):
            for word in self._starts.get(text[place : place + SHORTEST_NAME], ()):
                if text.startswith(word, place):
                    yield place, place + len(word)


NO_NAMES = Names.of(())


def spans(text: str, names: Names) -> list[tuple[int, int]]:
    """Return (start, end) of all that no rule may change, in order of their start."""
    notes = ((one.start, one.end) for one in annotations(text))
    found = [*_quotations(text), *_addresses(text), *notes, *names.spans(text)]
    return sorted(found)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of web and mail addresses: runs of ASCII letters with "://" or "@"
    inside.
    """
    for run in ASCII.finditer(text):
        if any(sign in run[0][:-1] for sign in ADDRESS_SIGNS):
            yield run.span()


def _quotations(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of quotations. A quotation mark that is never closed opens none."""
    opened: list[tuple[str, int]] = []
    for mark in QUOTE_MARK.finditer(text):
        if mark[0] in QUOTES:
            opened.append((QUOTES[mark[0]], mark.start()))
            continue
        while opened:
            wanted, start = opened.pop()
            if wanted == mark[0]:
                yield start, mark.end()
                break
