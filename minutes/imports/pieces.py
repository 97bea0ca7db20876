"""The pieces that are read from a file, whatever its format."""

from dataclasses import dataclass

LONGEST_CHARACTERS = 500_000
"""Longest text that is imported: a whole day of speech. Longer ones are no meeting, and would keep
the server busy."""

MOST_PIECES = 50_000
TOO_LONG = (
    "ファイルが長すぎます。1つの録音の逐語録だけにして、もう一度取り込んでください。"
    "録音や画像が入っていないかも確かめてください。"
)


@dataclass(frozen=True)
class ImportedPiece:
    """A piece of the file, such as a paragraph or a cue. Times are in seconds, None where the file
    has none; `speaker` is as written in the file, empty where nobody is named.
    """

    text: str
    speaker: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None


def is_timed(pieces: list[ImportedPiece]) -> bool:
    """Return whether every piece has its time."""
    return all(piece.start_seconds is not None for piece in pieces)
