"""Reading the pages of a version: text, small picture, fingerprint. Done by the worker, some pages
at a time, so that there is progress to show and a bad page costs only itself."""

from pathlib import Path

from sqlalchemy import Engine, select

from meetings import clean_text, setbacks
from meetings.disk.storage import Storage
from meetings.errors import StoredFileLost
from meetings.pdf import pdf
from models.database import reading, writing
from models.document import Document, DocumentVersion, Page

KIND = "preparation"
"""Of the setbacks of versions, by their id."""

MOST_ATTEMPTS = 5
BATCH_PAGES = 25
MOST_FONTS = 20
PICTURE_LIMIT_BYTES = 10_000_000
UNREADABLE = "この頁の文字を読み取れませんでした。検索と版の比較では空の頁として扱います。"


def prepare_some(engine: Engine, storage: Storage) -> bool:
    """Read the next pages that nobody has read; False when there are none. Safe to call again
    at any time, from several processes: it does the same once more."""
    with reading(engine) as session:
        version = session.scalar(
            select(DocumentVersion)
            .join(Document)
            .where(
                DocumentVersion.prepared_pages < DocumentVersion.page_count,
                DocumentVersion.id.not_in(setbacks.resting(KIND)),
                DocumentVersion.withdrawn_at.is_(None),
                Document.removed_at.is_(None),
            )
            # A short one does not wait behind a long one that came earlier.
            .order_by(
                DocumentVersion.page_count - DocumentVersion.prepared_pages, DocumentVersion.id
            )
            .limit(1)
        )
        if version is None:
            return False
        first = version.prepared_pages + 1
        numbers = range(first, min(first + BATCH_PAGES, version.page_count + 1))
        version_id, sha256 = version.id, version.sha256
    if _is_hopeless(engine, version_id):
        return True
    _prepare(engine, storage, version_id, sha256, numbers)
    return True


def _is_hopeless(engine: Engine, version_id: int) -> bool:
    """Count the try before it is made: a version of which something breaks, whatever it is, rests,
    and the next one is read. After the last try its pages are unreadable."""
    with writing(engine) as session, session.begin():
        if setbacks.begin(session, KIND, version_id).attempts <= MOST_ATTEMPTS:
            return False
        version = session.get_one(DocumentVersion, version_id)
        for page in version.pages[version.prepared_pages :]:
            page.problem = UNREADABLE
        version.prepared_pages = version.page_count
        setbacks.over(session, KIND, version_id)
    return True


def _prepare(
    engine: Engine, storage: Storage, version_id: int, sha256: str, numbers: range
) -> None:
    with storage.workspace() as folder:
        contents = _contents(storage, sha256, numbers, folder)
        pictures = {
            number: _keep(storage, folder / f"{number}.jpg")
            for number in numbers
            if contents[number]
        }
    with writing(engine) as session, session.begin():
        chosen = select(Page).where(Page.version_id == version_id, Page.number.in_(numbers))
        for page in session.scalars(chosen):
            content = contents[page.number]
            if content is None:
                page.problem = UNREADABLE
            else:
                page.text, page.picture_hash = clean_text.lines(content.text), content.picture_hash
                page.picture_sha256 = pictures[page.number]
        version = session.get_one(DocumentVersion, version_id)
        version.missing_fonts = _with_fonts(version.missing_fonts, contents)
        version.prepared_pages = max(version.prepared_pages, numbers.stop - 1)
        setbacks.over(session, KIND, version_id)


def _contents(
    storage: Storage, sha256: str, numbers: range, folder: Path
) -> dict[int, pdf.PageContent | None]:
    """Read the pages; None for every page of a file that the disk has lost: the next document is
    not held up."""
    try:
        return _read(storage.whole(sha256), numbers, folder)
    except StoredFileLost:
        return dict.fromkeys(numbers)


def _read(path: Path, numbers: range, folder: Path) -> dict[int, pdf.PageContent | None]:
    """Read all pages at once; when that fails, one by one, to find the page that does."""
    together = pdf.read_pages(path, numbers, folder)
    if together is not None:
        return dict(zip(numbers, together, strict=True))
    found: dict[int, pdf.PageContent | None] = {}
    for number in numbers:
        alone = pdf.read_pages(path, range(number, number + 1), folder)
        found[number] = alone[0] if alone else None
    return found


def _with_fonts(known: str, contents: dict[int, pdf.PageContent | None]) -> str:
    """Return the names of the fonts, with those that were known, one a line, each once."""
    found = {font for content in contents.values() if content for font in content.missing_fonts}
    return "\n".join(sorted(found.union(known.splitlines()))[:MOST_FONTS])


def _keep(storage: Storage, picture: Path) -> str:
    with picture.open("rb") as file:
        return storage.add(file, PICTURE_LIMIT_BYTES).sha256
