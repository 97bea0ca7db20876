"""What stands in the minutes: sections of paragraphs, each in two layers, the faithful text of its
segments (逐語) and the official one made of it (整文)."""

from typing import Any

from pydantic import BaseModel

from meetings import clean_text
from minutes.style.changes import StyledStretch
from minutes.style.choice import Style
from minutes.style.kept import Names
from minutes.style.layers import StyleChange, Written, explained, in_style, styled
from models.minutes import MinutesRevision


class Attendee(BaseModel):
    name: str
    title: str = ""


class Paragraph(BaseModel):
    """One thing said: a sentence, or a few, with where it is in the recording (seconds) so that it
    can be heard. `transcript_id`: in which part's; None (the revision's own) before there were
    parts. `goes_on`: it stands in one paragraph of the paper with what the same speaker said
    before it.

    Beside the official `text` stand the segments that it was drafted from, their `faithful` text
    then (None before there were two layers), what was changed in it by rule, and what no rule
    dared to change."""

    speaker: str = ""
    text: str
    start_seconds: float
    end_seconds: float
    transcript_id: int | None = None
    goes_on: bool = False
    segment_ids: list[int] = []
    faithful: str | None = None
    changes: list[StyleChange] = []
    unsure: list[str] = []

    @property
    def place(self) -> tuple[int | None, float, float]:
        return self.transcript_id, self.start_seconds, self.end_seconds

    @property
    def official(self) -> str:
        """By rule alone."""
        return self.text if self.faithful is None else styled(self.faithful, self.changes)

    @property
    def is_by_hand(self) -> bool:
        return self.text != self.official

    @property
    def differences(self) -> list[StyledStretch]:
        """Every piece of the faithful text with what became of it and why."""
        return explained(self.faithful or "", self.changes, self.text)


class Section(BaseModel):
    """What was said about one agenda item; `number` as in the agenda (「2-1」)."""

    agenda_item_id: int | None = None
    number: str = ""
    title: str
    paragraphs: list[Paragraph]


class Content(BaseModel):
    """The whole text of one revision. `transcript_ids`: what it was drafted from, one for each
    part of the meeting, in order; empty before there were parts. `style`: in which it is written;
    None before there were two layers. `speakers`: those who speak and are no attendees, with the
    office that the roster knows."""

    title: str
    series: str
    starts_at: str
    ends_at: str
    place: str
    attendees: list[Attendee]
    sections: list[Section]
    speakers: list[Attendee] = []
    transcript_ids: list[int] = []
    style: Style | None = None


def content_of(revision: MinutesRevision) -> Content:
    return Content.model_validate(revision.content)


def cleaned(content: Content) -> Content:
    """As it is kept: without what has no shape, wherever it stands."""
    return Content.model_validate(_cleaned(content.model_dump()))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text.lines(value)
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list | tuple) else value


def official_only(content: Content) -> Content:
    """What everybody may read: how it was said is for those who make the minutes."""
    content = content.model_copy(deep=True, update={"style": None})
    for section in content.sections:
        for paragraph in section.paragraphs:
            paragraph.faithful, paragraph.segment_ids = None, []
            paragraph.changes, paragraph.unsure = [], []
    return content


def restyled(
    content: Content, style: Style, names: Names, *, includes_hand: bool = False
) -> Content:
    """In another style. What a person wrote stays, unless it was asked for."""
    content = content.model_copy(deep=True, update={"style": style})
    for section in content.sections:
        for paragraph in section.paragraphs:
            if paragraph.faithful is None or (paragraph.is_by_hand and not includes_hand):
                continue
            take(paragraph, in_style(paragraph.faithful, style, names))
    return content


def known(content: Content) -> dict[tuple[int | None, float, float], Paragraph]:
    """Paragraphs by their place in the recordings."""
    return {p.place: p for section in content.sections for p in section.paragraphs}


def link(
    paragraph: Paragraph,
    known: Paragraph | None,
    style: Style | None,
    before: Style | None,
    names: Names,
) -> None:
    """Take the layers over from `known`, the same place of an earlier revision in style `before`;
    where the text is another or the style is, see what the rules say of it now."""
    source = known or Paragraph(text="", start_seconds=0, end_seconds=0)
    for name in ("segment_ids", "faithful", "changes", "unsure"):
        setattr(paragraph, name, getattr(source, name))
    if paragraph.faithful is None or style is None:
        return
    if style == before and not paragraph.is_by_hand:
        return
    written = in_style(paragraph.faithful, style, names)
    if style != before or written.text == paragraph.text:
        paragraph.changes, paragraph.unsure = written.changes, written.unsure


def take(paragraph: Paragraph, written: Written) -> None:
    """What the rules made of its faithful text."""
    paragraph.text = written.text
    paragraph.changes, paragraph.unsure = written.changes, written.unsure
