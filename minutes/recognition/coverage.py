"""Speech that the decoder passed over within a phrase.

Where nearly the same is said twice, the decoder may take the second time for the first and go on
behind it: a whole sentence is lost inside a phrase with plausible time marks. Its own attention
shows that (`Whisper.token_timings`): no word begins in the stretch that was lost.
"""

from itertools import pairwise

from minutes.recognition.batching import SpeechLane
from minutes.recognition.hallucination_checks import UNCOVERED_SECONDS, has_room
from minutes.recognition.sentences import Phrase
from minutes.recognition.whisper import TICK_SECONDS, Encoded, Whisper
from minutes.recognition.words import AFTER_SECONDS, BEFORE_SECONDS


def is_covered(
    whisper: Whisper, lane: SpeechLane, window_start: float, encoded: Encoded, phrase: Phrase
) -> bool:
    """Return whether the words of a phrase cover its speech. `encoded` is the window of the lane
    that begins at `window_start` seconds.

    Only a phrase that leaves room for more is aligned: that takes about a tenth as long as
    decoding it.
    """
    start, end = phrase.start_seconds, phrase.end_seconds
    if not has_room(phrase.text, lane.spoken(start, end), whisper.writing):
        return True
    first = max(0, round((start - window_start - BEFORE_SECONDS) / TICK_SECONDS))
    last = round((end - window_start + AFTER_SECONDS) / TICK_SECONDS)
    origin = window_start + first * TICK_SECONDS
    words = whisper.token_timings(encoded[:, first:last], phrase.text)
    begins = [max(start, origin + word.seconds) for word in words]
    return all(lane.spoken(a, b) <= UNCOVERED_SECONDS for a, b in pairwise([*begins, end]))
