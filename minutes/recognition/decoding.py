"""The speech model at work. The only module that knows faster-whisper."""

import os
from collections.abc import Iterator
from pathlib import Path

AMD = "AuthenticAMD"


def _prefer_backend() -> None:
    """CTranslate2's other backend was 20 to 30 % faster than MKL on AMD processors; it is
    chosen before the import."""
    processor = Path("/proc/cpuinfo")
    if processor.exists() and AMD in processor.read_text(encoding="utf-8", errors="replace"):
        os.environ.setdefault("CT2_USE_MKL", "0")


_prefer_backend()
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is ever fetched at run time

from faster_whisper import WhisperModel  # noqa: E402
from faster_whisper.vad import VadOptions  # noqa: E402

from minutes.recognition.heard import Heard, Recognise, Samples  # noqa: E402
from minutes.recognition.speech_model import SpeechModel  # noqa: E402

BEAM = 5
# Both lengths are said: the library's own defaults differ by the way the options are passed.
SPEECH_DETECTION = VadOptions(
    min_silence_duration_ms=500, max_speech_duration_s=28.0, speech_pad_ms=300
)
# What Whisper says into silence; nobody ends a city's meeting like this.
STOCK_PHRASES = (
    "ご視聴ありがとうございました",
    "ご清聴ありがとうございました",
    "チャンネル登録",
    "最後までご視聴",
)
DOUBTFUL_SILENCE = 0.4
SHORTEST_LOOP, MOST_REPEATS = 2, 4


def load(model: SpeechModel, threads: int) -> Recognise:
    """The recogniser of this speech model; `threads` 0 means all cores."""
    whisper = WhisperModel(
        str(model.folder),
        device="auto",
        compute_type="int8",
        cpu_threads=threads or os.cpu_count() or 1,
        local_files_only=True,
    )

    def recognise(samples: Samples) -> Iterator[Heard]:
        segments, _ = whisper.transcribe(
            samples,
            language="ja",
            beam_size=BEAM,
            vad_filter=True,
            vad_parameters=SPEECH_DETECTION,
            condition_on_previous_text=False,
        )
        for segment in segments:
            text = without_loops(segment.text.strip())
            if text and not is_stock_phrase(text, segment.no_speech_prob):
                yield Heard(segment.start, segment.end, text)

    return recognise


def is_stock_phrase(text: str, no_speech: float) -> bool:
    """A phrase that the model invents, where it heard hardly any speech itself."""
    return no_speech >= DOUBTFUL_SILENCE and any(phrase in text for phrase in STOCK_PHRASES)


def without_loops(text: str) -> str:
    """A passage that repeats itself more than MOST_REPEATS times, once."""
    for size in range(SHORTEST_LOOP, len(text) // (MOST_REPEATS + 1) + 1):
        for start in range(len(text) - size * (MOST_REPEATS + 1) + 1):
            piece = text[start : start + size]
            end = start + size
            while text.startswith(piece, end):
                end += size
            if (end - start) // size > MOST_REPEATS and len(set(piece)) > 1:
                return without_loops(text[: start + size] + text[end:])
    return text
