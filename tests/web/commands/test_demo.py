"""The demo's published meeting: as a careful secretary would have made it of what was heard."""

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.transcripts.transcripts import segments_of
from models.person import Person
from models.transcript import Segment, Transcript
from web.demo import builders, load


@pytest.fixture
def segments(session: Session, storage: Storage) -> list[Segment]:
    load.add_published(
        session, storage, {one.login: one for one in session.scalars(select(Person))}
    )
    return segments_of(session, session.scalars(select(Transcript)).one())


def by_person(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Who said what, one after the other."""
    return [
        (name, "".join(text for _, text in texts)) for name, texts in groupby(said, itemgetter(0))
    ]


def test_everybody_says_all_of_their_own_words_and_no_others(segments: list[Segment]) -> None:
    turns = builders.folder("finance-committee").turns
    meant = [(turn["speaker"], re.sub("</?filler>", "", turn["text"])) for turn in turns]
    said = [(segment.speaker.name, segment.text) for segment in segments if segment.speaker]
    assert by_person(said) == by_person(meant)


def test_no_word_and_no_number_is_cut_in_two(segments: list[Segment]) -> None:
    unfinished = [segment.text for segment in segments if segment.text[-1] not in "。、"]
    assert [text[-6:] for text in unfinished] == ["伴う扶助費に"]  # 「2億8,500万円」 comes next
