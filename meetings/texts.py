"""One form for texts that are looked for or compared: compatibility forms folded (NFKC)."""

import unicodedata


def folded(text: str) -> str:
    """Full-width and half-width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def without_space(text: str) -> str:
    """Folded, and without spaces and line ends: a PDF breaks lines in the middle of words."""
    return "".join(folded(text).split())
