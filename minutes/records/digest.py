"""The digest (要点記録) in the minutes: drafted from their text, kept from revision to revision;
tells when its sources have changed.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from meetings import entries
from meetings.errors import InvalidInput
from meetings.settings.work import DigestSettings
from minutes.digests.extraction import SaidParagraph, extracted, point_kind
from minutes.digests.language_model import ModelDraft, written_points
from minutes.digests.points import DigestPoint, DigestSentence, DigestSource
from minutes.records.content import Content, Paragraph, Section, paragraphs_by_place

LONGEST_SENTENCE = 2000


def with_digest(content: Content) -> Content:
    """Return a copy of the content in which every section without a digest has a drafted one."""
    content = content.model_copy(deep=True)
    said = paragraphs_by_place(content)
    for section in content.sections:
        if section.digest is None:
            section.digest = drafted_points(section)
            for sentence in _sentences(section):
                sentence.source_text = _text_of(sentence, said)
    return content


def drafted_points(section: Section) -> list[DigestPoint]:
    """Return the points that are drafted from the section's paragraphs."""
    return extracted(said_in_section(section))


def written_by_model(settings: DigestSettings, content: Content, number: int) -> ModelDraft:
    """Return what the city's language model writes about the section with this index. Takes long,
    and raises NotPossibleNow as `language_model.written_points` does.
    """
    section = content.sections[number]
    names = [one.name for one in (*content.attendees, *content.speakers)]
    return written_points(settings, section.title, said_in_section(section), names)


def said_in_section(section: Section) -> list[SaidParagraph]:
    """Return the section's paragraphs as a digest is drafted from them."""
    return [SaidParagraph(said.speaker, said.text, source_of(said)) for said in section.paragraphs]


def with_digest_of(content: Content, other: Content) -> Content:
    """Return a copy of the content with the digests of the same sections of `other`."""
    written = {_key(section): section.digest for section in other.sections}
    sections = [
        section.model_copy(update={"digest": written.get(_key(section), section.digest)})
        for section in content.sections
    ]
    return content.model_copy(update={"sections": sections})


def digests_of(content: Content) -> list[list[DigestPoint] | None]:
    """Return the digest of each section, None where none is written."""
    return [section.digest for section in content.sections]


def points_with(section: Section, place: int) -> list[DigestPoint]:
    """Return the section's points and one more that the paragraph at this place, from 0, makes by
    itself. It stands before the points that rest on what was said later.
    """
    said = section.paragraphs[place]
    sentence = DigestSentence(text=said.text, sources=[source_of(said)])
    point = DigestPoint(kind=point_kind(said.text), speaker=said.speaker, sentences=[sentence])
    points, order = section.digest or [], {p.place: n for n, p in enumerate(section.paragraphs)}
    said_later = [order.get(p.sentences[0].sources[0].place, -1) > place for p in points]
    there = said_later.index(True) if True in said_later else len(points)
    return [*points[:there], point, *points[there:]]


def unused(section: Section) -> list[int]:
    """Return the places, from 0, of the section's paragraphs on which no point of its digest
    rests.
    """
    used = {source.place for one in _sentences(section) for source in one.sources}
    return [n for n, said in enumerate(section.paragraphs) if said.place not in used]


def source_of(said: Paragraph) -> DigestSource:
    """Return the place of the paragraph, as a digest names it."""
    return DigestSource(
        transcript_id=said.transcript_id,
        start_seconds=said.start_seconds,
        end_seconds=said.end_seconds,
    )


def check(content: Content, before: Content) -> None:
    """Complete the digests of a content that shall follow the revision with the content `before`.

    A section without one keeps that of `before`. Sentences whose paragraphs have all been removed
    go with them. Raises InvalidInput for a new sentence that rests on no paragraph of the minutes,
    and for one that is too long.
    """
    known = {_key(section): section.digest for section in before.sections}
    earlier = {_signs(one): one for section in before.sections for one in _sentences(section)}
    said = paragraphs_by_place(content)
    for section in content.sections:
        for point in section.digest or []:
            point.speaker = entries.optional_text("digest", "要点の発言者", point.speaker)
            point.due = entries.optional_text("digest", "期限", point.due)
        if section.digest is None and (kept := known.get(_key(section))) is not None:
            section.digest = [point.model_copy(deep=True) for point in kept]
        for sentence in _sentences(section):
            _check_sentence(sentence, earlier.get(_signs(sentence)), said)
        section.digest = _without_empty(section.digest)


def has_changed_source(
    sentence: DigestSentence, said: Mapping[tuple[int | None, float, float], Paragraph]
) -> bool:
    """Return whether the paragraphs that the sentence rests on say something else than when it was
    written. `said` are the paragraphs of the minutes by their place.
    """
    return sentence.source_text != "" and sentence.source_text != _text_of(sentence, said)


def _check_sentence(
    sentence: DigestSentence,
    earlier: DigestSentence | None,
    said: Mapping[tuple[int | None, float, float], Paragraph],
) -> None:
    sentence.text = entries.long_text("digest", "要点", sentence.text, LONGEST_SENTENCE)
    sentence.sources = [source for source in sentence.sources if source.place in said]
    if earlier is not None:
        sentence.source_text = earlier.source_text
    elif sentence.sources:
        sentence.source_text = _text_of(sentence, said)
    else:
        raise InvalidInput(
            "digest", f"要点「{sentence.text[:30]}」のもとになった発言が、会議録にありません。"
        )


def _without_empty(points: list[DigestPoint] | None) -> list[DigestPoint] | None:
    if points is None:
        return None
    for point in points:
        point.sentences = [one for one in point.sentences if one.sources and one.text.strip()]
    return [point for point in points if point.sentences]


def _sentences(section: Section) -> Iterator[DigestSentence]:
    return chain.from_iterable(point.sentences for point in section.digest or [])


def _signs(sentence: DigestSentence) -> tuple[str, tuple[DigestSource, ...]]:
    return sentence.text, tuple(sentence.sources)


def _key(section: Section) -> tuple[int | None, str]:
    return section.agenda_item_id, "" if section.agenda_item_id else section.title


def _text_of(
    sentence: DigestSentence, said: Mapping[tuple[int | None, float, float], Paragraph]
) -> str:
    return "".join(said[source.place].text for source in sentence.sources if source.place in said)
