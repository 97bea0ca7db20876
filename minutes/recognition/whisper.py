"""Whisper by CTranslate2. The only module that knows faster-whisper.

One worker of the model for each core, each with one thread: two windows side by side cost about
as much as two threads on one, and no core waits while another makes features.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is ever fetched at run time

# A product of matrices is made ready once for each shape. oneDNN keeps a thousand of them; each
# window has shapes of its own, so that was some hundred megabytes more after some hours.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from minutes.recognition.heard import TokenTiming
from minutes.sound.audio import RATE
from minutes.sound.samples import Samples
from minutes.speech_models import speech_model, vocabulary
from minutes.speech_models.languages import writing_of
from minutes.speech_models.speech_model import SpeechModel

LONGEST_WINDOW_SECONDS = 30.0
"""The most that one pass of the speech model hears. Less costs less than its share: the encoder
compares every moment with every other, and each token looks at all of them."""

SHORTEST_HEARD_SECONDS = 17.0
"""Silence is added up to here: the model has learnt on thirty seconds, with too few it mishears."""

FRAMES_A_SECOND = 100
TICK_SECONDS = 0.02
TICKS = 1500
REST_SECONDS = 0.5
"""Silence after a window's sound: without any the model is unsure where the last word ends."""

LONGEST_PROMPT = 223
"""Tokens of the words before: all that the decoder can hold besides its text."""

LONGEST_TOLD = 60
"""Tokens, about two sentences: of what it is told before it is asked about a given text."""

MOST_TOKENS = 224
SPARE_TOKENS, MOST_TOKENS_A_SECOND = 10, 10
"""Twice as many as the fastest speakers need: a text that turns in circles ends there."""

LEAST_PROBABILITY = 1e-9

LATEST_FIRST_TICK = 50
SHORTEST_SILENCE_MS = 160
DETECTED_SECONDS = 60.0

Features = NDArray[np.float32]
"""Mel bands × FRAMES_A_SECOND."""

Encoded = NDArray[np.float32]
"""What the encoder made of one window: 1 × its ticks × the model's width."""


@dataclass(frozen=True)
class TimestampedText:
    """A stretch of text between two of the model's own time marks, in seconds of the window.
    Without an end the model ran out of window in the middle of it."""

    start_seconds: float
    end_seconds: float | None
    text: str
    tokens: tuple[int, ...] = ()
    """With its marks: what the next window may be told."""


@dataclass(frozen=True)
class Decoded:
    """One window in words. `score` is the mean log probability of its tokens."""

    pieces: tuple[TimestampedText, ...]
    score: float

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


class Whisper:
    """A loaded speech model. Its methods may be called from `workers` threads at once."""

    def __init__(self, model: SpeechModel, threads: int, language: str) -> None:
        """`threads` 0 means all cores. Raises ConfigurationError when the model's file is no
        longer the one that was chosen."""
        speech_model.check(model)
        self.writing = writing_of(language)
        is_gpu = ctranslate2.get_cuda_device_count() > 0
        self.workers = 1 if is_gpu else threads or len(os.sched_getaffinity(0))
        self._vocabulary = vocabulary.needed(model.folder, self.writing)
        with vocabulary.folder_with(model.folder, self._vocabulary) as folder:
            self._library = WhisperModel(
                str(folder),
                device="cuda" if is_gpu else "cpu",
                compute_type="int8_float16" if is_gpu else "int8",
                cpu_threads=1,
                num_workers=self.workers,
                local_files_only=True,
            )
        # Others than multilingual models are refused; the library tells them by their many tokens.
        self._tokenizer = Tokenizer(
            self._library.hf_tokenizer, multilingual=True, task="transcribe", language=language
        )

    def features(self, samples: Samples) -> Features:
        """Of any length: loudness is levelled over all of it, not window by window."""
        made: Features = self._library.feature_extractor(samples)
        return made

    def encode(self, windows: Sequence[Features]) -> list[Encoded]:
        """Windows of up to LONGEST_WINDOW_SECONDS that can be decoded in one batch: all as long
        as the longest of them and a little silence, or as the model needs."""
        longest = max(window.shape[1] for window in windows) / FRAMES_A_SECOND
        seconds = max(SHORTEST_HEARD_SECONDS, longest + REST_SECONDS)
        frames = round(min(seconds, LONGEST_WINDOW_SECONDS) / TICK_SECONDS) * 2
        return [self._encode(window[:, :frames], frames) for window in windows]

    def _encode(self, features: Features, frames: int) -> Encoded:
        whole = np.pad(features, ((0, 0), (0, frames - features.shape[1])))
        made = self._library.model.encode(_view(whole[None]), to_cpu=True)
        return np.array(made)

    def decode(
        self,
        encoded: Sequence[Encoded],
        before: Sequence[Sequence[int]] | None = None,
        *,
        beam: int = 1,
        temperature: float = 0.0,
    ) -> list[Decoded]:
        """Windows of one call of `encode`, in one batch, each told the tokens of the words `before`
        it. CTranslate2 wants these to be equally many: the window with the fewest decides."""
        told = min([LONGEST_PROMPT, *map(len, before or [()])])
        prompts = [
            self._vocabulary.to_model(
                self._library.get_prompt(self._tokenizer, list(tokens)[-told:] if told else [])
            )
            for tokens in before or [()] * len(encoded)
        ]
        made = self._library.model.generate(
            _view(np.concatenate(list(encoded))),
            prompts,
            beam_size=beam,
            sampling_temperature=temperature or 1.0,
            sampling_topk=0 if temperature else 1,
            max_length=_room(encoded[0], len(prompts[0])),
            max_initial_timestamp_index=LATEST_FIRST_TICK,
            return_scores=True,
        )
        return [self._decoded(result.sequences_ids[0], result.scores[0]) for result in made]

    def log_probabilities(
        self, encoded: Encoded, texts: Sequence[str], told: str = ""
    ) -> list[float]:
        """How probable each of these texts is for the same sound, by teacher forcing, once the
        model has been `told` some words: the sum over its tokens. `encoded` may be a part of a
        window's ticks: then the texts are of that part."""
        made = self._library.model.align(
            _view(np.repeat(encoded, len(texts), axis=0)),
            self._opening(told),
            [self._vocabulary.to_model(self._tokens(text)) for text in texts],
            [2 * encoded.shape[1]] * len(texts),
        )
        return [float(np.sum(np.log(_possible(one.text_token_probs)))) for one in made]

    def moments(self, encoded: Encoded, text: str, told: str = "") -> list[TokenTiming]:
        """When each piece of this text begins, in seconds of `encoded`, which may be a part of a
        window's ticks: the whole of what was said, and little else. `told`: the text before it."""
        tokens = self._tokens(text)
        if not tokens or not encoded.shape[1]:
            return []
        (made,) = self._library.model.align(
            _view(encoded),
            self._opening(told),
            [self._vocabulary.to_model(tokens)],
            [2 * encoded.shape[1]],
        )
        begins = dict[int, int]()
        for token, tick in made.alignments:
            begins.setdefault(token, tick)
        found, place = list[TokenTiming](), 0
        for piece, of_piece in zip(*self._tokenizer.split_to_word_tokens(tokens), strict=True):
            probable = min(made.text_token_probs[place : place + len(of_piece)])
            found.append(TokenTiming(len(piece), begins[place] * TICK_SECONDS, round(probable, 2)))
            place += len(of_piece)
        return found

    def _opening(self, told: str) -> list[int]:
        """What stands before a given text: the end of what the model is told, its marks."""
        tokenizer = self._tokenizer
        words = self._tokens(" " + told)[-LONGEST_TOLD:] if told else []
        before = [tokenizer.sot_prev, *words] if words else []
        opening = [*before, *tokenizer.sot_sequence, tokenizer.no_timestamps]
        return self._vocabulary.to_model(opening)

    def _tokens(self, text: str) -> list[int]:
        return self._vocabulary.spelled(self._tokenizer.encode(text))

    def _decoded(self, made: list[int], score: float) -> Decoded:
        tokens = self._vocabulary.from_model(made)
        pieces: list[TimestampedText] = []
        first_mark = self._tokenizer.timestamp_begin
        opening, words = first_mark, list[int]()
        for token in [*tokens, first_mark + TICKS + 1]:
            if token < self._tokenizer.eot:
                words.append(token)
            elif token >= first_mark:
                start, end = ((mark - first_mark) * TICK_SECONDS for mark in (opening, token))
                if words:
                    text = self._tokenizer.decode(words)
                    is_closed = end <= LONGEST_WINDOW_SECONDS
                    told = (opening, *words, token) if is_closed else (opening, *words)
                    pieces.append(TimestampedText(start, end if is_closed else None, text, told))
                opening, words = token, []
        return Decoded(tuple(pieces), score)


def _possible(probabilities: Sequence[float]) -> NDArray[np.float32]:
    return np.maximum(np.asarray(probabilities, np.float32), LEAST_PROBABILITY)


def _room(encoded: Encoded, told: int) -> int:
    """CTranslate2's `max_length`: the words may have half of it, and what the tokens that the
    model is `told` leave."""
    seconds: float = encoded.shape[1] * TICK_SECONDS
    words = min(MOST_TOKENS, SPARE_TOKENS + round(seconds * MOST_TOKENS_A_SECOND))
    return min(2 * MOST_TOKENS, words + max(words, told))


def speech_in(samples: Samples, workers: int) -> list[tuple[float, float]]:
    """Where somebody speaks: start and end in seconds, by Silero's detector, which notices
    pauses from SHORTEST_SILENCE_MS on. The `workers` share it in stretches short enough for the
    detector's memory, which grows with what it is given at once."""
    count = max(workers, round(len(samples) / RATE / DETECTED_SECONDS))
    cuts = [len(samples) * n // count for n in range(count + 1)]
    with ThreadPoolExecutor(workers) as threads:
        shares = threads.map(lambda cut: _speech_between(samples, *cut), pairwise(cuts))
    found = list[tuple[float, float]]()
    for start, end in chain.from_iterable(shares):
        if found and (start - found[-1][1]) * 1000 < SHORTEST_SILENCE_MS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _speech_between(samples: Samples, first: int, last: int) -> list[tuple[float, float]]:
    options = VadOptions(
        min_silence_duration_ms=SHORTEST_SILENCE_MS,
        max_speech_duration_s=float("inf"),
        speech_pad_ms=0,
    )
    found = get_speech_timestamps(samples[first:last], options) if last > first else []
    return [((first + each["start"]) / RATE, (first + each["end"]) / RATE) for each in found]


def transcribe_by_library(model: SpeechModel, threads: int, language: str) -> Any:
    """faster-whisper's own way with its defaults and speech detection, to be measured against:
    a function from the path of a sound file to its texts."""
    library = WhisperModel(
        str(model.folder),
        device="cpu",
        compute_type="int8",
        cpu_threads=threads,
        local_files_only=True,
    )

    def transcribe(path: str) -> list[str]:
        segments, _ = library.transcribe(path, language=language, vad_filter=True)
        return [segment.text for segment in segments]

    return transcribe


def _view(values: NDArray[Any]) -> Any:
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(values, dtype=np.float32))
