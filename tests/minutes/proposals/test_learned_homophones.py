"""From the corrections of a series to the text of its next meeting, with the input method's
dictionary and without the speech model.
"""

import pytest
from sqlalchemy.orm import Session

from minutes.conversion.conversions import Converter
from minutes.proposals import decisions
from minutes.proposals.selection import Selection, choose, worth_rescoring
from minutes.terms import dictionaries, papers
from models.meeting import Meeting
from models.transcript import Origin
from tests.confirmed import add_confirmed, add_later
from tests.conftest import Cast

HEARD, MEANT = "公正計画の認可について説明します。", "更生計画の認可について説明します。"
NEXT, MEANT_NEXT = "公正施設の件です。", "更生施設の件です。"
"""What is said in the next meeting: other words beside it, which no earlier minutes have."""
FAIR = "公正な審査をします。"
UNSURE, OPPOSED = 0.0, -20.0
"""What the judge says when it hears no difference, and when it hears what was heard."""


@pytest.fixture
def later(session: Session, cast: Cast, meeting: Meeting) -> Meeting:
    """The next meeting of a series in which 公正 became 更生 in two recordings."""
    for _ in range(2):
        add_confirmed(session, cast, meeting, (HEARD, MEANT))
    return add_later(session, cast, meeting)


def chosen(
    session: Session, meeting: Meeting, converter: Converter | None, text: str, sound: float
) -> Selection:
    words = papers.vocabulary_of(session, meeting)
    of_meeting = converter and converter.with_terms(words.terms, words.taught)
    asked = worth_rescoring(text, words, 0.7, of_meeting)
    return choose(text, asked, [sound] * len(asked))


def learned(choice: Selection) -> list[str]:
    every = [*choice.changed, *choice.proposed]
    return [one.candidate.new for one in every if one.candidate.origin == Origin.LEARNED]


def test_after_three_recordings_the_word_is_changed_at_once_and_says_why(
    session: Session, cast: Cast, meeting: Meeting, later: Meeting, converter: Converter
) -> None:
    choice = chosen(session, later, converter, NEXT, UNSURE)
    assert (choice.text, learned(choice)) == (NEXT, ["更生"]), "after two it is proposed"
    add_confirmed(session, cast, meeting, (HEARD, MEANT))
    choice = chosen(session, later, converter, NEXT, UNSURE)
    assert choice.text == MEANT_NEXT
    segment = add_confirmed(session, cast, later, (NEXT, NEXT)).segments[0]
    segment.revision, segment.confirmed_at = 0, None
    decisions.keep(segment, choice)
    session.flush()
    (proposal,) = segment.proposals
    assert proposal.was_changed and segment.machine == MEANT_NEXT and segment.heard == NEXT
    assert decisions.reason_of(proposal) == "「公正」は前に3回「更生」に直されています"


def test_it_is_not_changed_where_the_words_beside_it_or_the_sound_speak_against_it(
    session: Session, cast: Cast, meeting: Meeting, later: Meeting, converter: Converter
) -> None:
    add_confirmed(session, cast, meeting, (HEARD, MEANT))
    assert learned(chosen(session, later, converter, FAIR, UNSURE)) == []
    assert chosen(session, later, converter, NEXT, OPPOSED).text == NEXT


def test_a_word_that_is_often_right_is_left_alone_again(
    session: Session, cast: Cast, meeting: Meeting, later: Meeting, converter: Converter
) -> None:
    for _ in range(3):
        add_confirmed(session, cast, meeting, (FAIR, FAIR))
    choice = chosen(session, later, converter, NEXT, UNSURE)
    assert (choice.text, learned(choice)) == (NEXT, [])


def test_without_the_dictionary_it_is_only_proposed(
    session: Session, cast: Cast, meeting: Meeting, later: Meeting
) -> None:
    add_confirmed(session, cast, meeting, (HEARD, MEANT))
    choice = chosen(session, later, None, NEXT, UNSURE)
    assert (choice.text, learned(choice)) == (NEXT, ["更生"])


def test_a_switch_turns_it_off_and_another_series_knows_nothing(
    session: Session, cast: Cast, meeting: Meeting, later: Meeting, converter: Converter
) -> None:
    add_confirmed(session, cast, meeting, (HEARD, MEANT))
    elsewhere = add_later(session, cast, meeting, "別の会議体")
    assert learned(chosen(session, elsewhere, converter, NEXT, UNSURE)) == []
    dictionaries.switch_off(session, cast.secretary, meeting.series, "更生", "公正")
    for sound in (UNSURE, 20.0):
        choice = chosen(session, later, converter, NEXT, sound)
        assert not any(one.candidate.new == "更生" for one in (*choice.changed, *choice.proposed))
    add_confirmed(session, cast, meeting, (HEARD, MEANT))
    assert chosen(session, later, converter, NEXT, UNSURE).text == NEXT, "off stays off"
