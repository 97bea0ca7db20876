"""Every test asserts something: by itself, or through what it calls in `tests/`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
ASSERTING = {"raises", "warns", "fail", "expect"}
"""Of pytest and of playwright."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Module:
    """One file of `tests/`: what it defines, and what its names mean that come from others."""

    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {node.name: node for node in self.tree.body if isinstance(node, Function)}

    @cached_property
    def methods(self) -> list[Function]:
        classes = [node for node in self.tree.body if isinstance(node, ast.ClassDef)]
        return [node for one in classes for node in one.body if isinstance(node, Function)]

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """The module and the name there, by the name here."""
        return {
            name.asname or name.name: (node.module, name.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for name in node.names
        }

    @cached_property
    def tests(self) -> list[Function]:
        named = [*self.functions.values(), *self.methods]
        return [node for node in named if node.name.startswith("test_")]


@dataclass(frozen=True, eq=False)
class Suite:
    modules: dict[str, Module]
    _known: dict[Function, bool] = field(default_factory=dict)

    def asserts(self, module: Module, function: Function) -> bool:
        """Whether there is an assertion in it, or in a function, fixture or method of `tests/` that
        it calls."""
        if function not in self._known:
            self._known[function] = False  # while we are at it: it may call itself
            self._known[function] = any(
                isinstance(node, ast.Assert)
                or (isinstance(node, ast.Call) and self._call_asserts(module, function, node))
                for node in ast.walk(function)
            )
        return self._known[function]

    def _call_asserts(self, module: Module, function: Function, call: ast.Call) -> bool:
        called = call.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        return name in ASSERTING or any(
            self.asserts(*meant) for meant in self._meant(module, function, called)
        )

    def _meant(
        self, module: Module, function: Function, called: ast.expr
    ) -> Iterator[tuple[Module, Function]]:
        match called:
            case ast.Name(name) if name in _parameters(function):
                yield from self._named(name)  # what a fixture gave
            case ast.Name(name) if name in module.functions:
                yield module, module.functions[name]
            case ast.Name(name) if name in module.imported:
                yield from self._in(*module.imported[name])
            case ast.Attribute(ast.Name(name), method) if name in module.imported:
                yield from self._in(".".join(module.imported[name]), method)
            case ast.Attribute(_, method):
                yield from self._methods.get(method, [])

    @cached_property
    def _methods(self) -> dict[str, list[tuple[Module, Function]]]:
        """Those of all classes, by their names."""
        found: dict[str, list[tuple[Module, Function]]] = {}
        for module in self.modules.values():
            for node in module.methods:
                found.setdefault(node.name, []).append((module, node))
        return found

    def _named(self, name: str) -> Iterator[tuple[Module, Function]]:
        for module in self.modules.values():
            if name in module.functions:
                yield module, module.functions[name]

    def _in(self, module_name: str, name: str) -> Iterator[tuple[Module, Function]]:
        module = self.modules.get(module_name)
        if module and name in module.functions:
            yield module, module.functions[name]


def test_every_test_asserts_something() -> None:
    suite = Suite({_name(path): _read(path) for path in sorted((ROOT / "tests").rglob("*.py"))})
    empty = [
        f"{name}.{test.name}"
        for name, module in suite.modules.items()
        for test in module.tests
        if not suite.asserts(module, test)
    ]
    assert empty == []


def test_a_test_that_only_calls_the_product_is_found() -> None:
    text = """
from tests.steps import helped
from minutes import records

def plain(): records.draft()

def checked(): assert records.draft()

def test_empty(): plain()
def test_through_a_helper(): checked()
def test_through_another_file(): helped()
def test_by_an_error():
    with pytest.raises(ValueError): records.draft()
"""
    steps = Module(ast.parse("def helped():\n    assert True"))
    module = Module(ast.parse(text))
    suite = Suite({"tests.test_some": module, "tests.steps": steps})
    assert [t.name for t in module.tests if not suite.asserts(module, t)] == ["test_empty"]


def _parameters(function: Function) -> set[str]:
    return {one.arg for one in [*function.args.args, *function.args.kwonlyargs]}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _read(path: Path) -> Module:
    return Module(ast.parse(path.read_text(encoding="utf-8")))
