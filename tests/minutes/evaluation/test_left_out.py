"""The measurement on meetings that nothing was fitted on."""

from pathlib import Path

from minutes.evaluation import left_out
from minutes.evaluation.fitting import (
    EncodedMeeting,
    Example,
    Possible,
    RescoredExample,
    TaughtSound,
    others,
)
from minutes.evaluation.left_out import CorrectionCounts, counted
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import ScreenedCandidate
from minutes.recognition.heard import HeardSegment
from models.transcript import Origin

HEARD, MEANT = "危代と予備が百四で回帰", "議題と予備が104で会議"
CANDIDATES = [("危代", "議題"), ("予備", "予算"), ("百四", "104"), ("回帰", "怪奇")]
KNOWN = {"converted": 0.0} | {
    origin.value: 0.0 for origin in (Origin.TERM, Origin.NAME, Origin.DICTIONARY, Origin.DATE)
}
NO_RESCORING = dict.fromkeys((*left_out.RESCORING, "screened"), 0.0)
CERTAIN, LIKELY = {"constant": 5.0}, {"constant": 1.7}


def answered(*which: int) -> RescoredExample:
    found = [_candidate(*CANDIDATES[one]) for one in which]
    possible = [Possible(one, KNOWN, one.new == "議題") for one in found]
    asked = [ScreenedCandidate(one, KNOWN, 0.5) for one in found]
    return RescoredExample(
        Example(HeardSegment(0.0, 5.0, HEARD), MEANT, possible), asked, [0.0] * len(found)
    )


def _candidate(old: str, new: str) -> Candidate:
    start = HEARD.index(old)
    return Candidate(start, start + len(old), old, new, Origin.TERM, 0.0, 6, 0)


def test_changes_are_counted_by_what_became_of_their_segment() -> None:
    weights = dict.fromkeys(answered(0).asked[0].features, 0.0) | NO_RESCORING
    wrong = 4
    assert counted([answered(0)], weights | CERTAIN) == CorrectionCounts(wrong, 2, right=1)
    assert counted([answered(1)], weights | CERTAIN) == CorrectionCounts(wrong, -1, wrong=1)
    assert counted([answered(2)], weights | CERTAIN) == CorrectionCounts(wrong, 0), (
        "only written otherwise"
    )
    assert counted([answered(3)], weights | CERTAIN) == CorrectionCounts(wrong, 0, no_better=1)
    assert counted([answered(0, 1)], weights | LIKELY) == CorrectionCounts(
        wrong, 0, proposed_right=1, proposed_wrong=1
    )


def test_a_meeting_is_left_out_with_all_its_sounds() -> None:
    names = ["one/audio.flac", "one/audio-room.flac", "other/audio.flac"]
    sounds = [TaughtSound(Path(name), has_papers=True) for name in names]
    meetings = [EncodedMeeting(sound, []) for sound in sounds]
    assert [one.sound for one in others(meetings, sounds[0])] == [sounds[2]]
    assert [one.sound for one in others(meetings, sounds[2])] == sounds[:2]


def test_weights_know_nothing_of_the_meeting_they_are_tried_on() -> None:
    right, wrong = answered(0), answered(1)
    answers = {
        TaughtSound(Path("one/audio.flac"), True): [right] * 20,
        TaughtSound(Path("one/audio-room.flac"), True): [right] * 20,
        TaughtSound(Path("other/audio.flac"), True): [wrong] * 20,
    }
    meetings = [
        EncodedMeeting(sound, [[one.example for one in found]]) for sound, found in answers.items()
    ]
    report = left_out.report(meetings, answers)
    of_other = next(line for line in report if line.startswith("other"))
    changed = CorrectionCounts(20 * 4, -20, wrong=20)
    assert of_other.endswith(str(changed)), "since all that the others know was right"
