"""Searching what is published. Two-character words work: there is no index of words, the text
itself is looked through, compatibility forms folded (NFKC) on both sides."""

import unicodedata
from dataclasses import dataclass

from sqlalchemy.orm import Session

from minutes.publication import published
from minutes.records import Content, content_of
from models.minutes import MinutesRevision

BEFORE, AFTER = 20, 60
MOST_PLACES = 3


@dataclass(frozen=True)
class Place:
    """Where a word stands: `before`, `word`, `after` in one sentence of one section."""

    section: int
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


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _has_all(content: Content, words: list[str]) -> bool:
    texts = [content.title, content.series, content.place]
    for section in content.sections:
        texts += [section.title, *(p.text for p in section.paragraphs)]
    whole = folded("\n".join(texts))
    return all(word in whole for word in words)


def _places(content: Content, words: list[str]) -> list[Place]:
    """The first places of each word in what was said."""
    places: list[Place] = []
    for number, section in enumerate(content.sections):
        for paragraph in section.paragraphs:
            text = unicodedata.normalize("NFKC", paragraph.text)
            found = [(text.casefold().find(word), word) for word in words]
            for start, word in found:
                if start >= 0 and len(places) < MOST_PLACES:
                    places.append(_place(number, paragraph.speaker, text, start, len(word)))
    return places


def _place(section: int, speaker: str, text: str, start: int, length: int) -> Place:
    end = start + length
    return Place(
        section=section,
        speaker=speaker,
        before=("…" if start > BEFORE else "") + text[max(0, start - BEFORE) : start],
        word=text[start:end],
        after=text[end : end + AFTER] + ("…" if end + AFTER < len(text) else ""),
    )
