"""One segment made two, two made one."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from minutes.proposals import decisions
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import RatedCandidate, Selection
from minutes.transcripts import cutting, transcripts
from models.transcript import Correction, Origin, Segment, Transcript
from tests.conftest import Cast
from tests.world import HEARD

TEXT = "それでは定刻となりましたので"


@pytest.fixture
def segment(transcript: Transcript) -> Segment:
    return transcript.segments[0]


def shown(session: Session, transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcripts.segments_of(session, transcript)]


def test_splitting_cuts_what_was_heard_at_the_same_place_and_divides_the_time(
    session: Session, cast: Cast, transcript: Transcript, segment: Segment
) -> None:
    begin, end, heard = segment.start_seconds, segment.end_seconds, segment.heard
    transcripts.correct(session, cast.secretary, segment, TEXT, based_on=0)
    first, second = cutting.split(session, cast.secretary, segment, 4, based_on=1)
    session.flush()
    assert (first.text, second.text) == ("それでは", "定刻となりましたので")
    assert first.heard + second.heard == heard
    assert second.heard.startswith("提告")
    assert (first.start_seconds, second.end_seconds) == (begin, end)
    assert begin < first.end_seconds == second.start_seconds < end
    assert shown(session, transcript)[:2] == [first.text, second.text]


@pytest.mark.parametrize("at_the_end", [False, True])
def test_both_halves_last_even_where_the_machine_heard_all_words_at_one_edge(
    session: Session, cast: Cast, segment: Segment, at_the_end: bool
) -> None:
    start, end = segment.start_seconds, segment.end_seconds
    segment.token_timings = [(len(segment.heard), end if at_the_end else start, 0.9)]
    transcripts.correct(session, cast.secretary, segment, "ここからは人が書いた文です", based_on=0)
    first, second = cutting.split(session, cast.secretary, segment, 5, based_on=1)
    assert start < first.end_seconds == second.start_seconds < end


def test_what_was_split_and_joined_again_is_as_before(
    session: Session, cast: Cast, transcript: Transcript, segment: Segment
) -> None:
    count, end = len(transcript.segments), segment.end_seconds
    transcripts.correct(session, cast.secretary, segment, TEXT, based_on=0)
    _, second = cutting.split(session, cast.secretary, segment, 4, based_on=1)
    session.flush()
    transcripts.correct(session, cast.secretary, second, "定刻となりました", based_on=0)
    joined, gone = cutting.join(session, cast.secretary, segment, based_on=2)
    session.flush()
    assert (joined.text, joined.heard) == ("それでは定刻となりました", HEARD[0].text)
    assert joined.end_seconds == end
    assert gone == second.id
    assert len(transcripts.segments_of(session, transcript)) == count
    assert len(session.scalars(select(Correction)).all()) == 4  # nobody's change is lost


def test_proposals_go_with_their_words(session: Session, cast: Cast, segment: Segment) -> None:
    sure = Candidate(4, 6, "提告", "定刻", Origin.DICTIONARY, 0.0, 6, 0)
    decisions.keep(segment, Selection(segment.heard, (), (RatedCandidate(sure, 0.5),)))
    session.flush()
    first, second = cutting.split(session, cast.secretary, segment, 4, based_on=0)
    session.flush()
    assert not first.proposals
    assert [p.start for p in decisions.open_proposals(second)] == [0]
    joined, _ = cutting.join(session, cast.secretary, first, based_on=1)
    session.flush()
    (proposal,) = decisions.open_proposals(joined)
    assert decisions.accept(session, cast.secretary, proposal, based_on=2).text == TEXT


@pytest.mark.parametrize("at", [0, 10_000])
def test_a_segment_is_not_split_at_its_edges(
    session: Session, cast: Cast, segment: Segment, at: int
) -> None:
    with pytest.raises(InvalidInput):
        cutting.split(session, cast.secretary, segment, at, based_on=0)


def test_the_last_one_has_nothing_to_be_joined_with(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    with pytest.raises(NotPossibleNow):
        cutting.join(session, cast.secretary, transcript.segments[-1], based_on=0)


def test_who_has_seen_an_older_text_cuts_nothing(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.correct(session, cast.approver, segment, TEXT, based_on=0)
    for cut in (
        lambda: cutting.split(session, cast.secretary, segment, 4, based_on=0),
        lambda: cutting.join(session, cast.secretary, segment, based_on=0),
    ):
        with pytest.raises(StaleRevision):
            cut()
