"""The dictionaries (用語辞書) of series and departments: words that people add, switch off and
share, and what corrections taught.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from meetings import audit, entries
from meetings.errors import InvalidInput, NotFound
from minutes.japanese.readings import as_katakana, plain, tokens
from minutes.terms import confusions
from minutes.terms.confusions import Learned
from minutes.terms.terms import Taught, Term, reading_of, taught_word, why_no_term
from models.base import now
from models.meeting import Series
from models.person import Department, Person, Role
from models.term import Confusion, DictionaryEntry, SwitchedOff

LONGEST_TERM, LONGEST_READING = 60, 120
"""The most characters of a word and of its reading."""
MOST_ENTRIES = 2_000
"""The most words in one dictionary; more of them would be confused with each other."""

LEARNED = "以前の修正"
"""The source of a learned word, as people read it."""
READING = re.compile(r"[ァ-ヴー]+")
UNREAD = (
    "読みが分かりません。読みの欄に、ひらがなかカタカナで読みを入れてから、もう一度加えてください。"
)


@dataclass(frozen=True)
class SeriesWord:
    """A word in the dictionary of a series. `entry` is set if a person added it; `learned` are the
    substitutions by it; `is_off`: it is switched off.
    """

    term: Term
    entry: DictionaryEntry | None
    learned: list[Learned]
    is_off: bool


def add(
    session: Session, by: Person, series: Series, surface: str, kana: str = ""
) -> DictionaryEntry:
    """Add a word to the series, or give it another reading, and return its entry. Without `kana`
    the reading of a new word is guessed. A word that was switched off is on again.

    Raises InvalidInput if the word would be found everywhere, its reading is unknown, or the
    dictionary is full.
    """
    is_silent = not kana.strip()
    surface, kana, is_guessed = _checked(surface, kana)
    standing = entries_of(session, series)
    entry = next((entry for entry in standing if entry.surface == surface), None)
    switch_on(session, by, series, surface)
    if entry is not None and (is_silent or (entry.kana, entry.is_guessed) == (kana, is_guessed)):
        return entry
    if entry is not None:
        entry.ended_at = now()
    elif len(standing) >= MOST_ENTRIES:
        raise InvalidInput(
            "surface",
            f"この会議体の用語辞書は{MOST_ENTRIES:,}語までです。使わない用語を外してから"
            "加えてください。",
        )
    entry = DictionaryEntry(
        series=series, surface=surface, kana=kana, is_guessed=is_guessed, added_by=by
    )
    session.add(entry)
    audit.note(session, by, "add", entry)
    return entry


def remove(session: Session, by: Person, entry: DictionaryEntry) -> None:
    """End the entry; does nothing if it has ended."""
    if entry.ended_at is None:
        entry.ended_at = now()
        audit.note(session, by, "remove", entry)


def switch_off(session: Session, by: Person, series: Series, surface: str, heard: str = "") -> None:
    """Switch the word off: it is no term of this series, wherever it is printed. With `heard`,
    only the substitution of `heard` by it is switched off. Raises InvalidInput.
    """
    surface = entries.text("surface", "用語", plain(surface))
    heard = entries.optional_text("heard", "聞き間違い", heard)
    if not any(row.surface == surface for row in switched_off(session, series, heard)):
        row = SwitchedOff(series=series, surface=surface, heard=heard, switched_off_by=by)
        session.add(row)
        audit.note(session, by, "switch_off", row)


def switch_on(session: Session, by: Person, series: Series, surface: str, heard: str = "") -> None:
    """Switch the word, or its substitution for `heard`, on again."""
    for row in switched_off(session, series, heard):
        if row.surface == surface:
            row.ended_at = now()
            audit.note(session, by, "switch_on", row)


def share(
    session: Session, by: Person, series: Series, surface: str, department_id: int
) -> DictionaryEntry:
    """Add a word of the series, added or learned, to the dictionary of its department or of the
    department above. Returns the entry.

    Raises NotFound if the series has no such word or `by` does not administer the department.
    """
    word = next((word for word in words_of(session, series) if word.surface == surface), None)
    department = _with_id(departments_of(series), department_id)
    if word is None or not by.has_role_for(Role.ADMINISTRATOR, department):
        raise NotFound()
    for known in entries_of_departments(session, [department]):
        if known.surface == surface:
            remove(session, by, known)
    entry = DictionaryEntry(
        department=department,
        shared_from=series,
        surface=surface,
        kana=word.kana,
        is_guessed=word.is_guessed,
        added_by=by,
    )
    session.add(entry)
    audit.note(session, by, "share", entry)
    return entry


def administered(session: Session, person: Person) -> list[Series]:
    """Return the series that have words of their own, of the departments that this person
    administers.
    """
    added = select(DictionaryEntry.series_id).where(DictionaryEntry.ended_at.is_(None))
    learned_some = select(Confusion.id).where(Confusion.series_id == Series.id).exists()
    found = select(Series).where(or_(Series.id.in_(added), learned_some)).order_by(Series.name)
    return [
        series
        for series in session.scalars(found.options(joinedload(Series.department)))
        if person.has_role_for(Role.ADMINISTRATOR, series.department)
    ]


def administered_series(session: Session, person: Person, series_id: int) -> Series:
    """Return the series. Raises NotFound if there is none or the person does not administer its
    department.
    """
    series = session.get(Series, series_id) if series_id < 2**63 else None
    if series is None or not person.has_role_for(Role.ADMINISTRATOR, series.department):
        raise NotFound()
    return series


def shared(session: Session, person: Person) -> list[DictionaryEntry]:
    """Return the words of the departments that this person administers."""
    return [
        entry
        for entry in _standing(session, DictionaryEntry.department_id.is_not(None))
        if entry.department and person.has_role_for(Role.ADMINISTRATOR, entry.department)
    ]


def shared_entry(session: Session, person: Person, entry_id: int) -> DictionaryEntry:
    """Return the entry of a department. Raises NotFound if there is none or the person does not
    administer the department.
    """
    return _with_id(shared(session, person), entry_id)


def entry_of(session: Session, series: Series, entry_id: int) -> DictionaryEntry:
    """Return the entry of the series. Raises NotFound."""
    return _with_id(entries_of(session, series), entry_id)


def entries_of(session: Session, series: Series) -> list[DictionaryEntry]:
    """Return the words that people added to the series, by reading."""
    return _standing(session, DictionaryEntry.series_id == series.id)


def entries_of_departments(
    session: Session, departments: Iterable[Department]
) -> list[DictionaryEntry]:
    """Return the words of these departments, by reading."""
    chosen = [department.id for department in departments]
    return _standing(session, DictionaryEntry.department_id.in_(chosen))


def departments_of(series: Series) -> list[Department]:
    """Return the department of the series and, if there is one, the department above."""
    own = series.department
    return [own, own.parent] if own.parent else [own]


def switched_off(session: Session, series: Series, heard: str | None = None) -> list[SwitchedOff]:
    """Return what is switched off: by default words and substitutions; with `heard` "" only words,
    with another `heard` only the substitutions of it.
    """
    chosen = select(SwitchedOff).where(
        SwitchedOff.series_id == series.id, SwitchedOff.ended_at.is_(None)
    )
    if heard is not None:
        chosen = chosen.where(SwitchedOff.heard == heard)
    return list(session.scalars(chosen.order_by(SwitchedOff.surface, SwitchedOff.id)))


def learned(session: Session, series: Series) -> list[Learned]:
    """Return the learned substitutions of the series, the most frequent first."""
    off = [(row.heard, row.surface) for row in switched_off(session, series)]
    return confusions.learned(session, series, off)


def words_of(session: Session, series: Series) -> list[Term]:
    """Return the words of the series itself, added by people or learned."""
    return _words(learned(session, series), entries_of(session, series))


def dictionary_of(session: Session, series: Series) -> list[SeriesWord]:
    """Return the dictionary of the series by reading, with the words that are switched off."""
    entry_of = {entry.surface: entry for entry in entries_of(session, series)}
    known, off = learned(session, series), switched_off(session, series, heard="")
    words = {word.surface: word for word in _words(known, entry_of.values())}
    for row in off:
        words.setdefault(row.surface, _known_word(row.surface, "", 0))
    is_off = {row.surface for row in off}
    learned_of: dict[str, list[Learned]] = {}
    for one in known:
        learned_of.setdefault(one.meant, []).append(one)
    return [
        SeriesWord(
            word,
            entry_of.get(word.surface),
            learned_of.get(word.surface, []),
            word.surface in is_off,
        )
        for word in sorted(words.values(), key=lambda word: (word.kana, word.surface))
    ]


def taught(session: Session, series: Series) -> Taught:
    """Return everything that people taught the series and its departments."""
    known, departments = learned(session, series), departments_of(series)
    everywhere, off = entries_of_departments(session, departments), switched_off(session, series)
    return Taught(
        words=_words(known, [*everywhere, *entries_of(session, series)]),
        off=frozenset(row.surface for row in off if not row.heard),
        confused=[one for one in known if not one.is_off],
        refused=frozenset((row.heard, row.surface) for row in off if row.heard),
    )


def place_of(entry: DictionaryEntry) -> str:
    """Return in Japanese which dictionary the word is from."""
    if entry.department is not None:
        return f"{entry.department.name}の用語辞書"
    return "会議体の用語辞書"


def _words(known: Iterable[Learned], added: Iterable[DictionaryEntry]) -> list[Term]:
    """Return each word once. An entry of a person takes precedence over a learned word, unless
    only the entry's reading is guessed.
    """
    times = Counter[str]()
    for one in known:
        times[one.meant] += one.times
    words = {surface: _known_word(surface, LEARNED, count) for surface, count in times.items()}
    for entry in added:
        known_as = words.get(entry.surface)
        if known_as is None or not entry.is_guessed or known_as.is_guessed:
            words[entry.surface] = taught_word(
                entry.surface, entry.kana, place_of(entry), is_guessed=entry.is_guessed
            )
    return list(words.values())


def _known_word(surface: str, place: str, count: int) -> Term:
    kana, is_guessed = reading_of(tokens(surface))
    return taught_word(surface, kana, place, is_guessed=is_guessed, count=count)


def _standing(session: Session, owner: ColumnElement[bool]) -> list[DictionaryEntry]:
    chosen = select(DictionaryEntry).where(owner, DictionaryEntry.ended_at.is_(None))
    ordered = chosen.order_by(DictionaryEntry.kana, DictionaryEntry.id)
    return list(
        session.scalars(
            ordered.options(
                joinedload(DictionaryEntry.department), joinedload(DictionaryEntry.shared_from)
            )
        )
    )


RowT = TypeVar("RowT", Series, Department, DictionaryEntry)


def _with_id(rows: Iterable[RowT], identity: int) -> RowT:
    for row in rows:
        if row.id == identity:
            return row
    raise NotFound()


def _checked(surface: str, kana: str) -> tuple[str, str, bool]:
    """Return word and reading as they are stored, and whether the reading is guessed. Raises
    InvalidInput.
    """
    surface = plain("".join(surface.split()))
    surface = entries.text("surface", "用語", surface, LONGEST_TERM)
    if not surface.isprintable():
        raise InvalidInput("surface", "用語に使えない文字が入っています。入力し直してください。")
    kana = as_katakana(plain("".join(kana.split())))
    kana = entries.optional_text("kana", "読み", kana, LONGEST_READING)
    is_given, is_guessed = bool(kana), False
    if not is_given:
        kana, is_guessed = reading_of(tokens(surface))
    if not READING.fullmatch(kana):
        raise InvalidInput("kana", _odd_reading(kana) if is_given else UNREAD)
    problem = why_no_term(surface, kana)
    if problem is not None:
        raise InvalidInput("surface", problem)
    return surface, kana, is_guessed


def _odd_reading(kana: str) -> str:
    return f"読み「{kana[:40]}」は、ひらがなかカタカナだけで入力してください。例：しおみせん"
