"""Fits the weights of `minutes/proposals/weights.py`: `python -m minutes.evaluation.fitting SOUND…`
prints them. A sound is one of a meeting folder with a reference, as `gijido evaluate` takes them:
`FOLDER`, or `FOLDER/audio-room.flac` for another one than its usual.

Ridge-penalised logistic regression by Newton's method (Hastie, Tibshirani, Friedman 2009, 4.4), in
two steps: the second learns from what the first says about meetings that it has not seen (stacking;
Wolpert 1992), because the first is too sure of those that it was fitted on.
"""

import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meetings import config as settings
from meetings.config import Config
from minutes import loading
from minutes.conversion.conversions import Converter
from minutes.conversion.reading_graph import OtherReading
from minutes.evaluation import recognition
from minutes.evaluation.folder import vocabulary_of
from minutes.evaluation.scoring import errors, said_in_each
from minutes.japanese.readings import plain
from minutes.proposals import features, selection, teaching
from minutes.proposals.candidates import Candidate, candidates
from minutes.proposals.converted import converted
from minutes.proposals.features import FeatureValues, FeatureWeights
from minutes.proposals.selection import ScreenedCandidate
from minutes.proposals.weights import RESCORED, SCREENED
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.recognition.second_hearing import heard_again
from minutes.recognition.whisper import Whisper
from minutes.recognition.windows import heard_together
from minutes.sound import audio
from minutes.sound.samples import SoundReader
from minutes.speech_models import speech_model
from minutes.terms.terms import MeetingVocabulary, collect

PENALTY_SCREENED, PENALTY_RESCORED = 1.0, 2.0
"""On the size of the weights, where nothing is known before."""
PENALTY_MOVED_SCREENED, PENALTY_MOVED_RESCORED = 5.0, 15.0
"""On their distance from the weights in force."""
STEPS = 25


@dataclass(frozen=True)
class Possible:
    """A candidate for a correction, and whether it is right."""

    candidate: Candidate
    features: FeatureValues
    is_right: bool


@dataclass(frozen=True)
class Example:
    """A segment with every candidate in it, and what was really said."""

    segment: HeardSegment
    meant: str
    possible: list[Possible]


class TaughtSound(NamedTuple):
    """A sound file of a meeting, corrected with the meeting's documents or without any."""

    path: Path
    has_papers: bool

    def is_of_meeting(self, other: "TaughtSound") -> bool:
        """Return whether both are sounds of the same meeting."""
        return self.path.parent == other.path.parent


@dataclass(frozen=True)
class EncodedMeeting:
    """One sound file of a meeting; its examples are grouped in the windows that are encoded
    together.
    """

    sound: TaughtSound
    windows: list[list[Example]]

    @property
    def possible(self) -> Iterator[Possible]:
        """Yield every candidate of the meeting."""
        for window in self.windows:
            for example in window:
                yield from example.possible


@dataclass(frozen=True)
class RescoredExample:
    """A segment with the candidates that the judge was asked about, and the gain that it gave to
    each.
    """

    example: Example
    asked: list[ScreenedCandidate]
    gains: list[float]

    @property
    def known(self) -> Iterator[tuple[FeatureValues, bool]]:
        """Yield the features of each rescored candidate, and whether that is right."""
        right = {id(one.candidate): one.is_right for one in self.example.possible}
        for asked, gain in zip(self.asked, self.gains, strict=True):
            yield selection.with_log_ratio(asked, gain), right[id(asked.candidate)]


def fitted(
    examples: Sequence[tuple[FeatureValues, bool]],
    penalty: float,
    without: Collection[str] = (),
    near: FeatureWeights | None = None,
) -> FeatureWeights:
    """Return the weights that tell right from wrong examples best. `penalty` keeps them near those
    of `near`, or small; features named in `without` get the weight 0. Raises numpy's LinAlgError
    where the examples do not differ.
    """
    separate = [features.separated(one) for one, _ in examples]
    every = dict.fromkeys(name for one in separate for name in one)
    unused = [name for name in every if name.removeprefix(features.CONVERTED) in without]
    names = [name for name in every if name not in unused]
    known = np.array([[*(one.get(name, 0.0) for name in names), 1.0] for one in separate])
    right = np.array([float(is_right) for _, is_right in examples])
    ridge = np.diag([*(penalty for _ in names), 1e-3])
    known_before = near or {}
    before = np.array([known_before.get(name, 0.0) for name in (*names, "constant")])
    weights: NDArray[np.float64] = before.copy()
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-np.clip(known @ weights, -30, 30)))
        slope = known.T @ (right - guess) - ridge @ (weights - before)
        curve = (known * (guess * (1 - guess))[:, None]).T @ known + ridge
        weights += np.linalg.solve(curve, slope)
    found = dict(zip([*names, "constant"], weights.round(3).tolist(), strict=True))
    return found | dict.fromkeys(unused, 0.0)


def main(paths: Sequence[Path]) -> None:
    """Print the weights of both steps: those in force, moved to what these sounds tell. So they
    keep what they learnt from meetings that are no longer at hand.
    """
    meetings, whisper = examined(paths)
    answers = [one for found in answered(whisper, meetings).values() for one in found]
    known = [(one.features, one.is_right) for meeting in meetings for one in meeting.possible]
    asked = [one for answer in answers for one in answer.known]
    first = fitted(known, PENALTY_MOVED_SCREENED, near=SCREENED)
    second = fitted(asked, PENALTY_MOVED_RESCORED, near=RESCORED)
    print(f"SCREENED = {first}\n\nRESCORED = {second}")  # noqa: T201


def examined(paths: Sequence[Path]) -> tuple[list[EncodedMeeting], Whisper]:
    """Recognise the sounds and return all that is known without the judge, and the speech model
    that judges.
    """
    config = settings.load()
    model = speech_model.choose(config)
    recognise = loading.load(config, model)
    converter = teaching.load_converter()
    whisper = Whisper(model, config.speech.threads, teaching.LANGUAGE)
    sounds = [path / recognition.DEFAULT_AUDIO if path.is_dir() else path for path in paths]
    examined = (_meetings(config, recognise, whisper, converter, path) for path in sounds)
    return [meeting for found in examined for meeting in found], whisper


def answered(
    whisper: Whisper, meetings: Sequence[EncodedMeeting]
) -> dict[TaughtSound, list[RescoredExample]]:
    """Return the rescored examples by sound. The judge is asked what the first step lets through,
    with weights that were fitted on the other meetings.
    """
    return {
        one.sound: _answers(whisper, one, screened(others(meetings, one.sound))) for one in meetings
    }


def others(meetings: Sequence[EncodedMeeting], sound: TaughtSound) -> list[EncodedMeeting]:
    """Return the sounds of other meetings. Where there are none, returns all: a fit
    on one meeting is better than none.
    """
    return [one for one in meetings if not one.sound.is_of_meeting(sound)] or list(meetings)


def screened(meetings: Sequence[EncodedMeeting], without: Collection[str] = ()) -> FeatureWeights:
    """Return the weights of the first step, fitted on the meetings."""
    known = [(one.features, one.is_right) for meeting in meetings for one in meeting.possible]
    return fitted(known, PENALTY_SCREENED, without)


def rescored(answers: Sequence[RescoredExample], without: Collection[str] = ()) -> FeatureWeights:
    """Return the weights of the second step, fitted on the judge's answers."""
    known = [known for one in answers for known in one.known]
    return fitted(known, PENALTY_RESCORED, without)


def _meetings(
    config: Config,
    recognise: Recognise,
    whisper: Whisper,
    converter: Converter | None,
    path: Path,
) -> Iterator[EncodedMeeting]:
    """Yield the sound with the words of the meeting's documents, and without any: what is
    fitted has to know both.
    """
    heard = recognition.hear(recognise, path, config).segments
    said = said_in_each([one.text for one in heard], recognition.said_in(path.parent, path.name))
    meant = dict(zip(map(id, heard), said, strict=True))
    again = _heard_again(whisper, heard, path) if config.speech.second_hearing else {}
    for vocabulary in (vocabulary_of(path.parent), collect(())):
        of_meeting = converter and converter.with_terms(vocabulary.terms)
        yield EncodedMeeting(
            TaughtSound(path, has_papers=bool(vocabulary.terms)),
            [
                [
                    _example(one, meant[id(one)], vocabulary, of_meeting, again.get(id(one), ()))
                    for one in window
                ]
                for window in heard_together(heard)
            ],
        )


def _heard_again(
    whisper: Whisper, heard: Sequence[HeardSegment], path: Path
) -> dict[int, list[OtherReading]]:
    """Return the readings of the second hearing by the segments' ids."""
    with _sound_of(path) as sound:
        windows = [teaching.encoded(whisper, window, sound) for window in heard_together(heard)]
        again = heard_again(whisper, windows)
    return {
        id(segment): readings
        for window, found in zip(windows, again, strict=True)
        for segment, readings in zip(window.segments, found, strict=True)
    }


def _example(
    segment: HeardSegment,
    meant: str,
    vocabulary: MeetingVocabulary,
    converter: Converter | None,
    again: Sequence[OtherReading],
) -> Example:
    text = plain(segment.text)
    suggested = converted(text, converter, again) if converter else ()
    before = errors(text, meant)
    return Example(
        segment,
        meant,
        [
            Possible(
                one,
                features.of_candidate(one, text, vocabulary, segment.confidence),
                errors(one.applied_to(text), meant) < before,
            )
            for one in candidates(text, vocabulary, suggested)
        ],
    )


def _answers(
    whisper: Whisper, meeting: EncodedMeeting, weights: FeatureWeights
) -> list[RescoredExample]:
    found: list[RescoredExample] = []
    with _sound_of(meeting.sound.path) as sound:
        for window in meeting.windows:
            heard = teaching.encoded(whisper, [one.segment for one in window], sound)
            asked = [_asked(one, weights) for one in window]
            gains = teaching.log_ratios(whisper, heard, asked)
            found += map(RescoredExample, window, asked, gains)
    return found


def _asked(example: Example, weights: FeatureWeights) -> list[ScreenedCandidate]:
    return selection.best_of(
        ScreenedCandidate(one.candidate, one.features, features.probability(one.features, weights))
        for one in example.possible
    )


@contextmanager
def _sound_of(path: Path) -> Iterator[SoundReader]:
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        audio.normalise(path, wav)
        yield partial(audio.read, wav)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
