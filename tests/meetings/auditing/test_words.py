"""Everything that the audit can say has a Japanese word."""

import ast
from collections.abc import Iterator
from pathlib import Path

from meetings.auditing import words
from models.person import Role
from models.tables import Base

ROOT = Path(__file__).parents[3]
PLACE_OF_VERB = {
    "note": 2,
    "note_each": 2,
    "note_rows": 2,
    "note_look": 1,
    "line_of": 1,
    "note_refusal": 1,
}
"""Of the functions that write lines: which argument is the verb."""


def said() -> Iterator[str]:
    """Yield every verb that the code names where it notes something."""
    for package in ("meetings", "minutes", "web"):
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" not in path.parts:
                yield from _said_in(ast.parse(path.read_text(encoding="utf-8")))


def _said_in(tree: ast.Module) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = PLACE_OF_VERB.get(name)
        if place is None or len(call.args) <= place:
            continue
        for part in ast.walk(call.args[place]):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def test_every_verb_has_its_word() -> None:
    found = set(said())
    assert len(found) > 90
    named = {verb for verb in found if not verb.endswith("_")}
    named |= {f"revoke_{role}" for role in Role}
    assert sorted(named - words.VERBS.keys()) == []


def test_every_thing_is_a_table() -> None:
    assert sorted(words.THINGS.keys() - Base.metadata.tables.keys()) == []


def test_a_refusal_is_called_like_what_was_wanted() -> None:
    assert words.verb("refused_sign_in") == words.verb("sign_in") == "サインイン"
    assert words.verb("of a later version") == "of a later version"
