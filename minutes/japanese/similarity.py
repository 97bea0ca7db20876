"""Measures how alike two words sound: a weighted edit distance over the sounds of their readings.

Sounds that Whisper's models often confuse cost little: long and short vowels, っ and ん, voiced and
voiceless consonants. The algorithm is that of Wagner and Fischer (1974); the costs were set by hand
after errors that were observed.
"""

from functools import lru_cache

VOWELS = "aiueo"
ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サ スセソ",
    "z": "ザ ズゼゾ",
    "t": "タ  テト",
    "d": "ダ  デド",
    "n": "ナニヌネノ",
    "h": "ハヒ ヘホ",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "y": "ヤ ユ ヨ",
    "w": "ワ    ",
}
"""For each consonant, the kana with the vowels a, i, u, e, o; a space where the sound is another
one.
"""
SOUNDS = {
    "シ": "Si",
    "ジ": "Ji",
    "チ": "Ci",
    "ヂ": "Ji",
    "ツ": "Tu",
    "ヅ": "zu",
    "フ": "fu",
    "ヲ": "o",
    "ヴ": "bu",
    "ン": "N",
    "ッ": "Q",
    "ー": ":",
    "ヮ": "wa",
    "ヵ": "ka",
    "ヶ": "ka",
    **{kana: c + v for c, row in ROWS.items() for v, kana in zip(VOWELS, row, strict=True)},
}
"""Sounds of each kana: upper-case letters are consonants of their own; N is ん, Q is っ, : is a
long vowel.
"""
GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o"}
"""Small kana that change the vowel of the one before them."""
SMALL_VOWELS = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
PALATAL = "SJC"
"""Consonants that need no y before another vowel."""
LENGTHENED = {("o", "u"), ("e", "i")}
"""Vowels of which the second only lengthens the first: 「こう」 is spoken こー, 「けい」 けー."""

ALIKE = {
    0.4: "kg sz td hb SJ CJ Tz pb hp fh pf fb :i :u",
    0.5: "Q:",
    0.55: "iu ei ou oa ea eo",
    0.6: "QN",
    0.65: "Ss SC sT TC zJ kt pt kp Nm Nn mn rd rn bm gn Sh kh yr bd gd wb sh wm yn tC dJ dz",
    0.7: "aN iN uN eN oN :N",
    0.8: "ai au ie uo ue io",
}
"""Cost of substituting one sound for another, in pairs for both directions."""
SUBSTITUTED = {
    pair: cost for cost, pairs in ALIKE.items() for ab in pairs.split() for pair in (ab, ab[::-1])
}
SAME_KIND, OTHER_KIND = 1.0, 1.4
"""Cost of all other substitutions: of a consonant for a consonant or a vowel for a vowel, and of a
vowel for a consonant.
"""

DROPPED = {":": 0.25, "Q": 0.3, "y": 0.35, "N": 0.55, "i": 0.6, "u": 0.6, "w": 0.6, "h": 0.7}
"""Cost of inserting or deleting a sound."""
DROPPED_OTHERS = 0.9
VOICELESS = str.maketrans("gzdbpJTC", "ksthhStS", ":Qy")
"""Translation that folds sounds: voiced to voiceless, and without long vowels, っ and y."""


@lru_cache(100_000)
def sounds(kana: str) -> str:
    """Return the reading with one character for each sound: `teTuzuki` for テツヅキ, `iteN` for
    イテン, `te:ne:` for テイネイ.
    """
    said = ""
    for letter in kana:
        if letter in GLIDES and said.endswith("i"):
            said = said[:-1] + ("" if said[-2:-1] in PALATAL else "y") + GLIDES[letter]
        elif letter in GLIDES:
            said += "y" + GLIDES[letter]
        elif letter in SMALL_VOWELS and said[-1:] in tuple(VOWELS):
            said = said[:-1] + SMALL_VOWELS[letter]
        else:
            said += SMALL_VOWELS.get(letter) or SOUNDS.get(letter, "")
    return _with_long_vowels(said)


def folded(said: str) -> str:
    """Return the sounds without the differences that are confused most; equal for words that
    hardly differ.
    """
    return said.translate(VOICELESS)


@lru_cache(300_000)
def distance(one: str, other: str) -> float:
    """Return the weighted edit distance of two words in sounds: 0 if they are the same, about 1
    for each sound that differs.
    """
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _dropped(sound))
    for a in one:
        before, row = row, [row[0] + _dropped(a)]
        for place, b in enumerate(other):
            row.append(
                min(
                    before[place] + _substituted(a, b),
                    before[place + 1] + _dropped(a),
                    row[place] + _dropped(b),
                )
            )
    return row[-1]


def _with_long_vowels(said: str) -> str:
    """Return the sounds with repeated vowels written as one long vowel."""
    long, vowel = "", ""
    for sound in said:
        is_vowel = sound in VOWELS
        if is_vowel and vowel and (sound == vowel or (vowel, sound) in LENGTHENED):
            long += "" if long.endswith(":") else ":"
            continue
        vowel = sound if is_vowel else vowel if sound == ":" else ""
        long += sound
    return long


def _dropped(sound: str) -> float:
    return DROPPED.get(sound, DROPPED_OTHERS)


def _substituted(a: str, b: str) -> float:
    if a == b:
        return 0.0
    usual = SAME_KIND if (a in VOWELS) == (b in VOWELS) else OTHER_KIND
    return SUBSTITUTED.get(a + b, usual)
