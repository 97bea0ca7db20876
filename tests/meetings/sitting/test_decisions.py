"""What became of the items, and numbers that cannot be."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from meetings.sitting import attendance, decisions
from meetings.sitting.decisions import DecisionFacts
from models.meeting import Meeting
from models.proceedings import ItemResult, VotingMethod
from tests.conftest import Cast

PASSED = DecisionFacts(ItemResult.PASSED, subject="議案第1号", method=VotingMethod.STANDING)
NAMED = replace(PASSED, method=VotingMethod.NAMED)


@pytest.fixture
def three_members(session: Session, cast: Cast, meeting: Meeting) -> list[str]:
    names = ["甲山 花子", "乙川 次郎", "丙野 三郎"]
    for name in names:
        attendance.note_by_hand(session, cast.secretary, meeting, name=name)
    return names


def test_decisions_stand_by_the_agenda_and_what_is_on_none_comes_last(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    first, second, *_ = meeting.agenda_items
    facts = DecisionFacts(ItemResult.ACKNOWLEDGED)
    for item in (None, second, first):
        given = replace(facts, agenda_item=item, subject="" if item else "休憩の動議")
        made = decisions.note_decision(session, cast.secretary, meeting, given)
    found = decisions.decisions_of(session, meeting)
    assert [one.agenda_item for one in found] == [first, second, None]
    decisions.strike_decision(session, cast.secretary, made)
    assert len(decisions.decisions_of(session, meeting)) == 2 and made.struck_at is not None


def test_names_of_a_named_vote_are_its_numbers(
    session: Session, cast: Cast, meeting: Meeting, three_members: list[str]
) -> None:
    facts = replace(NAMED, names_for=three_members[:2], names_against=["丙野三郎"])
    made = decisions.note_decision(session, cast.secretary, meeting, facts)
    assert (made.votes_for, made.votes_against) == (2, 1)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (DecisionFacts(ItemResult.PASSED), "議題を選ぶか"),
        (replace(PASSED, votes_for=3, votes_against=1), "合わせて4人.*委員は3人"),
        (replace(PASSED, votes_for=1, votes_against=2), "可決になりません"),
        (replace(PASSED, votes_for=-1), "0から"),
        (replace(PASSED, method=VotingMethod.SIMPLE, votes_for=2), "人数があるのは"),
        (NAMED, "記名投票では"),
        (replace(PASSED, names_for=["甲山 花子"]), "記名投票だけ"),
        (replace(NAMED, names_for=["甲山 花子", "甲山花子"]), "2度"),
        (replace(NAMED, names_for=["甲山 花子"], names_against=["甲山花子"]), "両方"),
        (replace(NAMED, names_for=["甲山 花子"], votes_for=2), "合いません"),
        (replace(NAMED, names_for=["丁田 四郎"]), "丁田 四郎さんは、出席した委員の中に"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_its_reason(
    session: Session,
    cast: Cast,
    meeting: Meeting,
    three_members: list[str],
    facts: DecisionFacts,
    sentence: str,
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        decisions.note_decision(session, cast.secretary, meeting, facts)
    assert decisions.decisions_of(session, meeting) == []
