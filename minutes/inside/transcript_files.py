"""Parses the file of a transcript, in a sandbox: `python -m minutes.inside.transcript_files SUFFIX
FILE`.
"""

import sys
from dataclasses import astuple
from pathlib import Path
from typing import Any

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from minutes.imports import stamped, subtitles, text_files, whisper_files, word_files
from minutes.imports.marks import with_speakers
from minutes.imports.pieces import LONGEST_CHARACTERS, MOST_PIECES, TOO_LONG, ImportedPiece

LARGEST_TEXT_BYTES = 10_000_000
"""Largest text file. JSON holds much besides the words, so only the setting limits it."""

WITH_SPACE = 4
"""Factor by which a text may exceed its limit before superfluous spaces are removed."""


def pieces(kind: str, path: str) -> list[tuple[Any, ...]]:
    """Return the fields of each `ImportedPiece` that has a text, in the order of the file. Raises
    FileRejected.
    """
    found = [piece for piece in with_speakers(_read(kind, Path(path))) if piece.text.strip()]
    characters = sum(len(piece.text) + len(piece.speaker) for piece in found)
    if len(found) > MOST_PIECES or characters > WITH_SPACE * LONGEST_CHARACTERS:
        raise FileRejected(TOO_LONG)
    return [astuple(piece) for piece in found]


def _read(kind: str, path: Path) -> list[ImportedPiece]:
    if kind == ".docx":
        return stamped.timed(word_files.paragraphs(path))
    if kind != ".json" and path.stat().st_size > LARGEST_TEXT_BYTES:
        raise FileRejected(TOO_LONG)
    text = text_files.decode(path.read_bytes(), may_be_broken=kind != ".txt")
    if kind == ".json":
        return whisper_files.segments(text)
    if kind in (".srt", ".vtt") or subtitles.looks_like(text):
        return subtitles.cues(text)
    return stamped.timed(text_files.paragraphs(text))


if __name__ == "__main__":
    sys.exit(answer(pieces))
