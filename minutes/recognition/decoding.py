"""The speech model at work. The only module that knows faster-whisper.

One pass after the other, each knowing the words of the one before: on our meetings this heard
better than passes in batches, which stopped early, and it says where each segment begins.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

AMD = "AuthenticAMD"


def _prefer_backend() -> None:
    """CTranslate2's other backend was 20 to 30 % faster than MKL on AMD processors; it is
    chosen before the import. Who set it already is right."""
    processor = Path("/proc/cpuinfo")
    if processor.exists() and AMD in processor.read_text(encoding="utf-8", errors="replace"):
        os.environ.setdefault("CT2_USE_MKL", "0")


_prefer_backend()
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is ever fetched at run time

from faster_whisper import WhisperModel  # noqa: E402
from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: E402

from minutes.recognition import speech_model  # noqa: E402
from minutes.recognition.audio import RATE  # noqa: E402
from minutes.recognition.heard import Heard, Recognise, Samples  # noqa: E402
from minutes.recognition.speech_model import SpeechModel  # noqa: E402

BEAM = 5
# Both lengths are said: the library's own defaults differ by the way the options are passed.
SPEECH_DETECTION = VadOptions(
    min_silence_duration_ms=2000, max_speech_duration_s=float("inf"), speech_pad_ms=400
)
CLOSE_SPEECH_DETECTION = VadOptions(
    min_silence_duration_ms=100, max_speech_duration_s=float("inf"), speech_pad_ms=0
)

# What Whisper says into silence, having learnt from films.
STOCK_PHRASES = re.compile(
    r"(最後まで)?(ご視聴|ご清聴|ご覧)(いただき|頂き|くださり)?、?(本当に)?"
    r"ありがとうござい(ます|ました)|(チャンネル登録|高評価).*|おやすみなさい|字幕.*"
)
FASTEST_CHARACTERS_A_SECOND = 14.0
"""Nobody says more; the speech of our meetings has 5 to 9."""

SHORTEST_SECONDS_OF_SPEECH = 1.0
PUNCTUATION = "。、！？!?,. 　"

LOOP = re.compile(r"(.{1,60}?)\1{2,}", re.DOTALL)
LONGEST_REPETITION, MOST_REPETITIONS = 24, 6
MOST_SINGLE_CHARACTERS = 10
SHORTEST_SAME_SEGMENT, MOST_SAME_SEGMENTS = 8, 2

SENTENCE = re.compile(r"[^。？！?!]*[。？！?!]+\s*|[^。？！?!]+$")
MOST_SENTENCES, LONGEST_SECONDS = 2, 15.0


def load(model: SpeechModel, threads: int, language: str = "ja") -> Recognise:
    """The recogniser of this speech model; `threads` 0 means all cores.

    Raises ConfigurationError when the file is no longer the one that was chosen.
    """
    speech_model.check(model)
    whisper = WhisperModel(
        str(model.folder),
        device="cpu",
        compute_type="int8",
        cpu_threads=threads or len(os.sched_getaffinity(0)),
        local_files_only=True,
    )

    def recognise(samples: Samples) -> Iterator[Heard]:
        return without_inventions(_transcribe(whisper, samples, language), samples)

    return recognise


def without_inventions(segments: Iterator[Heard], samples: Samples) -> Iterator[Heard]:
    """Without what the model says by itself: loops, stock phrases where hardly anybody speaks."""
    last, times = "", 0
    for heard in segments:
        text = without_loops(heard.text)
        times = times + 1 if text == last else 1
        last = text
        is_loop = len(text) >= SHORTEST_SAME_SEGMENT and times > MOST_SAME_SEGMENTS
        invented = is_loop or _is_impossible(heard, samples) or _is_stock_phrase(heard, samples)
        if text and not invented:
            yield from sentences(Heard(heard.start_seconds, heard.end_seconds, text))


def without_loops(text: str) -> str:
    """A passage that the model repeats on and on, once; what people repeat stays."""
    return LOOP.sub(lambda found: found[1] if _is_loop(found[1], found[0]) else found[0], text)


def sentences(heard: Heard) -> Iterator[Heard]:
    """A segment of many sentences, or a long one, in sentences; times by their characters."""
    pieces = SENTENCE.findall(heard.text)
    seconds = heard.end_seconds - heard.start_seconds
    if len(pieces) <= MOST_SENTENCES and seconds <= LONGEST_SECONDS:
        yield heard
        return
    start, characters = heard.start_seconds, len(heard.text)
    for piece in pieces:
        end = min(start + seconds * len(piece) / characters, heard.end_seconds)
        yield Heard(start, end, piece.strip())
        start = end


def _transcribe(whisper: WhisperModel, samples: Samples, language: str) -> Iterator[Heard]:
    segments, _ = whisper.transcribe(
        samples,
        language=language,
        beam_size=BEAM,
        vad_filter=True,
        vad_parameters=SPEECH_DETECTION,
        condition_on_previous_text=True,
    )
    for segment in segments:
        yield Heard(segment.start, segment.end, segment.text.strip())


def _is_loop(piece: str, whole: str) -> bool:
    times = len(whole) // len(piece)
    if len(piece) == 1:
        return times >= MOST_SINGLE_CHARACTERS and not piece.isdecimal()
    return len(whole) >= LONGEST_REPETITION or times >= MOST_REPETITIONS


def _is_impossible(heard: Heard, samples: Samples) -> bool:
    """A sentence in the last instant of the sound: given too little, the model goes on by itself
    with the words of before."""
    seconds = min(heard.end_seconds, len(samples) / RATE) - heard.start_seconds
    longest = max(seconds, SHORTEST_SECONDS_OF_SPEECH) * FASTEST_CHARACTERS_A_SECOND
    return len(heard.text) > longest


def _is_stock_phrase(heard: Heard, samples: Samples) -> bool:
    """A phrase of a film's end that nobody can have said in the speech that there is."""
    text = heard.text.strip(PUNCTUATION)
    if not STOCK_PHRASES.fullmatch(text):
        return False
    near = samples[round(heard.start_seconds * RATE) : round(heard.end_seconds * RATE)]
    spoken = get_speech_timestamps(near, CLOSE_SPEECH_DETECTION) if len(near) else []
    seconds: float = sum(piece["end"] - piece["start"] for piece in spoken) / RATE
    return seconds * FASTEST_CHARACTERS_A_SECOND < len(text)
