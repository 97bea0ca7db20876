"""The demo's published meeting: as a careful secretary would have made it of what was heard."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.storage import Storage
from minutes.transcripts import segments_of
from models.person import Person
from models.transcript import Segment, Transcript
from web.demo import builders, load


@pytest.fixture
def segments(session: Session, storage: Storage) -> list[Segment]:
    load.add_published(
        session, storage, {one.login: one for one in session.scalars(select(Person))}
    )
    return segments_of(session, session.scalars(select(Transcript)).one())


def test_where_the_next_person_begins_a_segment_begins(segments: list[Segment]) -> None:
    said = {segment.text: segment.speaker.name for segment in segments if segment.speaker}
    assert said["財政課長の説明を求めます。"] == "桐生 正臣"
    assert said["財政課長の芹沢でございます。"] == "芹沢 由紀"


def test_all_that_was_said_is_there_once_and_no_word_is_cut(segments: list[Segment]) -> None:
    turns = builders.folder("finance-committee").turns
    said = "".join(turn["text"] for turn in turns)
    assert "".join(s.text for s in segments) == said.replace("<filler>", "").replace(
        "</filler>", ""
    )
    unfinished = [segment.text for segment in segments if segment.text[-1] not in "。、"]
    assert [text[-6:] for text in unfinished] == ["伴う扶助費に"]  # 「2億8,500万円」 comes next
