"""The demo's materials: Markdown set as real PDFs with typst, in the product's own font."""

import re
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent.parent / "static" / "fonts"
PAGE = """\
#set document(date: none)
#set page(paper: "a4", margin: (x: 22mm, y: 20mm), numbering: "1 / 1")
#set text(font: "BIZ UDPGothic", size: 10.5pt, lang: "ja", cjk-latin-spacing: none)
#set par(leading: 0.9em, spacing: 1.2em)
#show heading.where(level: 1): set text(size: 16pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show heading: set block(above: 1.4em, below: 0.9em)
#show table: set par(justify: false)
#set table(stroke: 0.5pt, inset: 6pt)
"""


def to_pdf(markdown: str) -> bytes:
    """Return the Markdown as a PDF: headings, paragraphs, lists, tables, bold and new pages
    (`---`); all else is taken as text."""
    source: Any = (PAGE + to_typst(markdown)).encode()
    made = typst.compile(source, font_paths=[str(FONTS)], ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def to_typst(markdown: str) -> str:
    return "\n\n".join(_block(block) for block in re.split(r"\n\s*\n", markdown.strip()))


def _block(block: str) -> str:
    if block.strip() == "---":
        return "#pagebreak()"
    lines = block.splitlines()
    if lines[0].startswith("|"):
        return _table(lines)
    return "\n".join(_line(line) for line in lines)


def _line(line: str) -> str:
    heading = re.match(r"(#+)\s+(.*)", line)
    if heading:
        return "=" * len(heading[1]) + " " + _inline(heading[2])
    if line.startswith(("- ", "* ")):
        return "- " + _inline(line[2:])
    return _inline(line)


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    is_rule = re.compile(r":?-+:?")
    columns = len(rows[0])
    aligned = ["right" if cell.endswith("-:") else "left" for cell in rows[1]]
    body = [row for row in rows if not all(is_rule.fullmatch(cell) for cell in row)]
    cells = "".join("  " + ", ".join(f"[{_inline(cell)}]" for cell in row) + ",\n" for row in body)
    return f"#table(columns: {columns}, align: ({', '.join(aligned)},),\n{cells})"


def _inline(text: str) -> str:
    parts = re.split(r"\*\*(.+?)\*\*", text)
    return "".join(
        f"#strong[{_escaped(part)}]" if number % 2 else _escaped(part)
        for number, part in enumerate(parts)
    )


def _escaped(text: str) -> str:
    return re.sub(r"([\\#*_`$<>@\[\]~/=+-])", r"\\\1", text)
