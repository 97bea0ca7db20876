"""The chain of the audit: every line carries the SHA-256 of the link of the line before it and of
its own content, so that nothing can be changed, put in or taken out in between without breaking
it."""

import hashlib
import json

FIRST = bytes(32)
"""What stands for the link before the very first line."""

LineContent = tuple[int | str | None, ...]
"""A line's columns but for its link, in the order of the table, as SQLite stores them."""


def written(content: LineContent) -> str:
    """Return the canonical form of a line's content, in which it is hashed: a JSON array without
    spaces, in UTF-8. What is no line's (bytes, that somebody put there) is written somehow."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=repr)


def link_of(previous: bytes, content: LineContent) -> bytes:
    """Return the link of a line after a line with the link `previous`: 32 bytes."""
    return hashlib.sha256(previous + written(content).encode(errors="surrogatepass")).digest()


def link_in_sql(previous: bytes, *content: int | str | None) -> bytes:
    """Return `link_of` for the database's triggers, which call it for each line that is put in."""
    return link_of(previous, content)
