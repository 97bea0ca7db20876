"""Lays the minutes out as the paper sets them: names of speakers as the city writes them, sentences
in paragraphs, the whole as plain text. Screen, print and files all use it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from meetings import dates
from meetings.style_choices import Speakers
from minutes.japanese.annotations import Kind, annotations
from minutes.records.content import Attendee, Content, Paragraph, Section
from minutes.records.head_lines import decision_lines, decision_words, head_lines
from minutes.records.paragraphs import gap, is_noted

INDENT = "　"
DECISIONS = "結果の一覧"
"""Heading of the list of decisions."""

ENDS = "。．？！?!」』）〕"


@dataclass(frozen=True)
class MinutesSentence:
    """A sentence on the paper. `place` is its index in the section, from 0; `gap` is what stands
    between it and the sentence before (a space or nothing).
    """

    place: int
    said: Paragraph
    gap: str = ""

    @property
    def text(self) -> str:
        """Return its text, with notes such as 「（拍手）」 on lines of their own."""
        return set_apart(self.said.text)


@dataclass(frozen=True)
class Block:
    """A paragraph of the paper. `speaker` is the name as the city writes it, empty where the same
    speaker goes on or nobody knows who speaks.
    """

    speaker: str
    sentences: list[MinutesSentence]

    @property
    def text(self) -> str:
        """Return the texts of its sentences, joined."""
        return "".join(one.gap + one.text for one in self.sentences)


def set_apart(text: str) -> str:
    """Return the text with each note of what happened between two sentences (「（拍手）」) on a
    line of its own. A note inside a sentence stays where it is.
    """
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


def place_in_text(text: str, shown: int) -> int:
    """Return the place in the text of the character that stands at place `shown` of what
    `set_apart` makes of it: there line breaks come in and spaces go out.
    """
    before = sum(not letter.isspace() for letter in set_apart(text)[:shown])
    for place, letter in enumerate(text):
        if before == 0 and not letter.isspace():
            return place
        before -= not letter.isspace()
    return len(text)


def laid_out(content: Content) -> list[list[Block]]:
    """Return the paragraphs of the paper, one list for each section."""
    label = speaker_labels(content)
    return [_blocks(section, label) for section in content.sections]


def speaker_labels(content: Content) -> Callable[[str], str]:
    """Return a function from a speaker's name to how the paper writes it, such as 「○財政課長」.
    Those whose title nobody knows are written by name; an empty name gives an empty text.
    """
    form = content.style.speakers if content.style else Speakers.NAME
    known = {_plain(one.name): one for one in (*content.speakers, *content.attendees)}

    def label(name: str) -> str:
        one = known.get(_plain(name), Attendee(name=name))
        return _label(form, one.name, _office(one.title)) if name.strip() else ""

    return label


def said_at(content: Content, paragraph: Paragraph) -> str:
    """Return where the paragraph is heard, such as 「0:03:10」; 「第2部 0:03:10」 where the
    meeting has several parts.
    """
    place = dates.position(paragraph.start_seconds)
    if len(content.transcript_ids) < 2 or paragraph.transcript_id is None:
        return place
    return f"第{content.transcript_ids.index(paragraph.transcript_id) + 1}部 {place}"


def as_text(content: Content) -> str:
    """Return the whole minutes as plain text, as they are downloaded."""
    head = content.shown_head
    lines = [content.title, "", *(_pair(*pair) for pair in head_lines(head)), ""]
    for section, blocks in zip(content.sections, laid_out(content), strict=True):
        lines += [f"{section.number}　{section.title}".strip("　"), ""]
        lines += [_pair("結果", decision_words(one)) for one in content.decisions_on(section)]
        for block in blocks:
            lines += [f"{block.speaker}{INDENT}{block.text}", ""]
    if head.decisions:
        lines += [DECISIONS, "", *(_pair(*pair) for pair in decision_lines(head))]
    return "\n".join(lines).rstrip() + "\n"


def _pair(label: str, value: str) -> str:
    """Return label and value; the further lines of the value stand below its first."""
    return f"{label}{INDENT}" + value.replace("\n", f"\n{INDENT * (len(label) + 1)}")


def _blocks(section: Section, label: Callable[[str], str]) -> list[Block]:
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
                Block("" if is_same else label(said.speaker), [MinutesSentence(place, said)])
            )
        last, is_open = said, True
    return blocks


def _label(form: Speakers, name: str, office: str) -> str:
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
    """Return the title without what stands in brackets: 「委員」 for 「委員（福祉関係団体
    理事）」.
    """
    return title.partition("（")[0].strip()


def _called(name: str, office: str) -> str:
    """Return family name and last word of the title: 「古賀次長」 for 「推進室 次長」. A name
    written without a space is used whole.
    """
    return name.split()[0] + office.split()[-1]
