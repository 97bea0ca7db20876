"""Cuts long paragraphs into pieces of one or two sentences, as the desk shows them."""

import re
from collections.abc import Iterator

SHORT, LONG = 25, 120
"""Characters below which a sentence is joined with the next one, and above which it is cut at its
commas."""

SENTENCE = re.compile(
    r".+?(?:[。！？]+[」』）)】]*|[.!?][\"'”’)]*(?=\s)|$)(?![とがのをにでも、])", re.DOTALL
)
CLAUSE = re.compile(rf".{{{LONG // 2},{LONG}}}?(?:[、，,]|$)|.{{1,{LONG}}}", re.DOTALL)


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of the paragraph in order. Only spaces between them are left out."""
    short = ""
    for sentence in SENTENCE.findall(paragraph):
        together = short + sentence
        if len(together) < SHORT:
            short = together
            continue
        short = ""
        yield from _shorter(together.strip())
    if short.strip():
        yield short.strip()


def _shorter(sentence: str) -> Iterator[str]:
    if len(sentence) <= LONG:
        yield sentence
    else:
        yield from (part.strip() for part in CLAUSE.findall(sentence) if part.strip())
