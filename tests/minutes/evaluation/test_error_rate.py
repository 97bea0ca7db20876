"""The diarization error rate, against cases counted by hand."""

import pytest

from minutes.evaluation.error_rate import VoiceErrors, compare
from minutes.voices.speaker_turns import SpeakerTurn

AB = [SpeakerTurn(0, 10, "甲"), SpeakerTurn(10, 20, "乙")]


def test_the_same_under_other_names_has_no_error() -> None:
    errors = compare(AB, [SpeakerTurn(0, 10, 2), SpeakerTurn(10, 20, 1)])
    assert errors.rate == 0
    assert errors.total == pytest.approx(20 - 3 * 0.5 + 0.5)  # collars around 0, 10 and 20


def test_one_voice_for_two_people_is_half_wrong() -> None:
    errors = compare(AB, [SpeakerTurn(0, 20, 1)])
    assert errors.rate == pytest.approx(0.5)
    assert errors.confused == pytest.approx(9.5)


def test_nothing_found_is_all_missed() -> None:
    errors = compare(AB, [])
    assert errors == VoiceErrors(total=errors.total, missed=errors.total)


def test_speech_where_nobody_spoke_is_a_false_alarm() -> None:
    errors = compare([SpeakerTurn(0, 10, "甲")], [SpeakerTurn(0, 10, 1), SpeakerTurn(20, 25, 1)])
    assert (errors.false_alarm, errors.missed, errors.confused) == (5, 0, 0)


def test_an_edge_within_the_collar_is_no_error() -> None:
    assert compare(AB, [SpeakerTurn(0.2, 10.2, 1), SpeakerTurn(10.2, 19.8, 2)]).rate == 0


def test_where_two_speak_at_once_each_counts() -> None:
    both = [SpeakerTurn(0, 10, "甲"), SpeakerTurn(4, 6, "乙")]
    errors = compare(both, [SpeakerTurn(0, 10, 1)])
    assert errors.missed == pytest.approx(1.5)  # from 4.25 to 5.75
    assert errors.total == pytest.approx(8.5 + 1.5)
    assert compare(both, [SpeakerTurn(0, 10, 1), SpeakerTurn(4, 6, 2)]).rate == 0


def test_voices_are_paired_so_that_the_most_agrees() -> None:
    """Voice 1 agrees most with 甲, but only so does the whole agree more: 6 + 6 against 8 + 0."""
    real = [SpeakerTurn(0, 8, "甲"), SpeakerTurn(20, 26, "乙"), SpeakerTurn(40, 46, "甲")]
    found = [SpeakerTurn(0, 8, 1), SpeakerTurn(20, 26, 1), SpeakerTurn(40, 46, 2)]
    errors = compare(real, found)
    assert errors.confused == pytest.approx(7.5)


def test_silence_has_no_rate() -> None:
    assert compare([], [SpeakerTurn(0, 1, 1)]).rate is None
