"""The looks of pages that say the same, which may still differ: a scan, a graph, a stamp. The
worker lays each page of a new version upon the page that it was before, some at a time."""

from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import setbacks
from meetings.disk.storage import Storage
from meetings.documents import versions
from meetings.errors import StoredFileLost
from meetings.pdf import pdf
from models.database import reading, writing
from models.document import Document, DocumentVersion, Page

KIND = "comparison"
"""Of the setbacks of versions, by their id."""

MOST_ATTEMPTS = 5
BATCH_PAGES = 25
MOST_WAITING = 50
"""Those whose version before is not read yet are passed over."""


def compare_some(engine: Engine, storage: Storage) -> bool:
    """Lay the next pages of one version upon those of the one before; False when there are none
    to be laid. Safe to call again at any time, from several processes."""
    with reading(engine) as session:
        version = _next(session)
        if version is None:
            return False
        first = version.compared_pages + 1
        numbers = range(first, min(first + BATCH_PAGES, version.page_count + 1))
        version_id, older = version.id, versions.before(version)
        pairs = _pairs(older, version, numbers) if older else []
        files = (older.sha256 if older else "", version.sha256)
    if _is_hopeless(engine, version_id):
        return True
    found = _differences(storage, files, pairs) if pairs else {}
    with writing(engine) as session, session.begin():
        chosen = select(Page).where(Page.version_id == version_id, Page.number.in_(numbers))
        for page in session.scalars(chosen):
            page.picture_difference = found.get(page.number)
        version = session.get_one(DocumentVersion, version_id)
        version.compared_pages = max(version.compared_pages, numbers.stop - 1)
        setbacks.over(session, KIND, version_id)
    return True


def _next(session: Session) -> DocumentVersion | None:
    waiting = session.scalars(
        select(DocumentVersion)
        .join(Document)
        .where(
            DocumentVersion.compared_pages < DocumentVersion.page_count,
            DocumentVersion.prepared_pages >= DocumentVersion.page_count,
            DocumentVersion.id.not_in(setbacks.resting(KIND)),
            DocumentVersion.withdrawn_at.is_(None),
            Document.removed_at.is_(None),
        )
        .order_by(DocumentVersion.page_count, DocumentVersion.id)
        .limit(MOST_WAITING)
    )
    return next((version for version in waiting if versions.are_read(version)), None)


def _is_hopeless(engine: Engine, version_id: int) -> bool:
    """Count the try before it is made; after the last one nobody knows how the pages look."""
    with writing(engine) as session, session.begin():
        if setbacks.begin(session, KIND, version_id).attempts <= MOST_ATTEMPTS:
            return False
        version = session.get_one(DocumentVersion, version_id)
        version.compared_pages = version.page_count
        setbacks.over(session, KIND, version_id)
    return True


def _pairs(
    older: DocumentVersion, version: DocumentVersion, numbers: range
) -> list[tuple[Page, Page]]:
    """Return the old and the new page, for those of the numbers whose texts are the same."""
    old, new = older.pages, version.pages
    found = versions.match(old, new)
    pairs = [(old[found[n - 1][0]], new[n - 1]) for n in numbers if n - 1 in found]
    return [pair for pair in pairs if versions.say_the_same(*pair)]


def _differences(
    storage: Storage, files: tuple[str, str], pairs: list[tuple[Page, Page]]
) -> dict[int, float]:
    """Return the differences by the number of the new page. Pages with the very same small picture
    differ in nothing."""
    found = {new.number: 0.0 for old, new in pairs if _is_same_picture(old, new)}
    asked = [(old.number, new.number) for old, new in pairs if new.number not in found]
    if not asked:
        return found
    try:
        old, new = (storage.whole(sha256) for sha256 in files)
    except StoredFileLost:
        return found
    return found | _looked_at(old, new, asked)


def _is_same_picture(old: Page, new: Page) -> bool:
    return old.picture_sha256 is not None and old.picture_sha256 == new.picture_sha256


def _looked_at(old: Path, new: Path, pairs: list[tuple[int, int]]) -> dict[int, float]:
    """Compare all pairs at once; when that fails, one by one, without the one that does."""
    together = pdf.differences(old, new, pairs)
    if together is None and len(pairs) > 1:
        alone = [_looked_at(old, new, [pair]) for pair in pairs]
        return {number: value for found in alone for number, value in found.items()}
    return {pair[1]: value for pair, value in zip(pairs, together or [], strict=False)}
