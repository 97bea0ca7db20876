"""Makes segments from decoded phrases: one or two sentences each, with the times at which they were
spoken, and with Japanese punctuation.

The model's timestamps are coarse, and its spaces may stand for any mark or none. Pauses in the
sound are exact. So a sentence ends at the pause nearest to where its characters would place it.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from minutes.recognition.batching import SpeechLane
from minutes.recognition.hallucination_checks import without_loops
from minutes.recognition.heard import HeardSegment
from minutes.speech_models.languages import JAPANESE, Writing
from models.transcript import Doubt

LONGEST_SECONDS = 20.0
"""The longest segment of more than one part."""
SHORT_SECONDS, SHORT_GAP_SECONDS = 3.0, 0.8
"""A sentence shorter than the first is followed by another one in the same segment, unless the
pause between them is as long as the second.
"""
MOST_SENTENCES = 2
"""The most sentences in a segment."""
REACH_SECONDS = 1.2
"""How far the border between two sentences is moved to a pause."""
EDGE_SECONDS = 0.7
"""How far a timestamp of the model is moved within speech, to where that begins or ends."""
LEAST_SECONDS = 0.05
"""The same for a border within a phrase, which is in a pause already where one is near."""
COMMA_SECONDS = 0.3
"""Pause from which a comma is set."""
FULL_STOP_SECONDS = 0.6
"""Pause from which a plain verb form ends a sentence."""

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
    """Recognised text between two timestamps of the model, in seconds of the lane. `score`: mean
    log probability of the window's tokens, None without text.
    """

    start_seconds: float
    end_seconds: float
    text: str
    score: float | None
    doubt: Doubt | None


@dataclass(frozen=True)
class SpeechFragment:
    """A part of a phrase that belongs in one sentence, in seconds of the lane. `is_end`: a sentence
    ends with it.
    """

    start_seconds: float
    end_seconds: float
    text: str
    score: float | None
    doubt: Doubt | None
    is_end: bool = False


def segments(
    lane: SpeechLane, phrases: Iterable[Phrase], writing: Writing = JAPANESE
) -> Iterator[HeardSegment]:
    """Yield segments in order of time, with times in seconds of the chunk; each as soon as the
    phrases that follow it are known.
    """
    parts = _parts(lane, phrases, writing)
    for group in _groups(_punctuated(parts) if writing.is_punctuated_here else _marked(parts)):
        yield _heard(lane, group, writing.space)


def _parts(
    lane: SpeechLane, phrases: Iterable[Phrase], writing: Writing
) -> Iterator[SpeechFragment]:
    """Yield the phrases cut at punctuation, in Japanese at spaces too, with the borders moved into
    pauses.
    """
    earliest = 0.0
    for phrase in phrases:
        text = without_loops(phrase.text)
        cut = PART.findall if writing.is_punctuated_here else BETWEEN_SENTENCES.split
        words = cut(text) or [text]
        cuts = _cuts(lane, phrase, words)
        for word, (start, end) in zip(words, cuts, strict=True):
            start = max(start, earliest)
            earliest = max(start, end)
            yield SpeechFragment(start, earliest, word, phrase.score, phrase.doubt)


def _cuts(lane: SpeechLane, phrase: Phrase, words: list[str]) -> list[tuple[float, float]]:
    """Return start and end of each of the words, which are spread over the phrase's speech by
    their number of characters.
    """
    start, end = _at_edges(lane, phrase.start_seconds, phrase.end_seconds)
    spoken = [(max(a, start), min(b, end)) for a, b in lane.speech if b > start and a < end]
    total, letters = sum(b - a for a, b in spoken), sum(map(len, words))
    places, said = list[float](), 0
    for word in words[:-1]:
        said += len(word)
        places.append(_after(spoken, total * said / max(letters, 1), end))
    marks = sorted(min(max(place, start), end) for place in _in_pauses(lane, places))
    cuts = pairwise([start, *marks, end])
    return [_at_edges(lane, a, b, LEAST_SECONDS) for a, b in cuts]


def _in_pauses(lane: SpeechLane, places: list[float]) -> list[float]:
    """Return each place moved to the nearest pause. A pause is used once, by the place nearest to
    it.
    """
    pauses = [lane.pause_near(place, REACH_SECONDS) for place in places]
    owner = {pause: min(places, key=lambda place: abs(place - pause)) for pause in pauses}
    return [
        pause if owner[pause] == place else place
        for place, pause in zip(places, pauses, strict=True)
    ]


def _after(spoken: list[tuple[float, float]], seconds: float, end: float) -> float:
    """Return the time at which `seconds` of the speech have passed; `end` if there is less
    speech.
    """
    for a, b in spoken:
        if seconds <= b - a:
            return a + seconds
        seconds -= b - a
    return end


def _at_edges(
    lane: SpeechLane, start: float, end: float, reach: float = EDGE_SECONDS
) -> tuple[float, float]:
    """Return the start and end of the speech inside. Returns them as they are if there is none.

    What ends at a time never ends after what begins there: speech that begins or ends within
    `reach` seconds of a border belongs to one side as a whole.
    """
    first, last = _onset(lane, start, reach), _offset(lane, end, reach)
    return (first, last) if first < last else (start, max(start, end))


def _onset(lane: SpeechLane, place: float, reach: float) -> float:
    """Return where the speech after a border begins."""
    later = bisect_left(lane.speech, place, key=lambda span: span[1])
    for a, b in lane.speech[later:]:
        if a >= place or _belongs_after(place, a, b, reach):
            return a
        if not _belongs_before(place, a, b, reach):
            break
    return place


def _offset(lane: SpeechLane, place: float, reach: float) -> float:
    """Return where the speech before a border ends."""
    later = bisect_left(lane.speech, place, key=lambda span: span[0])
    for a, b in reversed(lane.speech[:later]):
        if b <= place or _belongs_before(place, a, b, reach):
            return b
        if not _belongs_after(place, a, b, reach):
            break
    return place


def _belongs_after(place: float, a: float, b: float, reach: float) -> bool:
    """Return whether the speech from `a` to `b`, in which a border is, begins so shortly before it
    that all of it follows: the model's timestamps are coarse.
    """
    return place - a <= min(reach, b - place)


def _belongs_before(place: float, a: float, b: float, reach: float) -> bool:
    """Return whether, likewise, all of the speech precedes the border."""
    return b - place <= reach and b - place < place - a


def _marked(parts: Iterable[SpeechFragment]) -> Iterator[SpeechFragment]:
    """Yield the fragments with `is_end` set where the model wrote the mark of a sentence's end."""
    for part in parts:
        yield replace(part, is_end=not part.text or part.text[-1] in MARKS + ".")


def _punctuated(parts: Iterable[SpeechFragment]) -> Iterator[SpeechFragment]:
    """Yield the fragments with ends of sentences found and punctuated by the rules of Japanese."""
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
    """Return whether a sentence ends here: after a polite form, or after a plain form with a long
    pause, unless what follows continues the sentence.
    """
    if GOES_ON.match(following) and gap < FULL_STOP_SECONDS:
        return False
    if POLITE_END.search(text):
        return True
    return gap >= FULL_STOP_SECONDS and PLAIN_END.search(text) is not None


def _groups(parts: Iterable[SpeechFragment]) -> Iterator[list[SpeechFragment]]:
    """Yield the fragments of each segment: a sentence, or two if the first one is short."""
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
    if not last.text or not part.text:  # speech without text is a segment by itself
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
