"""Replacing a document: a version is proposed, compared page by page, and then released.

Which page of the old version a new page is, is found by its text and by its picture. Memos go along
with the pages (`meetings/documents/memos.py`), so nothing is matched that is not alike. Whether
pages that say the same also look the same, the worker has found out before
(`meetings/documents/appearance.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel
from sqlalchemy.orm import Session

from meetings import audit, clean_text
from meetings.documents.documents import PreparedDocument, version_of
from meetings.errors import NotPossibleNow
from models.base import now
from models.document import Document, DocumentVersion, Page, PageMatch
from models.person import Person
from models.texts import without_space

# Two pieces of ordinary Japanese text that say different things were alike to 0.31 at most.
ALIKE = 0.55
# Out of its order a page must be the same but for a few letters.
ALIKE_ELSEWHERE = 0.9
SHORTEST_TEXT = 20
LONGEST_COMPARED = 4000
HASH_BITS = 256
SAME_BITS = 6
# Measured on scans of 200 dpi: 20 at most for the same sheet recompressed, or scanned again and up
# to 20 points aside; 93 at least for one digit of 8 points. Askew by 0.15 degrees it may be passed.
SAME_LOOKS = 70
# Pages compared in one go; beyond that only those near the same place (in gigabytes: 4 bytes each).
LARGEST_TABLE = 1_000_000
BAND = 40
LONGEST_DIFFERENCE = 20_000
CONTEXT = 30
WORDS = re.compile(
    r"[0-9０-９]+(?:[,.，．:：][0-9０-９]+)*|[〇一二三四五六七八九十百千万億兆]+"
    r"|[A-Za-zＡ-Ｚａ-ｚ]+|[ァ-ヺー]+|.",
    re.DOTALL,
)
"""What is written otherwise as a whole: a number with its commas, a word of letters or katakana;
else one letter."""


class ChangeKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return {
            ChangeKind.SAME: "同じ",
            ChangeKind.CHANGED: "変更",
            ChangeKind.ADDED: "追加",
            ChangeKind.REMOVED: "削除",
        }[self]


@dataclass(frozen=True)
class PageChange:
    """A page of the old version, of the new one, or of both."""

    old: Page | None
    new: Page | None
    likeness: float = 0.0

    @property
    def change(self) -> ChangeKind:
        if self.old is None:
            return ChangeKind.ADDED
        if self.new is None:
            return ChangeKind.REMOVED
        return ChangeKind.SAME if _is_same(self.old, self.new) else ChangeKind.CHANGED

    @property
    def must_be_looked_at(self) -> bool:
        """Return whether the pages were matched by their pictures alone, and the pictures are not
        quite the same."""
        return (
            self.old is not None
            and self.new is not None
            and self.change is ChangeKind.SAME
            and not _says_something(self.new)
            and self.old.picture_sha256 != self.new.picture_sha256
        )


@dataclass(frozen=True)
class PageTextPart:
    """A part of a page's text: `kept`, `removed` or `added`."""

    kind: str
    text: str


def propose_version(
    session: Session, by: Person, document: Document, prepared: PreparedDocument
) -> DocumentVersion:
    """Add the next version, which nobody but organisers sees until it is released. A proposal that
    was open is dropped."""
    if document.proposed is not None:
        drop_proposal(session, by, document.proposed)
    version = version_of(by, prepared, number=document.versions[-1].number + 1, released_at=None)
    document.versions.append(version)
    session.flush()
    audit.note(session, by, "propose", version)
    return version


def drop_proposal(session: Session, by: Person, version: DocumentVersion) -> None:
    check_is_proposed(version)
    version.withdrawn_at = now()
    audit.note(session, by, "withdraw", version)


def release_version(
    session: Session, by: Person, version: DocumentVersion, changes: Sequence[PageChange]
) -> None:
    """Make this version the document from now on. `changes` is what `compare` said of it."""
    check_is_proposed(version)
    for change in changes:
        if change.old is not None and change.new is not None:
            match = PageMatch(
                new_page_id=change.new.id, old_page_id=change.old.id, likeness=change.likeness
            )
            session.add(match)
    version.released_at, version.released_by_id = now(), by.id
    version.meeting.documents_revision += 1
    audit.note(session, by, "release", version)


def check_is_proposed(version: DocumentVersion) -> None:
    if version.document.proposed is not version:
        raise NotPossibleNow("この版は、すでに差し替えたか、取りやめたものです。")


def compare(version: DocumentVersion) -> list[PageChange]:
    """Return every page of this version beside its page of the one before, in the order of this
    one; removed pages stand where they were. Slow for long documents that are all new: call it
    without holding the write lock.

    Raises NotPossibleNow while the worker still reads the pages of either or compares them.
    """
    if not can_compare(version):
        raise NotPossibleNow("頁を読み取っています。少し待ってから、もう一度お試しください。")
    older = before(version)
    old_pages = older.pages if older else []
    return in_order(old_pages, version.pages, match(old_pages, version.pages))


def can_compare(version: DocumentVersion) -> bool:
    """Return whether the worker has read the pages of this version and of the one before, and laid
    them upon each other."""
    return are_read(version) and (version.is_compared or before(version) is None)


def are_read(version: DocumentVersion) -> bool:
    """Return whether the worker has read the pages of this version and of the one before."""
    older = before(version)
    return version.is_prepared and (older is None or older.is_prepared)


def before(version: DocumentVersion) -> DocumentVersion | None:
    """Return the released version that this one replaced or would replace; None for the first."""
    older = [known for known in version.document.released if known.number < version.number]
    return older[-1] if older else None


def match(old: Sequence[Page], new: Sequence[Page]) -> dict[int, tuple[int, float]]:
    """Return which place of `old` each place of `new` is, with its likeness (0 to 1)."""
    found: dict[int, tuple[int, float]] = {}
    old_keys, new_keys = [_key(page) for page in old], [_key(page) for page in new]
    blocks = SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_matching_blocks()
    old_end = new_end = 0
    for block in blocks:
        gap = _align(old[old_end : block.a], new[new_end : block.b])
        found |= {new_end + n: (old_end + o, likeness) for o, n, likeness in gap}
        found |= {block.b + step: (block.a + step, 1.0) for step in range(block.size)}
        old_end, new_end = block.a + block.size, block.b + block.size
    return found | _moved(old, new, found)


def in_order(
    old: Sequence[Page], new: Sequence[Page], found: dict[int, tuple[int, float]]
) -> list[PageChange]:
    taken = {place for place, _ in found.values()}
    changes: list[PageChange] = []
    next_old = 0

    def add_removed(until: int) -> None:
        nonlocal next_old
        while next_old < until:
            if next_old not in taken:
                changes.append(PageChange(old[next_old], None))
            next_old += 1

    for place, page in enumerate(new):
        if place in found:
            add_removed(found[place][0])
            changes.append(PageChange(old[found[place][0]], page, found[place][1]))
        else:
            changes.append(PageChange(None, page))
    add_removed(len(old))
    return changes


def difference(change: PageChange) -> list[PageTextPart]:
    """Return what was written otherwise, by whole numbers and words, with a little of what stands
    around it; empty where nothing was."""
    if change.old is None or change.new is None:
        return []
    old, new = (WORDS.findall(_lines(page)) for page in (change.old, change.new))
    pieces: list[PageTextPart] = []
    for step in Indel.opcodes(old, new):
        was = "".join(old[step.src_start : step.src_end])
        became = "".join(new[step.dest_start : step.dest_end])
        if step.tag == "equal":
            pieces.append(PageTextPart("kept", _shortened(was)))
            continue
        follows = bool(pieces) and pieces[-1].kind == "added"
        if was:  # told before what has come in its place
            pieces.insert(len(pieces) - follows, PageTextPart("removed", was))
        if became:
            pieces.append(PageTextPart("added", became))
    return pieces if any(piece.kind != "kept" for piece in pieces) else []


def _lines(page: Page) -> str:
    """Return the page's text with uniform line ends: pages that were read long ago end their lines
    otherwise."""
    return clean_text.lines(page.text[:LONGEST_DIFFERENCE])


def _align(old: Sequence[Page], new: Sequence[Page]) -> list[tuple[int, int, float]]:
    """Return the pairs, in order on both sides, that are alike most in sum (dynamic
    programming)."""
    if not old or not new:
        return []
    gain = _likenesses(old, new) - ALIKE
    best = np.zeros((len(old) + 1, len(new) + 1), dtype=np.float32)
    for row in range(len(old)):
        paired = best[row, :-1] + np.maximum(gain[row], 0)
        best[row + 1, 1:] = np.maximum(best[row, 1:], paired)
        np.maximum.accumulate(best[row + 1], out=best[row + 1])
    pairs = []
    row, column = len(old), len(new)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column, float(gain[row, column] + ALIKE)))
    return pairs[::-1]


def _moved(
    old: Sequence[Page], new: Sequence[Page], found: dict[int, tuple[int, float]]
) -> dict[int, tuple[int, float]]:
    """Return the pages that went somewhere else in the document."""
    taken = {place for place, _ in found.values()}
    olds = [
        place for place in range(len(old)) if place not in taken and _says_something(old[place])
    ]
    news = [
        place for place in range(len(new)) if place not in found and _says_something(new[place])
    ]
    if not olds or not news or len(olds) * len(news) > LARGEST_TABLE:
        return {}
    table = _likenesses([old[place] for place in olds], [new[place] for place in news])
    moved: dict[int, tuple[int, float]] = {}
    for flat in np.argsort(-table, axis=None):
        row, column = divmod(int(flat), len(news))
        likeness = float(table[row, column])
        if likeness < ALIKE_ELSEWHERE:
            break
        if news[column] not in moved and olds[row] not in {place for place, _ in moved.values()}:
            moved[news[column]] = (olds[row], likeness)
    return moved


def _likenesses(old: Sequence[Page], new: Sequence[Page]) -> NDArray[np.float32]:
    """Return a table of shape (old, new), 0 to 1: by text where both have some, else by picture."""
    if len(old) * len(new) > LARGEST_TABLE:
        return _near_the_same_place(old, new)
    old_texts, new_texts = [_text(page) for page in old], [_text(page) for page in new]
    table: NDArray[np.float32] = process.cdist(
        old_texts, new_texts, scorer=fuzz.ratio, score_cutoff=100 * ALIKE, dtype=np.float32
    )
    table /= 100
    for row, page in enumerate(old):
        for column, other in enumerate(new):
            if min(len(old_texts[row]), len(new_texts[column])) < SHORTEST_TEXT:
                has_same_kind = abs(len(old_texts[row]) - len(new_texts[column])) < SHORTEST_TEXT
                table[row, column] = _picture_likeness(page, other) if has_same_kind else 0
    return table


def _near_the_same_place(old: Sequence[Page], new: Sequence[Page]) -> NDArray[np.float32]:
    table = np.zeros((len(old), len(new)), dtype=np.float32)
    for row in range(len(old)):
        middle = row * len(new) // len(old)
        start, end = max(0, middle - BAND), min(len(new), middle + BAND)
        table[row, start:end] = _likenesses(old[row : row + 1], new[start:end])[0]
    return table


def _picture_likeness(one: Page, other: Page) -> float:
    """Return 1 for the same picture, 0 for two that have nothing to do with each other."""
    return max(0.0, 1 - 2 * _different_bits(one, other) / HASH_BITS)


def _different_bits(one: Page, other: Page) -> int:
    if one.picture_hash is None or other.picture_hash is None:
        return HASH_BITS
    return (int(one.picture_hash, 16) ^ int(other.picture_hash, 16)).bit_count()


def say_the_same(old: Page, new: Page) -> bool:
    """Return whether there is the same text on both, or none."""
    return _text(old) == _text(new)


def _is_same(old: Page, new: Page) -> bool:
    if not say_the_same(old, new):
        return False
    if new.picture_difference is None:  # an old version, or a page that could not be drawn
        return _different_bits(old, new) <= SAME_BITS
    return new.picture_difference <= SAME_LOOKS


def _key(page: Page) -> Any:
    return _text(page), page.picture_hash


def _text(page: Page) -> str:
    return without_space(page.text)[:LONGEST_COMPARED]


def _says_something(page: Page) -> bool:
    return len(_text(page)) >= SHORTEST_TEXT


def _shortened(kept: str) -> str:
    if len(kept) <= 2 * CONTEXT:
        return kept
    return f"{kept[:CONTEXT]}……{kept[-CONTEXT:]}"
