"""What was corrected before, in the text of a later meeting."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from minutes.proposals import decisions, features
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.selection import (
    LIKELY,
    MOST_RESCORED_AT_A_PLACE,
    SURE,
    WORTH_RESCORING,
    ScreenedCandidate,
    choose,
    worth_rescoring,
)
from minutes.proposals.weights import RESCORED, SCREENED
from minutes.terms.terms import (
    Confused,
    MeetingVocabulary,
    Paper,
    Taught,
    Term,
    collect,
    taught_word,
)
from models.transcript import Origin, Transcript

TEXT = "それではお昼となりましたので"
UNSURE = 0.0
"""What the judge says when it hears no difference."""


def word(surface: str, kana: str) -> Term:
    return taught_word(surface, kana, "以前の修正", is_guessed=False)


CONFUSED = Confused("お昼", "定刻", 2)
TAUGHT = Taught([word("定刻", "テーコク")], frozenset(), [CONFUSED])


def vocabulary(taught: Taught = TAUGHT) -> MeetingVocabulary:
    return collect([Paper("資料", "予算の審議")], taught=taught)


def learned(asked: list[ScreenedCandidate]) -> list[Candidate]:
    return [one.candidate for one in asked if one.candidate.origin == Origin.LEARNED]


def test_a_correction_is_found_again_though_it_sounds_like_something_else() -> None:
    by_sound = vocabulary(replace(TAUGHT, confused=[]))
    assert not any(one.new == "定刻" for one in candidates(TEXT, by_sound))
    (one,) = learned(worth_rescoring(TEXT, vocabulary(), 0.7))
    assert (one.old, one.new, one.times) == ("お昼", "定刻", 2)


def test_it_is_proposed_and_not_changed_at_once() -> None:
    asked = worth_rescoring(TEXT, vocabulary(), 0.7)
    choice = choose(TEXT, asked, [UNSURE] * len(asked))
    assert choice.text == TEXT
    assert [change.candidate.new for change in choice.proposed] == ["定刻"]
    assert LIKELY <= choice.proposed[0].probability < SURE


def test_the_judge_may_be_against_it() -> None:
    asked = worth_rescoring(TEXT, vocabulary(), 0.7)
    choice = choose(TEXT, asked, [-20.0] * len(asked))
    assert (choice.changed, choice.proposed) == ((), ())


def test_words_inside_of_other_words_are_left_alone() -> None:
    taught = Taught([word("異議", "イギ")], frozenset(), [Confused("意義", "異議", 2)])
    text = "その意義を述べる"
    assert learned(worth_rescoring(text, vocabulary(taught), 0.7))
    taught = Taught([word("異議", "イギ")], frozenset(), [Confused("の意", "異議", 2)])
    assert not learned(worth_rescoring(text, vocabulary(taught), 0.7))


def test_it_is_asked_about_before_everything_else() -> None:
    confused = [Confused("公正", meant, 2) for meant in ("厚生", "校正", "更生", "構成")]
    words = [word(one.meant, "コーセー") for one in confused]
    asked = worth_rescoring("公正の件です", vocabulary(Taught(words, frozenset(), confused)), 0.7)
    assert len(learned(asked)) == MOST_RESCORED_AT_A_PLACE
    assert all(one.screened >= WORTH_RESCORING for one in asked)


def test_a_word_with_the_sound_of_common_words_changes_nothing_by_itself() -> None:
    taught = Taught([word("更生", "コーセー")])
    text = "公正な審査をします"
    asked = worth_rescoring(text, vocabulary(taught), 0.7)
    assert choose(text, asked, [UNSURE] * len(asked)).text == text


def test_nobody_fitted_weights_for_it() -> None:
    (one,) = learned(worth_rescoring(TEXT, vocabulary(), 0.7))
    known = features.of_candidate(one, TEXT, vocabulary(), 0.7)
    assert known[Origin.TERM] == 1.0
    assert set(known) <= set(SCREENED) and set(known) <= set(RESCORED)


def test_a_word_that_is_switched_off_comes_from_nowhere() -> None:
    off = Taught([word("定刻", "テーコク")], frozenset({"定刻", "質疑"}), [CONFUSED])
    papers = [Paper("次第", "定刻に開会、質疑")]
    assert not any(one.new == "定刻" for one in candidates(TEXT, collect(papers, taught=off)))
    text = "これより室議に入ります"
    assert any(one.heard == "室議" for one in candidates(text, collect([])))
    assert not any(one.new == "質疑" for one in candidates(text, collect([], taught=off)))


def test_the_reason_tells_how_often_it_was_corrected(
    session: Session, transcript: Transcript
) -> None:
    segment = transcript.segments[0]
    heard = Taught([word("定刻", "テーコク")], frozenset(), [Confused("提告", "定刻", 2)])
    asked = worth_rescoring(segment.heard, vocabulary(heard), segment.confidence)
    decisions.keep(segment, choose(segment.heard, asked, [UNSURE] * len(asked)))
    session.flush()
    (proposal,) = segment.proposals
    assert decisions.reason_of(proposal) == "「提告」は前に2回「定刻」に直されています"
    assert (proposal.origin, proposal.before, proposal.after) == (Origin.LEARNED, "提告", "定刻")


def test_a_learned_word_that_is_printed_leads_to_its_page() -> None:
    printed = collect([Paper("次第 1頁", "定刻に開会", 7)], taught=TAUGHT)
    (one,) = learned(worth_rescoring(TEXT, printed, 0.7))
    assert one.term and one.term.page_id == 7


@pytest.mark.parametrize("text", ["", "。、", "お昼" * 300])
def test_an_odd_text_stays_as_it_was_heard(text: str) -> None:
    asked = worth_rescoring(text, vocabulary(), None)
    chosen = choose(text, asked, [UNSURE] * len(asked))
    assert (chosen.text, chosen.changed) == (text, ())
    places = [one.candidate for one in chosen.proposed]
    assert [text[place.start : place.end] for place in places] == [place.old for place in places]
