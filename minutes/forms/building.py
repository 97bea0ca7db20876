"""Makes the values of a form (`FormContext`) of the content of a revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from meetings import dates
from minutes.forms.context import (
    NONE,
    FormContext,
    FormEntry,
    FormItem,
    FormPerson,
    FormSpeech,
)
from minutes.forms.hidden_names import HiddenNames
from minutes.forms.kinds import RecordForm
from minutes.forms.marks import marked
from minutes.records.content import Attendee, Content, Section
from minutes.records.paper import Block, laid_out

DRAFT = "案（未定稿）"


@dataclass(frozen=True)
class ItemSummary:
    """What is written about an item in short: sentences of the text, or of a person, none of them
    guessed.
    """

    points: Sequence[str] = ()
    decisions: Sequence[str] = ()
    homework: Sequence[str] = ()


@dataclass(frozen=True)
class Printed:
    """A content to be printed, and what of it: `number` of its revision, whether it is no more
    than a draft, the `summaries` by the indexes of its sections.
    """

    content: Content
    city: str = ""
    number: int = 0
    is_draft: bool = False
    summaries: Mapping[int, ItemSummary] = field(default_factory=dict)


def context_of(printed: Printed, form: RecordForm, *, is_marked: bool = False) -> FormContext:
    """Return the values of the form. With `is_marked` each sentence of the speeches stands between
    marks (`minutes/forms/marks.py`), by which it is found again.
    """
    content = printed.content
    items = _items(printed, form, is_marked)
    return FormContext(
        form=form.label,
        city=printed.city,
        mark=DRAFT if printed.is_draft else "",
        number=printed.number,
        title=content.title,
        body=content.series,
        when=dates.span_in_words(
            datetime.fromisoformat(content.starts_at), datetime.fromisoformat(content.ends_at)
        ),
        place=content.place,
        members=[_person(one) for one in content.attendees],
        agenda=[_entry(section) for section in content.sections if section.number],
        items=items,
    )


def _items(printed: Printed, form: RecordForm, is_marked: bool) -> list[FormItem]:
    speeches = _speeches(printed.content, form, is_marked)
    shown = enumerate(zip(printed.content.sections, speeches, strict=True))
    return [
        _item(section, said, printed.summaries.get(number, ItemSummary()))
        for number, (section, said) in shown
        if form.has_speeches or section.number
    ]


def _item(section: Section, said: list[FormSpeech], summary: ItemSummary) -> FormItem:
    return FormItem(
        number=section.number,
        title=section.title,
        speeches=said,
        points=[*summary.points] or [NONE],
        decisions=[*summary.decisions] or [NONE],
        homework=[*summary.homework] or [NONE],
    )


def _speeches(content: Content, form: RecordForm, is_marked: bool) -> list[list[FormSpeech]]:
    """Return what was said in each section, with the names that the form gives to speakers."""
    if not form.has_speeches:
        return [[] for _ in content.sections]
    if form.hides_names:
        return _without_names(content)
    return [
        [
            FormSpeech(
                speaker=block.speaker,
                text=_marked_text(number, block) if is_marked else block.text,
            )
            for block in blocks
        ]
        for number, blocks in enumerate(laid_out(content))
    ]


def _without_names(content: Content) -> list[list[FormSpeech]]:
    hidden = HiddenNames(content)
    return [
        [
            FormSpeech(
                speaker=hidden.label(block.sentences[0].said.speaker) if block.speaker else "",
                text=hidden.hide(block.text),
            )
            for block in blocks
        ]
        for blocks in laid_out(content)
    ]


def _marked_text(section: int, block: Block) -> str:
    return "".join(one.gap + marked((section, one.place), one.text) for one in block.sentences)


def _person(one: Attendee) -> FormPerson:
    return FormPerson(name=one.name, title=one.title)


def _entry(section: Section) -> FormEntry:
    level = section.number.count("-") + 1
    return FormEntry(number=section.number, title=section.title, level=level)
