"""Makes the values of a form (`FormContext`) of the content of a revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from minutes.forms.marks import marked, underlined
from minutes.records.closed.underlined import Underlined
from minutes.records.content import Content, Section
from minutes.records.head import HeadDecision, HeadPerson
from minutes.records.head_lines import (
    audience_words,
    decision_words,
    event_line,
    office_words,
    openness_words,
)
from minutes.records.paper import Block, MinutesSentence, laid_out

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
    than a draft, the `summaries` by the indexes of its sections, and what of the original is
    `underlined` because citizens do not get it.
    """

    content: Content
    city: str = ""
    number: int = 0
    is_draft: bool = False
    summaries: Mapping[int, ItemSummary] = field(default_factory=dict)
    underlined: Underlined | None = None


def context_of(printed: Printed, form: RecordForm, *, is_marked: bool = False) -> FormContext:
    """Return the values of the form. Where it hides names, headings hide them too.

    With `is_marked` speakers and sentences stand between marks (`minutes/forms/marks.py`), by which
    they are found again.
    """
    if form.hides_names:
        printed = replace(printed, content=_with_hidden_headings(printed.content))
    content, head = printed.content, printed.content.shown_head
    return FormContext(
        form=form.label,
        city=printed.city,
        mark=DRAFT if printed.is_draft else "",
        number=printed.number,
        title=content.title,
        body=content.series,
        when=dates.span_in_words(
            datetime.fromisoformat(head.starts_at), datetime.fromisoformat(head.ends_at)
        ),
        place=content.place,
        access=openness_words(head),
        audience=audience_words(head),
        members=_persons(head.present),
        absent=_absent(content, form),
        explainers=_persons(head.explainers),
        guests=_persons([*head.witnesses, *head.observers]),
        office=_persons(head.staff),
        course=[event_line(one, head) for one in head.events],
        agenda=_agenda(content),
        documents=[FormEntry(number=one.number, title=one.title) for one in head.papers],
        items=_items(printed, form, is_marked),
    )


def _absent(content: Content, form: RecordForm) -> list[FormPerson]:
    """Return who was absent; 「なし」 where the head knows that nobody was, as a record says it."""
    nobody = [] if content.head is None or form.hides_names else [FormPerson(name=NONE)]
    return _persons(content.shown_head.absent) or nobody


def _with_hidden_headings(content: Content) -> Content:
    hidden = HiddenNames(content)
    head = content.head
    if head is not None:
        titled = [one.model_copy(update={"title": hidden.hide(one.title)}) for one in head.items]
        head = head.model_copy(update={"items": titled})
    sections = [s.model_copy(update={"title": hidden.hide(s.title)}) for s in content.sections]
    return content.model_copy(update={"sections": sections, "head": head})


def _agenda(content: Content) -> list[FormEntry]:
    """Return the agenda of the head; the headings of the text where there is no head."""
    if content.head is not None:
        return [_entry(one.number, one.title) for one in content.head.items]
    return [_entry(one.number, one.title) for one in content.sections if one.number]


def _items(printed: Printed, form: RecordForm, is_marked: bool) -> list[FormItem]:
    speeches = _speeches(printed, form, is_marked)
    shown = enumerate(zip(printed.content.sections, speeches, strict=True))
    hide = HiddenNames(printed.content).hide if form.hides_names else str
    return [
        _item(section, said, _summary(printed, number), [*map(hide, _results(printed, section))])
        for number, (section, said) in shown
        if form.has_speeches or section.number
    ]


def _summary(printed: Printed, number: int) -> ItemSummary:
    """Return the summary of a section, with the decisions of the head before what it says itself
    of them.
    """
    summary = printed.summaries.get(number, ItemSummary())
    decided = _results(printed, printed.content.sections[number])
    return replace(summary, decisions=decided or summary.decisions)


def _results(printed: Printed, section: Section) -> list[str]:
    """Return what was decided of a section, as the head has it."""
    return [_decided(one) for one in printed.content.decisions_on(section)]


def _decided(one: HeadDecision) -> str:
    return "　".join(decision_words(one).split("\n"))


def _item(
    section: Section, said: list[FormSpeech], summary: ItemSummary, results: list[str]
) -> FormItem:
    return FormItem(
        number=section.number,
        title=section.title,
        speeches=said,
        results=results,
        points=[*summary.points] or [NONE],
        decisions=[*summary.decisions] or [NONE],
        homework=[*summary.homework] or [NONE],
    )


def _speeches(printed: Printed, form: RecordForm, is_marked: bool) -> list[list[FormSpeech]]:
    """Return what was said in each section, with the names that the form gives to speakers."""
    content = printed.content
    if not form.has_speeches:
        return [[] for _ in content.sections]
    if form.hides_names:
        return _without_names(content)
    return [
        [_speech(printed, number, block, is_marked) for block in blocks]
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


def _speech(printed: Printed, section: int, block: Block, is_marked: bool) -> FormSpeech:
    texts = [_words(printed, section, one) for one in block.sentences]
    speaker = block.speaker
    if is_marked:
        places = [(section, one.place) for one in block.sentences]
        texts = [marked(place, text) for place, text in zip(places, texts, strict=True)]
        speaker = marked(places[0], speaker, is_speaker=True) if speaker else ""
    gaps = (one.gap for one in block.sentences)
    return FormSpeech(speaker=speaker, text="".join(map("".join, zip(gaps, texts, strict=True))))


def _words(printed: Printed, section: int, one: MinutesSentence) -> str:
    """Return the words of the sentence, underlined where citizens do not get them."""
    if printed.underlined is None:
        return one.text
    pieces = printed.underlined.pieces((section, one.place), one.said.text, one.text)
    return "".join(underlined(p.text) if p.passage else p.text for p in pieces)


def _persons(people: Sequence[HeadPerson]) -> list[FormPerson]:
    return [FormPerson(name=one.name, title=office_words(one)) for one in people]


def _entry(number: str, title: str) -> FormEntry:
    return FormEntry(number=number, title=title, level=number.count("-") + 1)
