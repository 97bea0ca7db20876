"""Recognises a chunk: decodes its lanes side by side, and doubtful windows again with other
settings.

The first try gets the text of the window before as prompt. If its result is doubtful, the window is
decoded again from the same encoder output: first with a wide beam and no prompt, then twice by
sampling (OpenAI's Whisper falls back to higher temperatures in a similar way). If text is still
missing or repeated, the first half of the window is decoded by itself. What remains doubtful is
kept and marked, never dropped.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from queue import SimpleQueue

from minutes.recognition import hallucination_checks, memory
from minutes.recognition.batching import SpeechLane, TimeSpan, cut_lanes
from minutes.recognition.coverage import is_covered
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.recognition.sentences import Phrase, segments
from minutes.recognition.whisper import (
    FRAMES_A_SECOND,
    LONGEST_PROMPT,
    LONGEST_WINDOW_SECONDS,
    SHORTEST_HEARD_SECONDS,
    Decoded,
    Encoded,
    Spectrogram,
    TimestampedText,
    Whisper,
    speech_in,
)
from minutes.sound.samples import Samples
from minutes.speech_models.languages import JAPANESE, Writing
from minutes.speech_models.speech_model import SpeechModel
from models.transcript import Doubt

BATCH = 4
"""Windows in one decoding batch. Six would be a twentieth faster, but take more memory: with the
base model the encoder output of a window takes up to 37 MB, and the decoder's cache up to 11 MB for
each branch of its beam (computed from the model's width and layers).
"""

BEAM = 2
"""Beam width of the first try of several windows in a batch."""

LONE_BEAM = 5
"""The same for a window by itself, for which this takes hardly longer. Such a window is also padded
to the length on which the model was trained: a short recording, which is all in one window, has no
text before it and needs both (docs/accuracy.md).
"""

MOST_SEQUENCES = 10
"""The most windows × beam width in one batch of a further try: two windows with the widest beam,
which take less memory than a full batch of first tries.
"""

LADDER = ((5, 0.0), (1, 0.4), (1, 0.8))
"""Beam width and sampling temperature of each further try of a doubtful window, in order."""

WINDOW_SECONDS, WINDOW_SLACK_SECONDS = 27.0, 3.0
"""Planned length of a window, and how far its end may be moved to the nearest pause: together what
the model hears at once. Windows of half that length cost two thirds as much time and make more
errors (docs/accuracy.md).
"""

REST_SECONDS = 0.5
"""If the detected speech after the last timestamp of a window is no longer than this, the next
window begins at this one's end.
"""

REACH_SECONDS = 0.5
"""How far the end of a window's text may be moved to the nearest pause."""
SHORTEST_ADVANCE_SECONDS = 1.0
"""If the text of a window ends sooner than this after its start, the next window begins at this
one's end.
"""
SHORTEST_WINDOW_SECONDS = 8.0
"""Windows up to this length are not halved."""
HALVED = (Doubt.MISSING, Doubt.REPEATED)
"""Doubts for which the first half of the window is decoded by itself."""
WORST_LAST = (None, Doubt.UNSURE, Doubt.FAST, Doubt.INVENTED, Doubt.MISSING, Doubt.REPEATED)
"""Doubts in order of gravity, for comparing hypotheses; None is the best."""


def load(model: SpeechModel, threads: int, language: str = "ja") -> Recognise:
    """Return a function that recognises samples with this speech model. `threads` 0 means all
    cores.

    Raises ConfigurationError if the file is no longer the one that was chosen.
    """
    whisper = Whisper(model, threads, language)

    def recognise(samples: Samples) -> Iterator[HeardSegment]:
        lanes = cut_lanes(samples, speech_in(samples, whisper.workers), whisper.workers)
        for progress, phrases in _decoded(whisper, lanes):
            yield from segments(progress.lane, phrases, whisper.writing)

    return recognise


@dataclass(eq=False)
class LaneProgress:
    """How far a lane has been decoded. Times are in seconds of the lane."""

    lane: SpeechLane
    features: Spectrogram | None = None
    position: float = 0.0
    """Start of the next window."""
    end: float = field(init=False)
    """End of the next window."""

    prompt: tuple[int, ...] = ()
    """Tokens of the text before the next window; empty after a window that stayed
    doubtful.
    """

    phrases: "SimpleQueue[Phrase | None]" = field(default_factory=SimpleQueue)
    """Recognised phrases in order of time; None after the last."""

    def __post_init__(self) -> None:
        self.end = self._next_end()

    def _next_end(self) -> float:
        left = self.lane.seconds - self.position
        if left <= WINDOW_SECONDS + WINDOW_SLACK_SECONDS:
            return self.lane.seconds
        length = min(WINDOW_SECONDS, left / 2)
        return self.lane.pause_near(self.position + length, WINDOW_SLACK_SECONDS)

    @property
    def is_done(self) -> bool:
        """Return whether nothing is left to decode."""
        return self.position >= self.lane.seconds - SHORTEST_ADVANCE_SECONDS / 2

    def adopt(self, hypothesis: "Hypothesis") -> None:
        """Adopt the hypothesis of the current window and move on to the next one; but if text is
        missing or repeated, shortens the window to its first half, to be decoded again, and adopts
        nothing.
        """
        length = self.end - self.position
        if hypothesis.doubt in HALVED and length > SHORTEST_WINDOW_SECONDS:
            self.end = self.lane.pause_near(self.position + length / 2, length / 4)
            return
        for phrase in hypothesis.phrases:
            self.phrases.put(phrase)
        self.position = hypothesis.stop
        self.end = self._next_end()
        said = sum((piece.tokens for piece in hypothesis.kept), start=())
        self.prompt = () if hypothesis.doubt else (*self.prompt, *said)[-LONGEST_PROMPT:]


@dataclass(frozen=True)
class Hypothesis:
    """One decoding of a window, assessed. `kept`: its text without a last piece that the window's
    end cut off; `stop`: where the next window begins, in seconds of the lane; `score`: mean log
    probability of its tokens.
    """

    kept: tuple[TimestampedText, ...]
    stop: float
    score: float
    phrases: tuple[Phrase, ...]
    doubt: Doubt | None

    @property
    def merit(self) -> tuple[int, float]:
        """Return the sort key of hypotheses for the same window: the lesser doubt first, then the
        score.
        """
        return -WORST_LAST.index(self.doubt), self.score


def assess(
    lane: SpeechLane, start: float, end: float, decoded: Decoded, writing: Writing = JAPANESE
) -> Hypothesis:
    """Return the hypothesis that this decoding gives for the window of `lane` from `start` to
    `end` seconds.
    """
    kept, stop = _kept(lane, start, end, decoded.pieces)
    phrases = [_phrase(lane, start, stop, piece, decoded.score, writing) for piece in kept]
    phrases += _silent_holes(lane, start, stop, phrases)
    phrases.sort(key=lambda phrase: phrase.start_seconds)
    doubts = [phrase.doubt for phrase in phrases]
    if hallucination_checks.has_loop(decoded.text):
        doubts.append(Doubt.REPEATED)
    worst = max(doubts, key=WORST_LAST.index, default=None)
    return Hypothesis(kept, stop, decoded.score, tuple(phrases), worst)


def _kept(
    lane: SpeechLane, start: float, end: float, pieces: tuple[TimestampedText, ...]
) -> tuple[tuple[TimestampedText, ...], float]:
    """Return the pieces of text to use, and where the next window begins in seconds of the
    lane.
    """
    if not pieces:
        return (), end
    last = pieces[-1]
    if last.end_seconds is not None:
        stop = min(start + last.end_seconds, end)
        if lane.spoken(stop, end) <= REST_SECONDS:
            return pieces, end
        stop = lane.pause_near(stop, REACH_SECONDS)
    elif len(pieces) > 1 and end < lane.seconds:
        pieces, stop = pieces[:-1], min(start + last.start_seconds, end)
    else:
        return pieces, end
    return (pieces, stop) if stop >= start + SHORTEST_ADVANCE_SECONDS else (pieces, end)


def _phrase(
    lane: SpeechLane,
    start: float,
    stop: float,
    piece: TimestampedText,
    score: float,
    writing: Writing,
) -> Phrase:
    begins = min(start + piece.start_seconds, stop)  # the model may mark what was only padded
    ends = stop if piece.end_seconds is None else min(start + piece.end_seconds, stop)
    ends = max(begins, ends)
    doubt = hallucination_checks.doubt_of(piece.text, lane.spoken(begins, ends), score, writing)
    return Phrase(begins, ends, piece.text.strip(), score, doubt)


def _silent_holes(
    lane: SpeechLane, start: float, stop: float, phrases: list[Phrase]
) -> list[Phrase]:
    """Return empty phrases, marked as missing, where more than MISSING_SECONDS of detected speech
    have no text.
    """
    marks = [start, *(mark for p in phrases for mark in (p.start_seconds, p.end_seconds)), stop]
    holes = zip(marks[::2], marks[1::2], strict=True)
    return [
        Phrase(a, b, "", None, Doubt.MISSING)
        for a, b in holes
        if lane.spoken(a, b) > hallucination_checks.MISSING_SECONDS
    ]


def _decoded(
    whisper: Whisper, lanes: Sequence[SpeechLane]
) -> Iterator[tuple[LaneProgress, Iterator[Phrase]]]:
    """Yield the progress of each lane in order of time, with an iterator over its phrases as they
    are recognised.
    """
    queue = LaneQueue([LaneProgress(lane) for lane in lanes], whisper.workers)
    with ThreadPoolExecutor(whisper.workers) as threads:
        jobs = [threads.submit(_work, whisper, queue) for _ in range(whisper.workers)]
        for job in jobs:
            job.add_done_callback(queue.close_if_failed)
        try:
            for progress in queue.lanes:
                yield progress, _heard_in(progress, queue, jobs)
        finally:
            queue.close()


def _heard_in(
    progress: LaneProgress, queue: "LaneQueue", jobs: Sequence["Future[None]"]
) -> Iterator[Phrase]:
    """Yield the phrases of a lane until it is done. Raises the error that stopped a worker, if
    there was one.
    """
    yield from iter(progress.phrases.get, None)
    if queue.is_closed:
        for job in jobs:
            job.result()


class LaneQueue:
    """Hands lanes to several worker threads, in groups of at most BATCH. A group stays together
    window after window, because all windows of a batch need prompts of the same number of tokens.
    """

    def __init__(self, lanes: list[LaneProgress], workers: int) -> None:
        self.lanes = lanes
        self._ready = deque(_shared(lanes, -(-len(lanes) // (BATCH * workers)) * workers))
        self._busy, self._workers = 0, workers
        self._change = threading.Condition()
        self.is_closed = False

    def take(self) -> list[LaneProgress]:
        """Return the earliest group that is free, waiting for one if necessary; empty if there is
        nothing left to do.
        """
        with self._change:
            while not self._ready and self._busy and not self.is_closed:
                self._change.wait()
            if self.is_closed or not self._ready:
                return []
            self._busy += 1
            return self._ready.popleft()

    def give_back(self, group: list[LaneProgress]) -> None:
        """Accept a group whose windows were decoded. Those of its lanes that are not done are
        next in line, divided among the threads that have nothing to do.
        """
        with self._change:
            self._busy -= 1
            left = [progress for progress in group if not progress.is_done]
            idle = self._workers - self._busy if not self._ready else 1
            self._ready.extendleft(reversed(_shared(left, idle)))
            self._change.notify_all()
        for progress in group:
            if progress.is_done:
                progress.features = None  # only its phrases are still needed; features are large
                progress.phrases.put(None)

    def close(self) -> None:
        """Release everybody who waits for a group or a phrase: after a stop, an error or the
        end.
        """
        with self._change:
            self.is_closed = True
            self._change.notify_all()
        for progress in self.lanes:
            progress.phrases.put(None)

    def close_if_failed(self, job: "Future[None]") -> None:
        """Close the queue if the job raised an error."""
        if job.exception():
            self.close()


def _shared(lanes: list[LaneProgress], count: int) -> list[list[LaneProgress]]:
    """Return the lanes in `count` groups of about equal size, or fewer if there are fewer
    lanes.
    """
    cuts = [len(lanes) * n // max(1, count) for n in range(count + 1)]
    return [lanes[a:b] for a, b in pairwise(cuts) if b > a]


def _work(whisper: Whisper, queue: LaneQueue) -> None:
    while lanes := queue.take():
        _next_windows(whisper, lanes)
        queue.give_back(lanes)
        memory.give_back()


def _batches(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _window(whisper: Whisper, progress: LaneProgress) -> Spectrogram:
    if progress.features is None:
        progress.features = whisper.features(progress.lane.samples)
    first, last = (round(place * FRAMES_A_SECOND) for place in (progress.position, progress.end))
    return progress.features[:, first:last]


def _next_windows(whisper: Whisper, lanes: list[LaneProgress]) -> None:
    """Decode one window of each lane, and doubtful ones again by LADDER; each lane adopts the
    best hypothesis.
    """
    spans = [(progress.position, progress.end) for progress in lanes]
    is_alone = len(lanes) == 1
    shortest = LONGEST_WINDOW_SECONDS if is_alone else SHORTEST_HEARD_SECONDS
    encoded = whisper.encode([_window(whisper, progress) for progress in lanes], shortest)
    beam = LONE_BEAM if is_alone else BEAM
    first = whisper.decode(encoded, [progress.prompt for progress in lanes], beam=beam)
    hypotheses = [
        _hypothesis(whisper, *window) for window in zip(lanes, spans, encoded, first, strict=True)
    ]
    for beam, temperature in LADDER:
        again = [n for n, hypothesis in enumerate(hypotheses) if hypothesis.doubt]
        if not again:
            break
        for few in _batches(again, MOST_SEQUENCES // beam):
            others = whisper.decode([encoded[n] for n in few], beam=beam, temperature=temperature)
            for n, other in zip(few, others, strict=True):
                hypothesis = _hypothesis(whisper, lanes[n], spans[n], encoded[n], other)
                hypotheses[n] = max(hypotheses[n], hypothesis, key=lambda one: one.merit)
    for progress, hypothesis in zip(lanes, hypotheses, strict=True):
        progress.adopt(hypothesis)


def _hypothesis(
    whisper: Whisper,
    progress: LaneProgress,
    span: TimeSpan,
    encoded: Encoded,
    decoded: Decoded,
) -> Hypothesis:
    """Return the hypothesis that this decoding gives for the window, in which speech that the
    decoder passed over counts as missing.
    """
    found = assess(progress.lane, *span, decoded, whisper.writing)
    phrases = tuple(
        phrase
        if phrase.doubt or is_covered(whisper, progress.lane, span[0], encoded, phrase)
        else replace(phrase, doubt=Doubt.MISSING)
        for phrase in found.phrases
    )
    doubt = max((found.doubt, *(phrase.doubt for phrase in phrases)), key=WORST_LAST.index)
    return replace(found, phrases=phrases, doubt=doubt)
