"""What becomes of a segment by what the papers say, and by what a person says to that."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow, StaleRevision
from minutes.proposals import decisions
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import (
    LIKELY,
    SURE,
    RatedCandidate,
    ScreenedCandidate,
    Selection,
    choose,
)
from minutes.terms.terms import Term
from minutes.transcripts import transcripts
from models.transcript import Origin, Proposal, Segment, Transcript
from tests.conftest import Cast

HEARD = "それでは提告となりましたので"
TERM = Term("定刻", "テイコク", "次第 1頁", False, 1, 5_000)


def instead(old: str, new: str, text: str = HEARD) -> Candidate:
    start = text.index(old)
    return Candidate(start, start + len(old), old, new, Origin.TERM, 0.0, 6, 0, TERM)


def sure(candidate: Candidate) -> RatedCandidate:
    return RatedCandidate(candidate, 0.9)


def likely(candidate: Candidate) -> RatedCandidate:
    return RatedCandidate(candidate, 0.5)


@pytest.fixture
def segment(transcript: Transcript) -> Segment:
    found = transcript.segments[0]
    assert found.heard == HEARD
    return found


def kept(session: Session, segment: Segment, choice: Selection) -> list[Proposal]:
    decisions.keep(segment, choice)
    session.flush()
    return segment.proposals


def test_strong_evidence_changes_the_text_and_never_what_was_heard(
    session: Session, segment: Segment
) -> None:
    change = sure(instead("提告", "定刻"))
    (proposal,) = kept(session, segment, Selection("それでは定刻となりましたので", (change,)))
    assert segment.heard == HEARD
    assert segment.machine == segment.text == "それでは定刻となりましたので"
    assert (proposal.was_changed, proposal.place) == (True, "次第 1頁")
    assert decisions.reason_of(proposal) == "次第 1頁にある言葉"


def test_likely_evidence_waits_for_a_person(session: Session, cast: Cast, segment: Segment) -> None:
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(instead("提告", "定刻")),)))
    assert segment.text == segment.machine == HEARD
    decisions.accept(session, cast.secretary, proposal, based_on=0)
    assert segment.text == "それでは定刻となりましたので"
    assert segment.machine == HEARD
    assert (proposal.is_accepted, proposal.decided_by) == (True, cast.secretary)
    assert decisions.open_proposals(segment) == []


def test_what_was_changed_at_once_can_be_put_back(
    session: Session, cast: Cast, segment: Segment
) -> None:
    change = sure(instead("提告", "定刻"))
    (proposal,) = kept(session, segment, Selection("それでは定刻となりましたので", (change,)))
    decisions.refuse(session, cast.secretary, proposal, based_on=1)
    assert segment.text == HEARD
    assert segment.machine == "それでは定刻となりましたので"
    assert proposal.is_accepted is False


def test_a_refused_proposal_leaves_the_text_alone(
    session: Session, cast: Cast, segment: Segment
) -> None:
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(instead("提告", "定刻")),)))
    decisions.refuse(session, cast.secretary, proposal, based_on=0)
    assert (segment.text, segment.revision) == (HEARD, 0)


def test_corrections_of_a_person_are_never_overwritten(
    session: Session, cast: Cast, segment: Segment
) -> None:
    corrected = "それでは、提告となりましたので。"
    transcripts.correct(session, cast.secretary, segment, corrected, based_on=0)
    change = sure(instead("提告", "定刻"))
    (proposal,) = kept(session, segment, Selection("それでは定刻となりましたので", (change,)))
    assert segment.text == corrected
    assert not proposal.was_changed
    decisions.accept(session, cast.secretary, proposal, based_on=1)
    assert segment.text == "それでは、定刻となりましたので。"


def test_whoever_was_typing_when_the_papers_changed_a_text_sees_both(
    session: Session, cast: Cast, segment: Segment
) -> None:
    change = sure(instead("提告", "定刻"))
    kept(session, segment, Selection("それでは定刻となりましたので", (change,)))
    with pytest.raises(StaleRevision) as stale:
        transcripts.correct(session, cast.secretary, segment, f"{HEARD}。", based_on=0)
    assert (stale.value.theirs, stale.value.revision) == ("それでは定刻となりましたので", 1)


def test_a_segment_without_a_change_is_no_new_revision(session: Session, segment: Segment) -> None:
    kept(session, segment, Selection(HEARD, (), (likely(instead("提告", "定刻")),)))
    assert segment.revision == 0


def test_a_confirmed_segment_gets_no_proposals(
    session: Session, cast: Cast, segment: Segment
) -> None:
    transcripts.confirm(session, cast.secretary, segment)
    change = sure(instead("提告", "定刻"))
    assert kept(session, segment, Selection("それでは定刻となりましたので", (change,))) == []
    assert segment.text == HEARD
    assert segment.machine == "それでは定刻となりましたので"


def test_papers_speak_only_once(session: Session, segment: Segment) -> None:
    change = sure(instead("提告", "定刻"))
    kept(session, segment, Selection("それでは定刻となりましたので", (change,)))
    assert len(kept(session, segment, Selection("別の文", (change,)))) == 1
    assert segment.machine == "それでは定刻となりましたので"


def test_a_place_is_found_again_after_changes_before_it(
    session: Session, cast: Cast, segment: Segment
) -> None:
    choice = Selection(
        "それではただいま提告となりましたので",
        (sure(instead("は", "はただいま")),),
        (likely(instead("提告", "定刻")),),
    )
    waiting = next(p for p in kept(session, segment, choice) if not p.was_changed)
    assert decisions.place_of(segment.text, waiting) == waiting.start == 8
    transcripts.correct(session, cast.secretary, segment, "ではただいま提告です", based_on=1)
    assert decisions.place_of(segment.text, waiting) == 6
    decisions.accept(session, cast.secretary, waiting, based_on=2)
    assert segment.text == "ではただいま定刻です"


def test_words_that_are_gone_cannot_be_replaced(
    session: Session, cast: Cast, segment: Segment
) -> None:
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(instead("提告", "定刻")),)))
    transcripts.correct(session, cast.secretary, segment, "定刻です", based_on=0)
    assert decisions.open_proposals(segment) == []
    with pytest.raises(NotPossibleNow, match="もう変わって"):
        decisions.accept(session, cast.secretary, proposal, based_on=1)


def test_a_stale_page_overwrites_nothing(session: Session, cast: Cast, segment: Segment) -> None:
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(instead("提告", "定刻")),)))
    transcripts.correct(session, cast.secretary, segment, "では提告となりました", based_on=0)
    with pytest.raises(StaleRevision):
        decisions.accept(session, cast.approver, proposal, based_on=0)
    assert proposal.is_open


def test_words_that_are_only_added_have_something_to_hold_on_to(
    session: Session, cast: Cast, segment: Segment
) -> None:
    added = Candidate(4, 4, "", "、", Origin.DICTIONARY, 0.0, 3, 0)
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(added),)))
    assert (proposal.start, proposal.before, proposal.after) == (3, "は", "は、")
    decisions.accept(session, cast.secretary, proposal, based_on=0)
    assert segment.text == "それでは、提告となりましたので"


def asked(candidate: Candidate) -> ScreenedCandidate:
    features = {origin.value: float(origin == candidate.origin) for origin in Origin}
    return ScreenedCandidate(candidate, {**features, "converted": 0.0, "old_letters": 0.5}, 0.5)


def test_the_judge_decides_between_change_proposal_and_nothing() -> None:
    one = asked(instead("提告", "定刻"))
    strong, weak = choose(HEARD, [one], [20.0]), choose(HEARD, [one], [-30.0])
    assert strong.text == "それでは定刻となりましたので"
    assert strong.changed[0].probability >= SURE
    assert (weak.text, weak.changed, weak.proposed) == (HEARD, (), ())
    assert LIKELY < SURE


def test_changes_never_stand_in_each_others_way() -> None:
    both = [asked(instead("提告", "定刻")), asked(instead("提告と", "帝国と"))]
    chosen = choose(HEARD, both, [20.0, 15.0])
    assert [change.candidate.new for change in chosen.changed] == ["定刻"]
    assert chosen.proposed == ()


def test_papers_that_came_later_only_propose(
    session: Session, cast: Cast, transcript: Transcript, segment: Segment
) -> None:
    first = sure(instead("提告", "定刻"))
    (known,) = kept(session, segment, Selection("それでは定刻となりましたので", (first,)))
    later = sure(instead("それでは", "其れでは"))
    decisions.keep_more(segment, Selection("其れでは定刻となりましたので", (first, later)))
    session.flush()
    session.expire(segment)
    assert segment.text == segment.machine == "それでは定刻となりましたので"
    new, old = sorted(segment.proposals, key=lambda one: one.start)
    assert old is known and (new.before, new.after, new.was_changed) == (
        "それでは",
        "其れでは",
        False,
    )
    decisions.keep_more(segment, Selection("其れでは定刻となりましたので", (first, later)))
    assert len(segment.proposals) == 2, "what is known already is not proposed twice"
    other = transcript.segments[1]
    transcripts.confirm(session, cast.secretary, other)
    decisions.keep_more(other, Selection("別の文", (sure(instead("本日", "本月", other.text)),)))
    assert other.proposals == [] and other.machine == other.heard


def test_a_word_of_the_second_hearing_says_where_it_comes_from(
    session: Session, segment: Segment
) -> None:
    again = replace(
        instead("提告", "定刻"), origin=Origin.DICTIONARY, term=None, is_heard_again=True
    )
    (proposal,) = kept(session, segment, Selection(HEARD, (), (likely(again),)))
    assert decisions.reason_of(proposal) == "2回目の聞き取り"
