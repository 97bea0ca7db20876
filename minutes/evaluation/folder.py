"""Reads the vocabulary of a meeting folder, as `gijido evaluate` takes it: meeting.json and its
documents.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from meetings.errors import InvalidInput
from minutes.terms.terms import EARLIER, MeetingVocabulary, Paper, PersonName, collect

DESCRIPTION = "meeting.json"


def vocabulary_of(folder: Path, earlier: Iterable[str] = ()) -> MeetingVocabulary:
    """Return the terms of agenda, documents and attendees, and of the texts of `earlier` minutes.

    Raises InvalidInput where a document that meeting.json names is missing or cannot be read.
    """
    path = folder / DESCRIPTION
    papers = [Paper(EARLIER, text) for text in earlier]
    if not path.is_file():
        return collect(papers)
    try:
        meeting = json.loads(path.read_text(encoding="utf-8"))
        return collect([*_papers(folder, meeting), *papers], _people(meeting))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidInput("folder", f"{path} の資料を読めません: {problem}") from problem


def _papers(folder: Path, meeting: dict[str, Any]) -> Iterator[Paper]:
    yield Paper("会議", str(meeting.get("title") or ""))
    yield Paper("会議", str(meeting.get("place") or ""))
    for entry in meeting.get("agenda") or ():
        yield Paper("議題", str(entry["title"]))
    for material in meeting.get("materials") or ():
        title = str(material["title"])
        yield Paper(title, title)
        yield Paper(title, (folder / material["file"]).read_text(encoding="utf-8"))


def _people(meeting: dict[str, Any]) -> list[PersonName]:
    return [
        PersonName(str(one["name"]), str(one.get("kana") or ""), str(one.get("title") or ""))
        for one in meeting.get("attendees") or ()
    ]
