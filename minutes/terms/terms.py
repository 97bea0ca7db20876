"""Terms (用語) of a meeting: the words of its documents and the names of its people, with their
readings and where they are printed.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from minutes.japanese.readings import (
    HIRAGANA,
    KATAKANA,
    SELECTORS,
    Token,
    as_katakana,
    composed,
    guessed,
    is_unbroken,
    letters_in,
    plain,
    tokens,
)
from minutes.japanese.similarity import folded, sounds

NOUNS = ("名詞", "接頭辞", "接尾辞", "形状詞", "記号")
"""Parts of speech of which compounds consist."""
OTHER_CONTENT = ("動詞", "形容詞", "副詞")
"""Other parts of speech that can be terms."""
PROPOSED_FROM = 2
"""In how many segments the same correction must have been made before it is proposed elsewhere."""
SURE_FROM, NINE_OF_TEN = 3, 9
"""In how many recordings it must have been made before it is made at once, and how many of them
there must be for each recording that says otherwise.
"""

LONGEST_COMPOUND = 8
"""The most words, as MeCab cuts them, in one term."""

SHORTEST_SOUNDS = 3
"""The fewest sounds of a term."""
SHORTEST_SURFACE, SHORTEST_HIRAGANA = 2, 3
"""The fewest characters of a term, and of one in hiragana."""
MOST_TERMS = 20_000
"""The most terms of a meeting. A document in which everything is a term, such as a dictionary, or
two thousand pages give the most frequent ones.
"""

MOST_LINE = 2_000
"""The most characters of a line that are read."""
GRAM = 3
"""Length of the character sequences that are indexed."""
SELECTED = re.compile(f"[{SELECTORS}]+")
POINTS = (".", ",")
"""Marks inside a number."""
KANA, FIGURE = re.compile(r"[ぁ-んァ-ヺー]+"), re.compile(r"\d")
HONORIFICS = {"さん": "サン", "氏": "シ", "委員": "イイン", "議員": "ギイン", "課長": "カチョウ"}
"""Forms of address after a name, and their readings."""
BREAKS = re.compile(
    r"[\n\r。、()「」『』【】:;・/~|*`<>=_\[\]{}]+|^[^\S\r\n]*[#>+-]+", re.MULTILINE
)
"""Characters at which a text is divided, as no term goes over them."""


@dataclass(frozen=True)
class Paper:
    """A text from which terms are collected: a page, a title, a segment. `place` says in Japanese
    where it is from; `page_id` is set for a page that can be opened.
    """

    place: str
    text: str
    page_id: int | None = None


@dataclass(frozen=True)
class PersonName:
    """The name of a person, surname and given name with a space between, as in the roster. `kana`
    is its reading in the same form, or empty.
    """

    name: str
    kana: str = ""
    title: str = ""


@dataclass(frozen=True)
class Term:
    """A word or compound of a meeting.

    `count` says how often the documents print it, `alone` how often not as a part of a longer term,
    `place` where first. `parts` is its number of words as MeCab cuts them, `cost` the sum of their
    costs in the dictionary, the higher the rarer. `kana` is empty if its reading is unknown;
    `is_guessed`: the reading comes from neither a dictionary nor a person; `is_taught`: a person or
    a correction gave the term.
    """

    surface: str
    kana: str
    place: str
    is_name: bool
    parts: int
    cost: int
    page_id: int | None = None
    count: int = 1
    alone: int = 0
    is_guessed: bool = False
    is_taught: bool = False
    sounds: str = field(default="", compare=False)

    @property
    def weight(self) -> float:
        """Return how characteristic the term is of this meeting: how often it is printed, above
        all by itself, times how rare its parts are in the dictionary.
        """
        often = math.log1p(self.alone) + PART_OF_OTHERS * math.log1p(self.count)
        return often * min(self.cost, RAREST) * (WITH_FIGURE if FIGURE.search(self.surface) else 1)


@dataclass(frozen=True)
class Confused:
    """A learned substitution: `heard` was corrected to `meant` in `times` segments, in `recordings`
    recordings. In `others` recordings people left `heard` as it was, corrected it to something
    else, or corrected `meant` to it.
    """

    heard: str
    meant: str
    times: int
    recordings: int = 1
    others: int = 0

    @property
    def is_proposed(self) -> bool:
        """Return whether the substitution is proposed in new transcripts."""
        return self.times >= PROPOSED_FROM and self.recordings > self.others

    @property
    def is_sure(self) -> bool:
        """Return whether it may be made at once: after three recordings, and where nine of ten
        speak for it. A topic of one meeting, or one bulk correction, is one recording.
        """
        return self.recordings >= max(SURE_FROM, NINE_OF_TEN * self.others)

    @property
    def odds(self) -> float:
        """Return the odds that `meant` is meant where `heard` was heard, by Jeffreys' rule."""
        return (self.recordings + 0.5) / (self.others + 0.5)


@dataclass(frozen=True)
class Taught:
    """What people taught a series: words, words that are switched off (`off`), learned
    substitutions, and those that are switched off (`refused`), as heard and meant.
    """

    words: Sequence[Term] = ()
    off: frozenset[str] = frozenset()
    confused: Sequence[Confused] = ()
    refused: frozenset[tuple[str, str]] = frozenset()


NOTHING_TAUGHT = Taught()


@dataclass(frozen=True)
class MeetingVocabulary:
    """The terms of one meeting, the text of all its sources, and what people taught the series."""

    terms: Sequence[Term]
    text: str
    taught: Taught = NOTHING_TAUGHT

    @cached_property
    def by_surface(self) -> Mapping[str, Term]:
        """Return the terms by their spelling."""
        return {term.surface: term for term in self.terms}

    @cached_property
    def folded_sounds(self) -> list[str]:
        """Return the folded sounds of each term, in the order of `terms`."""
        return [folded(term.sounds) for term in self.terms]

    def prints(self, words: str) -> bool:
        """Return whether these characters are printed anywhere in the documents."""
        parts = [words[n : n + GRAM] for n in range(max(1, len(words) - GRAM + 1))]
        return bool(words) and self._grams.issuperset(parts) and words in self.text

    @cached_property
    def _grams(self) -> set[str]:
        """Return all sequences of up to GRAM characters. They answer most questions without a
        search through two thousand pages.
        """
        text = self.text
        return {text[n : n + size] for size in range(1, GRAM + 1) for n in range(len(text))}


ROSTER, EARLIER = "名簿", "これまでの会議録"
NAME_COST = 12_000
"""Cost of a person's name, in place of MeCab's."""
PART_OF_OTHERS, RAREST = 0.1, 25_000
"""Weight of printings inside longer terms, and the highest cost that counts."""
WITH_FIGURE = 0.3
"""Factor for terms with a digit: a sum or a date is rare, but nobody's word."""


def collect(
    papers: Iterable[Paper], people: Iterable[PersonName] = (), taught: Taught = NOTHING_TAUGHT
) -> MeetingVocabulary:
    """Return a vocabulary from these texts and names: every noun and compound, verbs and
    adjectives as printed, and the names.
    """
    people = list(people)
    papers = with_titles(papers, people)
    return vocabulary(found_in(papers), text_of(papers), people, taught)


def with_titles(papers: Iterable[Paper], people: Iterable[PersonName]) -> list[Paper]:
    """Return the texts with the people's titles added."""
    return [*papers, *(Paper(ROSTER, person.title) for person in people if person.title)]


def text_of(papers: Iterable[Paper]) -> str:
    """Return all texts as one, in NFKC."""
    return "\n".join(plain(composed(paper.text)) for paper in papers)


def found_in(papers: Iterable[Paper]) -> list[Term]:
    """Return the terms of the texts with their counts: the MOST_TERMS most frequent ones, in the
    order in which they first occur.
    """
    found: dict[str, Term] = {}
    counts, alone = Counter[str](), Counter[str]()
    for paper in papers:
        for line in BREAKS.split(plain(composed(paper.text))):
            for surface, words, is_alone in _runs_of(line[:MOST_LINE].strip()):
                if surface not in found:
                    found[surface] = _term(surface, words, paper)
                counts[surface] += 1
                alone[surface] += is_alone
    often = {surface for surface, _ in counts.most_common(MOST_TERMS)}
    return [
        replace(term, count=counts[surface], alone=alone[surface])
        for surface, term in found.items()
        if surface in often
    ]


def vocabulary(
    found: Iterable[Term], text: str, people: Iterable[PersonName], taught: Taught
) -> MeetingVocabulary:
    """Return the vocabulary: names first, then what was taught, then what is printed most. Terms
    that are switched off, or too short in sound, are left out.
    """
    every = [
        term
        for term in merged(found, _names(people), taught.words)
        if not _is_off(term, taught.off)
    ]
    every.sort(key=lambda term: (not term.is_name, not term.is_taught, -term.count))
    with_sounds = [replace(term, sounds=sounds(term.kana)) for term in every[:MOST_TERMS]]
    terms = [term for term in with_sounds if len(term.sounds) >= SHORTEST_SOUNDS]
    return MeetingVocabulary(terms, text, taught)


def ranked(found: Iterable[Term], people: Iterable[PersonName], taught: Taught) -> list[Term]:
    """Return the terms for a person to look at, the meeting's own words first. Unlike
    `vocabulary`, it has those that are switched off and those whose reading is unknown.
    """
    every = merged(found, _names(people, called={}), taught.words)
    shown = [term for term in every if _is_for_people(term)]
    return sorted(shown, key=lambda term: (not term.is_name, -term.weight))


def _is_for_people(term: Term) -> bool:
    is_whole = term.surface[0].isalnum() and SELECTED.sub("", term.surface)[-1:].isalnum()
    return is_whole and (not term.kana or len(sounds(term.kana)) >= SHORTEST_SOUNDS)


def merged(found: Iterable[Term], names: Iterable[Term], words: Iterable[Term]) -> list[Term]:
    """Return each word once. The spelling and reading of a name are taken from the roster; a
    reading that a person gave takes precedence over a guessed one.
    """
    terms = {term.surface: term for term in found}
    for name in names:
        known = terms.get(name.surface)
        terms[name.surface] = replace(name, count=known.count + 1) if known else name
    for word in words:
        terms[word.surface] = _with_taught(terms.get(word.surface), word)
    return list(terms.values())


def _with_taught(known: Term | None, word: Term) -> Term:
    if known is None:
        return word
    knows_better = word.is_guessed or (known.is_name and not known.is_guessed)
    better = known if knows_better and known.kana else word
    return replace(known, kana=better.kana, is_guessed=better.is_guessed, is_taught=True)


def _is_off(term: Term, off: frozenset[str]) -> bool:
    """Return whether the term is switched off. A name with a form of address is off together with
    the name: 渡邊さん with 渡邊.
    """
    called = HONORIFICS if term.is_name else ()
    return not off.isdisjoint([term.surface, *map(term.surface.removesuffix, called)])


def why_no_term(surface: str, kana: str) -> str | None:
    """Return why a word cannot be a term, as a sentence in Japanese: it would be found everywhere
    or nowhere. Returns None if it can.
    """
    if not _is_letter(surface):
        return "記号や数字だけの言葉は用語にできません。文字の入った言葉を入力してください。"
    if letters_in(surface) < SHORTEST_SURFACE:
        return "1文字の言葉はどの文にも現れるため、用語にできません。2文字以上にしてください。"
    if HIRAGANA.fullmatch(surface) and len(surface) < SHORTEST_HIRAGANA:
        return (
            "ひらがな2文字の言葉はどの文にも現れるため、用語にできません。"
            "漢字で書くか、前後の言葉と続けて3文字以上にしてください。"
        )
    if len(sounds(kana)) < SHORTEST_SOUNDS:
        return (
            f"読み「{kana}」は短すぎて、どの文でも似た音が見つかってしまいます。"
            "前後の言葉と続けて、もう少し長い用語にしてください。"
        )
    return None


def taught_word(surface: str, kana: str, place: str, *, is_guessed: bool, count: int = 1) -> Term:
    """Return a term that a person added, or that was learned from `count` corrections."""
    words = tokens(surface)
    return Term(
        surface,
        kana,
        place,
        is_name=False,
        parts=len(words),
        cost=_cost(words),
        count=count,
        alone=count,
        is_guessed=is_guessed,
        is_taught=True,
    )


TokenRun = tuple[str, Sequence[Token], bool]
"""What may be a term: its text, its words, and whether it is not a part of a longer one."""


def _runs_of(line: str) -> Iterable[TokenRun]:
    words = tokens(line) if line else []
    start = 0
    while start < len(words):
        end = start + 1
        if words[start].kind in OTHER_CONTENT and _is_written(words[start].surface):
            yield words[start].surface, words[start:end], True
        elif _is_noun(words[start]):
            while (
                end < len(words) and _is_noun(words[end]) and is_unbroken(words[end - 1 : end + 1])
            ):
                end += 1
            yield from _compounds(words[start:end], is_cut=_is_in_figure(words[: start + 1]))
        start = end


def _is_in_figure(words: Sequence[Token]) -> bool:
    """Return whether the number continues one before it, like the 6 of 94.6 after 「94.」."""
    return len(words) > 1 and words[-1].is_number and words[-2].surface in POINTS


def _compounds(run: Sequence[Token], *, is_cut: bool) -> Iterable[TokenRun]:
    """Yield every word of the run of nouns and every sequence of them that may be a term.
    `is_cut`: the first number continues one before the run.
    """
    for first in range(len(run)):
        for last in range(first + 1, min(len(run), first + LONGEST_COMPOUND) + 1):
            part = run[first:last]
            surface = "".join(word.surface for word in part)
            is_figure = all(word.is_number or not _is_letter(word.surface) for word in part)
            is_rest = len(part) == 1 and part[0].kind == "接尾辞"
            if letters_in(surface) > 1 and not is_figure and not is_rest and _is_written(surface):
                is_whole = len(part) == len(run)
                if not _is_cut_off(run[:first], part, may_count=is_whole and not is_cut):
                    yield surface, part, is_whole


def _is_cut_off(before: Sequence[Token], part: Sequence[Token], *, may_count: bool) -> bool:
    """Return whether the sequence is incomplete at its ends: it begins or ends with a number
    (比率94, 8月24; only a whole run such as 48号 may begin with one), or lacks the number before a
    counter (月定例会), or has a mark at an end, or begins with a character that belongs to the word
    before (市一般会計 of 若葉市一般会計).
    """
    first, last = part[0], part[-1]
    if last.is_number or last.kind == "接頭辞" or not (_is_letter(last.surface)):
        return True
    if first.is_number:
        return not may_count
    if not _is_letter(first.surface):
        return True
    is_short = letters_in(first.surface) == 1 and first.kind != "接頭辞"
    return bool(before) and (before[-1].is_number or is_short or first.kind == "接尾辞")


def _term(surface: str, words: Sequence[Token], paper: Paper) -> Term:
    kana, is_guessed = reading_of(words)
    return Term(
        surface,
        kana,
        paper.place,
        is_name=False,
        parts=len(words),
        cost=_cost(words),
        page_id=paper.page_id,
        is_guessed=is_guessed,
    )


def _cost(words: Iterable[Token]) -> int:
    return sum(max(0, word.cost) for word in words)


def reading_of(words: Sequence[Token]) -> tuple[str, bool]:
    """Return the reading in katakana and whether it is guessed. Characters that cannot be read
    stay as they are; the reading is empty if there is nothing else.
    """
    read = [
        word.kana if KATAKANA.fullmatch(word.kana) else guessed(word.surface) or word.kana
        for word in words
    ]
    is_guessed = not all(word.lemma or KANA.fullmatch(word.surface) for word in words)
    kana = "".join(read)
    return kana if KATAKANA.search(kana) else "", is_guessed or _is_cut_up(words)


def _is_cut_up(words: Sequence[Token]) -> bool:
    """Return whether two nouns of one character are neighbours: then the dictionary knows the
    characters but not the word.
    """
    return any(
        a.kind == b.kind == "名詞" and len(a.surface) == len(b.surface) == 1
        for a, b in pairwise(words)
        if not a.is_number and not b.is_number
    )


def _names(people: Iterable[PersonName], called: Mapping[str, str] = HONORIFICS) -> Iterable[Term]:
    for person in people:
        parts = plain(composed(person.name)).split()
        read = as_katakana(plain(composed(person.kana))).split()
        is_guessed = len(read) != len(parts)
        if is_guessed:
            read = [reading_of(tokens(part))[0] for part in parts]
        if not parts:
            continue
        said = [(parts[0], read[0]), ("".join(parts), "".join(read))]
        said += [(parts[0] + title, read[0] + kana) for title, kana in called.items()]
        for surface, kana in said:
            yield Term(surface, kana, ROSTER, True, 1, NAME_COST, is_guessed=is_guessed)


def _is_noun(word: Token) -> bool:
    return word.kind in NOUNS or word.is_number


def _is_letter(surface: str) -> bool:
    return any(letter.isalpha() for letter in surface)


def _is_written(surface: str) -> bool:
    """Return whether the text is not in hiragana alone; such words cannot be told from those
    around them.
    """
    return len(surface) > 1 and not HIRAGANA.fullmatch(surface)
