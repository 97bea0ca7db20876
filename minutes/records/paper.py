"""The minutes as the paper sets them: who speaks as the city writes it, sentences in paragraphs,
the whole as plain text. Screen, print and file all take it from here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from meetings import dates
from meetings.style_choices import Speakers
from minutes.japanese.annotations import Kind, annotations
from minutes.records.content import Attendee, Content, Paragraph, Section
from minutes.records.paragraphs import gap, is_noted

INDENT = "　"


ENDS = "。．？！?!」』）〕"


@dataclass(frozen=True)
class MinutesSentence:
    """`place` in its section, from 0. `gap`: what stands between it and the sentence before."""

    place: int
    said: Paragraph
    gap: str = ""

    @property
    def text(self) -> str:
        return set_apart(self.said.text)


@dataclass(frozen=True)
class Block:
    """A paragraph of the paper. `speaker`: as the city writes it, empty where the one before goes
    on speaking, or nobody knows."""

    speaker: str
    sentences: list[MinutesSentence]

    @property
    def text(self) -> str:
        return "".join(one.gap + one.text for one in self.sentences)


def set_apart(text: str) -> str:
    """With what happened between two sentences (「（拍手）」) in a line of its own; what happened
    within one stays where it was noted."""
    lines, place = [""], 0
    for note in annotations(text):
        lines[-1] += text[place : note.start]
        written, place = text[note.start : note.end], note.end
        so_far = "".join(lines).rstrip()
        if note.kind is Kind.DIRECTION and (not so_far or so_far[-1] in ENDS):
            lines += [written, ""]
        else:
            lines[-1] += written
    lines[-1] += text[place:]
    return "\n".join(line.strip() for line in lines if line.strip())


def laid_out(content: Content) -> list[list[Block]]:
    """The paragraphs of each section."""
    told = speakers_told(content)
    return [_blocks(section, told) for section in content.sections]


def speakers_told(content: Content) -> Callable[[str], str]:
    """How the paper writes the name of somebody who speaks: 「○財政課長」. Whose office nobody
    knows is called by name; empty for nobody."""
    form = content.style.speakers if content.style else Speakers.NAME
    known = {_plain(one.name): one for one in (*content.speakers, *content.attendees)}

    def told(name: str) -> str:
        one = known.get(_plain(name), Attendee(name=name))
        return _told(form, one.name, _office(one.title)) if name.strip() else ""

    return told


def said_at(content: Content, paragraph: Paragraph) -> str:
    """Where it is heard: 「0:03:10」, with several parts 「第2部 0:03:10」."""
    place = dates.position(paragraph.start_seconds)
    if len(content.transcript_ids) < 2 or paragraph.transcript_id is None:
        return place
    return f"第{content.transcript_ids.index(paragraph.transcript_id) + 1}部 {place}"


def when(content: Content) -> str:
    return dates.span(
        datetime.fromisoformat(content.starts_at), datetime.fromisoformat(content.ends_at)
    )


def as_text(content: Content) -> str:
    """The plain text for downloading, as the paper reads."""
    attendees = "、".join(map(_attendee, content.attendees))
    lines = [
        content.title,
        "",
        f"日時　{when(content)}",
        f"場所　{content.place}",
        f"出席　{attendees}",
        "",
    ]
    for section, blocks in zip(content.sections, laid_out(content), strict=True):
        lines += [f"{section.number}　{section.title}".strip("　"), ""]
        for block in blocks:
            lines += [f"{block.speaker}{INDENT}{block.text}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _attendee(one: Attendee) -> str:
    return f"{one.name}（{one.title}）" if one.title else one.name


def _blocks(section: Section, told: Callable[[str], str]) -> list[Block]:
    blocks: list[Block] = []
    last: Paragraph | None = None
    is_open = False
    for place, said in enumerate(section.paragraphs):
        if is_noted(said.text):  # nobody said it, and it interrupts nobody
            blocks.append(Block("", [MinutesSentence(place, said)]))
            is_open = False
            continue
        is_same = last is not None and last.speaker == said.speaker
        if last is not None and is_same and said.goes_on and is_open:
            blocks[-1].sentences.append(MinutesSentence(place, said, gap(last.text, said.text)))
        else:
            blocks.append(
                Block("" if is_same else told(said.speaker), [MinutesSentence(place, said)])
            )
        last, is_open = said, True
    return blocks


def _told(form: Speakers, name: str, office: str) -> str:
    if not office or form is Speakers.NAME:
        return f"（{name}）" if form is Speakers.IN_BRACKETS else f"○{name}"
    match form:
        case Speakers.OFFICE:
            return f"○{_plain(office)}"
        case Speakers.OFFICE_AND_NAME:
            return f"○{_plain(office)}（{_plain(name)}）"
        case Speakers.OFFICE_AND_NAME_KUN:
            return f"○{_plain(office)}（{_plain(name)}君）"
        case Speakers.FAMILY_NAME:
            return f"○{_called(name, office)}"
    return f"（{_called(name, office)}）"


def _plain(name: str) -> str:
    return "".join(name.split())


def _office(title: str) -> str:
    """「委員」 of 「委員（福祉関係団体 理事）」."""
    return title.partition("（")[0].strip()


def _called(name: str, office: str) -> str:
    """「古賀次長」 of a 「推進室 次長」; the whole name where it is written without a space."""
    return name.split()[0] + office.split()[-1]
