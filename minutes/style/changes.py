"""Changes of a text, each with the rules that made it, what was there before, and what is there
now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein


class Rule(StrEnum):
    """A rule of the style that changes texts; HAND stands for a person."""

    ANNOTATIONS = "annotations"
    FILLERS = "fillers"
    REPEATS = "repeats"
    KANJI_NUMBERS = "kanji-numbers"
    GROUPS = "groups"
    FULL_DIGITS = "full-digits"
    HALF_DIGITS = "half-digits"
    COMMAS = "commas"
    ERA = "era"
    WESTERN = "western"
    FULL_LETTERS = "full-letters"
    HALF_LETTERS = "half-letters"
    KATAKANA = "katakana"
    PLAIN = "plain"
    POLITE = "polite"
    SPELLING = "spelling"
    HAND = "hand"

    @property
    def label(self) -> str:
        """Return its Japanese name for people."""
        return LABELS[self]


LABELS = {
    Rule.ANNOTATIONS: "注記の書き方をそろえる",
    Rule.FILLERS: "フィラーを除く",
    Rule.REPEATS: "言い直しを除く",
    Rule.KANJI_NUMBERS: "漢数字を算用数字に",
    Rule.GROUPS: "大きな数を万・億で区切る",
    Rule.FULL_DIGITS: "数字を全角に",
    Rule.HALF_DIGITS: "数字を半角に",
    Rule.COMMAS: "数字のコンマをそろえる",
    Rule.ERA: "元号に",
    Rule.WESTERN: "西暦に",
    Rule.FULL_LETTERS: "英字を全角に",
    Rule.HALF_LETTERS: "英字を半角に",
    Rule.KATAKANA: "半角カナを全角に",
    Rule.PLAIN: "常体に",
    Rule.POLITE: "敬体に",
    Rule.SPELLING: "用字をそろえる",
    Rule.HAND: "人が直した",
}


@dataclass(frozen=True)
class Edit:
    """A change by one rule: `after` replaces the letters from `start` to before `end`."""

    start: int
    end: int
    after: str
    rule: Rule


@dataclass(frozen=True)
class StyledStretch:
    """A stretch of the text: `before` in the faithful text, `after` in the official one. Both are
    the same where `rules` is empty.
    """

    before: str
    after: str
    rules: tuple[Rule, ...] = ()

    @property
    def reason(self) -> str:
        """Return the Japanese names of its rules."""
        return "、".join(rule.label for rule in self.rules)


def unchanged(text: str) -> list[StyledStretch]:
    """Return the text as one stretch without changes; no stretch for an empty text."""
    return [StyledStretch(text, text)] if text else []


def before(pieces: Iterable[StyledStretch]) -> str:
    """Return the faithful text of the stretches."""
    return "".join(piece.before for piece in pieces)


def after(pieces: Iterable[StyledStretch]) -> str:
    """Return the official text of the stretches."""
    return "".join(piece.after for piece in pieces)


def edited(pieces: Iterable[StyledStretch], edits: Iterable[Edit]) -> list[StyledStretch]:
    """Return the stretches after some more edits of their `after` texts. The edits are in order of
    place and do not overlap. What is changed twice becomes one stretch with both rules.
    """
    pieces = list(pieces)
    text, made, place = after(pieces), list[StyledStretch](), 0
    for group in _groups([*_spans(pieces), *(_Span.of(edit) for edit in edits)]):
        start, end = group[0].start, max(span.end for span in group)
        made.append(_same(text[place:start]))
        made.append(_together(text, start, end, group))
        place = end
    return list(_joined([*made, _same(text[place:])]))


def by_hand(pieces: list[StyledStretch], text: str) -> list[StyledStretch]:
    """Return the stretches after a person has changed their official text to `text`."""
    blocks = Levenshtein.opcodes(after(pieces), text)
    changes = [
        Edit(b.src_start, b.src_end, text[b.dest_start : b.dest_end], Rule.HAND)
        for b in blocks
        if b.tag != "equal"
    ]
    return edited(pieces, changes)


@dataclass(frozen=True)
class _Span:
    """A place of the text with a change: an earlier one, where `before` stood there, or a new one,
    where `after` will.
    """

    start: int
    end: int
    rules: tuple[Rule, ...]
    before: str | None = None
    after: str | None = None

    @classmethod
    def of(cls, edit: Edit) -> "_Span":
        return cls(edit.start, edit.end, (edit.rule,), after=edit.after)


def _spans(pieces: Iterable[StyledStretch]) -> Iterator[_Span]:
    place = 0
    for piece in pieces:
        end = place + len(piece.after)
        if piece.rules:
            yield _Span(place, end, piece.rules, before=piece.before)
        place = end


def _groups(spans: list[_Span]) -> Iterator[list[_Span]]:
    """Yield the spans that share letters as one group; also an insertion at the place of an
    earlier deletion.
    """
    group: list[_Span] = []
    end = 0
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        is_same_gap = bool(group) and group[0].start == span.start == span.end == end
        if group and span.start >= end and not is_same_gap:
            yield group
            group = []
        group.append(span)
        end = max(end, span.end)
    if group:
        yield group


def _together(text: str, start: int, end: int, group: list[_Span]) -> StyledStretch:
    was = _filled(text, start, end, [(s, s.before) for s in group if s.before is not None])
    now = _filled(text, start, end, [(s, s.after) for s in group if s.after is not None])
    earlier = [rule for span in group if span.before is not None for rule in span.rules]
    later = [rule for span in group if span.after is not None for rule in span.rules]
    return StyledStretch(was, now, tuple(dict.fromkeys(earlier + later)))


def _filled(text: str, start: int, end: int, filling: list[tuple[_Span, str]]) -> str:
    made, place = "", start
    for span, words in filling:
        made += text[place : span.start] + words
        place = span.end
    return made + text[place:end]


def _same(text: str) -> StyledStretch:
    return StyledStretch(text, text)


def _joined(pieces: Iterable[StyledStretch]) -> Iterator[StyledStretch]:
    """Yield the stretches with neighbours of the same rules joined. One whose text is the same
    again has no rules.
    """
    last: StyledStretch | None = None
    for piece in pieces:
        if piece.before == piece.after:
            piece = _same(piece.after)
            if not piece.after:
                continue
        if last and last.rules == piece.rules:
            last = StyledStretch(last.before + piece.before, last.after + piece.after, piece.rules)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last
