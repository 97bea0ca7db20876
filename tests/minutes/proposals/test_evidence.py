"""What speaks for a candidate."""

import pytest

from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.evidence import MOST_DOUBT, doubts, of_candidate
from minutes.proposals.terms import Paper, collect
from minutes.recognition.heard import Moment
from models.transcript import Origin

TEXT = "提告になりましたので"
VOCABULARY = collect([Paper("次第", "定刻に開会する。")])


def candidate(start: int, end: int, new: str) -> Candidate:
    return Candidate(start, end, TEXT[start:end], new, Origin.TERM, 0.0, 6, 0)


def test_each_letter_is_doubted_as_its_piece() -> None:
    found = doubts([Moment(2, 0.0, 1.0), Moment(1, 0.4, 0.5), Moment(1, 0.6, 0.0)])
    assert found == pytest.approx([0.0, 0.0, 0.693, MOST_DOUBT], abs=1e-3)


def test_doubts_of_the_letters_in_question_and_beside_them_speak_for_a_candidate() -> None:
    doubted = [6.0, 2.0, 3.0, *(0.0 for _ in TEXT[3:])]
    one = of_candidate(candidate(0, 2, "定刻"), TEXT, VOCABULARY, 0.7, doubted)
    other = of_candidate(candidate(4, 6, "あり"), TEXT, VOCABULARY, 0.7, doubted)
    assert one["doubt_most"] > one["doubt_mean"] > other["doubt_mean"] == other["doubt_most"]
    assert one["doubt_beside"] == 2.0
    added = of_candidate(candidate(2, 2, "の"), TEXT, VOCABULARY, 0.7, doubted)
    assert added["doubt_most"] == 2.0


def test_a_text_of_unknown_doubts_is_taken_as_usual() -> None:
    known = of_candidate(candidate(0, 2, "定刻"), TEXT, VOCABULARY, 0.7)
    assert known["doubt_most"] == known["doubt_mean"] == known["doubt_beside"] == 0.0


def test_letters_that_make_no_word_are_read_as_in_words_from_chinese() -> None:
    assert ("提告", "定刻") in {(one.old, one.new) for one in candidates(TEXT, VOCABULARY)}
