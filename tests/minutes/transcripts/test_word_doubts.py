"""Which recognised words are worth a look."""

from minutes.japanese.readings import tokens
from minutes.transcripts.word_doubts import UNSURE, doubt, doubts


def doubted(text: str, probability: float) -> set[str]:
    words = tokens(text)
    found = doubts(words, [probability] * len(words))
    return {word.surface for word, one in zip(words, found, strict=True) if one >= UNSURE}


def test_the_less_probable_a_word_the_more_doubtful() -> None:
    words = tokens("補正予算を説明する")
    by_probability = [doubts(words, [p] * len(words)) for p in (0.9, 0.5, 0.1)]
    assert by_probability == sorted(by_probability)
    assert doubt(0.1) > UNSURE > doubt(0.9)


def test_of_words_heard_alike_the_rare_one_is_worth_a_look_and_the_particle_is_not() -> None:
    assert doubted("財入の総額を説明する", 0.3) & {"財", "入"}
    assert not doubted("財入の総額を説明する", 0.3) & {"の", "を"}


def test_words_of_a_good_sentence_that_were_heard_well_are_left_alone() -> None:
    assert not doubted("補正予算の説明を求めます", 0.9)
