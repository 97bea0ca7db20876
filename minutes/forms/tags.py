"""Checks the tags of a Word template against the values that there are, paragraph by paragraph.

The paragraphs become the lines of one jinja2 source, so the number of a line is that of a
paragraph. A few constructs are allowed; everything else is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

OF_DOCXTPL = re.compile(r"(\{%-?|\{\{)(?:p|tr|tc|r)(?=\s)")
TYPED = str.maketrans("“”‘’", "\"\"''")
FULL_WIDTH = re.compile("｛｛|｛％|％｝|｝｝")
FILTERS = {"length", "join", "first", "last", "default", "upper", "lower", "trim"}
LOOP = {"index": "1", "index0": "0", "first": "", "last": "", "length": "1"}
SIMPLE = (nodes.Output, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
          nodes.CondExpr, nodes.Concat)  # fmt: skip
LONGEST_SHOWN = 40
MOST_NAMES = 30

ValueShape = Any
"""Of a value: a dictionary of shapes, a list of one shape, or a text."""


@dataclass(frozen=True)
class TemplatePart:
    """The texts of the paragraphs of one part of the file; `place` says which in Japanese."""

    place: str
    paragraphs: Sequence[str]


def wrong_tags(
    parts: Sequence[TemplatePart], shape: Mapping[str, ValueShape]
) -> tuple[set[str], list[str]]:
    """Return the names that the tags use, and a Japanese sentence for each tag that is wrong."""
    used: set[str] = set()
    wrong: list[str] = []
    for part in parts:
        tags = _Tags(part, used)
        wrong += tags.problems(shape)
    return used, wrong


class _WrongTagError(Exception):
    """Carries the number of a paragraph, from 1, and a sentence."""


class _Tags:
    """The tags of one part."""

    def __init__(self, part: TemplatePart, used: set[str]) -> None:
        self._part = part
        self._used = used

    def problems(self, shape: Mapping[str, ValueShape]) -> Iterator[str]:
        """Yield a sentence for each wrong tag; only the first one where the tags do not fit
        together.
        """
        lines = [OF_DOCXTPL.sub(r"\1", one).translate(TYPED) for one in self._part.paragraphs]
        for number, line in enumerate(lines, 1):
            if FULL_WIDTH.search(line):
                yield self._told(
                    number, "かっこが全角です。半角の {{ }} と {% %} で書いてください。"
                )
                return
        try:
            tree = Environment(autoescape=True).parse("\n".join(lines))
        except TemplateSyntaxError as problem:
            yield self._told(problem.lineno, _in_japanese(problem.message or ""))
            return
        for node in tree.body:
            yield from self._walk(node, dict(shape))

    def _walk(self, node: nodes.Node, names: dict[str, ValueShape]) -> Iterator[str]:
        """Yield what is wrong in a statement and in those inside it."""
        try:
            if isinstance(node, nodes.For):
                yield from self._loop(node, names)
            elif isinstance(node, nodes.If):
                self._shape(node.test, names)
                for inner in (*node.body, *node.elif_, *node.else_):
                    yield from self._walk(inner, names)
            elif isinstance(node, nodes.Output):
                for inner in node.nodes:
                    self._print(inner, names)
            else:
                raise _WrongTagError(node.lineno, "ここで使えるのは for、if と項目だけです。")
        except _WrongTagError as problem:
            yield self._told(*problem.args)

    def _loop(self, node: nodes.For, names: dict[str, ValueShape]) -> Iterator[str]:
        of = self._shape(node.iter, names)
        if not isinstance(of, list):
            raise _WrongTagError(node.lineno, "一覧でないものは for で繰り返せません。")
        if not isinstance(node.target, nodes.Name) or node.test or node.recursive:
            raise _WrongTagError(node.lineno, "for は「for 行 in 一覧」の形で書いてください。")
        inside = names | {node.target.name: of[0], "loop": LOOP}
        for inner in node.body:
            yield from self._walk(inner, inside)
        for inner in node.else_:
            yield from self._walk(inner, names)

    def _print(self, node: nodes.Node, names: dict[str, ValueShape]) -> None:
        if isinstance(node, nodes.TemplateData):
            return
        if not isinstance(self._shape(node, names), str):
            raise _WrongTagError(
                node.lineno, "一覧はそのままでは入りません。for で1つずつ取り出してください。"
            )

    def _shape(self, node: nodes.Node, names: dict[str, ValueShape]) -> ValueShape:
        """Return the shape of an expression. Raises _WrongTagError."""
        if isinstance(node, nodes.Const):
            return ""
        if isinstance(node, nodes.Name):
            return self._member(node, node.name, names)
        if isinstance(node, nodes.Getattr):
            return self._member(node, node.attr, self._shape(node.node, names))
        if isinstance(node, nodes.Filter) and node.node and node.name in FILTERS:
            of = self._shape(node.node, names)
            return of[0] if node.name in ("first", "last") and isinstance(of, list) else ""
        if isinstance(node, SIMPLE):
            for inner in node.iter_child_nodes():
                self._shape(inner, names)
            return ""
        raise _WrongTagError(
            node.lineno, "この書き方は使えません。項目の名前だけを書いてください。"
        )

    def _member(self, node: nodes.Node, name: str, of: ValueShape) -> ValueShape:
        known = of if isinstance(of, dict) else {}
        if name not in known:
            raise _WrongTagError(node.lineno, _unknown(name, list(known)))
        self._used.add(name)
        return known[name] if not isinstance(known[name], int) else ""

    def _told(self, number: int, sentence: str) -> str:
        paragraphs = self._part.paragraphs
        words = paragraphs[min(number, len(paragraphs)) - 1].strip() if paragraphs else ""
        shown = words[:LONGEST_SHOWN] + ("…" if len(words) > LONGEST_SHOWN else "")
        return f"{self._part.place}の{number}段落目「{shown}」：{sentence}"


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    if near:
        return f"「{name}」という項目はありません（「{near[0]}」のことでしょうか）。"
    if not known:
        return f"「{name}」という項目はありません。"
    return f"「{name}」という項目はありません。使えるのは{'、'.join(known[:MOST_NAMES])}です。"


def _in_japanese(message: str) -> str:
    """Return what jinja2 says of tags that do not fit together, in Japanese."""
    if "end of template" in message or "Unexpected end" in message:
        return "for か if が閉じていません（endfor か endif がありません）。"
    if "unknown tag" in message:
        return "知らないか、対になる for・if のないタグです。"
    return "タグの書き方が正しくありません。"
