"""The city's own Word templates: put in for a series or for the whole city, looked through before,
and taken back.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.disk.storage import Incoming, Storage, StoredFile
from meetings.errors import FileRejected, NotPossibleNow
from minutes.forms import starters
from minutes.forms.kinds import RecordForm
from minutes.forms.word import CELL
from models.base import now
from models.meeting import Series
from models.person import Person
from models.word_template import WordTemplate

PROGRAM = "minutes.inside.word_templates"
SECONDS = 60
LARGEST_MB = 20
ENDING = ".docx"
OTHER_ENDING = (
    "ひな形にできるのはWordのファイル（docx）です。"
    "Wordで「Word文書（docx）」として保存してください。"
)


@dataclass(frozen=True)
class CheckedTemplate:
    """A template that was looked through and stored, and belongs to nobody yet."""

    form: RecordForm
    file_name: str
    stored: StoredFile


def prepare(storage: Storage, form: RecordForm, file_name: str, file: Incoming) -> CheckedTemplate:
    """Look the file through and store it. Raises FileRejected with sentences that say what is
    wrong in which paragraph, OutOfBounds for one that is too much.
    """
    if Path(file_name).suffix.lower() != ENDING:
        raise FileRejected(OTHER_ENDING)
    file.flush_to_disk()
    with tempfile.TemporaryDirectory(prefix="gijido-") as place:
        folder = Path(place)
        arguments = (form.value, str(file.path), str(folder / "made.docx"))
        CELL.ask(PROGRAM, *arguments, seconds=SECONDS, reads=[file.path], folder=folder)
    return CheckedTemplate(form, file_name, storage.keep(file))


def put_in(
    session: Session, by: Person, series: Series | None, checked: CheckedTemplate
) -> WordTemplate:
    """Make it the template of its form for the series, or for the city where there is none, in
    place of the one before.
    """
    _end(session, checked.form, series)
    template = WordTemplate(
        form=checked.form,
        series=series,
        file_name=checked.file_name,
        sha256=checked.stored.sha256,
        put_in_by=by,
    )
    session.add(template)
    audit.note(session, by, "put_in_template", template)
    return template


def take_back(session: Session, by: Person, series: Series | None, form: RecordForm) -> None:
    """End the template of the form for the series, or for the city: what was used before it counts
    again. Raises NotPossibleNow where there is none.
    """
    ended = _end(session, form, series)
    if ended is None:
        raise NotPossibleNow("この様式には、入れたひな形がありません。")
    audit.note(session, by, "take_back_template", ended)


def own(session: Session, series: Series | None, form: RecordForm) -> WordTemplate | None:
    """Return the template that was put in for just this series, or for the city."""
    return session.scalar(
        select(WordTemplate).where(
            WordTemplate.form == form,
            WordTemplate.series_id.is_(series.id if series else None),
            WordTemplate.ended_at.is_(None),
        )
    )


def in_use(session: Session, series: Series | None, form: RecordForm) -> WordTemplate | None:
    """Return the template that counts for the series: its own, else the city's; None for the
    starter.
    """
    return (own(session, series, form) if series else None) or own(session, None, form)


def content(storage: Storage, template: WordTemplate | None, form: RecordForm) -> bytes:
    """Return the bytes of the template; those of the starter where there is none."""
    if template is None:
        return starters.starter(form)
    return storage.whole(template.sha256).read_bytes()


def _end(session: Session, form: RecordForm, series: Series | None) -> WordTemplate | None:
    known = own(session, series, form)
    if known is not None:
        known.ended_at = now()
        session.flush()
    return known
