"""Long paragraphs into pieces of one to two sentences, as the desk shows them."""

import re
from collections.abc import Iterator

SHORT, LONG = 25, 120
"""Characters: a shorter sentence takes the next one along, a longer one is cut at its commas."""

SENTENCE = re.compile(
    r".+?(?:[。！？]+[」』）)】]*|[.!?][\"'”’)]*(?=\s)|$)(?![とがのをにでも、])", re.DOTALL
)
CLAUSE = re.compile(rf".{{{LONG // 2},{LONG}}}?(?:[、，,]|$)|.{{1,{LONG}}}", re.DOTALL)


def sentences(paragraph: str) -> Iterator[str]:
    """In order, nothing left out but the space between them."""
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
