"""`gijido evaluate --words`: how exact the time of each heard word is, and whether the words that
the machine is unsure of are the wrong ones.
"""

import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from meetings.config import Config
from minutes import loading, timing_error
from minutes.accuracy import comparable
from minutes.evaluation import recognition
from minutes.evaluation.recognition import sounds_of
from minutes.recognition.heard import HeardSegment, TokenTiming
from minutes.sound import audio
from minutes.speech_models import speech_model
from minutes.timing_error import Timed
from minutes.transcripts import word_times
from minutes.transcripts.word_times import TimedWord


@dataclass(frozen=True)
class WordsResult:
    """The scores of one sound file. `late_seconds`: how much too late (negative: too early) the
    first word of a sentence is timed, for sentences that begin within a segment. `wrong`: number of
    wrong words. `unsure`: for each word that the machine is unsure of, whether it is wrong; the
    most doubtful first.
    """

    name: str
    audio: str
    late_seconds: tuple[float, ...]
    words: int
    wrong: int
    unsure: tuple[bool, ...]
    sound_seconds: float
    work_seconds: float


class TimedClip(NamedTuple):
    """What was heard in a sound of a folder, with the token timings of each segment and the seconds
    that finding them took."""

    folder: Path
    clip: recognition.Clip
    timings: list[list[TokenTiming]]
    work_seconds: float


def evaluate(folders: list[Path], audio_name: str | None, config: Config) -> list[WordsResult]:
    """Return the scores of each sound file. Raises InvalidInput for a folder that cannot be
    evaluated, before any work is done.
    """
    sounds = [(folder, path) for folder in folders for path in sounds_of(folder, audio_name)]
    return [_result(one) for one in timed_clips(sounds, config)]


def timed_clips(sounds: Sequence[tuple[Path, Path]], config: Config) -> Iterator[TimedClip]:
    """Yield what is heard in the sounds of folders, with the times of its words."""
    model = speech_model.choose(config)
    recognise = loading.load(config, model)
    clips = [recognition.hear(recognise, path, config) for _, path in sounds]
    find = loading.load_word_finder(config, model, "ja")
    for (folder, path), clip in zip(sounds, clips, strict=True):
        with tempfile.TemporaryDirectory() as workspace:
            wav = Path(workspace) / "sound.wav"
            audio.normalise(path, wav)
            started = time.monotonic()
            timings = list(find(clip.segments, partial(audio.read, wav)))
            worked = time.monotonic() - started
        yield TimedClip(folder, clip, timings, worked)


def wrong_words(words: Sequence[TimedWord], said: str) -> Iterator[tuple[TimedWord, bool]]:
    """Yield each word that has letters, and whether one of its letters was not said."""
    heard = [comparable(word.text) for word in words]
    right = [False] * sum(map(len, heard))
    for block in Levenshtein.opcodes("".join(heard), comparable(said)):
        if block.tag == "equal":
            right[block.src_start : block.src_end] = [True] * (block.src_end - block.src_start)
    place = 0
    for word, letters in zip(words, heard, strict=True):
        if letters:
            yield word, not all(right[place : place + len(letters)])
        place += len(letters)


def as_json(results: list[WordsResult]) -> dict[str, Any]:
    """Return the results for JSON: shares as fractions, `seconds_off` as median and 95th
    percentile. `first_half_wrong` is the share of wrong words in the more doubtful half of the
    unsure ones.
    """
    return {"folders": [_counted(result) for result in results]}


def as_table(results: list[WordsResult]) -> str:
    """Return the results as a table of text. Seconds off: half of the words are nearer than the
    median. Shares are in %.
    """
    lines = [
        f"{'':<22}{'audio':<18}{'words':>7}{'wrong':>7}{'unsure':>8}{'of them wrong':>15}"
        f"{'of first half':>15}"
        f"{'of wrong unsure':>17}{'begins':>8}{'median s':>10}{'95 % below':>12}{'RTF':>7}"
    ]
    for result in results:
        known = _counted(result)
        off = known["seconds_off"]
        lines.append(
            f"{result.name:<22}{result.audio:<18}{result.words:>7}{known['wrong']:>7.1%}"
            f"{known['unsure']:>8.1%}{known['unsure_wrong']:>15.1%}"
            f"{known['first_half_wrong']:>15.1%}{known['wrong_unsure']:>17.1%}"
            f"{off['count']:>8}{_seconds(off['median']):>10}{_seconds(off['p95']):>12}"
            f"{known['rtf']:>7.3f}"
        )
    return "\n".join(lines)


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


def _counted(result: WordsResult) -> dict[str, Any]:
    off = np.abs(result.late_seconds)
    first_half = result.unsure[: (len(result.unsure) + 1) // 2]
    return {
        "name": result.name,
        "audio": result.audio,
        "words": result.words,
        "wrong": result.wrong / result.words,
        "unsure": len(result.unsure) / result.words,
        "unsure_wrong": sum(result.unsure) / max(1, len(result.unsure)),
        "first_half_wrong": sum(first_half) / max(1, len(first_half)),
        "wrong_unsure": sum(result.unsure) / max(1, result.wrong),
        "seconds_off": {
            "count": len(result.late_seconds),
            "median": float(np.median(off)) if off.size else None,
            "p95": float(np.percentile(off, 95)) if off.size else None,
        },
        "rtf": result.work_seconds / result.sound_seconds,
    }


def _result(one: TimedClip) -> WordsResult:
    folder, clip = one.folder, one.clip
    words = [
        word_times.heard_words(segment, found)
        for segment, found in zip(clip.segments, one.timings, strict=True)
    ]
    timed = list(_timed(clip.segments, words))
    late = timing_error.compare(timed, recognition.sentences_of(folder)).starts
    said = recognition.said_in(folder, clip.path.name)
    wrong = list(wrong_words([word for each in words for word in each], said))
    doubted = sorted((pair for pair in wrong if pair[0].is_unsure), key=_sure_last)
    return WordsResult(
        folder.resolve().name,
        clip.path.name,
        tuple(seconds for seconds in late if not math.isnan(seconds)),
        len(wrong),
        sum(is_wrong for _, is_wrong in wrong),
        tuple(is_wrong for _, is_wrong in doubted),
        clip.sound_seconds,
        one.work_seconds,
    )


def _sure_last(one: tuple[TimedWord, bool]) -> float:
    return -(one[0].doubt or 0.0)


def _timed(
    segments: Sequence[HeardSegment], words: Sequence[Sequence[TimedWord]]
) -> Iterator[Timed]:
    """Yield the words with their times. The first word of a segment has no time of its own (NaN),
    since it is where the segment begins.
    """
    for segment, of_segment in zip(segments, words, strict=True):
        for number, word in enumerate(of_segment):
            if comparable(word.text):
                seconds = word.seconds if number else math.nan
                yield Timed(word.text, seconds, segment.end_seconds)
