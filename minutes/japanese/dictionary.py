"""The words of unidic-lite by their sound: what else could be meant by the same sounds.

MeCab looks words up by their letters only. The compiled dictionary (`sys.dic`, the format of
MeCab 0.996) holds every word's cost and features one after the other, so they are read from there.
"""

import csv
import mmap
import re
import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import unidic_lite
from numpy.typing import NDArray

from minutes.japanese.readings import HIRAGANA, KATAKANA, PRONOUNCED, Token
from minutes.japanese.similarity import folded, sounds

HEADER_BYTES = 72
HEADER = struct.Struct("<10I")
ENTRY = np.dtype([("left", "<u2"), ("right", "<u2"), ("kind", "<u2"), ("cost", "<i2"),
                  ("features", "<u4"), ("compound", "<u4")])  # fmt: skip
KINDS = ("名詞", "動詞", "形状詞", "副詞", "形容詞")
HIGHEST_COST = 7_350
"""Beyond it stand the rare words, most of the dictionary."""

WRITTEN, COMES_FROM = 8, 12
CHINESE = "漢"
ONE_LETTER = re.compile(r"[ァ-ヺ][ャュョ]?[イキクチツンー]?")
"""How one letter of a Chinese word may sound."""

MOST_ALIKE = 6
SHORTEST_SOUNDS = 3


@dataclass(frozen=True)
class DictionaryWord:
    surface: str
    sounds: str
    cost: int


def alike(said: str) -> list[DictionaryWord]:
    """Common words whose sounds hardly differ from these, the most common first."""
    return _by_sound().get(folded(said), [])


def spelled(words: Sequence[Token]) -> str:
    """Letters that make no word of the dictionary (提告), read as in words from Chinese; empty for
    words without any."""
    if not any(len(word.surface) == 1 for word in words):
        return ""
    readings = chinese_readings()
    return "".join(readings.get(word.surface, word.kana) for word in words)


@cache
def chinese_readings() -> dict[str, str]:
    """How each letter is mostly read in words of two letters that came from Chinese (音読み): 提
    and 告 are テー and コク. Half a second, once."""
    entries, origin, whole = _compiled(Path(unidic_lite.DICDIR) / "sys.dic")
    votes: dict[str, Counter[str]] = {}
    for place in entries[entries["cost"] < HIGHEST_COST]["features"].tolist():
        start = origin + place
        fields = whole[start : whole.find(b"\0", start)].decode().split(",")
        if len(fields) <= COMES_FROM or fields[COMES_FROM] != CHINESE or len(fields[WRITTEN]) != 2:
            continue
        word, said = fields[WRITTEN], fields[PRONOUNCED]
        for cut in range(1, len(said)):
            if ONE_LETTER.fullmatch(said[:cut]) and ONE_LETTER.fullmatch(said[cut:]):
                votes.setdefault(word[0], Counter())[said[:cut]] += 1
                votes.setdefault(word[1], Counter())[said[cut:]] += 1
    return {letter: counted.most_common(1)[0][0] for letter, counted in votes.items()}


def prepare() -> None:
    """Two seconds and a half, once, before several threads ask."""
    _by_sound()
    chinese_readings()


@cache
def _by_sound() -> dict[str, list[DictionaryWord]]:
    entries, origin, whole = _compiled(Path(unidic_lite.DICDIR) / "sys.dic")
    common = entries[entries["cost"] < HIGHEST_COST]
    found: dict[str, dict[str, DictionaryWord]] = {}
    for place, cost in zip(common["features"].tolist(), common["cost"].tolist(), strict=True):
        start = origin + place
        word = _word(whole[start : whole.find(b"\0", start)].decode(), cost)
        if word is None:
            continue
        of_sound = found.setdefault(word.sounds, {})
        if word.surface not in of_sound or of_sound[word.surface].cost > cost:
            of_sound[word.surface] = word
    by_fold: dict[str, list[DictionaryWord]] = {}
    for said, words in found.items():
        best = sorted(words.values(), key=lambda word: word.cost)[:MOST_ALIKE]
        by_fold.setdefault(folded(said), []).extend(best)
    return by_fold


def _word(features: str, cost: int) -> DictionaryWord | None:
    fields = next(csv.reader([features])) if '"' in features else features.split(",")
    if fields[0] not in KINDS or len(fields) <= PRONOUNCED:
        return None
    surface, said = fields[WRITTEN], sounds(fields[PRONOUNCED])
    is_kana = HIRAGANA.fullmatch(surface) or KATAKANA.fullmatch(surface)
    if is_kana or len(surface) < 2 or len(said) < SHORTEST_SOUNDS:
        return None
    return DictionaryWord(surface, said, cost)


def _compiled(path: Path) -> tuple[NDArray[np.void], int, mmap.mmap]:
    """Every entry with its cost and where its features begin; where all features begin; the file,
    which stays on disk but for what is looked at."""
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    *_, trie, entries, _, _ = HEADER.unpack_from(whole)
    first = HEADER_BYTES + trie
    made = np.frombuffer(whole, ENTRY, entries // ENTRY.itemsize, first)
    return made, first + entries, whole
