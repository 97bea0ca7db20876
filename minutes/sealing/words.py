"""The words of a record as a file holds them, without knowing of any database."""

import hashlib
import unicodedata
from pathlib import Path
from tempfile import NamedTemporaryFile

from minutes.imports import word_files


def plain_words(text: str) -> str:
    """Return the words of a text: without any space or line break, NFC."""
    return "".join(unicodedata.normalize("NFC", text).split())


def text_hash(text: str) -> str:
    """Return the SHA-256 of the words of a text."""
    return hashlib.sha256(plain_words(text).encode(errors="surrogatepass")).hexdigest()


def words_of_word_file(path: Path) -> str:
    """Return the words of a docx in their order. Raises FileRejected."""
    return "\n".join(piece.text for piece in word_files.paragraphs(path))


def words_of_own_word_file(content: bytes) -> str:
    """Return the words of a docx that was just written here."""
    with NamedTemporaryFile(suffix=".docx") as file:
        file.write(content)
        file.flush()
        return words_of_word_file(Path(file.name))
