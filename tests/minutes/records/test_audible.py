"""Which sound citizens hear: what the published text still holds, and nothing between."""

import pytest
from sqlalchemy.orm import Session

from minutes.records import records
from minutes.records.audible import heard_until
from minutes.records.content import Content, content_of
from models.minutes import MinutesRevision
from models.transcript import AssignedBy, Transcript
from tests.conftest import Cast
from tests.world import HEARD

pytestmark = pytest.mark.hostile


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    """Three sentences, one of each segment."""
    transcript.segments[0].text += "、開会します。"
    made = records.draft(session, cast.secretary, transcript)
    session.flush()
    return made


def revised(
    session: Session, cast: Cast, revision: MinutesRevision, content: Content
) -> dict[tuple[int, int], float]:
    newer = records.revise(
        session, cast.secretary, revision.minutes, content, based_on=revision.number
    )
    session.flush()
    return heard_until(session, newer, content_of(newer))


def said_in(content: Content) -> list[tuple[int, int]]:
    return [(n, p) for n, s in enumerate(content.sections) for p, _ in enumerate(s.paragraphs)]


def test_every_sentence_of_a_draft_is_heard_to_its_end(
    session: Session, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    heard = heard_until(session, revision, content)
    assert sorted(heard.values()) == [one.end_seconds for one in HEARD]
    assert sorted(heard) == said_in(content)


def test_a_sentence_of_two_segments_is_heard_whole(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    heard = heard_until(session, revision, content_of(revision))
    assert sorted(heard.values()) == [HEARD[1].end_seconds, HEARD[2].end_seconds]


def test_a_sentence_stretched_over_what_was_taken_out_is_not_heard(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    """One sentence from the first second to the last, and nothing else in the text."""
    content = content_of(revision)
    said = content.sections[-1].paragraphs
    said[0].end_seconds = said[-1].end_seconds
    del said[1:]
    assert revised(session, cast, revision, content) == {}


def test_a_stretched_sentence_is_not_heard_beside_the_others_either(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    said = content.sections[-1].paragraphs
    said[0].end_seconds = said[1].end_seconds
    heard = revised(session, cast, revision, content)
    place = len(content.sections) - 1
    assert (place, 0) not in heard and {(place, 1), (place, 2)} <= heard.keys()


def test_a_sentence_of_several_segments_ends_where_one_was_taken_out(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    """A filler of the same item goes with the sentence before; what was said between them, under
    another item, is not in the text any more."""
    first, between, filler = transcript.segments
    filler.text = "えー"
    items = transcript.meeting.agenda_items
    for segment, item in ((first, items[0]), (between, items[1]), (filler, items[0])):
        segment.agenda_item, segment.assigned_by = item, AssignedBy.PERSON
    session.flush()
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    content = content_of(revision)
    whole = heard_until(session, revision, content)
    assert whole[0, 0] == HEARD[2].end_seconds
    content.sections[1].paragraphs.clear()
    assert revised(session, cast, revision, content) == {(0, 0): HEARD[1].start_seconds}


def test_a_segment_that_was_emptied_is_not_heard_within_a_sentence(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    transcript.segments[1].text, transcript.segments[2].text = "", "えー"
    session.flush()
    revision = records.draft(session, cast.secretary, transcript)
    session.flush()
    heard = heard_until(session, revision, content_of(revision))
    assert list(heard.values()) == [HEARD[1].start_seconds]


def test_texts_from_before_segments_were_noted_are_heard_sentence_by_sentence(
    session: Session, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    said = content.sections[-1].paragraphs
    for paragraph in said:
        paragraph.segment_ids = []
    assert len(heard_until(session, revision, content)) == len(HEARD)
    said[0].end_seconds = said[-1].end_seconds
    assert (len(content.sections) - 1, 0) not in heard_until(session, revision, content)


def test_a_sentence_that_lasts_longer_than_ten_minutes_is_not_heard(
    session: Session, revision: MinutesRevision, transcript: Transcript
) -> None:
    last = transcript.segments[-1]
    last.end_seconds = last.start_seconds + 601
    content = content_of(revision)
    content.sections[-1].paragraphs[-1].end_seconds = last.end_seconds
    assert len(heard_until(session, revision, content)) == len(HEARD) - 1
