"""What is read from a file, whatever its format."""

from dataclasses import dataclass

LONGEST_CHARACTERS = 500_000
"""A whole day of speech: longer texts are no meeting, and would keep the server busy."""

MOST_PIECES = 50_000
TOO_LONG = (
    "ファイルが長すぎます。1つの録音の逐語録だけにして、もう一度取り込んでください。"
    "録音や画像が入っていないかも確かめてください。"
)


@dataclass(frozen=True)
class ImportedPiece:
    """One piece of the file in order: a paragraph, a cue. Times in seconds where the file has
    them; `speaker` as it is written there, empty where nobody is named."""

    text: str
    speaker: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None


def is_timed(pieces: list[ImportedPiece]) -> bool:
    return all(piece.start_seconds is not None for piece in pieces)
