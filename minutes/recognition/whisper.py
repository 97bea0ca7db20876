"""Whisper run by CTranslate2. This is the only module that uses faster-whisper.

There is one worker of the model for each core, with one thread each. Two windows side by side take
about as much time as two threads on one window, and no core waits while another computes features.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is ever fetched at run time

# oneDNN compiles a matrix product once for each shape and caches a thousand of them. Each window
# has shapes of its own, so the cache took some hundred megabytes after some hours.
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
"""The most that one pass of the speech model hears. The time for less falls faster than the length,
as the encoder's self-attention compares every position with every other.
"""

SHORTEST_HEARD_SECONDS = 17.0
"""Shorter windows are padded with silence up to here: the model was trained on thirty seconds and
makes errors with too few.
"""

FRAMES_A_SECOND = 100
"""Frames of the log-mel spectrogram."""
TICK_SECONDS = 0.02
"""Length of one position of the encoder's output, here called a tick; also the step of the model's
timestamps.
"""
TICKS = 1500
"""Ticks of a full window."""
REST_SECONDS = 0.5
"""Silence added after the sound of a window: without any, the model is unsure where the last word
ends.
"""

LONGEST_PROMPT = 223
"""The most tokens of previous text as prompt: what Whisper's decoder can hold besides the new
text.
"""

LONGEST_TEXT_PROMPT = 60
"""The most tokens of prompt, about two sentences, when a given text is aligned or scored."""

MOST_TOKENS = 224
"""The most new tokens for a window: half of the decoder's context, as in Whisper."""
SPARE_TOKENS, MOST_TOKENS_A_SECOND = 10, 10
"""New tokens for a window: so many, plus so many for each second. That is twice as many as the
fastest speakers need, and ends a text that repeats itself.
"""

LEAST_PROBABILITY = 1e-9
"""Floor for a token's probability, so that its logarithm stays finite."""

USUALLY_SUPPRESSED = -1
"""Stands for the tokens that the model's own config.json suppresses."""
LONGEST_REPEATED_TOKENS = 4
"""Where no kanji may be written the model easily goes in circles: there so many tokens in a row do
not come twice.
"""

LATEST_FIRST_TICK = 50
"""The latest tick for the first timestamp of a window (CTranslate2's
`max_initial_timestamp_index`).
"""
SHORTEST_SILENCE_MS = 160
"""Pauses shorter than this do not divide speech."""
DETECTED_SECONDS = 60.0
"""Length of the stretches in which speech is detected."""

Spectrogram = NDArray[np.float32]
"""Log-mel spectrogram: mel bands × frames, FRAMES_A_SECOND of them."""

Encoded = NDArray[np.float32]
"""Encoder output of one window: 1 × ticks × width of the model."""


@dataclass(frozen=True)
class TimestampedText:
    """Text between two of the model's timestamps, in seconds of the window. `end_seconds` is None
    if the window ended in the middle of the text.
    """

    start_seconds: float
    end_seconds: float | None
    text: str
    tokens: tuple[int, ...] = ()
    """The tokens with their timestamps, as the prompt of the next window needs them."""


@dataclass(frozen=True)
class Decoded:
    """Decoded text of one window. `score` is the mean log probability of its tokens."""

    pieces: tuple[TimestampedText, ...]
    score: float

    @property
    def text(self) -> str:
        """Return the whole text of the window."""
        return "".join(piece.text for piece in self.pieces)


class Whisper:
    """A loaded speech model. Its methods may be called from `workers` threads at once."""

    def __init__(self, model: SpeechModel, threads: int, language: str) -> None:
        """Load the model, on a GPU if there is one. `threads` 0 means all cores.

        Raises ConfigurationError if the model's file is no longer the one that was chosen.
        """
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
        # Models for English alone are refused. The library would tell them by the size of their
        # vocabulary, which may have been reduced here.
        self._tokenizer = Tokenizer(
            self._library.hf_tokenizer, multilingual=True, task="transcribe", language=language
        )

    def features(self, samples: Samples) -> Spectrogram:
        """Return the log-mel spectrogram of samples of any length. Its values are limited to a
        range below the loudest of all of them, not window by window.
        """
        made: Spectrogram = self._library.feature_extractor(samples)
        return made

    def encode(
        self, windows: Sequence[Spectrogram], shortest_seconds: float = SHORTEST_HEARD_SECONDS
    ) -> list[Encoded]:
        """Encode windows so that they can be decoded in one batch.

        All are padded to the same length: that of the longest with REST_SECONDS, at least
        `shortest_seconds`; what lies beyond LONGEST_WINDOW_SECONDS is cut off.
        """
        longest = max(window.shape[1] for window in windows) / FRAMES_A_SECOND
        seconds = max(shortest_seconds, longest + REST_SECONDS)
        frames = round(min(seconds, LONGEST_WINDOW_SECONDS) / TICK_SECONDS) * 2
        return [self._encode(window[:, :frames], frames) for window in windows]

    def _encode(self, features: Spectrogram, frames: int) -> Encoded:
        whole = np.pad(features, ((0, 0), (0, frames - features.shape[1])))
        made = self._library.model.encode(_view(whole[None]), to_cpu=True)
        return np.array(made)

    def decode(
        self,
        encoded: Sequence[Encoded],
        prompts: Sequence[Sequence[int]] | None = None,
        *,
        beam: int = 1,
        temperature: float = 0.0,
    ) -> list[Decoded]:
        """Decode windows of one call of `encode` in one batch and return the text of each.

        `prompts` are the tokens of the text before each window. CTranslate2 needs
        prompts of equal length, so all are shortened to the shortest, from the left. With
        `temperature` 0 the most probable text is searched for; above 0 tokens are sampled.
        """
        length = min([LONGEST_PROMPT, *map(len, prompts or [()])])
        openings = [
            self._vocabulary.to_model(
                self._library.get_prompt(self._tokenizer, list(tokens)[-length:] if length else [])
            )
            for tokens in prompts or [()] * len(encoded)
        ]
        made = self._library.model.generate(
            _view(np.concatenate(list(encoded))),
            openings,
            beam_size=beam,
            sampling_temperature=temperature or 1.0,
            sampling_topk=0 if temperature else 1,
            max_length=_room(encoded[0], len(openings[0])),
            max_initial_timestamp_index=LATEST_FIRST_TICK,
            return_scores=True,
        )
        return [self._decoded(result.sequences_ids[0], result.scores[0]) for result in made]

    def kana_after(
        self, encoded: Sequence[Encoded], before: Sequence[Sequence[int]], most_tokens: int
    ) -> list[str]:
        """Return what is said after some words, in one batch, written without any kanji: at most
        `most_tokens` tokens.

        `before` are the tokens of these words, equally many for each window, with which the sound
        begins; `encoded` are as many ticks of each window.
        """
        opening, known = self._opening(""), len(before[0])
        made = self._library.model.generate(
            _view(np.concatenate(list(encoded))),
            [[*opening, *self._vocabulary.to_model(tokens)] for tokens in before],
            beam_size=1,
            suppress_tokens=[USUALLY_SUPPRESSED, *self._kanji],
            no_repeat_ngram_size=LONGEST_REPEATED_TOKENS,
            max_length=2 * (known + most_tokens),
        )
        found = (result.sequences_ids[0][known:] for result in made)
        return [self._tokenizer.decode(self._vocabulary.from_model(tokens)) for tokens in found]

    def log_probabilities(
        self, encoded: Encoded, texts: Sequence[str], prompt: str = ""
    ) -> list[float]:
        """Return the log probability (natural) of each text for the same sound: the sum over its
        tokens, by teacher forcing.

        `prompt` is text that the decoder has seen before, of which the last LONGEST_TEXT_PROMPT
        tokens are used. `encoded` may be a part of a window's ticks; the texts must be what is
        spoken in that part.
        """
        made = self._library.model.align(
            _view(np.repeat(encoded, len(texts), axis=0)),
            self._opening(prompt),
            [self._vocabulary.to_model(self.tokens_of(text)) for text in texts],
            [2 * encoded.shape[1]] * len(texts),
        )
        return [float(np.sum(np.log(_possible(one.text_token_probs)))) for one in made]

    def token_timings(self, encoded: Encoded, text: str, prompt: str = "") -> list[TokenTiming]:
        """Return when each piece of a given text begins, in seconds of `encoded`, by CTranslate2's
        alignment.

        `encoded` may be a part of a window's ticks; it should hold all that the text says and
        little else. `prompt` is the text before. Returns an empty list without text or
        sound.
        """
        tokens = self.tokens_of(text)
        if not tokens or not encoded.shape[1]:
            return []
        (made,) = self._library.model.align(
            _view(encoded),
            self._opening(prompt),
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

    @cached_property
    def _kanji(self) -> list[int]:
        return self._vocabulary.with_kanji()

    def _opening(self, prompt: str) -> list[int]:
        """Return the tokens before a given text: the end of the prompt, if any, and Whisper's
        start sequence.
        """
        tokenizer = self._tokenizer
        words = self.tokens_of(" " + prompt)[-LONGEST_TEXT_PROMPT:] if prompt else []
        before = [tokenizer.sot_prev, *words] if words else []
        opening = [*before, *tokenizer.sot_sequence, tokenizer.no_timestamps]
        return self._vocabulary.to_model(opening)

    def tokens_of(self, text: str) -> list[int]:
        """Return the tokens of a text, of those that the model has."""
        return self._vocabulary.representable(self._tokenizer.encode(text))

    def _decoded(self, made: list[int], score: float) -> Decoded:
        """Return the decoded tokens as text, cut at the model's timestamps."""
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
                    marked = (opening, *words, token) if is_closed else (opening, *words)
                    piece = TimestampedText(start, end if is_closed else None, text, marked)
                    pieces.append(piece)
                opening, words = token, []
        return Decoded(tuple(pieces), score)


def _possible(probabilities: Sequence[float]) -> NDArray[np.float32]:
    return np.maximum(np.asarray(probabilities, np.float32), LEAST_PROBABILITY)


def _room(encoded: Encoded, prompt_length: int) -> int:
    """Return CTranslate2's `max_length` for a prompt of `prompt_length` tokens.

    CTranslate2 allows new tokens up to half of it, and up to what the prompt leaves of it. So it is
    the new tokens wanted, and the same again or the prompt if that is longer.
    """
    seconds: float = encoded.shape[1] * TICK_SECONDS
    words = min(MOST_TOKENS, SPARE_TOKENS + round(seconds * MOST_TOKENS_A_SECOND))
    return min(2 * MOST_TOKENS, words + max(words, prompt_length))


def speech_in(samples: Samples, workers: int) -> list[tuple[float, float]]:
    """Return start and end in seconds of each stretch of speech, by Silero's voice activity
    detector.

    Pauses shorter than SHORTEST_SILENCE_MS do not divide it. The samples are divided among
    `workers` threads in stretches of about DETECTED_SECONDS, because the detector's memory grows
    with the length of its input.
    """
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
    """Return a function from the path of a sound file to its texts, which uses faster-whisper's
    own pipeline with its defaults and voice activity detection. It is the baseline in evaluations.
    """
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
