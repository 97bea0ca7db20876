"""The form 会議録の編集: the minutes as fields, and what its buttons do before anything is saved.

Every sentence has a key: its place in the revision that the form follows (「0-3」), or 「new-1」
where somebody has added it. The order of the keys is a field of each section, so that a sentence
keeps its fields wherever it is moved.
"""

from dataclasses import dataclass

from flask import request

from minutes.records.content import Attendee, Content, Paragraph, Section
from web.views.minutes._drafting import chosen_style

NEW = "new-"


@dataclass(frozen=True)
class Typed:
    """The minutes as they were typed. `keys` are those of the sentences of each section, in their
    order."""

    content: Content
    keys: list[list[str]]

    @classmethod
    def of(cls, content: Content) -> "Typed":
        """Return the form of the minutes as they are stored."""
        return cls(content, [_own(number, s) for number, s in enumerate(content.sections)])

    @property
    def next_key(self) -> str:
        used = [key.removeprefix(NEW) for keys in self.keys for key in keys if NEW in key]
        return f"{NEW}{max(map(int, used), default=0) + 1}"

    def find(self, key: str) -> tuple[int, int] | None:
        """Return the section and the place there of the sentence with this key, from 0; None where
        there is none."""
        for number, keys in enumerate(self.keys):
            if key in keys:
                return number, keys.index(key)
        return None

    def add(self, number: int, place: int) -> None:
        """Add a sentence without words, which is heard nowhere."""
        self.keys[number].insert(place, self.next_key)
        paragraphs = self.content.sections[number].paragraphs
        paragraphs.insert(place, _empty(self.content, paragraphs[place - 1] if place else None))

    def move(self, number: int, place: int, by: int) -> None:
        """Move a sentence by one place; from the edge of a section into the neighbouring one."""
        there = place + by
        if 0 <= there < len(self.keys[number]):
            self._carry(number, place, number, there)
        elif by < 0 and number > 0:
            self._carry(number, place, number - 1, len(self.keys[number - 1]))
        elif by > 0 and number + 1 < len(self.keys):
            self._carry(number, place, number + 1, 0)

    def _carry(self, number: int, place: int, other: int, there: int) -> None:
        sections = self.content.sections
        self.keys[other].insert(there, self.keys[number].pop(place))
        sections[other].paragraphs.insert(there, sections[number].paragraphs.pop(place))


def typed(layout: Content) -> Typed:
    """Return what the form says; `layout` is the text whose fields it followed."""
    fields = request.form
    every = {
        key: said
        for number, section in enumerate(layout.sections)
        for key, said in zip(_own(number, section), section.paragraphs, strict=True)
    }
    keys, sections, seen = [], [], set[str]()
    for number, section in enumerate(layout.sections):
        wanted = fields[f"order-{number}"].split() if f"order-{number}" in fields else None
        own = _own(number, section) if wanted is None else list(dict.fromkeys(wanted))
        own = [key for key in own if key not in seen and _is_known(key, every)]
        seen.update(own)
        keys.append(own)
        sections.append(_section(number, section, own, every, layout))
    known = layout.attendees if layout.head else []
    attendees = [*known, *map(_attendee, fields.get("attendees", "").splitlines())]
    content = layout.model_copy(
        update={
            "title": fields.get("title", layout.title),
            "place": fields.get("place", layout.place),
            "style": layout.style and chosen_style("style", layout.style),
            "attendees": [attendee for attendee in attendees if attendee],
            "sections": sections,
        }
    )
    return Typed(content, keys)


def put(form: Typed, what: str) -> None:
    """Do what a button says: 「up-0-3」, 「down-0-3」, 「add-0-3」, 「faithful-0-3」 or
    「official-0-3」 with a sentence; 「first-2」 adds one at the head of a section. Nothing for
    anything else."""
    kind, _, key = what.partition("-")
    if kind == "first":
        if key in map(str, range(len(form.keys))):
            form.add(int(key), 0)
        return
    found = form.find(key)
    if found is None:
        return
    number, place = found
    said = form.content.sections[number].paragraphs[place]
    if kind in ("up", "down"):
        form.move(number, place, -1 if kind == "up" else 1)
    elif kind == "add":
        form.add(number, place + 1)
    elif said.faithful is not None:
        said.text = said.faithful if kind == "faithful" else said.official


def _own(number: int, section: Section) -> list[str]:
    return [f"{number}-{place}" for place in range(len(section.paragraphs))]


def _is_known(key: str, every: dict[str, Paragraph]) -> bool:
    number = key.removeprefix(NEW)
    is_new = key.startswith(NEW) and number.isascii() and number.isdecimal() and len(number) < 6
    return is_new or key in every


def _section(
    number: int, section: Section, keys: list[str], every: dict[str, Paragraph], layout: Content
) -> Section:
    paragraphs: list[Paragraph] = []
    for key in keys:
        last = paragraphs[-1] if paragraphs else None
        paragraphs.append(_sentence(key, every.get(key) or _empty(layout, last)))
    title = request.form.get(f"title-{number}", section.title).strip() or section.title
    return section.model_copy(update={"title": title, "paragraphs": paragraphs})


def _sentence(key: str, said: Paragraph) -> Paragraph:
    fields = request.form
    if f"text-{key}" not in fields:
        return said.model_copy()
    return said.model_copy(
        update={
            "speaker": fields.get(f"speaker-{key}", said.speaker).strip(),
            "text": _lines(fields[f"text-{key}"]),
            "goes_on": f"goes-on-{key}" in fields,
        }
    )


def _lines(words: str) -> str:
    """Return the words with their line breaks, which stand on the paper as they were typed; other
    space does not."""
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)


def _empty(content: Content, last: Paragraph | None) -> Paragraph:
    """Return an empty sentence right after `last`, by the same speaker."""
    if last is None:
        transcript_id = content.transcript_ids[0] if content.transcript_ids else None
        return Paragraph(text="", start_seconds=0, end_seconds=0, transcript_id=transcript_id)
    return Paragraph(
        speaker=last.speaker,
        text="",
        start_seconds=last.end_seconds,
        end_seconds=last.end_seconds,
        transcript_id=last.transcript_id,
    )


def _attendee(line: str) -> Attendee | None:
    """Read 「氏名（職名）」; return None for a line without a name."""
    name, _, rest = line.strip().partition("（")
    title = rest.removesuffix("）")
    is_odd = "）" in name or (rest and title == rest)
    return None if is_odd or not name.strip() else Attendee(name=name.strip(), title=title)
