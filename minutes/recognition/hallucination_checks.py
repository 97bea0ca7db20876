"""What makes a decoded text doubtful: pure questions about words and the time they were said in.

Batches know nothing of faster-whisper's own safeguards, and its measure of repetition misses
short Japanese loops; so these are ours.
"""

import re

from minutes.speech_models.languages import JAPANESE, Writing
from models.transcript import Doubt

# What Whisper says into silence, having learnt from films.
STOCK_PHRASES = re.compile(
    r"(最後まで)?(ご視聴|ご清聴|ご覧)(いただき|頂き|くださり)?、?(本当に)?"
    r"ありがとうござい(ます|ました)|(チャンネル登録|高評価).*|おやすみなさい|字幕.*"
)
PUNCTUATION = "。、！？!?,. 　"

MISSING_SECONDS = 2.0
"""So much speech without a word is missing text; less may be a cough or a laugh."""

SPARE_CHARACTERS = 6
UNSURE_BELOW = -1.0
"""Mean log probability of the tokens, as in OpenAI's own fallback."""

LOOP = re.compile(r"(.{1,60}?)\1{2,}", re.DOTALL)
LONGEST_REPETITION, MOST_REPETITIONS = 24, 6
MOST_SINGLE_CHARACTERS = 10


def doubt_of(
    text: str, spoken_seconds: float, score: float, writing: Writing = JAPANESE
) -> Doubt | None:
    """Why a stretch of text said in `spoken_seconds` of detected speech is doubtful, if it is."""
    letters = len(text.strip(PUNCTUATION))
    possible = spoken_seconds * writing.fastest
    if has_loop(text):
        return Doubt.REPEATED
    if is_stock_phrase(text) and letters > possible:
        return Doubt.INVENTED
    if letters > possible + SPARE_CHARACTERS:
        return Doubt.FAST
    said = sum(letter not in PUNCTUATION for letter in text)  # marks fill no time
    if spoken_seconds > MISSING_SECONDS and said < spoken_seconds * writing.slowest:
        return Doubt.MISSING
    return Doubt.UNSURE if score < UNSURE_BELOW else None


def is_stock_phrase(text: str) -> bool:
    return STOCK_PHRASES.fullmatch(text.strip(PUNCTUATION)) is not None


def has_loop(text: str) -> bool:
    return without_loops(text) != text


def without_loops(text: str) -> str:
    """A passage that the model repeats on and on, once; what people repeat stays."""
    return LOOP.sub(lambda found: found[1] if _is_loop(found[1], found[0]) else found[0], text)


def _is_loop(piece: str, whole: str) -> bool:
    times = len(whole) // len(piece)
    if len(piece) == 1:
        return times >= MOST_SINGLE_CHARACTERS and not piece.isdecimal()
    return len(whole) >= LONGEST_REPETITION or times >= MOST_REPETITIONS
