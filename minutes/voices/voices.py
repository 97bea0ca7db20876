"""Diarises a recording: who speaks when, with numbers for voices and never names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from meetings.config import Config
from minutes.sound import audio
from minutes.sound.samples import ReadSamples, SoundReader
from minutes.voices import stretches, weights
from minutes.voices.clustering import Labels, Points, follow, voices_of
from minutes.voices.embeddings import Embedding
from minutes.voices.networks import Networks
from minutes.voices.speaker_turns import SpeakerTurn
from minutes.voices.stretches import Stretch

HEARD_SECONDS = 3.0
"""Most seconds of a stretch that are embedded; more add little about the voice."""

SHORTEST_HEARD_SECONDS, SHORTEST_SURE_SECONDS = 0.3, 1.0
"""Stretches shorter than the first are not embedded, as they say nothing about the voice; those
shorter than the second do not take part in finding the voices, only get one."""

JOINED_SECONDS = 0.8
"""Longest pause within one turn of a voice."""


@dataclass(frozen=True)
class StretchEmbedding:
    """The embedding, of length 1, of a stretch in which one voice speaks alone."""

    stretch: Stretch
    embedding: Embedding


@dataclass(frozen=True)
class Diarisation:
    """The result of a diarisation. `turns` are in order of time, with their voices numbered from 1
    as they come up; where two speak at once, there are two turns. `heard` are the embeddings that
    were clustered; `embedding_sha256` identifies the network that made them.
    """

    turns: list[SpeakerTurn]
    heard: list[StretchEmbedding]
    embedding_sha256: str


TellApart = Callable[[Config, Path, int | None, ReadSamples], Diarisation]
"""A function that diarises a normalised WAV file, which it reads by `ReadSamples`. The number is
that of the voices, None where nobody knows. Raises ConfigurationError."""


def tell_apart_as_configured(
    config: Config, wav: Path, count: int | None, read: ReadSamples
) -> Diarisation:
    """Diarise the file with the networks of the settings. Raises ConfigurationError when they are
    missing or broken.
    """
    networks = Networks(weights.load(config), config.speech.threads)
    return tell_apart(wav, networks, count, read)


def tell_apart(
    wav: Path, networks: Networks, count: int | None = None, read: ReadSamples = audio.read
) -> Diarisation:
    """Diarise a normalised WAV file. `count` is the number of voices, None where nobody knows
    it.
    """
    sound = partial(read, wav)
    found = stretches.find(sound, audio.length_seconds(wav), networks)
    known = [place for place, stretch in enumerate(found) if _is_known(stretch)]
    if not known:
        return Diarisation(
            _turns(found, np.zeros(len(found), np.int64)), [], networks.embedding_sha256
        )
    points = _points(sound, [found[place] for place in known], networks)
    labels = _labels(found, known, points, count)
    heard = [
        StretchEmbedding(found[place], point) for place, point in zip(known, points, strict=True)
    ]
    return Diarisation(_turns(found, labels), heard, networks.embedding_sha256)


def _is_known(stretch: Stretch) -> bool:
    return not stretch.is_overlapped and stretch.seconds >= SHORTEST_HEARD_SECONDS


def _labels(found: list[Stretch], known: list[int], points: Points, count: int | None) -> Labels:
    lengths = [min(found[place].seconds, stretches.LONGEST_SECONDS) for place in known]
    shares = np.array(lengths, np.float32)
    sure = shares >= min(SHORTEST_SURE_SECONDS, float(shares.max()))
    voices = voices_of(points[sure], shares[sure], count)
    likeness = np.zeros((len(found), len(voices)), np.float32)
    likeness[known] = points @ voices.T * shares[:, None]
    return follow(likeness)


def _points(sound: SoundReader, found: list[Stretch], networks: Networks) -> Points:
    """Return the embeddings of the stretches. The sound is read in pieces, never the whole
    recording.
    """
    at_once = 64
    return np.concatenate(
        [
            networks.embeddings([_middle(sound, each) for each in found[place : place + at_once]])
            for place in range(0, len(found), at_once)
        ]
    )


def _middle(sound: SoundReader, stretch: Stretch) -> NDArray[np.float32]:
    middle = (stretch.start_seconds + stretch.end_seconds) / 2
    half = min(stretch.seconds, HEARD_SECONDS) / 2
    return sound(middle - half, middle + half)


def _turns(found: list[Stretch], labels: Labels) -> list[SpeakerTurn]:
    numbers: dict[int, int] = {}
    turns: list[SpeakerTurn] = []
    last: dict[int, int] = {}
    """By label, the index of the turn of each voice that spoke in the stretch before."""
    for place, stretch in enumerate(found):
        now: dict[int, int] = {}
        for label in _speaking(found, labels, place):
            voice = numbers.setdefault(label, len(numbers) + 1)
            goes_on = last.get(label)
            if goes_on is not None and _is_near(turns[goes_on], stretch):
                turns[goes_on] = turns[goes_on]._replace(end_seconds=stretch.end_seconds)
            else:
                turns.append(SpeakerTurn(stretch.start_seconds, stretch.end_seconds, voice))
                goes_on = len(turns) - 1
            now[label] = goes_on
        last = now
    return sorted(turns)


def _is_near(turn: SpeakerTurn, stretch: Stretch) -> bool:
    return stretch.start_seconds - turn.end_seconds <= JOINED_SECONDS


def _speaking(found: list[Stretch], labels: Labels, place: int) -> list[int]:
    """Return the labels of the voices in a stretch; where two speak at once, of those that speak
    alone before and after it.
    """
    if not found[place].is_overlapped:
        return [int(labels[place])]
    before = (other for other in range(place - 1, -1, -1) if not found[other].is_overlapped)
    after = (other for other in range(place + 1, len(found)) if not found[other].is_overlapped)
    beside = [next(before, place), next(after, place)]
    return list(dict.fromkeys(int(labels[other]) for other in beside))
