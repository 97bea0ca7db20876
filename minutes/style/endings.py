"""Changes the ends of sentences and clauses to 敬体 (です・ます) or 常体 (である), by the parts of
speech that MeCab gives. Ends of which it is unsure stay, and are reported by `unsure`.
"""

from collections.abc import Iterator, Sequence

from meetings.style_choices import Endings
from minutes.japanese import inflection
from minutes.japanese.inflection import Verb
from minutes.japanese.words import Morpheme, words
from minutes.style.changes import Edit, Rule

DESU, MASU, DA, TA, NAI = ("助動詞-デス", "助動詞-マス", "助動詞-ダ", "助動詞-タ", "助動詞-ナイ")
LIKE_ADJECTIVES = (NAI, "助動詞-タイ", "助動詞-ラシイ", TA)
CLAUSE_ENDS = ("が", "けれど", "けれども", "けど", "ので", "から", "し", "か")
"""Particles that end a clause: the word before them has the form of the end of a sentence."""

SENTENCE_ENDS = ("。", "！", "？", "!", "?")
PAUSES = ("、", ",", "，")
POLITE_PREFIXES = ("お", "ご", "御")
NOUN_LIKE = ("名詞", "代名詞", "形状詞", "接尾辞", "副詞")
HUMBLE = {"いたす": inflection.DOING, "致す": inflection.DOING}
HUMBLE_AFTER_TE = {
    "おる": inflection.STAYING,
    "まいる": inflection.GOING_ON,
    "参る": inflection.GOING_ON,
}
POLITE_ENDS = {
    ("で", "ある"): "です",
    ("で", "あっ", "た"): "でした",
    ("だっ", "た"): "でした",
    ("で", "あろう"): "でしょう",
    ("だろう",): "でしょう",
    ("で", "は", "ない"): "ではありません",
    ("で", "は", "なかっ", "た"): "ではありませんでした",
}


def edits(text: str, choice: Endings) -> Iterator[Edit]:
    """Yield the edits of ends to the style that was chosen."""
    return _to_plain(words(text)) if choice is Endings.PLAIN else _to_polite(words(text))


def unsure(text: str, choice: Endings) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each word at an end that is still in the other style."""
    said = words(text)
    for place, word in enumerate(said):
        is_polite = word.conjugation in (DESU, MASU)
        if choice is Endings.PLAIN and is_polite:
            yield word.start, word.end
        if choice is Endings.POLITE and not is_polite and _is_end(said, place + 1):
            is_after_polite = place > 0 and said[place - 1].conjugation in (DESU, MASU)
            if word.kind in ("動詞", "形容詞", "助動詞") and not is_after_polite:
                yield word.start, word.end


def _to_plain(said: Sequence[Morpheme]) -> Iterator[Edit]:
    place = 1
    while place < len(said):
        word, rewritten = said[place], None
        if word.conjugation == MASU:
            rewritten = _of_masu(said, place)
        elif word.conjugation == DESU:
            rewritten = _of_desu(said, place)
        if rewritten is None:
            place += 1
            continue
        start, length, wanted = rewritten
        place += length
        if _ends_clause(said, place):
            yield Edit(start, said[place - 1].end, wanted, Rule.PLAIN)


def _of_masu(said: Sequence[Morpheme], place: int) -> tuple[int, int, str] | None:
    """Return start, number of words replaced from `place` on, and replacement for 〜ます; None
    where the plain form is not known.
    """
    verb = _plain_verb(said, place - 1)
    if verb is None:
        return None
    start = said[place - 1].start
    match _surfaces(said, place, 4):
        case ["ませ", "ん", "でし", "た"]:
            return start, 4, verb.negative_past
        case ["ませ", "ん", *_]:
            return start, 2, verb.negative
        case ["まし", "た", *_]:
            return start, 2, verb.past
        case ["ます", *_]:
            return start, 1, verb.dictionary
    return None


def _plain_verb(said: Sequence[Morpheme], place: int) -> Verb | None:
    word = said[place]
    before = said[place - 1] if place else None
    if word.base == "ござる":
        is_plain = before is not None and before.kind in ("助詞", "助動詞")
        return inflection.BEING if is_plain else None
    if word.base in HUMBLE or word.base == "する":
        return None if _is_asking(said, place) else HUMBLE.get(word.base, inflection.DOING)
    if word.base in HUMBLE_AFTER_TE and before is not None and before.surface in ("て", "で"):
        return HUMBLE_AFTER_TE[word.base]
    verb = inflection.verb(word)
    return verb if verb and verb.before_masu == word.surface else None


def _is_asking(said: Sequence[Morpheme], place: int) -> bool:
    """Return whether it is a request or an offer, such as 「お願いします」「ご説明いたします」:
    常体 has no form that says to whom it is addressed.
    """
    near = said[max(0, place - 3) : place]
    return any(
        word.surface.startswith(POLITE_PREFIXES) and word.kind in ("接頭辞", "名詞")
        for word in near
    )


def _of_desu(said: Sequence[Morpheme], place: int) -> tuple[int, int, str] | None:
    """Return start, number of words replaced from `place` on, and replacement for 〜です; None
    where the plain form is not known.
    """
    before = said[place - 1]
    forms: dict[tuple[str, ...], str] = {
        ("です",): "ある",
        ("でし", "た"): "あった",
        ("でしょう",): "あろう",
    }
    found = next((f for f in forms if tuple(_surfaces(said, place, len(f))) == f), None)
    if found is None or before.is_mark:
        return None
    start, length = said[place].start, len(found)
    if before.kind == "形容詞" or before.conjugation in LIKE_ADJECTIVES:
        if found[-1] == "た":
            return None
        return start, length, "" if found == ("です",) else "だろう"
    if before.is_a("助詞", "ん"):
        return before.start, length, f"ので{forms[found]}"
    if before.kind in NOUN_LIKE or before.is_a(
        "助詞", "の", "から", "まで", "ほど", "など", "だけ"
    ):
        return start, length, f"で{forms[found]}"
    return None


def _ends_clause(said: Sequence[Morpheme], place: int) -> bool:
    if _is_end(said, place) or said[place].surface in PAUSES:
        return True
    word = said[place]
    if _surfaces(said, place, 2) == ["の", "で"]:
        return True
    return word.kind == "助詞" and word.surface in CLAUSE_ENDS and not _goes_on(said, place + 1)


def _goes_on(said: Sequence[Morpheme], place: int) -> bool:
    """Return whether another particle follows, as in 「ですかね」, which has another tone."""
    return place < len(said) and said[place].is_a("助詞", "ね", "よ", "な", "と", "も")


def _to_polite(said: Sequence[Morpheme]) -> Iterator[Edit]:
    """Yield edits at the ends of sentences only: inside a sentence, 敬体 uses 常体 too."""
    for place in range(1, len(said) + 1):
        if _is_end(said, place) and not said[place - 1].is_mark:
            yield from _polite_end(said[max(0, place - 4) : place])


def _polite_end(tail: Sequence[Morpheme]) -> list[Edit]:
    """Return the edits that make the end of a sentence polite; `tail` are its last words."""
    last, before = tail[-1], tail[-2] if len(tail) > 1 else None
    for surfaces, wanted in POLITE_ENDS.items():
        if tuple(word.surface for word in tail[-len(surfaces) :]) == surfaces:
            return [Edit(tail[-len(surfaces)].start, last.end, wanted, Rule.POLITE)]
    if last.conjugation == DA:
        return [Edit(last.start, last.end, "です", Rule.POLITE)]
    if last.kind == "形容詞" and last.surface == "ない":
        return [Edit(last.start, last.end, "ありません", Rule.POLITE)]
    if before and last.conjugation == TA and before.conjugation == NAI and len(tail) > 2:
        return _polite_verb(tail[-3], last, "ませんでした")
    if before and last.conjugation == TA and before.kind != "形容詞":
        return _polite_verb(before, last, "ました")
    if before and last.conjugation == NAI:
        return _polite_verb(before, last, "ません")
    is_adjective = last.kind == "形容詞" or last.conjugation == "助動詞-タイ"
    if (is_adjective and last.surface.endswith("い")) or last.conjugation == TA:
        return [Edit(last.end, last.end, "です", Rule.POLITE)]
    return _polite_verb(last, last, "ます")


def _polite_verb(word: Morpheme, last: Morpheme, ending: str) -> list[Edit]:
    """Return the edit of a verb that ends the sentence. Nouns, commands and the like have none."""
    verb = inflection.verb(word)
    is_ending = word is not last or word.form.startswith(("終止形", "連体形"))
    if verb is None or not is_ending or word.conjugation in (DESU, MASU):
        return []
    return [Edit(word.start, last.end, verb.before_masu + ending, Rule.POLITE)]


def _surfaces(said: Sequence[Morpheme], place: int, count: int) -> list[str]:
    """Return up to `count` words from `place` on; none where a space is between them."""
    found = said[place : place + count]
    whole = "".join(word.surface for word in found)
    is_one = not found or found[-1].end - found[0].start == len(whole)
    return [word.surface for word in found] if is_one else []


def _is_end(said: Sequence[Morpheme], place: int) -> bool:
    return place >= len(said) or said[place].surface in SENTENCE_ENDS
