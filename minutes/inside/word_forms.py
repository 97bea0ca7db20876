"""Fills a Word template: `python -m minutes.inside.word_forms TEMPLATE VALUES MADE`, VALUES being
JSON: `context` (the values by their names), `mark` (what stands on every page, or nothing) and
`revision` (an id, for the bookmarks of its sentences).
"""

import json
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Header
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from meetings.inside.answering import answer
from minutes.forms.marks import BEGIN, MARK, PLAIN, UNDERLINE, bookmark_name

FIRST_ID = 90_000
"""Of our bookmarks: a template's own have low numbers."""


def fill(template: str, values: str, made: str) -> str:
    """Write the filled template to `made`."""
    given: dict[str, Any] = json.loads(Path(values).read_text(encoding="utf-8"))
    document = DocxTemplate(template)
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    document.render(given["context"], environment, autoescape=True)
    _set_bookmarks(document.docx, given["revision"])
    if given["mark"]:
        _mark_pages(document.docx, given["mark"])
    document.docx.save(made)
    return ""


def _set_bookmarks(document: Document, revision: int) -> None:
    """Replace the marks in the text by bookmarks and underlines."""
    number = FIRST_ID
    for run in list(document.element.body.iter(qn("w:r"))):
        if not any(
            BEGIN in (text.text or "") or MARK.search(text.text or "")
            for text in run.iter(qn("w:t"))
        ):
            continue
        for element in _in_pieces(run, revision, number):
            run.addprevious(element)
            number += element.tag == qn("w:bookmarkEnd")
        run.getparent().remove(run)


def _in_pieces(run: Any, revision: int, number: int) -> Iterator[Any]:
    """Yield what takes the place of the run: runs of the same look, and bookmarks between."""
    properties = run.find(qn("w:rPr"))
    piece = _run(properties)
    plain = properties
    for child in run:
        if child.tag == qn("w:rPr"):
            continue
        if child.tag != qn("w:t"):
            piece.append(deepcopy(child))
            continue
        for part in MARK.split(child.text or ""):
            if MARK.fullmatch(part):
                if len(piece) > (properties is not None):
                    yield piece
                if part in (UNDERLINE, PLAIN):
                    properties = _underlined(plain) if part == UNDERLINE else plain
                else:
                    yield _bookmark(part, revision, number)
                    number += not part.startswith(BEGIN)
                piece = _run(properties)
            elif part:
                piece.append(_text(part))
    if len(piece) > (properties is not None):
        yield piece


def _run(properties: Any) -> Any:
    run = OxmlElement("w:r")
    if properties is not None:
        run.append(deepcopy(properties))
    return run


def _underlined(properties: Any) -> Any:
    """Return a run's properties with an underline."""
    made = OxmlElement("w:rPr") if properties is None else deepcopy(properties)
    for other in made.findall(qn("w:u")):
        made.remove(other)
    line = OxmlElement("w:u")
    line.set(qn("w:val"), "single")
    made.append(line)
    return made


def _text(words: str) -> Any:
    text = OxmlElement("w:t")
    text.text = words
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return text


def _bookmark(mark: str, revision: int, number: int) -> Any:
    begins = mark.startswith(BEGIN)
    element = OxmlElement("w:bookmarkStart" if begins else "w:bookmarkEnd")
    element.set(qn("w:id"), str(number))
    if begins:
        element.set(qn("w:name"), bookmark_name(revision, mark))
    return element


def _mark_pages(document: Document, mark: str) -> None:
    """Put the mark at the top of every page whose header does not have it yet."""
    has_even = bool(document.settings.odd_and_even_pages_header_footer)
    for section in document.sections:
        for header in _headers(section, has_even):
            said = "".join(text.text or "" for text in header._element.iter(qn("w:t")))
            if mark not in said:
                header.is_linked_to_previous = False
                header.paragraphs[0].insert_paragraph_before(mark)


def _headers(section: Section, has_even: bool) -> Iterator[_Header]:
    yield section.header
    if section.different_first_page_header_footer:
        yield section.first_page_header
    if has_even:
        yield section.even_page_header


if __name__ == "__main__":
    sys.exit(answer(fill))
