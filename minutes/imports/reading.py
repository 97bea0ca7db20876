"""Reads the file of a transcript, by the kind that its suffix names."""

from dataclasses import replace
from pathlib import Path, PurePath

from meetings import clean_text
from meetings.cell import Cell
from meetings.entries import LONGEST_NAME
from meetings.errors import FileRejected
from minutes.imports import cutting
from minutes.imports.pieces import (
    LONGEST_CHARACTERS,
    MOST_PIECES,
    TOO_LONG,
    ImportedPiece,
    is_timed,
)
from minutes.transcripts.transcripts import LONGEST_SEGMENT

ACCEPTED = (".txt", ".docx", ".srt", ".vtt", ".json")
PROGRAM = "minutes.inside.transcript_files"
SECONDS = 60
CELL = Cell(memory_mb=1000, output_mb=50, at_once=2)

OTHER_KIND = (
    "取り込めるのは txt、docx、srt、vtt、WhisperのJSON（json）です。"
    "作ったソフトで、このどれかとして書き出してください。"
)
EMPTY = "ファイルに文字がありません。中身を開いて確かめてください。"


def read(file_name: str, path: Path) -> list[ImportedPiece]:
    """Return the pieces of the file in order: cues with their times, or sentences without. Each is
    one line without control characters, with the speaker where one is marked.

    Raises FileRejected, with a sentence for people, for everything that cannot be imported.
    """
    kind = PurePath(file_name).suffix.lower()
    if kind not in ACCEPTED:
        raise FileRejected(OTHER_KIND)
    if not path.stat().st_size:
        raise FileRejected(EMPTY)
    said = map(_in_one_line, _pieces(kind, path))
    pieces = [piece for piece in said if piece.text]
    if not pieces:
        raise FileRejected(EMPTY)
    _refuse_too_long(pieces)
    return pieces if is_timed(pieces) else _in_sentences(pieces)


def _pieces(kind: str, path: Path) -> list[ImportedPiece]:
    """Return the pieces as they are in the file. It is parsed in a sandbox
    (`meetings/cell.py`).
    """
    path = path.resolve()
    found = CELL.ask(PROGRAM, kind, str(path), seconds=SECONDS, reads=[path])
    return [ImportedPiece(*fields) for fields in found]


def _in_sentences(pieces: list[ImportedPiece]) -> list[ImportedPiece]:
    return [
        ImportedPiece(sentence, piece.speaker)
        for piece in pieces
        for sentence in cutting.sentences(piece.text)
    ]


def _refuse_too_long(pieces: list[ImportedPiece]) -> None:
    longest = max(len(piece.text) for piece in pieces)
    if is_timed(pieces) and longest > LONGEST_SEGMENT:
        raise FileRejected(TOO_LONG)
    if sum(len(piece.text) for piece in pieces) > LONGEST_CHARACTERS or len(pieces) > MOST_PIECES:
        raise FileRejected(TOO_LONG)


def _in_one_line(piece: ImportedPiece) -> ImportedPiece:
    speaker = clean_text.single_spaced(piece.speaker)[:LONGEST_NAME].rstrip()
    return replace(piece, text=clean_text.single_spaced(piece.text), speaker=speaker)
