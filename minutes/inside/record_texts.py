"""Reads the words of a record's text or Word file, in a cell:
`python -m minutes.inside.record_texts SUFFIX FILE`.
"""

import sys
from pathlib import Path

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from minutes.imports import text_files
from minutes.imports.pieces import TOO_LONG
from minutes.sealing.words import text_hash, words_of_word_file

LARGEST_TEXT_BYTES = 40_000_000


def words_hash(kind: str, path: str) -> str:
    """Return the hash of the words of the file. Raises FileRejected."""
    file = Path(path)
    if kind == ".docx":
        return text_hash(words_of_word_file(file))
    if file.stat().st_size > LARGEST_TEXT_BYTES:
        raise FileRejected(TOO_LONG)
    return text_hash(text_files.decode(file.read_bytes(), may_be_broken=False))


if __name__ == "__main__":
    sys.exit(answer(words_hash))
