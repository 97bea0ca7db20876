"""Searching what is published. Two-character words work: there is no index of words, the text
itself is looked through, compatibility forms folded (NFKC) on both sides."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from meetings.texts import folded
from minutes.content import Content, Paragraph, content_of
from minutes.publication import published
from models.minutes import MinutesRevision

BEFORE, AFTER = 20, 60
MOST_PLACES = 3


@dataclass(frozen=True)
class Place:
    """Where a word stands: `before`, `word`, `after` in one sentence of one section."""

    section: int
    paragraph: int
    speaker: str
    before: str
    word: str
    after: str


@dataclass(frozen=True)
class Found:
    revision: MinutesRevision
    content: Content
    places: list[Place]


def found_in_published(session: Session, query: str) -> list[Found]:
    """Everything published that has all words of the query, the newest meeting first."""
    words = folded(query).split()
    everything = [Found(r, content_of(r), []) for r in published(session)]
    if not words:
        return everything
    return [
        Found(one.revision, one.content, _places(one.content, words))
        for one in everything
        if _has_all(one.content, words)
    ]


def _has_all(content: Content, words: list[str]) -> bool:
    texts = [content.title, content.series, content.place]
    for section in content.sections:
        texts += [section.title, *(p.text for p in section.paragraphs)]
    whole = folded("\n".join(texts))
    return all(word in whole for word in words)


def _places(content: Content, words: list[str]) -> list[Place]:
    """The first sentences that have one of the words, as far as they are folded alike."""
    places = (
        _place(number, index, paragraph, words)
        for number, section in enumerate(content.sections)
        for index, paragraph in enumerate(section.paragraphs)
    )
    return list(islice((place for place in places if place), MOST_PLACES))


def _place(section: int, index: int, paragraph: Paragraph, words: list[str]) -> Place | None:
    text = folded(paragraph.text)
    starts = [(text.find(word), word) for word in words if word in text]
    if not starts:
        return None
    start, word = min(starts)
    end = start + len(word)
    if len(text) == len(paragraph.text):  # folding moved nothing: show it as it was written
        text = paragraph.text
    return Place(
        section=section,
        paragraph=index,
        speaker=paragraph.speaker,
        before=("…" if start > BEFORE else "") + text[max(0, start - BEFORE) : start],
        word=text[start:end],
        after=text[end : end + AFTER] + ("…" if end + AFTER < len(text) else ""),
    )
