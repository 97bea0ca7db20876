"""Times of segments against the times of what was said."""

from minutes.timing_error import Edges, Timed, compare, share_near

SAID = [Timed("定刻となりました。", 1.0, 3.0), Timed("開会いたします。", 3.5, 5.0)]


def test_edges_of_the_same_words_are_compared() -> None:
    heard = [Timed("定刻となりました、", 1.1, 2.9), Timed("開会いたします。", 3.4, 5.5)]
    found = compare(heard, SAID)
    assert [round(late, 3) for late in found.starts] == [0.1, -0.1]
    assert [round(late, 3) for late in found.ends] == [-0.1, 0.5]
    assert share_near(found.ends) == 0.5


def test_a_word_heard_wrongly_at_the_edge_does_not_hide_it() -> None:
    found = compare([Timed("提告となりました。", 1.2, 3.0)], SAID[:1])
    assert [round(late, 3) for late in found.starts] == [0.2]


def test_two_sentences_in_one_segment_have_two_edges() -> None:
    found = compare([Timed("定刻となりました。開会いたします。", 1.0, 5.0)], SAID)
    assert found == Edges((0.0,), (0.0,))


def test_what_begins_within_a_sentence_has_nothing_to_compare_with() -> None:
    found = compare([Timed("定刻と", 1.0, 1.5), Timed("なりました。", 1.5, 3.0)], SAID[:1])
    assert found == Edges((0.0,), (0.0,))


def test_nothing_heard_has_no_share() -> None:
    assert compare([], SAID) == Edges() and share_near(()) is None
