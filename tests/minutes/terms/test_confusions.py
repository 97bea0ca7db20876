"""What speaks for a learned substitution and against it, over the recordings of a series."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from minutes.terms import dictionaries
from minutes.terms.confusions import Learned
from minutes.terms.terms import Confused
from minutes.transcripts import cutting, transcripts
from models.meeting import Meeting
from models.term import Confusion
from models.transcript import Transcript
from tests.confirmed import add_confirmed, add_later
from tests.conftest import Cast

HEARD, MEANT = "公正計画の件です", "更生計画の件です"
FAIR = "公正な審査をします"
Confirmed = Callable[..., Transcript]


@pytest.fixture
def confirmed(session: Session, cast: Cast, meeting: Meeting) -> Confirmed:
    """`confirmed((heard, text), …)` adds a recording with these confirmed segments."""
    return partial(add_confirmed, session, cast, meeting)


def only(session: Session, meeting: Meeting) -> Learned:
    (one,) = dictionaries.learned(session, meeting.series)
    return one


def test_three_recordings_make_it_sure(
    session: Session, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((HEARD, MEANT), (HEARD, MEANT), (HEARD, MEANT))
    one = only(session, meeting)
    assert (one.heard, one.meant, one.times, one.recordings) == ("公正", "更生", 3, 1)
    assert one.is_proposed and not one.is_sure, "one meeting may be about one matter"
    confirmed((HEARD, MEANT))
    assert not only(session, meeting).is_sure
    confirmed((HEARD, MEANT))
    assert only(session, meeting).is_sure


def test_what_was_confirmed_as_heard_speaks_against_it_before_and_after(
    session: Session, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((FAIR, FAIR))
    for _ in range(3):
        confirmed((HEARD, MEANT))
    one = only(session, meeting)
    assert (one.recordings, one.others) == (3, 1)
    assert [seen.was_kept for seen in one.evidence] == [False, False, False, True]
    assert one.is_proposed and not one.is_sure
    confirmed((FAIR, FAIR), (FAIR, FAIR))
    assert only(session, meeting).others == 2
    confirmed((FAIR, FAIR))
    assert not only(session, meeting).is_proposed


def test_nine_of_ten_outweigh_the_tenth(
    session: Session, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((FAIR, FAIR))
    for _ in range(8):
        confirmed((HEARD, MEANT))
    assert not only(session, meeting).is_sure
    confirmed((HEARD, MEANT))
    assert only(session, meeting).is_sure


def test_corrections_the_other_way_and_to_something_else_speak_against_it(
    session: Session, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((HEARD, MEANT))
    confirmed(("更生な審査をします", FAIR))
    confirmed(("公正労働省の通知", "厚生労働省の通知"))
    found = {one.meant: one for one in dictionaries.learned(session, meeting.series)}
    assert found["更生"].others == 2
    assert found["厚生"].others == 1
    assert found["公正"].others == 1


def test_what_is_undone_is_counted_no_more(
    session: Session, cast: Cast, meeting: Meeting, confirmed: Confirmed
) -> None:
    fair = confirmed((FAIR, FAIR)).segments[0]
    first, second = (confirmed((HEARD, MEANT)).segments[0] for _ in range(2))
    transcripts.take_back_confirmation(session, cast.secretary, fair)
    assert only(session, meeting).others == 0
    transcripts.confirm(session, cast.secretary, fair)
    assert only(session, meeting).others == 1
    transcripts.correct(session, cast.secretary, first, HEARD, based_on=first.revision)
    one = only(session, meeting)
    assert (one.recordings, one.others) == (1, 2)
    transcripts.take_back_confirmation(session, cast.secretary, second)
    session.flush()
    assert session.scalars(select(Confusion)).all() == [], "nothing is left to speak against"


def test_letters_inside_of_other_words_are_not_the_word(
    session: Session, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed(("市役所の仕事です", "市役所の仕事です"))
    confirmed(("市役の件です", "使役の件です"))
    assert only(session, meeting).others == 0


def test_what_the_machine_changed_and_nobody_heard_otherwise_is_neither(
    session: Session, cast: Cast, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((HEARD, MEANT))
    segment = confirmed((HEARD, HEARD)).segments[0]
    assert only(session, meeting).others == 1
    transcripts.take_back_confirmation(session, cast.secretary, segment)
    segment.machine = segment.text = MEANT
    transcripts.confirm(session, cast.secretary, segment)
    one = only(session, meeting)
    assert (one.recordings, one.others) == (1, 0)


def test_what_is_not_confirmed_and_other_series_count_nothing(
    session: Session, cast: Cast, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((HEARD, MEANT))
    elsewhere = add_later(session, cast, meeting, "別の会議体")
    add_confirmed(session, cast, elsewhere, (FAIR, FAIR))
    assert dictionaries.learned(session, elsewhere.series) == []
    open_one = confirmed((FAIR, FAIR)).segments[0]
    transcripts.take_back_confirmation(session, cast.secretary, open_one)
    assert only(session, meeting).others == 0


def test_a_split_segment_keeps_what_speaks_against(
    session: Session, cast: Cast, meeting: Meeting, confirmed: Confirmed
) -> None:
    confirmed((HEARD, MEANT))
    both = confirmed((f"{FAIR}。{HEARD}", f"{FAIR}。{MEANT}")).segments[0]
    cutting.split(session, cast.secretary, both, len(FAIR) + 1, based_on=both.revision)
    one = only(session, meeting)
    assert (one.times, one.recordings, one.others) == (2, 2, 1)


def test_odds_are_even_where_as_much_speaks_for_it_as_against() -> None:
    assert Confused("公正", "更生", 2, 2, 2).odds == 1
    assert Confused("公正", "更生", 3, 3, 0).odds == 7
