"""Many texts at once end as each by itself does."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import InvalidInput, StaleRevision
from minutes.recognition.heard import HeardSegment
from minutes.terms import learning
from minutes.transcripts import rewriting, transcripts
from minutes.transcripts.rewriting import Rewriting, Tick
from models.audit import AuditLine
from models.meeting import Meeting
from models.term import Confusion
from models.transcript import Correction, Segment, Transcript
from tests.conftest import Cast
from web.demo import builders

MEANT = {
    "転入の鉄づきを行う": "転入の手続きを行う",
    "北急集市の予算です": "北九州市の予算です",
    "予算を形状しました": "予算を計上しました",
    "それは困ります": "それが困ります",
    "始めます": "始めます",
}
MANY = 40

Texts = list[tuple[str, str, bool]]


def made_up() -> Texts:
    """What was heard, what it shall be, and whether it is confirmed before."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    heard = chance.choices(list(MEANT), k=MANY)
    return [(wrong, MEANT[wrong], chance.random() < 0.5) for wrong in heard]


@pytest.fixture
def make(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> Callable[[Texts], Transcript]:
    source = builders.folder("dx-council")
    recording = builders.add_recording(session, storage, cast.secretary, meeting, source)

    def transcript_of(texts: Texts) -> Transcript:
        heard = [HeardSegment(float(n), n + 1.0, wrong) for n, (wrong, _, _) in enumerate(texts)]
        made = builders.add_transcript(session, cast.secretary, recording, heard)
        session.flush()
        for segment, (_, _, is_confirmed) in zip(made.segments, texts, strict=True):
            if is_confirmed:
                transcripts.confirm(session, cast.secretary, segment)
        session.flush()
        return made

    return transcript_of


def outcome(session: Session, transcript: Transcript) -> dict[str, Any]:
    """Everything that was written, without the numbers of rows."""
    session.flush()
    session.expire_all()
    place = {segment.id: n for n, segment in enumerate(transcript.segments)}
    of_it = Segment.transcript_id == transcript.id
    corrections = session.scalars(select(Correction).join(Correction.segment).where(of_it))
    confusions = session.scalars(select(Confusion).join(Confusion.segment).where(of_it))
    lines = session.scalars(select(AuditLine).where(AuditLine.thing == "segment"))
    return {
        "texts": [(s.text, s.revision, s.confirmed_by_id) for s in transcript.segments],
        "corrections": sorted(
            (place[c.segment_id], c.revision, c.before, c.after, c.corrected_by_id)
            for c in corrections
        ),
        "taught": sorted((place[c.segment_id], c.heard, c.meant, c.series_id) for c in confusions),
        "lines": sorted(
            (place[line.thing_id], line.verb, line.person_id, line.meeting_id)
            for line in lines
            if line.thing_id in place
        ),
    }


def wanted_of(transcript: Transcript, texts: Texts) -> list[Rewriting]:
    return [
        Rewriting(segment.id, right, segment.revision)
        for segment, (_, right, _) in zip(transcript.segments, texts, strict=True)
    ]


def test_many_corrections_leave_what_each_alone_leaves(
    session: Session, cast: Cast, make: Callable[[Texts], Transcript]
) -> None:
    texts = made_up()
    one_by_one, at_once = make(texts), make(texts)
    for segment, (_, right, _) in zip(one_by_one.segments, texts, strict=True):
        transcripts.correct(session, cast.secretary, segment, right, based_on=segment.revision)
    wanted = wanted_of(at_once, texts)
    rewriting.prepare_texts(session, at_once, wanted)
    rewriting.correct_all(session, cast.secretary, at_once, wanted)
    assert outcome(session, at_once) == outcome(session, one_by_one)
    assert any(outcome(session, at_once)["taught"])


def test_one_that_somebody_changed_meanwhile_stops_all(
    session: Session, cast: Cast, make: Callable[[Texts], Transcript]
) -> None:
    texts = made_up()
    transcript = make(texts)
    wanted, last = wanted_of(transcript, texts), transcript.segments[-1]
    transcripts.correct(session, cast.organiser, last, "ほかの文", based_on=last.revision)
    with pytest.raises(StaleRevision) as problem:
        rewriting.correct_all(
            session, cast.secretary, transcript, [*wanted[:-1], Rewriting(last.id, "私の文", 0)]
        )
    assert problem.value.theirs == "ほかの文"
    assert [s.text for s in transcript.segments[:-1]] == [wrong for wrong, _, _ in texts[:-1]]


def test_a_segment_of_another_transcript_or_twice_is_refused(
    session: Session, cast: Cast, make: Callable[[Texts], Transcript]
) -> None:
    texts = made_up()
    transcript, other = make(texts), make(texts)
    wanted = wanted_of(transcript, texts)
    for wrong in (wanted_of(other, texts)[:1], [wanted[0], wanted[0]]):
        with pytest.raises(InvalidInput):
            rewriting.correct_all(session, cast.secretary, transcript, wrong)


def test_a_text_of_many_minutes_teaches_nothing() -> None:
    """It would take seconds to look through, and everybody who saves something would wait."""
    assert learning.lessons("転入の鉄づき", "転入の鉄づき", "転入の手続き")
    wrong, right = "転入の鉄づきを" * 1000, "転入の手続きを" * 1000
    assert learning.lessons(wrong, wrong, right) == frozenset()


def test_many_ticks_end_as_each_by_itself_does_and_leave_what_was_ticked_since(
    session: Session, cast: Cast, make: Callable[[Texts], Transcript]
) -> None:
    """Half of them were confirmed when the page was read; some of the others have been since."""
    texts = [(wrong, meant, is_confirmed) for wrong, meant, is_confirmed in made_up()]
    one_by_one, together = make(texts), make(texts)
    wanted = []
    for number, (single, many) in enumerate(
        zip(one_by_one.segments, together.segments, strict=True)
    ):
        was_open = not texts[number][2]
        for segment in (single, many):
            segment.text = texts[number][1]
            if was_open and number % 3 == 0:  # somebody else was quicker
                transcripts.confirm(session, cast.approver, segment)
        wanted.append(Tick(many.id, now=not was_open, then=was_open))
        if was_open and number % 3:
            transcripts.confirm(session, cast.secretary, single)
        elif not was_open:
            transcripts.take_back_confirmation(session, cast.secretary, single)
    expected = outcome(session, one_by_one)
    rewriting.prepare_ticks(session, together, wanted)
    changed = rewriting.tick_all(session, cast.secretary, together, wanted)
    assert outcome(session, together) == expected
    left = sum(not is_confirmed for _, _, is_confirmed in texts[::3])
    assert len(changed) == MANY - left
