"""Fits the weights of `minutes/transcripts/word_doubts.py`: `python -m
minutes.evaluation.word_doubts SOUND…` prints them, and how well weights fitted on the other
meetings tell the wrong words of each. Sounds are given as to `fitting.py`.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from meetings import config as settings
from minutes.evaluation.fitting import fitted
from minutes.evaluation.recognition import DEFAULT_AUDIO, said_in
from minutes.evaluation.words import TimedClip, timed_clips, wrong_words
from minutes.japanese.readings import tokens
from minutes.proposals.features import FeatureValues, probability
from minutes.transcripts import word_doubts, word_times

PENALTY = 2.0

Examples = list[tuple[FeatureValues, bool]]
"""Features of words, and whether each is wrong."""


def main(paths: Sequence[Path]) -> None:
    """Print the weights fitted on all sounds, and what those of the other meetings say of each."""
    sounds = [path / DEFAULT_AUDIO if path.is_dir() else path for path in paths]
    clips = timed_clips([(path.parent, path) for path in sounds], settings.load())
    by_sound = {clip.clip.path: list(examples(clip)) for clip in clips}
    for path, found in by_sound.items():
        others = [
            one for other in by_sound if other.parent != path.parent for one in by_sound[other]
        ]
        print(f"{path.parent.name} {path.stem}: {_told(found, others or found)}")  # noqa: T201
    every = [one for found in by_sound.values() for one in found]
    print(f"WEIGHTS = {fitted(every, PENALTY)}")  # noqa: T201


def examples(clip: TimedClip) -> Iterator[tuple[FeatureValues, bool]]:
    """Yield the features of each word with letters, and whether it is wrong."""
    of_segment = [
        word_times.heard_words(segment, found)
        for segment, found in zip(clip.clip.segments, clip.timings, strict=True)
    ]
    said = said_in(clip.folder, clip.clip.path.name)
    every = [word for words in of_segment for word in words]
    wrong = {id(word): is_wrong for word, is_wrong in wrong_words(every, said)}
    for segment, words in zip(clip.clip.segments, of_segment, strict=True):
        known = tokens(segment.text)
        costs = {one.start: after.cost for one, after in pairwise(known)}
        by_place, place = {one.start: one for one in known}, 0
        for word in words:
            token = by_place.get(place)
            if token and id(word) in wrong and word.probability is not None:
                after = costs.get(place, 0)
                yield word_doubts.features(token, after, word.probability), wrong[id(word)]
            place += len(word.text)


def _told(found: Examples, others: Examples) -> str:
    weights = fitted(others, PENALTY)
    told = sorted(((probability(one, weights), is_wrong) for one, is_wrong in found), reverse=True)
    unsure = [is_wrong for doubt, is_wrong in told if doubt >= word_doubts.UNSURE]
    half, wrong = unsure[: (len(unsure) + 1) // 2], sum(is_wrong for _, is_wrong in told)
    return (
        f"{len(told)} words, {wrong} wrong, {len(unsure)} unsure; "
        f"{sum(unsure) / max(1, len(unsure)):.1%} of these wrong, "
        f"{sum(half) / max(1, len(half)):.1%} of their more doubtful half; "
        f"{sum(unsure) / max(1, wrong):.1%} of the wrong ones found"
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
