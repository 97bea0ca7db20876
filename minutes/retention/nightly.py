"""The clock: finishes what was begun, tells people what will go, and, at night, lets go what is
over.
"""

import logging
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meetings import audit, dates
from meetings.config import Config
from meetings.disk.durably import sync_folder
from meetings.disk.expiry import Clocks, Overdue
from meetings.disk.storage import Storage, raising_storage_full
from meetings.errors import NotPossibleNow
from meetings.invitations import notices
from meetings.rights import Right, holders
from minutes.archives import meeting_archive
from minutes.retention import deleting, plan
from minutes.retention.plan import PlannedDeletion
from models.base import now
from models.database import reading, writing
from models.meeting import Meeting
from models.notice import NoticeKind
from models.retention import RetentionWarning

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 600.0
NIGHT = range(1, 5)
"""Hours of the city's time in which things go."""

MOST_TOLD = 20
WORDS = (
    "この会議のうち、次のものの保存期間が終わり、{day}から削除されます。\n\n{things}\n\n残す必要が"
    "あるものは、その前に会議の「保存と削除」の画面で、保存用ファイルを取り出すか、保存の凍結を"
    "してください。"
)


class RetentionClock:
    """Lets go what is over. One object does it every ten minutes, as it remembers what it saw
    before: nothing goes on one look alone, in case the clock was set.
    """

    def __init__(
        self,
        engine: Engine,
        config: Config,
        storage: Storage,
        clocks: Clocks | None = None,
        night: range = NIGHT,
        settled_seconds: float = deleting.SETTLED_SECONDS,
    ) -> None:
        self._engine, self._config, self._storage = engine, config, storage
        self._over, self._old_copies = Overdue(clocks), Overdue(clocks)
        self._night, self._settled_seconds = night, settled_seconds

    def look(self) -> bool:
        """Do what is to be done now. Returns whether there is more to do at once."""
        with reading(self._engine) as session:
            begun = deleting.unfinished(session)
        for deletion_id in begun:
            self._finish(deletion_id)
        warn(self._engine, self._config)
        self._drop_old_copies()
        with reading(self._engine) as session:
            every = plan.planned(session, self._config.retention, now())
            due = {one.key: one for one in every if one.is_due(now())}
            sure = sorted(self._over.confirm(due))
        if dates.local(now()).hour not in self._night:
            return False
        return any(self._let_go(due[key]) for key in sure) and len(sure) > 1

    def _let_go(self, one: PlannedDeletion) -> bool:
        """Delete one kind of one meeting, if it is still due when nobody else can write. Returns
        whether it went.
        """
        export_first(self._engine, self._config, self._storage, one.meeting.id)
        deleting.count_letters(self._engine, one.meeting.id)
        with writing(self._engine) as session, session.begin():
            meeting = session.get_one(Meeting, one.meeting.id)
            mine = plan.of_meeting(session, self._config.retention, meeting)
            if not any(each.key == one.key and each.is_due(now()) for each in mine):
                return False
            by = meeting.removed_by  # of the bin; else nobody, but the clock
            deletion = deleting.begin(session, by, meeting, one.kind, one.ground)
            session.flush()
            deletion_id = deletion.id if deletion is not None else None
        if deletion_id is not None:
            self._finish(deletion_id)
        return deletion_id is not None

    def _drop_old_copies(self) -> None:
        """Remove copies of the database from before a migration that are older than backups may be:
        they hold what was deleted since.
        """
        oldest = (now() - timedelta(days=self._config.retention.backup_days)).timestamp()
        copies = self._config.home.glob("before-migration-*.sqlite3")
        old = {path.name for path in copies if path.stat().st_mtime < oldest}
        for name in self._old_copies.confirm(old):
            (self._config.home / name).unlink(missing_ok=True)
            LOG.info("the copy %s is older than a backup may be: removed", name)

    def _finish(self, deletion_id: int) -> None:
        settled = self._settled_seconds
        deleting.finish(self._engine, self._config, self._storage, deletion_id, settled)


def warn(engine: Engine, config: Config) -> int:
    """Tell the organiser and the secretaries of each meeting what of it will go within
    `warned_days`. Returns of how many meetings they were told.
    """
    until = now() + timedelta(days=config.retention.warned_days)
    with reading(engine) as session:
        new = [one for one in plan.planned(session, config.retention, until) if _is_news(one)]
    told = sorted({one.meeting.id for one in new})
    for meeting_id in told:
        with writing(engine) as session, session.begin():
            every = plan.of_meeting(session, config.retention, session.get_one(Meeting, meeting_id))
            news = [one for one in every if _is_news(one) and one.due_at <= until]
            if news:
                _tell(session, news)
    return len(told)


def _is_news(one: PlannedDeletion) -> bool:
    is_ruled = one.ground.counted_at is not None and one.meeting.removed_at is None
    return is_ruled and one.warned_at is None and not one.is_held


def _tell(session: Session, every: Sequence[PlannedDeletion]) -> None:
    meeting = every[0].meeting
    things = "\n".join(f"・{one.kind.label}　{one.ground.rule}" for one in every)
    words = WORDS.format(day=dates.in_full(min(one.goes_at for one in every)), things=things)
    secretaries = session.scalars(holders(Right.CORRECT, meeting.department).limit(MOST_TOLD))
    for person in dict.fromkeys([meeting.created_by, *secretaries]):
        notices.tell(session, person, meeting, NoticeKind.WILL_BE_DELETED, words)
    for one in every:
        session.add(RetentionWarning(meeting=meeting, kind=one.kind))


def export_first(engine: Engine, config: Config, storage: Storage, meeting_id: int) -> Path | None:
    """Write the meeting's archive into the folder of the settings, once a day, and return where it
    is; None where no folder is set. Raises NotPossibleNow when it cannot be written, StorageFull.
    """
    if not config.retention.export_to:
        return None
    folder = config.path(config.retention.export_to)
    with reading(engine) as session:
        meeting = session.get_one(Meeting, meeting_id)
        today = dates.local(now()).date().isoformat()
        target = folder / f"{meeting_archive.folder_name(meeting)}_{meeting_id}_{today}.zip"
        if not target.exists():
            _write(session, config, storage, meeting, target)
    return target


def _write(
    session: Session, config: Config, storage: Storage, meeting: Meeting, target: Path
) -> None:
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with raising_storage_full(), unfinished.open("wb") as stream:
            meeting_archive.write(session, storage, config, meeting, stream)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(target)
        sync_folder(target.parent)
    except OSError as problem:
        raise NotPossibleNow(
            f"削除の前の保存用ファイルを {target.parent} に書き出せません（{problem.strerror}）。"
            "書き出せるまで、何も削除しません。"
        ) from problem
    engine = session.get_bind().engine
    with writing(engine) as another, another.begin():
        audit.note(another, None, "export", another.get_one(Meeting, meeting.id))
