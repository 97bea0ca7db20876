"""Measures how much the documents help on meetings that nothing was fitted on: `python -m
minutes.evaluation.left_out SOUND…`, sounds as `fitting.py` takes them. Each meeting is corrected
with weights that were fitted on all others; then again with other thresholds, and without parts of
the features.
"""

import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from minutes import accuracy
from minutes.evaluation.fitting import (
    EncodedMeeting,
    RescoredExample,
    TaughtSound,
    answered,
    examined,
    others,
    rescored,
    screened,
)
from minutes.evaluation.scoring import errors
from minutes.japanese.readings import plain
from minutes.proposals import features
from minutes.proposals.features import FeatureWeights
from minutes.proposals.selection import LIKELY, SURE, RatedCandidate, ScreenedCandidate, choose

RESCORING = ("log_ratio_for", "log_ratio_against", "log_ratio_dictionary", "log_ratio_printed")
NATURALNESS = ("natural",)
CONVERSION = (
    "converted",
    "conversion_for",
    "conversion_against",
    "leads",
    "lead_for",
    "lead_against",
    "on_best_path",
    "margin_for",
    "margin_against",
    "behind",
    "log_ratio_converted",
)
SURES = (0.75, 0.8, 0.85, 0.9, 0.95)
LIKELIES = (0.5, 0.6, 0.7, 0.75, 0.8)
HEAD = f"{'':<34}{'wrong':>6}{'fewer':>14}{'changed':>14}{'proposed':>14}"

Answers = dict[TaughtSound, list[RescoredExample]]


@dataclass(frozen=True)
class CorrectionCounts:
    """Wrong characters before, how many fewer they are after, and the number of changes and
    proposals by what they did to their segment: right, wrong, no better.
    """

    before: int = 0
    fewer: int = 0
    right: int = 0
    wrong: int = 0
    no_better: int = 0
    proposed_right: int = 0
    proposed_wrong: int = 0
    proposed_no_better: int = 0

    def __add__(self, other: "CorrectionCounts") -> "CorrectionCounts":
        return CorrectionCounts(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )

    def __str__(self) -> str:
        share = self.fewer / (self.before or 1)
        return (
            f"{self.before:>6}{self.fewer:>6} ({share:>5.1%})"
            f"{self.right:>6}/{self.wrong:>3}/{self.no_better:>3}"
            f"{self.proposed_right:>6}/{self.proposed_wrong:>3}/{self.proposed_no_better:>3}"
        )


def main(paths: Sequence[Path]) -> None:
    """Print the report for these sounds."""
    meetings, whisper = examined(paths)
    answers = answered(whisper, meetings)
    print("\n".join(report(meetings, answers)))  # noqa: T201


def report(meetings: Sequence[EncodedMeeting], answers: Answers) -> list[str]:
    """Return the lines of the table: each sound, all, other thresholds, and without parts of the
    features.
    """
    weights = {sound: _weights(answers, sound) for sound in answers}
    of_each = {sound: counted(answers[sound], weights[sound]) for sound in answers}
    rows = {_name(sound): count for sound, count in of_each.items()}
    for has_papers, name in ((True, "all with papers"), (False, "all without papers")):
        counts = (count for sound, count in of_each.items() if sound.has_papers == has_papers)
        rows[name] = sum(counts, CorrectionCounts())
    rows["all"] = sum(of_each.values(), CorrectionCounts())
    for sure in SURES:
        rows[f"changed from {sure} on"] = _all(answers, weights, sure, min(sure, LIKELY))
    for likely in LIKELIES:
        rows[f"proposed from {likely} on"] = _all(answers, weights, SURE, likely)
    rows["without the judge"] = _without(answers, RESCORING)
    rows["without the input method"] = _without(
        _screened_without(meetings, answers, CONVERSION), CONVERSION
    )
    rows["without naturalness"] = _without(
        _screened_without(meetings, answers, NATURALNESS), NATURALNESS
    )
    rows["naturalness only in screening"] = _without(answers, NATURALNESS)
    return [HEAD, *(f"{name:<34}{row}" for name, row in rows.items())]


def counted(
    answers: Iterable[RescoredExample],
    weights: FeatureWeights,
    sure: float = SURE,
    likely: float = LIKELY,
) -> CorrectionCounts:
    """Return what the corrections did with these weights and thresholds, over all examples."""
    return sum((_counted(one, weights, sure, likely) for one in answers), CorrectionCounts())


def _counted(
    one: RescoredExample, weights: FeatureWeights, sure: float, likely: float
) -> CorrectionCounts:
    text, meant = plain(one.example.segment.text), one.example.meant
    choice = choose(text, one.asked, one.gains, weights, sure, likely)
    before = errors(text, meant)
    return CorrectionCounts(
        before,
        before - errors(choice.text, meant),
        *_became(text, choice.changed, meant),
        *_became(text, choice.proposed, meant),
    )


def _became(text: str, changes: Iterable[RatedCandidate], meant: str) -> tuple[int, int, int]:
    """Return how many of the changes are right, wrong and no better, each applied alone. A change
    that only writes the same in another way is none of them.
    """
    right = wrong = no_better = 0
    before = errors(text, meant)
    for change in changes:
        changed = change.candidate.applied_to(text)
        after = errors(changed, meant)
        right += after < before
        wrong += after > before
        is_other = accuracy.comparable(changed) != accuracy.comparable(text)
        no_better += after == before and is_other
    return right, wrong, no_better


def _weights(answers: Answers, sound: TaughtSound, without: Collection[str] = ()) -> FeatureWeights:
    others = [other for other in answers if not other.is_of_meeting(sound)] or list(answers)
    return rescored([one for other in others for one in answers[other]], without)


def _all(
    answers: Answers, weights: dict[TaughtSound, FeatureWeights], sure: float, likely: float
) -> CorrectionCounts:
    return sum(
        (counted(answers[one], weights[one], sure, likely) for one in answers), CorrectionCounts()
    )


def _without(answers: Answers, names: Collection[str]) -> CorrectionCounts:
    weights = {sound: _weights(answers, sound, names) for sound in answers}
    return _all(answers, weights, SURE, LIKELY)


def _screened_without(
    meetings: Sequence[EncodedMeeting], answers: Answers, names: Collection[str]
) -> Answers:
    """Return the same questions, screened by a first step that lacks the features of these
    names.
    """
    found = {}
    for sound, of_meeting in answers.items():
        weights = screened(others(meetings, sound), names)
        found[sound] = [
            replace(one, asked=[_again(asked, weights) for asked in one.asked])
            for one in of_meeting
        ]
    return found


def _again(asked: ScreenedCandidate, weights: FeatureWeights) -> ScreenedCandidate:
    return replace(asked, screened=features.probability(asked.features, weights))


def _name(sound: TaughtSound) -> str:
    name = f"{sound.path.parent.name} {sound.path.stem}"
    return name if sound.has_papers else f"{name}, no papers"


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
