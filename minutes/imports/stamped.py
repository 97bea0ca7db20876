"""Reads text in which each speech has its time: 「瀬戸口 豊　0:01」 above it, as Teams and Otter
write, or 「[00:00:01] 瀬戸口: …」 before it.

What stands above the first time (a title, a date, a length) is no speech. A time says when somebody
begins; they speak until the next time, or as long as their words take.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from minutes.imports import cutting
from minutes.imports.marks import is_speaker, with_speakers
from minutes.imports.pieces import ImportedPiece

STAMP = r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{2})(?:[.,]\d{1,3})?"
ANYBODY = "[^\\s：:。、，「」][^：:。、，「」]{0,39}?"
NAME = f"(?P<who>{ANYBODY})"
HEADS = [
    # 瀬戸口 豊   0:01
    re.compile(rf"{NAME}\s+[\[(（]?{STAMP}[\])）]?(?P<text>)"),
    # 0:01  瀬戸口 豊
    re.compile(rf"[\[(（]?{STAMP}[\])）]?\s+{NAME}(?P<text>)"),
    # [00:00:01] 瀬戸口: …
    re.compile(rf"[\[(（【]{STAMP}[\])）】]\s*(?P<who>)(?P<text>\S.*)", re.DOTALL),
    # 00:00:01 瀬戸口: …
    re.compile(rf"{STAMP}\s+(?P<who>)(?P<text>{ANYBODY}[：:]\s*\S.*)", re.DOTALL),
]
PROGRAMS = re.compile(
    r".{0,60}(?:文字起こし|トランスクリプト|レコーディング|録画)[をが](?:開始|停止|終了)(?:され|し)ました。?"
    r"|.{0,60}(?:started|stopped) transcription|Transcribed by https?://\S+",
    re.IGNORECASE,
)
LEAST, MOST_ABOVE, LATEST_FIRST_SECONDS = 2, 12, 300.0
SENTENCE = re.compile(r"[。！？]$")
SLOWEST, SHORTEST_SECONDS = 3.0, 2.0
"""Characters a second of somebody who speaks slowly, and seconds of the shortest speech."""


@dataclass
class _Speech:
    """A speech and its time in seconds. `is_after`: the name stood behind the time, and is itself
    the text where no line follows. `has_hours`: the time was written with hours.
    """

    start: float
    who: str
    lines: list[str] = field(default_factory=list)
    is_after: bool = False
    has_hours: bool = False

    @property
    def said(self) -> list[ImportedPiece]:
        if self.is_after and not self.lines:
            return [ImportedPiece(self.who)]
        return [ImportedPiece(line, self.who) for line in self.lines]


def timed(pieces: Sequence[ImportedPiece]) -> list[ImportedPiece]:
    """Return the pieces with speakers and times in seconds where the text has times, else as they
    are.
    """
    speeches: list[_Speech] = []
    above: list[ImportedPiece] = []
    for piece in pieces:
        if head := _head(piece.text):
            speeches.append(head)
        elif not speeches:
            above.append(piece)
        elif not PROGRAMS.fullmatch(piece.text):
            speeches[-1].lines.append(piece.text)
    if not _is_a_record(speeches, above):
        return list(pieces)
    return list(_placed(speeches))


def begins(line: str) -> bool:
    """Return whether the line begins another speech."""
    return _head(line) is not None


def _head(line: str) -> _Speech | None:
    for form in HEADS:
        found = form.fullmatch(line.strip())
        if found and (not found["who"] or is_speaker(found["who"])):
            start = 3600 * int(found["hours"] or 0) + 60 * int(found["minutes"])
            lines = [found["text"]] if found["text"] else []
            is_after = bool(found["who"]) and found.start("who") > found.start("seconds")
            seconds, has_hours = float(start + int(found["seconds"])), found["hours"] is not None
            return _Speech(seconds, found["who"], lines, is_after, has_hours)
    return None


def _is_a_record(speeches: Sequence[_Speech], above: Sequence[ImportedPiece]) -> bool:
    """Return whether the times are those of speeches. Times of day between the lines of other
    minutes are not: they begin late, are out of order, or follow sentences.
    """
    is_in_order = all(one.start <= other.start for one, other in pairwise(speeches))
    is_spoken = sum(bool(speech.said) for speech in speeches) >= LEAST
    is_heading = not any(SENTENCE.search(piece.text) for piece in above)
    is_clock = bool(speeches) and speeches[0].start > LATEST_FIRST_SECONDS
    is_clock = is_clock and not speeches[0].has_hours
    return is_in_order and is_spoken and is_heading and not is_clock and len(above) <= MOST_ABOVE


def _placed(speeches: Sequence[_Speech]) -> Iterator[ImportedPiece]:
    together = [(start, list(them)) for start, them in groupby(speeches, key=lambda s: s.start)]
    nexts = [start for start, _ in together[1:]] + [float("inf")]
    for (start, them), following in zip(together, nexts, strict=True):
        said = [
            ImportedPiece(sentence, piece.speaker)
            for speech in them
            for piece in with_speakers(speech.said)
            for sentence in cutting.sentences(piece.text)
        ]
        length = sum(len(one.text) for one in said)
        end = min(following, start + max(SHORTEST_SECONDS, length / SLOWEST))
        yield from _divided(said, start, (end - start) / max(1, length))


def _divided(
    said: Sequence[ImportedPiece], start: float, seconds_each: float
) -> Iterator[ImportedPiece]:
    for one in said:
        end = start + len(one.text) * seconds_each
        yield ImportedPiece(one.text, one.speaker, start, end)
        start = end
