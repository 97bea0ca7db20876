"""Finds which of the invited people a speaker mark names."""

import re
from collections.abc import Iterable

from minutes.imports.marks import IN_BRACKETS
from models.texts import folded

BRACKETED = re.compile(IN_BRACKETS)


def person_named(mark: str, names: Iterable[str]) -> str:
    """Return the one of `names` that the mark contains, whatever the variant of its letters: the
    full name, or the family name where only one person has it. Otherwise returns the mark as it is.
    """
    bracketed = BRACKETED.search(mark)
    written = folded(bracketed["who"] if bracketed else mark)
    known = list(names)
    by_full_name = [name for name in known if folded(name) in written]
    by_family = [name for name in known if written.startswith(_family(name) or "\0")]
    for found in (by_full_name, by_family):
        if len(found) == 1:
            return found[0]
    return mark


def _family(name: str) -> str:
    parts = name.split()
    return folded(parts[0]) if len(parts) > 1 else ""
