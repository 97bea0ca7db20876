"""The choices of a city in the style of its minutes (整文), and how the screens name them: the
words of `[minutes]` in config.toml. What each does to a text is decided in minutes/style/."""

from enum import StrEnum


class Choice(StrEnum):
    """A word of the settings; `label` is what people read."""

    @property
    def label(self) -> str:
        return LABELS[type(self), self.value]


class Removal(Choice):
    REMOVE = "remove"
    KEEP = "keep"


class Numbers(Choice):
    """How numbers are written; the digits of kanji numerals that count something too."""

    AS_IS = "as-is"
    HALF = "half"
    HALF_COMMAS = "half-commas"
    FULL = "full"
    FULL_COMMAS = "full-commas"
    ONE_FULL = "one-full"

    @property
    def has_commas(self) -> bool:
        return self in (Numbers.HALF_COMMAS, Numbers.FULL_COMMAS)

    def is_full(self, digits: int) -> bool:
        """Return whether a number of so many digits is set in full width."""
        return self in (Numbers.FULL, Numbers.FULL_COMMAS) or (
            self is Numbers.ONE_FULL and digits == 1
        )


class Letters(Choice):
    AS_THEY_ARE = "as-is"
    HALF = "half"
    FULL = "full"


class Years(Choice):
    AS_THEY_ARE = "as-is"
    ERA = "era"
    WESTERN = "western"


class Endings(Choice):
    AS_THEY_ARE = "as-is"
    POLITE = "polite"
    PLAIN = "plain"


class Annotations(Choice):
    """How what nobody said is set (minutes/japanese/annotations.py)."""

    ROUND = "round"
    SQUARE = "square"
    REMOVE = "remove"
    AS_TYPED = "as-is"


class Speakers(Choice):
    """How somebody who speaks is called."""

    NAME = "name"
    FAMILY_NAME = "family-name"
    OFFICE = "office"
    OFFICE_AND_NAME = "office-name"
    OFFICE_AND_NAME_KUN = "office-name-kun"
    IN_BRACKETS = "brackets"


FIELDS: dict[str, tuple[str, type[Choice]]] = {
    "fillers": ("フィラー（えー、あのー）", Removal),
    "repeats": ("言い直し、重なった言葉", Removal),
    "numbers": ("数の書き方", Numbers),
    "letters": ("英字", Letters),
    "years": ("年", Years),
    "endings": ("文末", Endings),
    "annotations": ("注記（拍手、聞き取り不能）", Annotations),
    "speakers": ("発言者の書き方", Speakers),
}
"""What is chosen from a list, with its name on the screen."""

AS_IT_IS = "そのまま"
LABELS: dict[tuple[type[Choice], str], str] = {
    (Removal, Removal.REMOVE): "除く",
    (Removal, Removal.KEEP): "残す",
    (Numbers, Numbers.AS_IS): AS_IT_IS,
    (Numbers, Numbers.HALF): "半角（7億8500万円）",
    (Numbers, Numbers.HALF_COMMAS): "半角とコンマ（7億8,500万円）",
    (Numbers, Numbers.FULL): "全角（７億８５００万円）",
    (Numbers, Numbers.FULL_COMMAS): "全角とコンマ（７億８，５００万円）",
    (Numbers, Numbers.ONE_FULL): "1桁は全角、2桁からは半角（７億8500万円）",
    (Letters, Letters.AS_THEY_ARE): AS_IT_IS,
    (Letters, Letters.HALF): "半角（DX）",
    (Letters, Letters.FULL): "全角（ＤＸ）",
    (Years, Years.AS_THEY_ARE): AS_IT_IS,
    (Years, Years.ERA): "元号（令和8年）",
    (Years, Years.WESTERN): "西暦（2026年）",
    (Annotations, Annotations.ROUND): "（拍手）",
    (Annotations, Annotations.SQUARE): "〔拍手〕",
    (Annotations, Annotations.REMOVE): "除く",
    (Annotations, Annotations.AS_TYPED): "入力したまま",
    (Endings, Endings.AS_THEY_ARE): AS_IT_IS,
    (Endings, Endings.POLITE): "敬体（です・ます）",
    (Endings, Endings.PLAIN): "常体（である）",
    (Speakers, Speakers.NAME): "○氏名",
    (Speakers, Speakers.FAMILY_NAME): "○姓と職名（○桐生委員長）",
    (Speakers, Speakers.OFFICE): "○職名（○財政課長）",
    (Speakers, Speakers.OFFICE_AND_NAME): "○職名（氏名）",
    (Speakers, Speakers.OFFICE_AND_NAME_KUN): "○職名（氏名君）",
    (Speakers, Speakers.IN_BRACKETS): "（姓と職名）",
}
