"""Whatever a screen changes, the API changes too, by the same verb of the domain: so a rule that
stands in the verb holds for both."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).parents[2]
CHANGING_METHODS = {"post", "put", "patch", "delete"}
METHODS = {"get", *CHANGING_METHODS}
STATEMENTS = {"insert", "update", "delete"}
SESSION_WRITES = {"add", "add_all", "delete", "merge"}

ONLY_ON_SCREENS = {
    "minutes.checks.links.enter": "how a guest comes to their own words, by the link and the code",
    "meetings.people.password_links.choose": "how a person chooses a password, by the link",
    "meetings.agenda.shift_agenda_item": "a step up or down; the API gives the place itself",
    "meetings.documents.documents.shift_document": "a step up or down; the API gives the place",
    "meetings.invitations.guests.let_in": "how a guest signs in, by the link and the code",
}
"""Verbs that no operation of the API calls, each with the reason."""


@dataclass(frozen=True)
class Module:
    """`names`: what it imports of the project, by the name it has here."""

    functions: dict[str, ast.FunctionDef]
    names: dict[str, str]


@cache
def module(name: str) -> Module | None:
    path = ROOT / (name.replace(".", "/") + ".py")
    if not path.exists():
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if node.module.split(".")[0] in ("meetings", "minutes", "web")
    }
    return Module(functions, names)


def function(name: str) -> ast.FunctionDef | None:
    place, _, word = name.rpartition(".")
    found = module(place)
    return found.functions.get(word) if found else None


@cache
def used_by(name: str) -> frozenset[str]:
    """The full names of the project's functions that this one names in its body."""
    return frozenset(_named_in(name))


def _named_in(name: str) -> Iterator[str]:
    place, _, _ = name.rpartition(".")
    here, body = module(place), function(name)
    if here is None or body is None:
        return
    own = {node.id for node in ast.walk(body) if is_assigned(node)}
    for node in ast.walk(body):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in here.names:
                yield f"{here.names[node.value.id]}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id not in own:
            if node.id in here.names:
                yield here.names[node.id]
            elif node.id in here.functions:
                yield f"{place}.{node.id}"


def is_assigned(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def verbs_reached_from(route: str) -> set[str]:
    """The domain's functions that it calls, itself or through others of web/."""
    seen, waiting = set[str](), [route]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name.startswith("web."):
                waiting.extend(used_by(name))
    return {name for name in seen if not name.startswith("web.")}


def is_route(body: ast.FunctionDef, methods: set[str]) -> bool:
    calls = [one.func for one in body.decorator_list if isinstance(one, ast.Call)]
    return any(isinstance(one, ast.Attribute) and one.attr in methods for one in calls)


def routes(package: str, methods: set[str] = CHANGING_METHODS) -> Iterator[str]:
    """The full names of the views below this package that answer one of these methods."""
    for path in (ROOT / package).rglob("*.py"):
        place = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        here = module(place)
        assert here is not None
        for name, body in here.functions.items():
            if is_route(body, methods):
                yield f"{place}.{name}"


def changing_verbs(package: str, methods: set[str]) -> set[str]:
    """What the routes of this package that answer these methods reach and what changes
    something."""
    found = {verb for route in routes(package, methods) for verb in verbs_reached_from(route)}
    return {name for name in found if changes_something(name)}


def changes_something(verb: str) -> bool:
    """A verb says who does it (`by`), or its own body writes rows."""
    body = function(verb)
    if body is None:
        return False
    parameters = {one.arg for one in body.args.args}
    return "by" in parameters or any(is_write(node) for node in ast.walk(body))


def is_write(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store)
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in STATEMENTS
    return (
        isinstance(called, ast.Attribute)
        and called.attr in SESSION_WRITES
        and isinstance(called.value, ast.Name)
        and called.value.id == "session"
    )


def test_what_a_screen_can_change_the_api_can_change_by_the_same_verb() -> None:
    on_screens = changing_verbs("web/views", CHANGING_METHODS)
    in_the_api = changing_verbs("web/api", METHODS)
    assert len(on_screens) > 50 and len(in_the_api) > 50, "the walk finds the verbs"
    assert sorted(on_screens - in_the_api) == sorted(ONLY_ON_SCREENS)
