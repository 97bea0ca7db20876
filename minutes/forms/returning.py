"""Takes back a Word file of the minutes that was corrected outside: what differs is found sentence
by sentence, and what is taken of it becomes a content to revise with. Sentences keep their places
in the recording, so their sound and their pages stay.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from meetings import clean_text
from meetings.cell import Cell
from meetings.errors import FileRejected, InvalidInput
from minutes.forms.marks import MarkedPlace
from minutes.imports.cutting import SENTENCE
from minutes.records.audible import SentencePlace, sentences
from minutes.records.comparing import LinePart, pieces_between
from minutes.records.content import Content, Paragraph, Section, content_of
from minutes.records.paper import set_apart, speaker_labels
from models.minutes import Minutes

PROGRAM = "minutes.inside.word_returned"
SECONDS = 120
CELL = Cell(memory_mb=2000, output_mb=100, at_once=2)
ALIKE = 50
"""Similarity in percent from which two sentences without marks are one that was changed."""

NOTHING = "ファイルに会議録の本文が見つかりません。この会議録から出したファイルか確かめてください。"
MOST_CHANGES = 20_000
SPEAKER_SIGN = "○"
LINES_ABOVE = 3
"""How many lines above the first sentence of a section its heading may stand."""


class ReturnedKind(StrEnum):
    """What became of a sentence, of the speaker above it or of the heading above that; the values
    are the Japanese labels.
    """

    CHANGED = "直した文"
    REMOVED = "消した文"
    ADDED = "加えた文"
    SPEAKER = "変えた発言者"
    HEADING = "変えた見出し"


@dataclass(frozen=True)
class ReturnedChange:
    """A difference of the returned file. `place` is the sentence's in the revision that it is
    compared with; of an added one, that of the sentence before. `is_doubtful`: the sentence was
    changed here as well since the file was made, or nobody can be sure that it was meant. Of a
    speaker `old` and `new` are names as the minutes have them.
    """

    place: SentencePlace
    kind: ReturnedKind
    old: str
    new: str
    is_doubtful: bool = False

    @property
    def key(self) -> str:
        """Return a name for it that is its own."""
        return f"{self.place[0]}-{self.place[1]}-{self.kind.name.lower()}"

    @property
    def can_be_taken(self) -> bool:
        """Return whether it can be taken into the minutes: headings are those of the agenda, and a
        sentence cannot be without its speaker.
        """
        return self.kind is not ReturnedKind.HEADING and (
            self.kind is not ReturnedKind.SPEAKER or bool(self.new)
        )

    @property
    def pieces(self) -> list[LinePart]:
        """Return old and new text as stretches that were kept, removed or added."""
        return pieces_between(self.old, self.new)


@dataclass(frozen=True)
class ReturnedPiece:
    """A stretch of the returned text, with the place that its mark names."""

    place: MarkedPlace | None
    text: str
    begins: bool = True


def read(file_name: str, path: Path) -> list[ReturnedPiece]:
    """Return the text of the file in its order, cut where its marks stand. Raises FileRejected,
    OutOfBounds.
    """
    if Path(file_name).suffix.lower() != ".docx":
        raise FileRejected("会議録として戻せるのはWordのファイル（docx）です。")
    path = path.resolve()
    found = CELL.ask(PROGRAM, str(path), seconds=SECONDS, reads=[path])
    pieces = [
        ReturnedPiece(_marked_place(place) if place else None, clean_text.lines(text), begins)
        for place, text, begins in found
    ]
    if not any(piece.text.strip() for piece in pieces):
        raise FileRejected(NOTHING)
    return pieces


def source_of(pieces: Iterable[ReturnedPiece], known: Iterable[int]) -> int | None:
    """Return the id of the revision that the file was made of, if it is one of the `known`; None
    for a file without marks.
    """
    ids = set(known)
    return next((p.place.revision for p in pieces if p.place and p.place.revision in ids), None)


def changes(
    pieces: Sequence[ReturnedPiece], latest: Content, source: Content | None, source_id: int = 0
) -> list[ReturnedChange]:
    """Return how the file differs from what it was made of (`source`, of revision `source_id`), as
    changes of the `latest` content, in reading order. Without a source, sentences are matched by
    their words. Raises FileRejected where nothing of the text is in the file.
    """
    if source is None:
        found = _by_words(pieces, latest)
    else:
        mine = [one for one in pieces if one.place is None or one.place.revision == source_id]
        found = _by_marks(mine, latest, source)
    return sorted(found, key=lambda one: (one.place, one.kind is ReturnedKind.ADDED))[:MOST_CHANGES]


def changes_of(minutes: Minutes, pieces: Sequence[ReturnedPiece]) -> list[ReturnedChange]:
    """Return how the file differs from the revision of these minutes that it was made of, as
    changes of the latest one. Raises what `changes` raises.
    """
    by_id = {revision.id: revision for revision in minutes.revisions}
    known = source_of(pieces, by_id)
    source = content_of(by_id[known]) if known else None
    return changes(pieces, content_of(minutes.latest), source, known or 0)


def applied(latest: Content, taken: Iterable[ReturnedChange]) -> Content:
    """Return a copy of the content with these changes made. Raises InvalidInput for a place that it
    has not.
    """
    content = latest.model_copy(deep=True)
    added: list[ReturnedChange] = []
    for change in taken:
        section, paragraph = change.place
        if section >= len(content.sections) or paragraph >= len(
            content.sections[section].paragraphs
        ):
            raise InvalidInput(
                "changes", "会議録にない文の変更があります。ファイルを送り直してください。"
            )
        if not change.can_be_taken:
            raise InvalidInput("changes", f"「{change.kind.value}」は取り入れられません。")
        if change.kind is ReturnedKind.ADDED:
            added.append(change)
        elif change.kind is ReturnedKind.SPEAKER:
            _give_speaker(content.sections[section].paragraphs[paragraph:], change.new)
        else:
            said = content.sections[section].paragraphs[paragraph]
            said.text = "" if change.kind is ReturnedKind.REMOVED else change.new
    for change in sorted(added, key=lambda one: one.place, reverse=True):
        section, paragraph = change.place
        before = content.sections[section].paragraphs[paragraph]
        content.sections[section].paragraphs.insert(paragraph + 1, _after(before, change.new))
    return content


def _give_speaker(paragraphs: Iterable[Paragraph], name: str) -> None:
    """Give these sentences another speaker, up to where somebody else speaks."""
    before = None
    for said in paragraphs:
        if before not in (None, said.speaker):
            return
        before, said.speaker = said.speaker, name


def _after(before: Paragraph, text: str) -> Paragraph:
    """Return a sentence that nobody said in the recording, where the one before it ends."""
    return Paragraph(
        speaker=before.speaker,
        text=text,
        start_seconds=before.end_seconds,
        end_seconds=before.end_seconds,
        transcript_id=before.transcript_id,
    )


def _by_marks(
    pieces: Sequence[ReturnedPiece], latest: Content, source: Content
) -> Iterator[ReturnedChange]:
    """Yield what differs from the source, at the places of the same sentences in `latest`."""
    now = {said.place: (place, said) for place, said in sentences(latest)}
    returned = _texts_by_place(pieces)
    if not returned:
        raise FileRejected(NOTHING)
    for place, said in sentences(source):
        if said.place not in now:
            continue
        here, current = now[said.place]
        text = returned.get(place, "")
        if _plain(text) == _plain(said.text):
            continue
        is_doubtful = current.text != said.text
        if _plain(text) != _plain(current.text):
            kind = ReturnedKind.CHANGED if text else ReturnedKind.REMOVED
            yield ReturnedChange(here, kind, current.text, text, is_doubtful)
    places = {place: now[said.place][0] for place, said in sentences(source) if said.place in now}
    headings = _changed_headings(pieces, source)
    yield from _written_between(pieces, latest, places, set(headings.values()))
    for number, text in headings.items():
        heading = _heading(source.sections[number])
        if (number, 0) in places:
            yield ReturnedChange(places[number, 0], ReturnedKind.HEADING, heading, text)
    yield from _changed_speakers(pieces, latest, source, places)


def _changed_headings(pieces: Sequence[ReturnedPiece], source: Content) -> dict[int, str]:
    """Return what stands in place of a section's heading, by the section's index; an empty text
    where nothing does.
    """
    changed = {}
    for number, section in enumerate(source.sections):
        heading = _heading(section)
        first = next((n for n, one in enumerate(pieces) if _section_of(one) == number), 0)
        near = [_plain(one.text) for one in pieces[max(0, first - LINES_ABOVE) : first]]
        if near and heading.strip() and _plain(heading) not in near:
            above = pieces[first - 1]
            is_new = above.place is None and _plain(above.text) not in _printed(source)
            changed[number] = above.text.strip() if is_new else ""
    return changed


def _heading(section: Section) -> str:
    return f"{section.number}　{section.title}".strip("　")


def _section_of(piece: ReturnedPiece) -> int | None:
    return piece.place.section if piece.place else None


def _changed_speakers(
    pieces: Iterable[ReturnedPiece],
    latest: Content,
    source: Content,
    places: dict[SentencePlace, SentencePlace],
) -> Iterator[ReturnedChange]:
    """Yield where another speaker is named than the source has, or none any more."""
    label, now_label = speaker_labels(source), speaker_labels(latest)
    names = {_plain(now_label(name)): name for name in _names(latest)}
    said, now = dict(sentences(source)), dict(sentences(latest))
    written: dict[SentencePlace, str] = {}
    for one in pieces:
        if one.place is not None and one.place.is_speaker:
            place = one.place.section, one.place.paragraph
            written[place] = written.get(place, "") + one.text.strip()
    for place, text in written.items():
        here, before = places.get(place), said.get(place)
        if here is None or before is None or _plain(text) == _plain(label(before.speaker)):
            continue
        name = names.get(_plain(text), text.removeprefix(SPEAKER_SIGN).strip("　 "))
        old = now[here].speaker
        if _plain(name) != _plain(old):
            is_doubtful = old != before.speaker or _plain(text) not in names
            yield ReturnedChange(here, ReturnedKind.SPEAKER, old, name, is_doubtful)


def _names(content: Content) -> list[str]:
    names = [one.name for one in (*content.attendees, *content.speakers)]
    return list(dict.fromkeys([*names, *(said.speaker for _, said in sentences(content))]))


def _texts_by_place(pieces: Iterable[ReturnedPiece]) -> dict[SentencePlace, str]:
    """Return the text of each marked sentence that is not empty, in one line; notes that stood on
    a line of their own stand in it again.
    """
    found: dict[SentencePlace, str] = {}
    for one in pieces:
        if one.place and not one.place.is_speaker:
            place = one.place.section, one.place.paragraph
            found[place] = found.get(place, "") + one.text.replace("\n", "").strip()
    return {place: text for place, text in found.items() if text}


def _written_between(
    pieces: Iterable[ReturnedPiece],
    latest: Content,
    places: dict[SentencePlace, SentencePlace],
    headings: Collection[str],
) -> Iterator[ReturnedChange]:
    """Yield paragraphs that stand after a marked one, without a mark, and are no heading."""
    printed = _printed(latest)
    last: SentencePlace | None = None
    added: dict[SentencePlace, list[str]] = {}
    for one in pieces:
        if one.place and not one.place.is_speaker:
            last = places.get((one.place.section, one.place.paragraph), last)
        elif one.text.strip() in headings:
            continue
        elif one.place is None and last is not None and _plain(one.text) not in printed:
            added.setdefault(last, []).append(one.text.strip())
    for place, texts in added.items():
        yield ReturnedChange(place, ReturnedKind.ADDED, "", "".join(texts), is_doubtful=True)


def _by_words(pieces: Iterable[ReturnedPiece], latest: Content) -> Iterator[ReturnedChange]:
    """Yield what differs where sentences are matched by their words, in their order. What was
    removed or added so may be a part of another document, so it is doubtful.
    """
    said = list(sentences(latest))
    old = [(place, text) for place, one in said for text in _cut(one.text)]
    new = _returned_sentences(pieces, latest)
    owners = _owners(old, new)
    if not any(owner for owner, _ in owners):
        raise FileRejected(NOTHING)
    returned: dict[SentencePlace, str] = {}
    added: dict[SentencePlace, str] = {}
    last = said[0][0]
    for (owner, is_added), text in zip(owners, new, strict=True):
        last = owner or last
        texts = added if is_added else returned
        texts[last] = texts.get(last, "") + text
    for place, one in said:
        text = returned.get(place, "")
        if _plain(text) != _plain(one.text):
            kind = ReturnedKind.CHANGED if text else ReturnedKind.REMOVED
            yield ReturnedChange(place, kind, one.text, text, is_doubtful=not text)
    for place, text in added.items():
        yield ReturnedChange(place, ReturnedKind.ADDED, "", text, is_doubtful=True)


def _owners(
    old: Sequence[tuple[SentencePlace, str]], new: Sequence[str]
) -> list[tuple[SentencePlace | None, bool]]:
    """Return for each of the new sentences the place of the old one that it is now, or after which
    it was added, and whether it was added. None before all of the old ones.
    """
    plain = [_plain(text) for _, text in old], [_plain(text) for text in new]
    owners: list[tuple[SentencePlace | None, bool]] = [(None, True)] * len(new)
    for kind, start, end, first, last in SequenceMatcher(None, *plain, False).get_opcodes():
        if kind == "equal":
            owners[first:last] = [(place, False) for place, _ in old[start:end]]
        elif kind == "replace":
            for at, place in _pairs(old[start:end], new[first:last]):
                owners[first + at] = place, False
    for at, (owner, _) in enumerate(owners):
        before = owners[at - 1][0] if at else None
        if owner is None and before is not None:
            after = next((place for place, _ in owners[at + 1 :] if place is not None), None)
            owners[at] = before, after != before
    return owners


def _pairs(
    old: Sequence[tuple[SentencePlace, str]], new: Sequence[str]
) -> Iterator[tuple[int, SentencePlace]]:
    """Yield for each old sentence the index of the first new one that is like it, in their order,
    with the place.
    """
    free = 0
    for place, text in old:
        alike = (n for n in range(free, len(new)) if fuzz.ratio(text, new[n]) >= ALIKE)
        at = next(alike, None)
        if at is not None:
            yield at, place
            free = at + 1


def _returned_sentences(pieces: Iterable[ReturnedPiece], latest: Content) -> list[str]:
    """Return the sentences of the file, without headings and without the names of speakers."""
    printed = _printed(latest)
    without_speaker = _speakers_cut(latest)
    lines = (line for one in pieces for line in one.text.split("\n"))
    return [
        text
        for line in lines
        if _plain(line) not in printed
        for text in _cut(without_speaker(line))
    ]


def _cut(text: str) -> list[str]:
    return [one.strip() for one in SENTENCE.findall(text) if one.strip()]


def _printed(content: Content) -> set[str]:
    """Return what the paper has besides what was said: headings, speakers, the head's words."""
    label = speaker_labels(content)
    lines = [content.title, content.series, content.place, *map(label, _names(content))]
    lines += [f"{one.number}{one.title}" for one in content.sections]
    lines += [one.title for one in content.sections]
    return {_plain(line) for line in lines} | {""}


def _speakers_cut(content: Content) -> Callable[[str], str]:
    """Return a function that takes the name of a speaker from the beginning of a line."""
    label = speaker_labels(content)
    spoken = {label(said.speaker) for _, said in sentences(content) if said.speaker}
    names = tuple(sorted(spoken, key=len, reverse=True))

    def cut(line: str) -> str:
        line = line.strip()
        name = next((one for one in names if line.startswith(one)), "")
        return line.removeprefix(name).lstrip("　 ：:") if name else line

    return cut


def _plain(text: str) -> str:
    """Return the text as it is compared: as paper sets it, without breaks and spaces."""
    return "".join(set_apart(clean_text.lines(text)).split())


def _marked_place(place: list[Any]) -> MarkedPlace:
    return MarkedPlace(int(place[0]), int(place[1]), int(place[2]), bool(place[3]))
