"""Looks up words of the dictionary unidic-lite by their sound, to find what else could be meant.

MeCab can look words up only by their letters. The compiled dictionary (`sys.dic`, in the format of
MeCab 0.996) holds the cost and features of all words one after the other, so they are read from
that file.
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
"""Parts of speech that are looked up: nouns, verbs, na-adjectives, adverbs, adjectives."""
HIGHEST_COST = 7_350
"""MeCab's cost above which words are rare; most of the dictionary is."""

WRITTEN, COMES_FROM = 8, 12
"""Places in unidic's features of the written form and of the word's origin."""
CHINESE = "漢"
"""Origin of words from Chinese."""
ONE_LETTER = re.compile(r"[ァ-ヺ][ャュョ]?[イキクチツンー]?")
"""How a kanji in a word of Chinese origin may sound, in katakana."""

MOST_ALIKE = 6
"""The most words that are kept for one sound."""
SHORTEST_SOUNDS = 3
"""Shorter words are left out."""


@dataclass(frozen=True)
class DictionaryWord:
    """A word of the dictionary with its sounds and MeCab's cost; the lower, the more common."""

    surface: str
    sounds: str
    cost: int


def alike(said: str) -> list[DictionaryWord]:
    """Return common words whose sounds differ from `said` at most in ways that are easily
    confused. Words of the same sound are together, the most common first.
    """
    return _by_sound().get(folded(said), [])


def spelled(words: Sequence[Token]) -> str:
    """Return the reading in katakana of words that the dictionary does not have, like 提告, with
    each single kanji read as in words of Chinese origin. Empty if no word is a single character.
    """
    if not any(len(word.surface) == 1 for word in words):
        return ""
    readings = chinese_readings()
    return "".join(readings.get(word.surface, word.kana) for word in words)


@cache
def chinese_readings() -> dict[str, str]:
    """Return for each kanji its most frequent reading in two-character words of Chinese origin
    (音読み): テー for 提, コク for 告. Takes half a second the first time; later calls return the
    same.
    """
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
    """Read the dictionary into memory, so that several threads do not do it at once. Takes two and
    a half seconds the first time.
    """
    _by_sound()
    chinese_readings()


@cache
def _by_sound() -> dict[str, list[DictionaryWord]]:
    """Return the common words by their folded sounds."""
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
    """Return the word for a line of unidic's features; None if it is of another part of speech,
    written in kana, or too short.
    """
    fields = next(csv.reader([features])) if '"' in features else features.split(",")
    if fields[0] not in KINDS or len(fields) <= PRONOUNCED:
        return None
    surface, said = fields[WRITTEN], sounds(fields[PRONOUNCED])
    is_kana = HIRAGANA.fullmatch(surface) or KATAKANA.fullmatch(surface)
    if is_kana or len(surface) < 2 or len(said) < SHORTEST_SOUNDS:
        return None
    return DictionaryWord(surface, said, cost)


def _compiled(path: Path) -> tuple[NDArray[np.void], int, mmap.mmap]:
    """Return the array of all entries; the offset in bytes at which the features begin; and the
    mapped file, of which only the pages that are read are in memory.
    """
    with path.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    *_, trie, entries, _, _ = HEADER.unpack_from(whole)
    first = HEADER_BYTES + trie
    made = np.frombuffer(whole, ENTRY, entries // ENTRY.itemsize, first)
    return made, first + entries, whole
