"""Finds doubtful text in what the model decoded, by comparing the words with the time they took.

faster-whisper's own safeguards do not apply to batched decoding with CTranslate2, and its
compression ratio misses short loops in Japanese. So these checks are our own.
"""

import re

from minutes.speech_models.languages import JAPANESE, Writing
from models.transcript import Doubt

# What Whisper writes for silence: endings of the videos and films it was trained on.
STOCK_PHRASES = re.compile(
    r"(最後まで)?(ご視聴|ご清聴|ご覧)(いただき|頂き|くださり)?、?(本当に)?"
    r"ありがとうござい(ます|ました)|(チャンネル登録|高評価).*|おやすみなさい|字幕.*"
)
PUNCTUATION = "。、！？!?,. 　"

MISSING_SECONDS = 2.0
"""Detected speech from which text without words counts as missing. Less may be a cough or a
laugh.
"""

UNCOVERED_SECONDS = 1.5
"""Detected speech between the beginnings of two neighbouring words from which the decoder passed
over something. In text that is complete there is at most 0.9 s of it.
"""

SPARE_CHARACTERS = 6
"""Characters that a text may have beyond the fastest possible speech before it is doubtful."""
UNSURE_BELOW = -1.0
"""Mean log probability of the tokens, the threshold of OpenAI's own fallback."""

LOOP = re.compile(r"(.{1,60}?)\1{2,}", re.DOTALL)
"""A passage of up to 60 characters, three times or more in a row."""
LONGEST_REPETITION, MOST_REPETITIONS = 24, 6
"""From so many characters in all, or so many repetitions on, a repeated passage is the model's loop
and not what somebody said.
"""
MOST_SINGLE_CHARACTERS = 10
"""The same for a single character; digits may repeat without end."""


def doubt_of(
    text: str, spoken_seconds: float, score: float, writing: Writing = JAPANESE
) -> Doubt | None:
    """Return why a text is doubtful that took `spoken_seconds` of detected speech, or None if it
    is not.

    `score` is the mean log probability of its tokens; `writing` tells how fast the language is
    spoken.
    """
    letters = len(text.strip(PUNCTUATION))
    possible = spoken_seconds * writing.fastest
    if has_loop(text):
        return Doubt.REPEATED
    if is_stock_phrase(text) and letters > possible:
        return Doubt.INVENTED
    if letters > possible + SPARE_CHARACTERS:
        return Doubt.FAST
    if spoken_seconds > MISSING_SECONDS and _said(text) < spoken_seconds * writing.slowest:
        return Doubt.MISSING
    return Doubt.UNSURE if score < UNSURE_BELOW else None


def has_room(text: str, spoken_seconds: float, writing: Writing = JAPANESE) -> bool:
    """Return whether something else may have been said within the `spoken_seconds` of this text:
    whether it is short enough for ordinary speech of UNCOVERED_SECONDS less.
    """
    return _said(text) <= (spoken_seconds - UNCOVERED_SECONDS) * writing.brisk


def _said(text: str) -> int:
    """Return the number of letters, without marks, which fill no time."""
    return sum(letter not in PUNCTUATION for letter in text)


def is_stock_phrase(text: str) -> bool:
    """Return whether the text is one of the phrases that Whisper writes for silence."""
    return STOCK_PHRASES.fullmatch(text.strip(PUNCTUATION)) is not None


def has_loop(text: str) -> bool:
    """Return whether a passage of the text is repeated as only the model does it."""
    return without_loops(text) != text


def without_loops(text: str) -> str:
    """Return the text with passages that the model repeated over and over reduced to one.
    Repetitions that a person may have spoken remain.
    """
    return LOOP.sub(lambda found: found[1] if _is_loop(found[1], found[0]) else found[0], text)


def _is_loop(piece: str, whole: str) -> bool:
    times = len(whole) // len(piece)
    if len(piece) == 1:
        return times >= MOST_SINGLE_CHARACTERS and not piece.isdecimal()
    return len(whole) >= LONGEST_REPETITION or times >= MOST_REPETITIONS
