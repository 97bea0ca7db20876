"""The form 要点記録: the points of a digest as fields, under the numbers of section, point and
sentence, from 0. Where each sentence was said stands in the form too, as 「section-paragraph」 of
the text that it follows, so that the form says the same whatever it was made from.
"""

from itertools import count, takewhile

from flask import request

from meetings.entries import plain_number
from minutes.digests.points import DigestPoint, DigestSentence, DigestSource, PointKind
from minutes.records.content import Content, Section
from minutes.records.digest import points_with, source_of

KINDS = {kind.value for kind in PointKind}


def typed_digest(layout: Content) -> Content:
    """Return a copy of the content with the digest that the form says: sentences whose tick was
    taken away are left out, ticked paragraphs are added.
    """
    content = layout.model_copy(deep=True)
    for number, section in enumerate(content.sections):
        keys = _keys(f"kind-{number}")
        points = [_point(key, layout) for key in keys]
        section.digest = [point for point in points if point.sentences]
        for place in _added(number, section):
            section.digest = points_with(section, place)
    return content


def _keys(name: str) -> list[str]:
    """Return the keys of the fields 「name-0」, 「name-1」 and so on, while the form has them."""
    prefix = name.partition("-")[2]
    numbers = takewhile(lambda n: f"{name}-{n}" in request.form, count())
    return [f"{prefix}-{n}" for n in numbers]


def _point(key: str, layout: Content) -> DigestPoint:
    kind = request.form.get(f"kind-{key}", "")
    sentences = [_sentence(one, layout) for one in _keys(f"text-{key}")]
    return DigestPoint(
        kind=PointKind(kind) if kind in KINDS else PointKind.PROPOSAL,
        speaker=_line(f"speaker-{key}"),
        due=_line(f"due-{key}"),
        sentences=[one for one in sentences if one is not None],
    )


def _sentence(key: str, layout: Content) -> DigestSentence | None:
    text = _line(f"text-{key}")
    if f"keep-{key}" not in request.form or not text:
        return None
    places = request.form.get(f"from-{key}", "").split()
    sources = [source for place in places if (source := _source(place, layout)) is not None]
    return DigestSentence(text=text, sources=sources)


def _source(place: str, layout: Content) -> DigestSource | None:
    number, paragraph = (plain_number(part) for part in [*place.split("-"), ""][:2])
    if number is None or paragraph is None or number >= len(layout.sections):
        return None
    said = layout.sections[number].paragraphs[paragraph : paragraph + 1]
    return source_of(said[0]) if said else None


def _line(field: str) -> str:
    return " ".join(request.form.get(field, "").split())


def _added(number: int, section: Section) -> list[int]:
    asked = map(plain_number, request.form.getlist(f"add-{number}"))
    return sorted(
        {place for place in asked if place is not None and place < len(section.paragraphs)}
    )
