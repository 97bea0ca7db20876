"""The form 要点記録: the points of a digest as fields, under the numbers of section, point and
sentence, from 0, of the digest that the form follows.
"""

from flask import request

from meetings.entries import plain_number
from minutes.digests.points import DigestPoint, DigestSentence, PointKind
from minutes.records.content import Content, Section
from minutes.records.digest import points_with

KINDS = {kind.value for kind in PointKind}


def typed_digest(layout: Content) -> Content:
    """Return a copy of the content with the digest that the form says: sentences whose tick was
    taken away are left out, ticked paragraphs are added.
    """
    content = layout.model_copy(deep=True)
    for number, section in enumerate(content.sections):
        points = [_point(f"{number}-{n}", one) for n, one in enumerate(section.digest or [])]
        section.digest = [point for point in points if point.sentences]
        for place in _added(number, section):
            section.digest = points_with(section, place)
    return content


def _point(key: str, point: DigestPoint) -> DigestPoint:
    kind = request.form.get(f"kind-{key}", "")
    sentences = [_sentence(f"{key}-{n}", one) for n, one in enumerate(point.sentences)]
    return point.model_copy(
        update={
            "kind": PointKind(kind) if kind in KINDS else point.kind,
            "due": " ".join(request.form.get(f"due-{key}", point.due).split()),
            "sentences": [one for one in sentences if one is not None],
        }
    )


def _sentence(key: str, sentence: DigestSentence) -> DigestSentence | None:
    if f"keep-{key}" not in request.form:
        return None
    text = " ".join(request.form.get(f"text-{key}", sentence.text).split())
    return sentence.model_copy(update={"text": text or sentence.text})


def _added(number: int, section: Section) -> list[int]:
    asked = map(plain_number, request.form.getlist(f"add-{number}"))
    return sorted(
        {place for place in asked if place is not None and place < len(section.paragraphs)}
    )
