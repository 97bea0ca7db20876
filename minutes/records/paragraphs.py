"""Joins segments, which end where somebody drew breath, to whole sentences, and marks which
sentences make up one paragraph. A paragraph never ends inside a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from minutes.japanese.annotations import Kind, annotations, spoken
from minutes.recognition.sentences import GOES_ON, POLITE_END
from minutes.records.content import Paragraph, set_official
from minutes.style.choice import Style
from minutes.style.layers import Written, in_style, shifted
from minutes.style.protected import Names
from models.transcript import Segment

MOST_PAUSE_SECONDS = 10.0
"""Longest silence inside a sentence or a paragraph: a longer one ends both."""

LONGEST_LETTERS, LONGEST_SECONDS = 1_000, 300.0
"""Most letters, and most seconds, of a sentence that no mark ends."""

MARKS = "。．？！?!.」』）)】〕…"
TURN = re.compile(
    r"(?:次に|次は|続いて|続きまして|それでは|では[、，]|さて|まず|最後に|以上|ところで|"
    r"第?[0-9０-９一二三四五六七八九十]+(?:に[、，]|点目|つ目|番目))"
)
LINK = re.compile(
    r"(?:また|なお|さらに|一方|しかし|ただし|ただ[、，]|そこで|そのため|このため|したがって|"
    r"加えて|併せて|あわせて|具体的に|こうした|このように)"
)
TURN_LETTERS, LINK_LETTERS, FULL_LETTERS = 60, 160, 350
"""Letters a paragraph has at least before a new thought (「次に」) begins another paragraph, before
the next step of the same thought (「また」) does, and letters that it never exceeds unless by one
long sentence."""


def drafted(
    segments: Iterable[Segment], style: Style, names: Names, before: Mapping[int, int]
) -> list[Paragraph]:
    """Return a paragraph for each sentence of the segments, with `goes_on` set where the paper
    continues the paragraph before. A sentence that is only fillers joins the one before it.

    `before` gives, by a segment's id, the id of what was said right before it in the same
    recording, under whichever heading that stands.
    """
    made: list[Paragraph] = []
    for said in _sentences(segments, before):
        paragraph = _paragraph(said)
        written = in_style(paragraph.faithful or "", style, names)
        set_official(paragraph, written)
        if made and written.is_nothing and _is_of_one_voice(made[-1], paragraph):
            _append(made[-1], paragraph, written)
        else:
            made.append(paragraph)
    _mark(made, before)
    return made


def is_end(text: str, following: str) -> bool:
    """Return whether a sentence ends with `text`, where `following` is said next."""
    text = text.rstrip()
    if not text or text[-1] in MARKS:
        return True
    return POLITE_END.search(text) is not None and not GOES_ON.match(following)


def is_noted(text: str) -> bool:
    """Return whether the text only notes what happened (「（拍手）」): such a note stands alone on
    the paper.
    """
    kinds = {note.kind for note in annotations(text)}
    return bool(kinds) and Kind.UNHEARD not in kinds and not spoken(text).strip()


def _sentences(segments: Iterable[Segment], before: Mapping[int, int]) -> Iterator[list[Segment]]:
    held: list[Segment] = []
    for segment in segments:
        if held and not _is_same_sentence(held, segment, before):
            yield held
            held = []
        held.append(segment)
    if held:
        yield held


def _is_same_sentence(held: list[Segment], segment: Segment, before: Mapping[int, int]) -> bool:
    first, last = held[0], held[-1]
    return (
        before.get(segment.id) == last.id
        and _speaker(segment) == _speaker(last)
        and segment.start_seconds - last.end_seconds <= MOST_PAUSE_SECONDS
        and not is_noted(segment.text)
        and not is_end(last.text, segment.text)
        and segment.end_seconds - first.start_seconds <= LONGEST_SECONDS
        and sum(len(one.text) for one in held) <= LONGEST_LETTERS
    )


def _paragraph(said: list[Segment]) -> Paragraph:
    first, text = said[0], ""
    for segment in said:
        text = joined(text, segment.text)
    return Paragraph(
        speaker=_speaker(first),
        text=text,
        start_seconds=first.start_seconds,
        end_seconds=max(segment.end_seconds for segment in said),
        transcript_id=first.transcript_id,
        segment_ids=[segment.id for segment in said],
        faithful=text,
    )


def _speaker(segment: Segment) -> str:
    return segment.speaker.name if segment.speaker else ""


def joined(one: str, other: str) -> str:
    """Return two pieces of one text as one, with a space between them where the script needs
    it.
    """
    return one + gap(one, other) + other


def gap(one: str, other: str) -> str:
    """Return what stands between two pieces of one text: a space where a word in Latin letters
    follows another one or a Latin mark, else nothing.
    """
    last, first = one[-1:], other[:1]
    is_wanted = one and last.isascii() and first.isascii() and first.isalpha()
    return " " if is_wanted and (last.isalnum() or last in ".,;:?!") else ""


def _is_of_one_voice(last: Paragraph, paragraph: Paragraph) -> bool:
    return (last.speaker, last.transcript_id) == (paragraph.speaker, paragraph.transcript_id)


def _append(last: Paragraph, paragraph: Paragraph, written: Written) -> None:
    faithful = last.faithful or ""
    last.segment_ids += paragraph.segment_ids
    last.changes += shifted(written.changes, len(faithful))
    last.faithful = faithful + (paragraph.faithful or "")
    last.end_seconds = paragraph.end_seconds


def _mark(made: list[Paragraph], before: Mapping[int, int]) -> None:
    letters = 0
    for place, paragraph in enumerate(made):
        last = made[place - 1] if place else None
        paragraph.goes_on = last is not None and _goes_on(last, paragraph, letters, before)
        letters = len(paragraph.text) + (letters if paragraph.goes_on else 0)


def _goes_on(
    last: Paragraph, paragraph: Paragraph, letters: int, before: Mapping[int, int]
) -> bool:
    is_next = before.get(paragraph.segment_ids[0]) == last.segment_ids[-1]
    pause = paragraph.start_seconds - last.end_seconds
    if is_noted(last.text) or is_noted(paragraph.text):
        return False
    if not is_next or not _is_of_one_voice(last, paragraph) or pause > MOST_PAUSE_SECONDS:
        return False
    if TURN.match(paragraph.text) and letters >= TURN_LETTERS:
        return False
    if LINK.match(paragraph.text) and letters >= LINK_LETTERS:
        return False
    return letters + len(paragraph.text) <= FULL_LETTERS
