"""Whom of the people who were invited the mark of a speaker names."""

import re
from collections.abc import Iterable

from minutes.imports.marks import IN_BRACKETS
from models.texts import folded

BRACKETED = re.compile(IN_BRACKETS)


def person_named(mark: str, names: Iterable[str]) -> str:
    """The one of these people whom the mark names, in whichever letters: by the full name, or by
    the family name where only one has it. Otherwise the mark as it stands."""
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
