"""Written meetings (`tests/data/items`): an agenda, some papers, and what was said to which item,
counted from 1; 0 for talk outside all items."""

import json
from pathlib import Path

from minutes.assignment.assigning import OUTSIDE, SpokenSegment
from minutes.assignment.topics import Topic
from minutes.evaluation.items import Case
from minutes.terms.terms import PersonName

FOLDER = Path(__file__).parents[2] / "data" / "items"
MEETINGS = sorted(path.stem for path in FOLDER.glob("*.json"))
CHARACTERS_A_SECOND = 6.5


def meeting(name: str) -> Case:
    facts = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    topics = [
        Topic(
            str(number),
            entry["title"],
            PersonName(entry["presenter"]),
            tuple(m["text"] for m in facts["materials"] if m["agenda_item"] == number),
        )
        for number, entry in enumerate(facts["agenda"], 1)
    ]
    said = [SpokenSegment(text, len(text) / CHARACTERS_A_SECOND) for _, text in facts["said"]]
    right = [{place - 1 if place else OUTSIDE} for place, _ in facts["said"]]
    return Case(topics, said, right)
