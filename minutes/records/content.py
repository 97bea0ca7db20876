"""The content of the minutes: sections of paragraphs, each in two layers, the faithful text of its
segments (逐語) and the official text made of it by rule and by hand (整文).
"""

from typing import Any

from pydantic import BaseModel

from meetings import clean_text
from minutes.digests.points import DigestPoint
from minutes.records.head import Head, HeadDecision, HeadPerson
from minutes.style.changes import StyledStretch
from minutes.style.choice import Style
from minutes.style.layers import StyleChange, Written, explained, in_style, styled
from minutes.style.protected import Names
from models.minutes import MinutesRevision


class Attendee(BaseModel):
    """Name and title of somebody who attended or spoke."""

    name: str
    title: str = ""


class Paragraph(BaseModel):
    """A sentence of the minutes, or a few, with its place in the recording (seconds) so that it can
    be heard.

    `transcript_id` says which part of the meeting it was said in; None means the transcript of the
    revision (before meetings had parts). `goes_on` is true where the paper sets it in one paragraph
    with the sentence before, by the same speaker.

    Beside the official `text` stand the segments that it was drafted from, their `faithful` text at
    that time (None before there were two layers), the `changes` that rules made in it, and in
    `unsure` what no rule dared to change.
    """

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
        """Return its place in the recordings: transcript id, start and end in seconds."""
        return self.transcript_id, self.start_seconds, self.end_seconds

    @property
    def official(self) -> str:
        """Return the text that the rules alone make of the faithful one; the text itself where
        there is no faithful one.
        """
        return self.text if self.faithful is None else styled(self.faithful, self.changes)

    @property
    def is_by_hand(self) -> bool:
        """Return whether a person wrote something else than what the rules made."""
        return self.text != self.official

    @property
    def differences(self) -> list[StyledStretch]:
        """Return the faithful text cut into stretches, each with what became of it and why."""
        return explained(self.faithful or "", self.changes, self.text)


class Section(BaseModel):
    """The paragraphs said about one agenda item; `number` is as in the agenda (「2-1」). `digest`
    holds the points of its digest (要点記録); None while nobody has written one.
    """

    agenda_item_id: int | None = None
    number: str = ""
    title: str
    paragraphs: list[Paragraph]
    digest: list[DigestPoint] | None = None


class Content(BaseModel):
    """The whole text of one revision.

    `transcript_ids` are the transcripts that it was drafted from, one for each part of the meeting,
    in order; empty before meetings had parts. `style` is the one that it is written in; None before
    there were two layers. `speakers` are those who speak without being attendees, with the title
    that the roster knows. `head` is what the meeting's rows said when it was drafted; None before
    there were heads.
    """

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
    head: Head | None = None

    @property
    def shown_head(self) -> Head:
        """Return the head that is printed, named as the content is; where there is none, what the
        content itself knows.
        """
        if self.head is not None:
            return self.head.model_copy(update={"title": self.title, "place": self.place})
        return Head(
            title=self.title,
            series=self.series,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=self.place,
            present=[HeadPerson(name=one.name, office=one.title) for one in self.attendees],
        )

    def decisions_on(self, section: Section) -> list[HeadDecision]:
        """Return what was decided about the section's item."""
        item = section.agenda_item_id
        decisions = self.head.decisions if self.head else []
        return [one for one in decisions if item is not None and one.agenda_item_id == item]


def content_of(revision: MinutesRevision) -> Content:
    """Return the content of the revision, read from its JSON."""
    return Content.model_validate(revision.content)


def cleaned(content: Content) -> Content:
    """Return the content as it may be stored: without control and other invisible characters in
    any of its texts.
    """
    return Content.model_validate(_cleaned(content.model_dump()))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text.lines(value)
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, list | tuple) else value


def official_only(content: Content) -> Content:
    """Return a copy that everybody may read: without the faithful layer, the segments, the changes
    and the digest, which are only for those who make the minutes.
    """
    content = content.model_copy(deep=True, update={"style": None})
    for section in content.sections:
        section.digest = None
        for paragraph in section.paragraphs:
            paragraph.faithful, paragraph.segment_ids = None, []
            paragraph.changes, paragraph.unsure = [], []
    return content


def restyled(
    content: Content, style: Style, names: Names, *, includes_hand: bool = False
) -> Content:
    """Return a copy of the content in another style. What a person wrote stays, unless
    `includes_hand`.
    """
    content = content.model_copy(deep=True, update={"style": style})
    for section in content.sections:
        for paragraph in section.paragraphs:
            if paragraph.faithful is None or (paragraph.is_by_hand and not includes_hand):
                continue
            set_official(paragraph, in_style(paragraph.faithful, style, names))
    return content


def paragraphs_by_place(content: Content) -> dict[tuple[int | None, float, float], Paragraph]:
    """Return the paragraphs of the content by their place in the recordings."""
    return {p.place: p for section in content.sections for p in section.paragraphs}


def inherit_layers(
    paragraph: Paragraph,
    known: Paragraph | None,
    style: Style | None,
    before: Style | None,
    names: Names,
) -> None:
    """Give `paragraph` the layers of `known`, the paragraph at the same place of an earlier
    revision written in style `before`.

    Where the style is another now, or the text equals what the rules make in `style`, its changes
    and doubts are those that the rules give now. Without `known` it has no layers.
    """
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


def set_official(paragraph: Paragraph, written: Written) -> None:
    """Replace the text of the paragraph, its changes and its doubts by what the rules made of its
    faithful text.
    """
    paragraph.text = written.text
    paragraph.changes, paragraph.unsure = written.changes, written.unsure


def set_head(content: Content, head: Head | None) -> None:
    """Set the head of the content, and with it who attended: both are of the meeting's rows,
    whatever was sent. Without a head nothing changes.
    """
    if head is None:
        return
    content.head = head
    content.attendees = [Attendee(name=one.name, title=one.office) for one in head.attending]
