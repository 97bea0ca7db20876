"""Measures how many seconds of a meeting folder are assigned to the right agenda item: of the exact
text of the reference, and of what was heard where there is a `heard.json`; without page turns, and
as if the presenter called up each item some seconds late.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from meetings.errors import InvalidInput
from minutes.accuracy import without_fillers
from minutes.assignment.assigning import OUTSIDE, SpokenSegment, assign
from minutes.assignment.topics import Topic
from minutes.assignment.weights import AssignmentWeights
from minutes.evaluation.folder import DESCRIPTION
from minutes.recognition.heard import HeardSegment
from minutes.terms.terms import PersonName

LATE_SECONDS = (5.0, 20.0, 60.0)


@dataclass(frozen=True)
class Case:
    """A meeting to be assigned. `right` holds for each segment the items (from 0, or OUTSIDE) in
    which it may rightly be placed.
    """

    topics: list[Topic]
    said: list[SpokenSegment]
    right: list[set[int]]


@dataclass(frozen=True)
class AssignedSeconds:
    """Seconds of speech: all, those assigned to the right item, and those left out of all items."""

    seconds: float = 0.0
    right: float = 0.0
    left_out: float = 0.0

    def __add__(self, other: "AssignedSeconds") -> "AssignedSeconds":
        return AssignedSeconds(
            self.seconds + other.seconds,
            self.right + other.right,
            self.left_out + other.left_out,
        )

    @property
    def share(self) -> float | None:
        """Return the share of seconds in the right item; None where there are no seconds."""
        return self.right / self.seconds if self.seconds else None


@dataclass(frozen=True)
class ReferenceSentence:
    """A sentence of the reference with its times in seconds; `place` is the index of its item, from
    0.
    """

    text: str
    start_seconds: float
    end_seconds: float
    place: int


def topics_of(folder: Path) -> list[Topic]:
    """Return the agenda of a meeting folder with its documents; empty without a meeting.json.

    Raises InvalidInput where that or a document cannot be read.
    """
    path = folder / DESCRIPTION
    try:
        return _topics(folder, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if path.is_file():
            raise InvalidInput("folder", f"{folder} の資料がありません。") from None
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidInput("folder", f"{path} の議題を読めません: {problem}") from problem


def _topics(folder: Path, facts: dict[str, Any]) -> list[Topic]:
    kana = {known["name"]: known.get("kana", "") for known in facts.get("attendees") or ()}
    return [
        Topic(
            str(number),
            entry["title"],
            PersonName(entry.get("presenter", ""), kana.get(entry.get("presenter", ""), "")),
            tuple(_papers(folder, facts, number)),
        )
        for number, entry in enumerate(facts.get("agenda") or (), 1)
    ]


def sentences_of(folder: Path) -> list[ReferenceSentence]:
    """Return the sentences of the folder's reference; empty where it does not give their times and
    items.
    """
    entries = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    return [
        ReferenceSentence(
            one["text"], one["start_seconds"], one["end_seconds"], entry["agenda_item"] - 1
        )
        for entry in entries
        if "agenda_item" in entry
        for one in entry.get("sentences", ())
    ]


def compare(heard: Sequence[HeardSegment], texts: Sequence[str], folder: Path) -> AssignedSeconds:
    """Return how many seconds of the meeting in `folder` are assigned rightly. `texts` are those
    of the heard segments after the documents' corrections.
    """
    said = [
        SpokenSegment(text, one.end_seconds - one.start_seconds)
        for one, text in zip(heard, texts, strict=True)
    ]
    return _compared(heard, said, topics_of(folder), sentences_of(folder))


def share_right(case: Case, weights: AssignmentWeights) -> float:
    """Return the share of seconds that these weights assign rightly."""
    found = assign(case.said, case.topics, weights=weights)
    right = sum(
        one.seconds
        for one, given, places in zip(case.said, found, case.right, strict=True)
        if given and given.place in places
    )
    return right / sum(one.seconds for one in case.said)


def cases_of(folder: Path) -> list[Case]:
    """Return the exact text of the folder as a case, and what was heard where heard.json holds it.
    What the chair says first and last may also be outside the items.
    """
    sentences, topics = sentences_of(folder), topics_of(folder)
    of_chair = {*sentences[:4], *sentences[-4:]}
    cases = []
    for segments in (_exact(sentences), _kept(folder)):
        nearest = [max(sentences, key=lambda s: _shared(one, s)) for one in segments]
        right = [{s.place, OUTSIDE} if s in of_chair else {s.place} for s in nearest]
        if segments:
            cases.append(Case(topics, _said(segments), right))
    return cases


def _compared(
    spans: Sequence[HeardSegment],
    said: Sequence[SpokenSegment],
    topics: Sequence[Topic],
    sentences: Sequence[ReferenceSentence],
) -> AssignedSeconds:
    right = left_out = 0.0
    for span, given in zip(spans, assign(said, topics), strict=True):
        for sentence in sentences:
            shared = max(0.0, _shared(span, sentence))
            if given and given.place == sentence.place:
                right += shared
            elif given and given.place == OUTSIDE:
                left_out += shared
    return AssignedSeconds(sum(s.end_seconds - s.start_seconds for s in sentences), right, left_out)


def _papers(folder: Path, facts: dict[str, Any], number: int) -> Iterator[str]:
    for material in facts.get("materials") or ():
        if material.get("agenda_item") == number:
            yield material["title"]
            yield (folder / material["file"]).read_text(encoding="utf-8")


def _exact(sentences: Sequence[ReferenceSentence]) -> list[HeardSegment]:
    return [
        HeardSegment(s.start_seconds, s.end_seconds, without_fillers(s.text)) for s in sentences
    ]


def _kept(folder: Path) -> list[HeardSegment]:
    path = folder / "heard.json"
    if not path.is_file():
        return []
    return [HeardSegment(**one) for one in json.loads(path.read_text(encoding="utf-8"))["segments"]]


def _said(segments: Sequence[HeardSegment]) -> list[SpokenSegment]:
    return [SpokenSegment(one.text, one.end_seconds - one.start_seconds) for one in segments]


def _shared(span: HeardSegment, sentence: ReferenceSentence) -> float:
    end = min(span.end_seconds, sentence.end_seconds)
    return end - max(span.start_seconds, sentence.start_seconds)


def _with_turns(
    spans: Sequence[HeardSegment], sentences: Sequence[ReferenceSentence], late_seconds: float
) -> list[SpokenSegment]:
    """Return the segments as if each item had been called up `late_seconds` after it began."""
    found = []
    for span, said in zip(spans, _said(spans), strict=True):
        middle = (span.start_seconds + span.end_seconds) / 2 - late_seconds
        before = [s.place for s in sentences if s.start_seconds <= middle]
        found.append(replace(said, shown=before[-1] if before else None))
    return found


def table(folder: Path) -> Iterator[str]:
    """Yield a line of results for each text, with and without turns.

    Raises InvalidInput for a folder whose reference gives no items and times.
    """
    if not (folder / "reference.json").is_file() or not sentences_of(folder):
        raise InvalidInput(
            "folder",
            f"{folder} に、議題（agenda_item）と文の時刻（sentences）のある reference.json が"
            "ありません。",
        )
    sentences, topics = sentences_of(folder), topics_of(folder)
    for kind, spans in (("exact", _exact(sentences)), ("heard", _kept(folder))):
        if not spans:
            continue
        variants = [("no turns", _said(spans))]
        variants += [(f"{s:.0f} s late", _with_turns(spans, sentences, s)) for s in LATE_SECONDS]
        for name, said in variants:
            got = _compared(spans, said, topics, sentences)
            yield (
                f"{folder.resolve().name:<20}{kind:<7}{name:<11}{got.seconds:>7.1f} s"
                f"{got.right / got.seconds:>8.1%} right{got.left_out / got.seconds:>8.1%} left out"
            )
