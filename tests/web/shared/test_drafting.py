"""Minutes are drafted before the write lock is taken: what changes meanwhile is seen."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from minutes.records import drafting, records
from minutes.records.drafting import DraftedText
from minutes.transcripts import transcripts
from models.database import reading, writing
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import Segment, Transcript
from tests.conftest import Browser, Cast
from web.shared.drafting import TRIES

pytestmark = pytest.mark.hostile


def correct(engine: Engine, secretary: Person, segment_id: int, text: str) -> None:
    """Somebody else does, and it is on disk."""
    with writing(engine) as session, session.begin():
        segment, by = session.get_one(Segment, segment_id), session.get_one(Person, secretary.id)
        transcripts.correct(session, by, segment, text, based_on=segment.revision)


class Meddling:
    """Corrects a segment each time that a draft was made, as often as it was told to."""

    def __init__(self, engine: Engine, by: Person, segment_id: int, times: int) -> None:
        self.made: list[DraftedText] = []
        self._act = lambda text: correct(engine, by, segment_id, text)
        self._times = times
        self._prepare = drafting.prepare

    def __call__(self, *chosen: object, **how: object) -> DraftedText:
        self.made.append(self._prepare(*chosen, **how))  # type: ignore[arg-type]
        if len(self.made) <= self._times:
            self._act(f"{len(self.made)}回目に直した文")
        return self.made[-1]


def revisions(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [str(one.content) for one in session.scalars(select(MinutesRevision))]


def test_who_corrects_while_minutes_are_drafted_finds_the_correction_in_them(
    engine: Engine,
    cast: Cast,
    meeting: Meeting,
    transcript: Transcript,
    browse: Callable[[Person], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browse(cast.secretary)
    meddling = Meddling(engine, cast.organiser, transcript.segments[0].id, times=1)
    monkeypatch.setattr(drafting, "prepare", meddling)
    answer = client.post(f"/api/meetings/{meeting.id}/minutes", json={})
    assert answer.status_code == 201, answer.text
    assert len(meddling.made) == 2
    (content,) = revisions(engine)
    assert "1回目に直した文" in content


def test_a_transcript_that_never_rests_is_not_drafted_and_says_so(
    engine: Engine,
    cast: Cast,
    meeting: Meeting,
    transcript: Transcript,
    browse: Callable[[Person], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = browse(cast.secretary)
    meddling = Meddling(engine, cast.organiser, transcript.segments[0].id, times=100)
    monkeypatch.setattr(drafting, "prepare", meddling)
    answer = client.post(f"/api/meetings/{meeting.id}/minutes", json={})
    assert answer.status_code == 409
    assert "もう一度" in answer.json["message"]
    assert len(meddling.made) == TRIES
    assert revisions(engine) == []


def test_who_was_overtaken_between_styling_and_saving_sees_both_texts(
    engine: Engine,
    session: Session,
    cast: Cast,
    meeting: Meeting,
    transcript: Transcript,
    browse: Callable[[Person], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records.draft(session, cast.secretary, transcript)
    client = browse(cast.secretary)
    prepare = records.prepare_revision

    def overtaken(*given: object) -> records.PreparedRevision:
        prepared = prepare(*given)  # type: ignore[arg-type]
        with writing(engine) as other, other.begin():
            by = other.get_one(Person, cast.organiser.id)
            records.draft(other, by, other.get_one(Transcript, transcript.id))
        return prepared

    monkeypatch.setattr(records, "prepare_revision", overtaken)
    answer = client.post(
        f"/api/meetings/{meeting.id}/minutes/style",
        json={"style": {"endings": "plain"}, "based_on": 1},
    )
    assert answer.status_code == 409, answer.text
    assert answer.json["revision"] == 2
