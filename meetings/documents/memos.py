"""Memos (メモ) on pages: private unless shared, never lost with a replaced version.

A memo stays where it was written. Whoever looks at a newer version sees it on the page that its
page has become; where there is none, it is listed as stranded, with the old page beside it.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from meetings import audit, entries
from meetings.documents.versions import ChangeKind, PageChange
from meetings.errors import InvalidInput, NotPossibleNow, StaleRevision
from models.base import now
from models.document import Document, DocumentVersion, Page, PageMatch
from models.memo import Bookmark, Memo, MemoKind
from models.person import Person

KEY = re.compile(r"[0-9A-Za-z-]{1,36}")
COLOURS = ("blue", "red", "black", "yellow", "green")
MOST_MEMOS = 5000
MOST_STROKES = 500
MOST_POINTS = 2000
LONGEST_NOTE = 4000
WIDEST = 60.0
# Ink may run over the edge of the page by so many points.
EDGE = 200.0

Ancestors = dict[int, tuple[Page, Page]]


@dataclass(frozen=True)
class PlacedMemo:
    """A memo on the page of the version that is looked at; `content` in that page's points."""

    memo: Memo
    page: Page
    content: dict[str, Any]

    @property
    def is_carried(self) -> bool:
        return self.memo.page_id != self.page.id

    @property
    def is_page_changed(self) -> bool:
        """Return whether it was written on an older version of this page, which says something else
        now."""
        if not self.is_carried:
            return False
        return PageChange(self.memo.page, self.page).change == ChangeKind.CHANGED


def write(
    session: Session, person: Person, page: Page, *, key: str, kind: MemoKind, content: Any
) -> Memo:
    """Keep a new memo. The same `key` again gives the one that is there: a terminal that did not
    hear our answer may simply ask again."""
    if not KEY.fullmatch(key):
        raise InvalidInput("key", "メモの目印（key）は36文字までの英数字にしてください。")
    known = session.scalar(select(Memo).where(Memo.person_id == person.id, Memo.key == key))
    if known is not None:
        return known
    _check_number(session, person, page.version.document)
    memo = Memo(page=page, person=person, key=key, kind=kind, content=_checked(page, kind, content))
    session.add(memo)
    session.flush()
    return memo


def change(session: Session, memo: Memo, page: Page, content: Any, based_on: int) -> None:
    """Change what its owner wrote or drew, perhaps on the page that its page has become.

    Raises StaleRevision when another terminal of the owner changed it meanwhile.
    """
    if based_on != memo.revision:
        raise StaleRevision("", str(memo.content.get("text", "")), memo.revision)
    if page.version.document_id != memo.page.version.document_id:
        raise InvalidInput("page_id", "メモは、同じ資料の頁にだけ動かせます。")
    memo.content = _checked(page, MemoKind(memo.kind), content)
    memo.page = page
    _touch(session, memo)


def share(session: Session, memo: Memo) -> None:
    """Show the memo to everybody who reads the document, from now on."""
    if memo.shared_at is None:
        memo.shared_at = now()
        _touch(session, memo)
        audit.note(session, memo.person, "share", memo)


def unshare(session: Session, memo: Memo) -> None:
    if memo.shared_at is not None:
        memo.shared_at = None
        _touch(session, memo)
        audit.note(session, memo.person, "unshare", memo)


def erase(session: Session, memo: Memo) -> None:
    if memo.erased_at is None:
        memo.erased_at = now()
        _touch(session, memo)


def restore(session: Session, memo: Memo) -> None:
    if memo.erased_at is not None:
        memo.erased_at = None
        _touch(session, memo)


def placed(session: Session, person: Person, version: DocumentVersion) -> list[PlacedMemo]:
    """Return this person's memos and those shared by others, written on this version or carried
    here."""
    ancestors = _ancestors(session, version)
    return [
        PlacedMemo(memo, ancestors[memo.page_id][1], _scaled(memo, *ancestors[memo.page_id]))
        for memo in _memos_on(session, version.document, _seen_by(person))
        if memo.page_id in ancestors
    ]


def stranded(session: Session, person: Person, document: Document) -> list[Memo]:
    """Return the memos whose page is not in the current version any more."""
    ancestors = _ancestors(session, document.current)
    memos = _memos_on(session, document, _seen_by(person))
    return [memo for memo in memos if memo.page_id not in ancestors]


def counted_by_page(session: Session, version: DocumentVersion) -> dict[int, int]:
    """Return how many memos lie on each page of this version, whoever wrote them, by the page's id.
    A number is all that anybody but their owners learns of private memos."""
    ancestors = _ancestors(session, version)
    counted: dict[int, int] = defaultdict(int)
    for memo in _memos_on(session, version.document, Memo.erased_at.is_(None)):
        if memo.page_id in ancestors:
            counted[ancestors[memo.page_id][1].id] += 1
    return counted


def bookmark(session: Session, person: Person, page: Page) -> None:
    if session.get(Bookmark, (page.id, person.id)) is None:
        session.add(Bookmark(page_id=page.id, person_id=person.id))


def remove_bookmark(session: Session, person: Person, page: Page) -> None:
    """Remove the bookmark wherever it was set: on this page, or on one that became this page."""
    ancestors = _ancestors(session, page.version)
    for old_id, (_, here) in ancestors.items():
        known = session.get(Bookmark, (old_id, person.id)) if here.id == page.id else None
        if known is not None:
            session.delete(known)


def bookmarks(session: Session, person: Person, documents: Sequence[Document]) -> list[Page]:
    """Return the bookmarked pages of the current versions, in reading order."""
    marked = set(session.scalars(select(Bookmark.page_id).where(Bookmark.person_id == person.id)))
    if not marked:
        return []
    found: list[Page] = []
    for document in documents:
        ancestors = _ancestors(session, document.current)
        pages = {here.id: here for old_id, (_, here) in ancestors.items() if old_id in marked}
        found += sorted(pages.values(), key=lambda page: page.number)
    return found


def _ancestors(session: Session, version: DocumentVersion) -> Ancestors:
    """Return every page that became a page of this version, and those themselves: by the older
    page's id the older page and the page of this version."""
    found: Ancestors = {page.id: (page, page) for page in version.pages}
    generation, version_id = {page.id: page for page in version.pages}, version.id
    while generation:
        older: dict[int, Page] = {}
        for new_id, old in _matches_of(session, version_id):
            if new_id in generation:
                older[old.id] = generation[new_id]
                found[old.id] = (old, generation[new_id])
        generation = older
        version_id = next((found[old_id][0].version_id for old_id in older), 0)
    return found


def _matches_of(session: Session, version_id: int) -> list[tuple[int, Page]]:
    """Return for the pages of this version, by id, the page of an older version that they were."""
    new = aliased(Page)
    chosen = (
        select(PageMatch.new_page_id, Page)
        .join(Page, Page.id == PageMatch.old_page_id)
        .join(new, new.id == PageMatch.new_page_id)
        .where(new.version_id == version_id)
    )
    return [(new_id, old) for new_id, old in session.execute(chosen)]


def _memos_on(session: Session, document: Document, chosen: ColumnElement[bool]) -> list[Memo]:
    return list(
        session.scalars(
            select(Memo)
            .join(Page)
            .join(DocumentVersion)
            .where(DocumentVersion.document_id == document.id, chosen)
            .order_by(Memo.id)
        )
    )


def _seen_by(person: Person) -> ColumnElement[bool]:
    is_theirs = or_(Memo.person_id == person.id, Memo.shared_at.is_not(None))
    return Memo.erased_at.is_(None) & is_theirs


def _check_number(session: Session, person: Person, document: Document) -> None:
    counted = session.scalar(
        select(func.count(Memo.id))
        .join(Page)
        .join(DocumentVersion)
        .where(
            DocumentVersion.document_id == document.id,
            Memo.person_id == person.id,
            Memo.erased_at.is_(None),
        )
    )
    if (counted or 0) >= MOST_MEMOS:
        raise NotPossibleNow(
            f"1つの資料に書けるメモは{MOST_MEMOS:,}件までです。要らないメモを消してください。"
        )


def _checked(page: Page, kind: MemoKind, content: Any) -> dict[str, Any]:
    """Return what may be stored of the content, and nothing besides. Raises InvalidInput."""
    if not isinstance(content, dict):
        raise InvalidInput("content", "メモの中身（content）を読み取れません。")
    if kind == MemoKind.NOTE:
        return _checked_note(page, content)
    strokes = content.get("strokes")
    if not isinstance(strokes, list) or not 1 <= len(strokes) <= MOST_STROKES:
        raise InvalidInput("content", f"線は1本から{MOST_STROKES}本まで送れます。")
    if content.get("colour") not in COLOURS:
        raise InvalidInput("content", f"色は {'、'.join(COLOURS)} のどれかにしてください。")
    width = _number(content.get("width"), 0.1, WIDEST)
    checked = [_checked_stroke(page, stroke) for stroke in strokes]
    return {"strokes": checked, "colour": content["colour"], "width": width}


def _checked_note(page: Page, content: dict[str, Any]) -> dict[str, Any]:
    text = content.get("text")
    if not isinstance(text, str):
        raise InvalidInput("content", "メモの text を文字列で送ってください。")
    return {
        "x": _number(content.get("x"), -EDGE, page.width + EDGE),
        "y": _number(content.get("y"), -EDGE, page.height + EDGE),
        "text": entries.long_text("content", "メモ", text, LONGEST_NOTE),
    }


def _checked_stroke(page: Page, stroke: Any) -> list[list[float]]:
    if not isinstance(stroke, list) or not 1 <= len(stroke) <= MOST_POINTS:
        raise InvalidInput("content", f"1本の線の点は1個から{MOST_POINTS:,}個までです。")
    return [_checked_point(page, point) for point in stroke]


def _checked_point(page: Page, point: Any) -> list[float]:
    if not isinstance(point, list) or len(point) != 3:
        raise InvalidInput("content", "線の点は [x, y, 筆圧] の3つの数で送ってください。")
    return [
        _number(point[0], -EDGE, page.width + EDGE),
        _number(point[1], -EDGE, page.height + EDGE),
        _number(point[2], 0, 1),
    ]


def _number(value: Any, least: float, most: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not least <= value <= most:
        raise InvalidInput("content", "メモの位置や太さが、頁に書ける範囲にありません。")
    return round(float(value), 2)


def _scaled(memo: Memo, old: Page, new: Page) -> dict[str, Any]:
    """Return the content in the points of the page where it is shown, if that has another size."""
    across, down = new.width / (old.width or 1), new.height / (old.height or 1)
    if old is new or (abs(across - 1) < 0.001 and abs(down - 1) < 0.001):
        return memo.content
    if memo.kind == MemoKind.NOTE:
        return memo.content | {"x": memo.content["x"] * across, "y": memo.content["y"] * down}
    strokes = [
        [[x * across, y * down, pressure] for x, y, pressure in stroke]
        for stroke in memo.content["strokes"]
    ]
    return memo.content | {"strokes": strokes}


def _touch(session: Session, memo: Memo) -> None:
    memo.revision += 1
    memo.changed_at = now()
    session.flush()
