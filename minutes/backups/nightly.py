"""The backup of every night, by the worker. A server that was off at its hour makes up for it."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from meetings import dates, setbacks
from meetings.config import Config
from meetings.errors import GijidoError
from meetings.people import people
from meetings.periodic import PeriodicTask
from meetings.settings.keeping import BackupSettings
from minutes.backups import history, making
from minutes.backups.keys import Recipients
from models.backup import Backup
from models.base import now
from models.database import reading, writing
from models.notice import Notice, NoticeKind
from models.person import Person

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
FAILED = (
    "毎晩のバックアップができませんでした。理由：{}　直るまで間をおいてやり直します。「運用」の"
    "「点検」を"
    "見てください。"
)


def periodic_tasks(config: Config, engine: Engine) -> list[PeriodicTask]:
    """Return the worker's task; none where the settings name no target."""
    if not config.backup.target:
        return []
    return [PeriodicTask("毎晩のバックアップ", Nights(config, engine).look, LOOK_SECONDS)]


class Nights:
    """Looks now and then whether the night's backup is due, and makes it."""

    def __init__(self, config: Config, engine: Engine) -> None:
        self._config, self._engine = config, engine

    def look(self) -> bool:
        """Make the backup if it is due. What goes wrong is a setback, told to the administrators
        once, and tried again after a pause. False always: there is never more to do at once."""
        if not self._is_due():
            return False
        with writing(self._engine) as session, session.begin():
            setbacks.begin(session, history.KIND, history.NIGHTLY)
        path = self._config.path(self._config.backup.target)
        readers = Recipients(self._config.backup.recipients)
        try:
            made = making.make(self._config, path, readers, may_begin=False)
        except GijidoError as problem:
            LOG.error("the backup failed: %s", problem.message)
            self._fail(problem.message)
        else:
            history.note_made(self._engine, made)
        return False

    def _is_due(self) -> bool:
        wanted_since = last_hour(self._config.backup, now())
        with reading(self._engine) as session:
            last = session.scalar(select(Backup.began_at).order_by(Backup.id.desc()).limit(1))
            rests = history.setback(session)
        if rests is not None and rests.next_try_at > now():
            return False
        return last is None or last < wanted_since

    def _fail(self, problem: str) -> None:
        with writing(self._engine) as session, session.begin():
            failed = history.setback(session)
            if failed is None:  # somebody made one by hand meanwhile
                return
            failed.problem = problem
            if failed.attempts > 1:
                return
            administrators = select(Person).where(Person.id.in_(people.lasting_administrators()))
            for person in session.scalars(administrators):
                notice = Notice(
                    of_person=person,
                    kind=NoticeKind.BACKUP_FAILED,
                    words=FAILED.format(problem),
                    address=person.email,
                )
                session.add(notice)


def last_hour(settings: BackupSettings, at: datetime) -> datetime:
    """Return when a backup was due last: today at the hour of the settings, else yesterday."""
    hour, minute = map(int, settings.at.split(":"))
    here = dates.local(at)
    due = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return due if due <= here else due - timedelta(days=1)
