"""From decoded phrases to segments: one or two sentences each, with the times at which they were
really said, punctuated as Japanese wants it.

The model's time marks are coarse and its spaces stand for anything. Pauses in the sound are
exact: a sentence ends at the pause nearest to where its characters put it.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from minutes.recognition.batching import SpeechLane
from minutes.recognition.hallucination_checks import without_loops
from minutes.recognition.heard import HeardSegment
from minutes.speech_models.languages import JAPANESE, Writing
from models.transcript import Doubt

LONGEST_SECONDS = 20.0
SHORT_SECONDS, SHORT_GAP_SECONDS = 3.0, 0.8
MOST_SENTENCES = 2
REACH_SECONDS = 1.2
EDGE_SECONDS = 0.7
COMMA_SECONDS = 0.3
FULL_STOP_SECONDS = 0.6

MARKS = "。？！?!"
BETWEEN_SENTENCES = re.compile(rf"(?<=[{MARKS}.])\s+")
PART = re.compile(rf"[^{MARKS}\s　]*[{MARKS}]+|[^{MARKS}\s　]+")
POLITE_END = re.compile(
    r"(です|ます|でした|ました|ません|でしょう|ましょう|ください|下さい|ませんでした)(か|ね|よ|よね)?$"
)
PLAIN_END = re.compile(r"(た|だ|る|い|う|く|す|む|ぬ|つ|ぶ|ぐ)$")
GOES_ON = re.compile(r"(が|けど|けれど|ので|から|し|と|って|よう|もの|こと)")


@dataclass(frozen=True)
class Phrase:
    """What the model said between two time marks, in seconds of the lane."""

    start_seconds: float
    end_seconds: float
    text: str
    score: float | None
    doubt: Doubt | None


@dataclass(frozen=True)
class SpeechFragment:
    """A stretch without a pause of its own; `is_end`: a sentence ends with it."""

    start_seconds: float
    end_seconds: float
    text: str
    score: float | None
    doubt: Doubt | None
    is_end: bool = False


def segments(
    lane: SpeechLane, phrases: Iterable[Phrase], writing: Writing = JAPANESE
) -> Iterator[HeardSegment]:
    """In order of time, in seconds of the chunk; each as soon as the words after it are known."""
    parts = _parts(lane, phrases, writing)
    for group in _groups(_punctuated(parts) if writing.is_punctuated_here else _marked(parts)):
        yield _heard(lane, group, writing.space)


def _parts(
    lane: SpeechLane, phrases: Iterable[Phrase], writing: Writing
) -> Iterator[SpeechFragment]:
    """The phrases cut at marks, and in Japanese at spaces too; the cuts lie in pauses."""
    for phrase in phrases:
        text = without_loops(phrase.text)
        cut = PART.findall if writing.is_punctuated_here else BETWEEN_SENTENCES.split
        words = cut(text) or [text]
        cuts = _cuts(lane, phrase, words)
        for word, (start, end) in zip(words, cuts, strict=True):
            yield SpeechFragment(start, end, word, phrase.score, phrase.doubt)


def _cuts(lane: SpeechLane, phrase: Phrase, words: list[str]) -> list[tuple[float, float]]:
    start, end = _at_edges(lane, phrase.start_seconds, phrase.end_seconds)
    spoken = [(max(a, start), min(b, end)) for a, b in lane.speech if b > start and a < end]
    total, letters = sum(b - a for a, b in spoken), sum(map(len, words))
    places, said = list[float](), 0
    for word in words[:-1]:
        said += len(word)
        places.append(_after(spoken, total * said / max(letters, 1), end))
    marks = sorted(min(max(place, start), end) for place in _in_pauses(lane, places))
    return [_at_edges(lane, a, b) for a, b in pairwise([start, *marks, end])]


def _in_pauses(lane: SpeechLane, places: list[float]) -> list[float]:
    """Each place moved to the pause that is nearest; a pause belongs to the nearest place."""
    pauses = [lane.pause_near(place, REACH_SECONDS) for place in places]
    owner = {pause: min(places, key=lambda place: abs(place - pause)) for pause in pauses}
    return [
        pause if owner[pause] == place else place
        for place, pause in zip(places, pauses, strict=True)
    ]


def _after(spoken: list[tuple[float, float]], seconds: float, end: float) -> float:
    """The moment at which so much has been spoken."""
    for a, b in spoken:
        if seconds <= b - a:
            return a + seconds
        seconds -= b - a
    return end


def _at_edges(lane: SpeechLane, start: float, end: float) -> tuple[float, float]:
    """Where speech begins and ends, if the coarse marks are near that."""
    inside = [(a, b) for a, b in lane.speech if b > start + 0.05 and a < end - 0.05]
    if not inside:
        return start, max(start, end)
    first, last = inside[0][0], inside[-1][1]
    if start - first > EDGE_SECONDS:
        first = start
    if last - end > EDGE_SECONDS:
        last = end
    return first, max(first, last)


def _marked(parts: Iterable[SpeechFragment]) -> Iterator[SpeechFragment]:
    """Sentences end where the model says so."""
    for part in parts:
        yield replace(part, is_end=not part.text or part.text[-1] in MARKS + ".")


def _punctuated(parts: Iterable[SpeechFragment]) -> Iterator[SpeechFragment]:
    """With sentence ends found and punctuated, as Japanese wants it."""
    for part, after in pairwise(chain(parts, [None])):
        assert part
        gap = after.start_seconds - part.end_seconds if after else math.inf
        following = after.text if after else ""
        if not part.text or part.text[-1] in MARKS:
            yield replace(part, is_end=True)
        elif _is_end(part.text, following, gap):
            mark = "？" if part.text.endswith("でしょうか") else "。"
            yield replace(part, text=part.text + mark, is_end=True)
        elif gap >= COMMA_SECONDS and part.text[-1] not in "、," and following:
            yield replace(part, text=part.text + "、")
        else:
            yield part


def _is_end(text: str, following: str, gap: float) -> bool:
    if GOES_ON.match(following) and gap < FULL_STOP_SECONDS:
        return False
    if POLITE_END.search(text):
        return True
    return gap >= FULL_STOP_SECONDS and PLAIN_END.search(text) is not None


def _groups(parts: Iterable[SpeechFragment]) -> Iterator[list[SpeechFragment]]:
    """Parts of one segment: a sentence, or two when the first one is short."""
    group: list[SpeechFragment] = []
    for part in parts:
        if group and _is_full(group, part):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _is_full(group: list[SpeechFragment], part: SpeechFragment) -> bool:
    last = group[-1]
    if not last.text or not part.text:  # speech without words stands alone
        return True
    if part.end_seconds - group[0].start_seconds > LONGEST_SECONDS:
        return True
    if not last.is_end:
        return False
    is_short = last.end_seconds - group[0].start_seconds < SHORT_SECONDS
    is_near = part.start_seconds - last.end_seconds < SHORT_GAP_SECONDS
    return not (is_short and is_near and sum(p.is_end for p in group) < MOST_SENTENCES)


def _heard(lane: SpeechLane, group: list[SpeechFragment], space: str) -> HeardSegment:
    scores = [part.score for part in group if part.score is not None]
    return HeardSegment(
        start_seconds=lane.in_chunk(group[0].start_seconds),
        end_seconds=lane.in_chunk(group[-1].end_seconds),
        text=space.join(part.text for part in group),
        confidence=round(math.exp(min(scores)), 3) if scores else None,
        doubt=next((part.doubt for part in group if part.doubt), None),
    )
