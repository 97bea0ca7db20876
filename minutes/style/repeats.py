"""Removes words that were said twice in a row: 「予算、予算の」, 「そのその」. What could be a list
or a set phrase stays.
"""

from collections.abc import Iterator, Sequence

from minutes.japanese.words import Morpheme, words
from minutes.style.changes import Edit, Rule

PAUSES = ("、", ",", "，")
NOUNS = ("名詞", "代名詞")
PARTICLES = ("が", "を", "に", "は", "で", "と", "も", "へ", "から", "まで")
BEFORE_ITSELF = ("この", "その", "あの")
SET_PHRASES = ("それは", "これは", "あれは")
LONGEST = 4
"""Most words of one repetition."""


def edits(text: str) -> Iterator[Edit]:
    """Yield the edits that remove the first of the two."""
    said, place = words(text), 0
    while place < len(said):
        length, skipped = _repeated(said, place)
        if length:
            yield Edit(said[place].start, said[place + skipped].start, "", Rule.REPEATS)
        place += skipped or 1


def _repeated(said: Sequence[Morpheme], place: int) -> tuple[int, int]:
    """Return how many words are repeated from here, and how many the removal covers; zeros where
    none are.
    """
    for length in range(LONGEST, 0, -1):
        if place + 2 * length > len(said):
            continue
        has_pause = said[place + length].surface in PAUSES
        skipped = length + has_pause
        is_over = place + skipped + length > len(said)
        if is_over or said[place + skipped].surface != said[place].surface:
            continue
        once = said[place : place + length]
        again = said[place + skipped : place + skipped + length]
        after = said[place + skipped + length : place + skipped + length + 1]
        if [w.surface for w in once] != [w.surface for w in again]:
            continue
        if _is_slip(once, has_pause, after[0] if after else None):
            return length, skipped
    return 0, 0


def _is_slip(once: Sequence[Morpheme], has_pause: bool, after: Morpheme | None) -> bool:
    surface = "".join(word.surface for word in once)
    if any(word.is_number or word.is_mark for word in once) or surface in SET_PHRASES:
        return False
    if len(once) == 1 and once[0].is_a("連体詞", *BEFORE_ITSELF):
        return True
    if not _is_noun_phrase(once):
        return False
    if once[-1].kind == "助詞":
        return has_pause or once[-1].surface in PARTICLES
    # A list goes on with a longer word (「市民、市民団体」); a slip with a particle.
    return has_pause and after is not None and after.kind == "助詞" and len(surface) > 1


def _is_noun_phrase(once: Sequence[Morpheme]) -> bool:
    """Return whether these words are a noun of at least two letters or a pronoun, alone or with
    one particle.
    """
    nouns = once[:-1] if once[-1].kind == "助詞" else once
    is_pronoun = len(nouns) == 1 and nouns[0].kind == "代名詞"
    is_long = len("".join(word.surface for word in nouns)) > 1
    return bool(nouns) and all(w.kind in NOUNS for w in nouns) and (is_long or is_pronoun)
