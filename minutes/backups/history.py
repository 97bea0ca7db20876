"""What the house knows of its backups: those that were made whole, as rows."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit, periodic, setbacks
from minutes.backups.contents import Statement
from minutes.backups.making import MadeBackup
from models.backup import Backup
from models.base import now
from models.database import writing

TASK = "毎晩のバックアップ"
"""The name of the worker's task, under which its failures stand on 「運用」."""


def note_made(engine: Engine, made: MadeBackup) -> None:
    """Write down that a backup was made; what failed before it is over."""
    with writing(engine) as session, session.begin():
        backup = Backup(
            target=made.target,
            name=made.name,
            began_at=made.began_at,
            ended_at=made.ended_at,
            files=made.files,
            size_bytes=made.size_bytes,
            new_bytes=made.new_bytes,
            remarks="\n".join(made.remarks),
        )
        session.add(backup)
        audit.note(session, None, "make", backup)
        setbacks.over(session, periodic.KIND, TASK)


def note_restored(session: Session, target: str, name: str, said: Statement) -> None:
    """Write down, in what came back, from where it did: no backup has the row of its own."""
    backup = Backup(
        target=target,
        name=name,
        began_at=said.made_at,
        ended_at=now(),
        files=said.files,
        size_bytes=said.size_bytes,
        new_bytes=0,
        remarks="",
    )
    session.add(backup)
    audit.note(session, None, "restore", backup)


def last(session: Session) -> Backup | None:
    """Return the newest backup; None before the first."""
    return session.scalar(select(Backup).order_by(Backup.began_at.desc()).limit(1))
