"""Notes the words of each public copy, once it is public and each time that it was corrected: what
citizens took with them is known again when the copy is another by then.
"""

from dataclasses import dataclass

from sqlalchemy import Engine, Select, or_, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.rights import publications
from minutes.forms import exporting
from minutes.sealing import form_words, issued
from minutes.sealing.form_words import FormWords, Wording
from models.base import now
from models.database import reading, writing
from models.minutes import Publication, PublicCorrection

NOTE_SECONDS = 5.0


@dataclass(frozen=True)
class _Noted:
    publication_id: int
    correction: int
    words: list[FormWords]


def note_next(engine: Engine, config: Config, storage: Storage) -> bool:
    """Note the words of the next public copy whose words are not noted. Returns False when there is
    none.
    """
    with reading(engine) as session:
        publication = session.scalar(_waiting())
        if publication is None:
            return False
        noted = _made(session, config, storage, publication)
    with writing(engine) as session, session.begin():
        publication = session.get_one(Publication, noted.publication_id)
        if publication.corrected == noted.correction:  # else it is made anew
            issued.note(session, publication.revision, noted.words)
            publication.words_noted_at = now()
    return True


def _waiting() -> Select[Publication]:
    since = PublicCorrection.corrected_at >= Publication.words_noted_at
    corrected = select(PublicCorrection.publication_id).where(
        PublicCorrection.publication_id == Publication.id, since
    )
    is_waiting = or_(Publication.words_noted_at.is_(None), corrected.exists())
    return publications().where(is_waiting).order_by(Publication.id).limit(1)


def _made(session: Session, config: Config, storage: Storage, publication: Publication) -> _Noted:
    revision = publication.revision
    text = exporting.printed_for_citizens(session, revision, config.city.name)
    in_use = form_words.templates_in_use(session, revision.meeting)
    words = form_words.all_words(storage, Wording(text, is_public=True, templates=in_use))
    return _Noted(publication.id, publication.corrected, list(words))
