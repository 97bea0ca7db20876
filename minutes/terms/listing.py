"""The terms (用語) of a meeting as people see them: ranked, filtered and searched."""

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
"""For each kana that lengthens a vowel in writing, the kana behind which it does so."""

IN_KATAKANA = re.compile("(?<![ァ-ヺ])[ァ-ヺ]+ー[ァ-ヺー]*")
"""A word in katakana with a long vowel mark."""


class TermFilter(StrEnum):
    """Which terms are shown."""

    ALL = "all"
    GUESSED = "guessed"
    TAUGHT = "taught"
    OFF = "off"

    @property
    def label(self) -> str:
        """Return the name of the filter in Japanese."""
        return {
            TermFilter.ALL: "すべて",
            TermFilter.GUESSED: "読みが推定か、分からないもの",
            TermFilter.TAUGHT: "加えたもの、修正から学んだもの",
            TermFilter.OFF: "使わないもの",
        }[self]


@dataclass(frozen=True)
class ListedTerm:
    """A term, and whether it is switched off."""

    term: Term
    is_off: bool


@dataclass(frozen=True)
class TermsOfMeeting:
    """The terms of a meeting, its own words first. `is_current`: they were collected from the
    documents as they are now.
    """

    terms: list[ListedTerm]
    is_current: bool


def terms_of(
    session: Session, meeting: Meeting, words: str = "", shown: TermFilter = TermFilter.ALL
) -> TermsOfMeeting:
    """Return the terms that contain `words`, as they are written or read, and that the filter
    `shown` selects.
    """
    kept, taught = papers.collected(session, meeting), dictionaries.taught(session, meeting.series)
    every = [
        ListedTerm(term, term.surface in taught.off)
        for term in ranked(kept.terms, papers.people_of(meeting), taught)
    ]
    chosen = [one for one in every if has_words(one.term, words) and _is_shown(one, shown)]
    return TermsOfMeeting(chosen, kept.is_current)


@dataclass(frozen=True)
class Gaps:
    """What the terms may lack: the number of pages that were not read yet, and of pages without
    text, mostly scans.
    """

    unread: int
    wordless: int


def gaps_of(session: Session, meeting: Meeting) -> Gaps:
    """Return how many pages of the meeting's open documents give no terms."""
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
    """Return whether the term contains the words: by reading 「こうほう」 finds コーホー, and by
    spelling 高橋 finds 髙橋.
    """
    words = plain(composed(words.strip()))
    said = sounds(as_katakana(words)) if KANA.fullmatch(words) else ""
    is_written = folded(words) in folded(term.surface)
    return is_written or (bool(said) and said in sounds(term.kana))


def as_written(kana: str, surface: str) -> str:
    """Return the reading in the usual spelling: コウキョウシセツ for コーキョーシセツ. What the
    word itself writes with a long vowel mark stays: サーバー.
    """
    kept = IN_KATAKANA.findall(plain(surface))
    pieces = re.split(f"({'|'.join(map(re.escape, kept))})", kana) if kept else [kana]
    is_large = "大" in surface
    return "".join(piece if piece in kept else _written(piece, is_large) for piece in pieces)


def _written(kana: str, is_large: bool) -> str:
    """Return the reading with long vowel marks as kana; `is_large`: オー is the reading of 大,
    which is written オオ.
    """
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
