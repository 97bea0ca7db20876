"""Teaching a heard text the words of its meeting: candidates, how much the speech model doubts what
it heard, the judge beside the sound, and a choice."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from minutes.proposals import dictionary, evidence, judge
from minutes.proposals.choosing import Asked, Choice, Teach, choose, worth_asking
from minutes.proposals.evidence import Doubts
from minutes.proposals.readings import plain
from minutes.proposals.terms import Vocabulary
from minutes.recognition.heard import Heard, Sound
from minutes.recognition.speech_model import SpeechModel
from minutes.recognition.whisper import Whisper
from minutes.recognition.windows import heard_together
from minutes.recognition.words import Listened, listen, moments_in, told_before

LANGUAGE = "ja"


def load(model: SpeechModel, threads: int) -> Teach:
    """Raises ConfigurationError when the file is no longer the one that was chosen."""
    whisper = Whisper(model, threads, LANGUAGE)
    dictionary.prepare()

    def teach(segments: Sequence[Heard], sound: Sound, vocabulary: Vocabulary) -> Iterator[Choice]:
        windows = heard_together(segments)

        def one(window: Sequence[Heard], told: str) -> list[Choice]:
            return _taught(whisper, window, told, sound, vocabulary)

        with ThreadPoolExecutor(whisper.workers) as threads:
            for choices in threads.map(one, windows, told_before(windows)):
                yield from choices

    return teach


def _taught(
    whisper: Whisper,
    window: Sequence[Heard],
    told: str,
    sound: Sound,
    vocabulary: Vocabulary,
) -> list[Choice]:
    listened = listen(whisper, window, sound)
    asked = [
        worth_asking(one.text, vocabulary, one.confidence, doubts)
        for one, doubts in zip(window, doubted(whisper, window, told, listened), strict=True)
    ]
    gains = judged(whisper, window, listened, asked)
    return [
        choose(one.text, questions, answers)
        for one, questions, answers in zip(window, asked, gains, strict=True)
    ]


def doubted(
    whisper: Whisper, window: Sequence[Heard], told: str, listened: Listened
) -> list[Doubts]:
    """Of each segment of a window; `told`: the text before it."""
    return [evidence.doubts(one) for one in moments_in(whisper, window, told, listened)]


def judged(
    whisper: Whisper,
    window: Sequence[Heard],
    listened: Listened,
    asked: Sequence[Sequence[Asked]],
) -> list[list[float]]:
    """What the judge says to the questions about each segment of a window."""
    return [
        _gains(whisper, listened, segment, questions)
        for segment, questions in zip(window, asked, strict=True)
    ]


def _gains(
    whisper: Whisper, listened: Listened, segment: Heard, asked: Sequence[Asked]
) -> list[float]:
    text, origin = plain(segment.text), listened.origin
    start, end = segment.start_seconds - origin, segment.end_seconds - origin
    gains: dict[int, float] = {}
    for place in judge.places([one.candidate for one in asked]):
        scores = judge.judge(whisper, listened.encoded, text, place, start, end)
        gains |= {id(one): score for one, score in zip(place, scores, strict=True)}
    return [gains[id(one.candidate)] for one in asked]
