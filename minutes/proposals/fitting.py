"""Fits the weights of `weights.py`: `python -m minutes.proposals.fitting FOLDER…` over meeting
folders with a reference, as `gijido evaluate` takes them, prints them.

Ridge-penalised logistic regression by Newton's method (Hastie, Tibshirani, Friedman 2009, 4.4).
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meetings import config as settings
from meetings.config import Config
from minutes import evaluation
from minutes.proposals import choosing, evidence
from minutes.proposals.candidates import candidates
from minutes.proposals.choosing import Asked
from minutes.proposals.evidence import Evidence, Weights
from minutes.proposals.folder import vocabulary_of
from minutes.proposals.readings import plain
from minutes.proposals.scoring import errors, said_in_each
from minutes.recognition import audio, recogniser, speech_model
from minutes.recognition.heard import Heard, Sound

PENALTY_SCREENED, PENALTY_JUDGED = 1.0, 2.0
STEPS = 50


@dataclass(frozen=True)
class Example:
    """A segment with everything that could be meant in it, and whether each would be right."""

    segment: Heard
    asked: list[Asked]
    is_right: list[bool]


def fitted(examples: Sequence[tuple[Evidence, bool]], penalty: float) -> Weights:
    """Raises numpy's LinAlgError where there is nothing to tell apart."""
    names = list(examples[0][0])
    known = np.array([[*(one[name] for name in names), 1.0] for one, _ in examples])
    right = np.array([float(is_right) for _, is_right in examples])
    ridge = np.diag([*(penalty for _ in names), 1e-3])
    weights: NDArray[np.float64] = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-np.clip(known @ weights, -30, 30)))
        slope = known.T @ (right - guess) - ridge @ weights
        curve = (known * (guess * (1 - guess))[:, None]).T @ known + ridge
        weights += np.linalg.solve(curve, slope)
    return dict(zip([*names, "constant"], weights.round(3).tolist(), strict=True))


def main(folders: Sequence[Path]) -> None:
    config = settings.load()
    examples = {folder: _examples(config, folder) for folder in folders}
    every = [one for of_folder in examples.values() for one in of_folder]
    screened = fitted(
        [
            (asked.evidence, is_right)
            for one in every
            for asked, is_right in zip(one.asked, one.is_right, strict=True)
        ],
        PENALTY_SCREENED,
    )
    judged = fitted(
        [
            known
            for folder in folders
            for known in _judged(config, folder, examples[folder], screened)
        ],
        PENALTY_JUDGED,
    )
    print(f"SCREENED = {screened}\n\nJUDGED = {judged}")  # noqa: T201


def _examples(config: Config, folder: Path) -> list[Example]:
    (path,) = evaluation.sounds_of(folder, None)
    recognise = recogniser.load(config, speech_model.choose(config))
    heard = evaluation.hear(recognise, path, config).segments
    said = said_in_each([one.text for one in heard], evaluation.said_in(folder, path.name))
    vocabulary = vocabulary_of(folder)
    found = []
    for segment, meant in zip(heard, said, strict=True):
        text = plain(segment.text)
        before = errors(text, meant)
        possible = candidates(text, vocabulary)
        known = (
            evidence.of_candidate(one, text, vocabulary, segment.confidence) for one in possible
        )
        found.append(
            Example(
                segment,
                [Asked(one, facts, 0.5) for one, facts in zip(possible, known, strict=True)],
                [errors(one.applied_to(text), meant) < before for one in possible],
            )
        )
    return found


def _judged(
    config: Config, folder: Path, examples: Sequence[Example], screened: Weights
) -> Iterator[tuple[Evidence, bool]]:
    from minutes.proposals import teaching
    from minutes.recognition.whisper import Whisper

    whisper = Whisper(speech_model.choose(config), config.speech.threads, "ja")
    (path,) = evaluation.sounds_of(folder, None)
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(path, wav)
        sound: Sound = partial(audio.read, wav)
        for one in examples:
            kept = choosing.best_of(
                Asked(a.candidate, a.evidence, evidence.probability(a.evidence, screened))
                for a in one.asked
            )
            (gains,) = teaching.judged(whisper, [one.segment], sound, [kept])
            is_right = {
                id(a.candidate): right for a, right in zip(one.asked, one.is_right, strict=True)
            }
            for asked, gain in zip(kept, gains, strict=True):
                yield choosing.with_judgement(asked, gain), is_right[id(asked.candidate)]


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
