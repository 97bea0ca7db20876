"""How much of what a reader wants a drafted digest keeps.

A meeting's folder has `digest.json`: its sentences in order, each with its agenda item, its
speaker, and in `wanted` the kind of point that a reader wants it as; null where none does.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from meetings.errors import InvalidInput
from minutes.digests.extraction import SaidParagraph, extracted
from minutes.digests.points import DigestSource, PointKind

FILE = "digest.json"


@dataclass(frozen=True)
class DigestScore:
    """Counts of one meeting's sentences: all of them, those `wanted`, those `kept` by the draft,
    those that are `both`, and those of them that stand under the wanted kind of point.
    """

    name: str
    sentences: int
    wanted: int
    kept: int
    both: int
    of_wanted_kind: int
    missed: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return the counts with the shares that follow from them, in parts of 1."""
        return {
            "folder": self.name,
            "sentences": self.sentences,
            "wanted": self.wanted,
            "kept": self.kept,
            "kept_of_wanted": round(self.both / max(1, self.wanted), 3),
            "wanted_of_kept": round(self.both / max(1, self.kept), 3),
            "kind_right": round(self.of_wanted_kind / max(1, self.both), 3),
            "missed": self.missed,
        }


def evaluate(folders: Iterable[Path]) -> list[DigestScore]:
    """Return the score of each folder. Raises InvalidInput where one has no `digest.json` that can
    be read.
    """
    return [_score_of(folder) for folder in folders]


def _score_of(folder: Path) -> DigestScore:
    try:
        return score(folder.name, json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InvalidInput(
            "folder", f"{folder / FILE} を読めません。評価するフォルダーを確かめてください。"
        ) from problem


def score(name: str, sentences: list[dict[str, Any]]) -> DigestScore:
    """Return how the draft of these sentences, each as in `digest.json`, compares with what is
    wanted of them.
    """
    wanted = {n: PointKind(one["wanted"]) for n, one in enumerate(sentences) if one["wanted"]}
    kept = dict(_kept(sentences))
    both = wanted.keys() & kept.keys()
    return DigestScore(
        name,
        len(sentences),
        len(wanted),
        len(kept),
        len(both),
        sum(wanted[n] is kept[n] for n in both),
        [sentences[n]["text"] for n in sorted(wanted.keys() - kept.keys())],
    )


def _kept(sentences: list[dict[str, Any]]) -> Iterable[tuple[int, PointKind]]:
    for _, group in groupby(enumerate(sentences), key=lambda pair: pair[1]["item"]):
        said = [
            SaidParagraph(
                one["speaker"], one["text"], DigestSource(start_seconds=n, end_seconds=n + 1)
            )
            for n, one in group
        ]
        for point in extracted(said):
            for sentence in point.sentences:
                yield int(sentence.sources[0].start_seconds), point.kind


def as_table(scores: Iterable[DigestScore]) -> str:
    """Return the scores as lines of text, for people."""
    lines = [
        f"{'meeting':24}{'sentences':>10}{'wanted':>8}{'kept':>6}{'recall':>8}{'precision':>11}"
    ]
    for one in scores:
        shares = one.as_json()
        recall, precision = shares["kept_of_wanted"], shares["wanted_of_kept"]
        lines.append(
            f"{one.name:24}{one.sentences:>10}{one.wanted:>8}{one.kept:>6}"
            f"{recall:>8.2f}{precision:>11.2f}"
        )
    return "\n".join(lines)
