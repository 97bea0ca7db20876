"""Finds annotations (注記): what a person writes into the text although nobody said it.

There are stage directions 「（拍手）」, 「（「異議なし」と呼ぶ者あり）」, passages that could not
be understood 「〔聞き取り不能〕」, times 「（0:12:30）」, and any note between 〔 〕. They are
plain text, recognised by their brackets and words alone, so that they survive whatever happens to
the text. They count neither as speech nor as errors of the recogniser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """The kind of an annotation."""

    DIRECTION = "direction"
    UNHEARD = "unheard"
    TIME = "time"
    NOTE = "note"

    @property
    def label(self) -> str:
        """Return the kind in Japanese, as screens show it."""
        return {
            Kind.DIRECTION: "ト書き",
            Kind.UNHEARD: "聞き取れない所",
            Kind.TIME: "時刻",
            Kind.NOTE: "注記",
        }[self]


@dataclass(frozen=True)
class Annotation:
    """An annotation in a text, from `start` to `end` with its brackets. `words` is what stands
    between them.
    """

    kind: Kind
    start: int
    end: int
    words: str


LONGEST = 100
"""The most characters between brackets."""
ROUND = rf"[（(](?P<round>[^（）()]{{1,{LONGEST}}})[）)]"
SQUARE = rf"〔(?P<square>[^〔〕]{{1,{LONGEST}}})〕"
DOTS = r"(?P<dots>[●＊]{2,})"
BRACKETS = re.compile(f"{ROUND}|{SQUARE}|{DOTS}")

CLOCK = r"(?:午前|午後)?\d{1,2}(?:時(?:\d{1,2}分)?|:\d{2}(?::\d{2})?)"
TIME = re.compile(CLOCK)
UNHEARD = re.compile(
    r"(?:一部)?(?:音声|発言|声)?(?:が)?"
    r"(?:聞き取り|聞取り?|聴き取り|聴取|判読)(?:不能|不可|困難|できず)"
    r"|(?:聞き取れず|聞き取れない|聞こえない|不明瞭|(?:発言|音声)(?:不明瞭?|なし))"
)
ACT = (
    "拍手|笑い|笑声|笑|爆笑|起立|着席|挙手|黙礼|黙祷|一礼|入場|退場|入室|退室|退席|離席|復席|沈黙|無音|雑談|私語"
    "|開会|閉会|開議|散会|延会|休憩|再開|中断|録音(?:中断|停止|なし)|(?:資料|動画|映像|スライド)(?:説明|上映|投影)"
    "|(?:起立|挙手|賛成|反対)(?:全員|多数|少数|なし)|全員(?:起立|挙手)|賛成者(?:起立|挙手)"
)
CALLED = r".{0,80}(?:(?:呼ぶ|叫ぶ|述べる|する)者|声)(?:あり|有り|多し|多数|なし|無し)"
DIRECTION = re.compile(rf"(?:{CLOCK})?[ 　、]?(?:暫時)?(?:{ACT})(?:[・、 　](?:{ACT}))*|{CALLED}")


@lru_cache(maxsize=30_000)
def annotations(text: str) -> tuple[Annotation, ...]:
    """Return the annotations of the text in order; they do not overlap. Other words in round
    brackets are speech that somebody put there: 「市長（当時）」.
    """
    return tuple(_found(text))


def spoken(text: str) -> str:
    """Return the text without its annotations, as it is compared with what was recognised."""
    said, place = "", 0
    for one in annotations(text):
        said += text[place : one.start]
        place = one.end
    return said + text[place:]


def _found(text: str) -> Iterator[Annotation]:
    for match in BRACKETS.finditer(text):
        words = match["round"] or match["square"] or match["dots"]
        kind = Kind.UNHEARD if match["dots"] else _kind(words.strip())
        if kind is None and match["square"]:
            kind = Kind.NOTE
        if kind is not None:
            yield Annotation(kind, *match.span(), words)


def _kind(words: str) -> Kind | None:
    """Return the kind that these words have by themselves, or None if they are no annotation in
    round brackets.
    """
    for kind, pattern in (
        (Kind.TIME, TIME),
        (Kind.UNHEARD, UNHEARD),
        (Kind.DIRECTION, DIRECTION),
    ):
        if pattern.fullmatch(words):
            return kind
    return None
