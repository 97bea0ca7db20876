"""Inflects verbs by the classes of unidic: of 書く the forms 書いた, 書かない, 書き."""

from dataclasses import dataclass

from minutes.japanese.words import Morpheme

GODAN = {
    "う": ("い", "わ", "った"),
    "く": ("き", "か", "いた"),
    "ぐ": ("ぎ", "が", "いだ"),
    "す": ("し", "さ", "した"),
    "つ": ("ち", "た", "った"),
    "ぬ": ("に", "な", "んだ"),
    "ぶ": ("び", "ば", "んだ"),
    "む": ("み", "ま", "んだ"),
    "る": ("り", "ら", "った"),
}
"""For the last kana of a godan verb (五段): what replaces it before ます, before ない, and in the
past.
"""
GOING = ("行く", "いく")
"""Verbs with an irregular past, 行った."""
ICHIDAN = ("上一段", "下一段", "助動詞-レル", "助動詞-ラレル", "助動詞-セル", "助動詞-サセル")
"""Classes of verbs that only drop る."""
HONORIFIC = ("くださる", "下さる", "なさる", "おっしゃる", "いらっしゃる", "ござる")
"""Irregular verbs, which are not inflected here."""


@dataclass(frozen=True)
class Verb:
    """The forms of a verb: `dictionary` 書く, `before_masu` 書き, `negative` 書かない, `past`
    書いた.
    """

    dictionary: str
    before_masu: str
    negative: str
    past: str

    @property
    def negative_past(self) -> str:
        """Return the negative past: 書かなかった."""
        return self.negative[:-1] + "かった"


BEING = Verb("ある", "あり", "ない", "あった")
DOING = Verb("する", "し", "しない", "した")
STAYING = Verb("いる", "い", "いない", "いた")
GOING_ON = Verb("いく", "いき", "いかない", "いった")


def verb(word: Morpheme) -> Verb | None:
    """Return the forms of a verb, or None if the word is no verb or an irregular one."""
    base, kind = word.base, word.conjugation
    if base in HONORIFIC or len(base) < 2:
        return None
    if kind.startswith("サ行変格") and base.endswith("する"):
        stem = base[:-2]
        return Verb(base, stem + "し", stem + "しない", stem + "した")
    if kind.startswith("カ行変格"):
        stem = base[:-1]
        return _with_stem(base, stem) if stem.endswith("来") else _coming(base)
    if kind.startswith(ICHIDAN) and base.endswith("る"):
        return _with_stem(base, base[:-1])
    if kind.startswith("五段") and base[-1] in GODAN:
        return _godan(base)
    return None


def _with_stem(base: str, stem: str) -> Verb:
    return Verb(base, stem, stem + "ない", stem + "た")


def _coming(base: str) -> Verb | None:
    if not base.endswith("くる"):
        return None
    stem = base[:-2]
    return Verb(base, stem + "き", stem + "こない", stem + "きた")


def _godan(base: str) -> Verb:
    stem, (masu, negative, past) = base[:-1], GODAN[base[-1]]
    if base.endswith(GOING):
        past = "った"
    is_being = base == BEING.dictionary
    return Verb(base, stem + masu, "ない" if is_being else f"{stem}{negative}ない", stem + past)
