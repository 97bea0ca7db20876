"""The terms (用語) of a meeting as people see them: ranked, looked through."""

import re
import string
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.japanese.readings import as_katakana, composed, plain
from minutes.japanese.similarity import sounds
from minutes.terms import dictionaries, papers
from minutes.terms.terms import KANA, Term, ranked
from models.document import DocumentVersion, Page
from models.meeting import Meeting
from models.texts import folded

LENGTHENED = {
    "ア": "アカサタナハマヤラワガザダバパャァヮ",
    "イ": "イキシチニヒミリギジヂビピィエケセテネヘメレゲゼデベペェ",
    "ウ": "ウクスツヌフムユルグズヅブプュゥオコソトノホモヨロヲゴゾドボポョォ",
}
"""The letter that is written for a long vowel behind these."""

IN_KATAKANA = re.compile("(?<![ァ-ヺ])[ァ-ヺ]+ー[ァ-ヺー]*")


class TermFilter(StrEnum):
    """Which of the terms."""

    ALL = "all"
    GUESSED = "guessed"
    TAUGHT = "taught"
    OFF = "off"

    @property
    def label(self) -> str:
        return {
            TermFilter.ALL: "すべて",
            TermFilter.GUESSED: "読みが推定か、分からないもの",
            TermFilter.TAUGHT: "加えたもの、修正から学んだもの",
            TermFilter.OFF: "使わないもの",
        }[self]


@dataclass(frozen=True)
class ListedTerm:
    term: Term
    is_off: bool


@dataclass(frozen=True)
class TermsOfMeeting:
    """The meeting's own words first; `is_current`: collected from what it has now."""

    terms: list[ListedTerm]
    is_current: bool


def terms_of(
    session: Session, meeting: Meeting, words: str = "", shown: TermFilter = TermFilter.ALL
) -> TermsOfMeeting:
    """Those with `words` in them, written or said."""
    kept, taught = papers.collected(session, meeting), dictionaries.taught(session, meeting.series)
    every = [
        ListedTerm(term, term.surface in taught.off)
        for term in ranked(kept.terms, papers.people_of(meeting), taught)
    ]
    chosen = [one for one in every if has_words(one.term, words) and _is_shown(one, shown)]
    return TermsOfMeeting(chosen, kept.is_current)


@dataclass(frozen=True)
class Gaps:
    """Pages that nobody has read yet, and those without a word, mostly scans."""

    unread: int
    wordless: int


def gaps_of(session: Session, meeting: Meeting) -> Gaps:
    versions = [document.current for document in papers.open_documents(session, meeting)]
    wordless = select(func.count(Page.id)).where(
        Page.version_id.in_([version.id for version in versions]),
        Page.version_id == DocumentVersion.id,
        Page.number <= DocumentVersion.prepared_pages,
        func.trim(Page.text, string.whitespace + "\u3000") == "",
    )
    unread = sum(version.page_count - version.prepared_pages for version in versions)
    return Gaps(unread, session.scalar(wordless) or 0)


def has_words(term: Term, words: str) -> bool:
    """「こうほう」 finds what is read コーホー, 高橋 finds 髙橋."""
    words = plain(composed(words.strip()))
    said = sounds(as_katakana(words)) if KANA.fullmatch(words) else ""
    is_written = folded(words) in folded(term.surface)
    return is_written or (bool(said) and said in sounds(term.kana))


def as_written(kana: str, surface: str) -> str:
    """The reading as one writes it: コウキョウシセツ for the sound コーキョーシセツ. What the word
    itself writes long stays: サーバー."""
    kept = IN_KATAKANA.findall(plain(surface))
    pieces = re.split(f"({'|'.join(map(re.escape, kept))})", kana) if kept else [kana]
    is_large = "大" in surface
    return "".join(piece if piece in kept else _written(piece, is_large) for piece in pieces)


def _written(kana: str, is_large: bool) -> str:
    """`is_large`: オー is that of 大, which is written オオ."""
    written = ""
    for letter in kana:
        before = written[-1:]
        if letter == "ー" and before == "オ" and is_large:
            letter = "オ"
        elif letter == "ー" and before:
            letter = next((long for long, row in LENGTHENED.items() if before in row), letter)
        written += letter
    return written


def _is_shown(one: ListedTerm, shown: TermFilter) -> bool:
    if shown == TermFilter.OFF:
        return one.is_off
    if shown == TermFilter.GUESSED:
        return one.term.is_guessed or not one.term.kana
    return shown == TermFilter.ALL or one.term.is_taught
