"""What the house knows of its backups: those that were made whole, as rows."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit, dates, setbacks
from meetings.config import Config
from minutes.backups.contents import Statement
from minutes.backups.making import MadeBackup
from minutes.health import Finding, Level
from models.backup import Backup
from models.base import now
from models.database import writing
from models.setback import Setback

KIND, NIGHTLY = "backup", "nightly"
"""The setback of the nights that failed since the last backup."""


NOT_SET_UP = (
    "バックアップがまだありません。gijido backup-key で鍵をつくり、config.toml の [backup] に"
    "置き場所と鍵を書いてください。"
)
NONE_YET = (
    "バックアップがまだありません。gijido backup を一度実行して、置き場所をつくってください。"
)
SAME_DISK = (
    "データと同じディスクにあるので、ディスクが壊れると両方なくなります。別のディスクか別の機械に"
    "置いてください。"
)


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
        setbacks.over(session, KIND, NIGHTLY)


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
    """Return the newest backup that was made here; None before the first."""
    return session.scalar(select(Backup).order_by(Backup.began_at.desc()).limit(1))


def setback(session: Session) -> Setback | None:
    """Return since when and why nightly backups fail; None while they do not."""
    return next(iter(setbacks.standing(session, KIND)), None)


def findings(config: Config, session: Session) -> Iterator[Finding]:
    """Yield what an administrator should know about the backups: the last one, whether it is too
    old, what is wrong with it, why the night's failed."""
    newest, failed = last(session), setback(session)
    if failed is not None and failed.problem:
        since = f"{dates.in_full(failed.began_at)}{dates.clock(failed.began_at)}"
        yield Finding(
            "backup_failed",
            Level.PROBLEM,
            f"毎晩のバックアップが、{since}から{failed.attempts}回続けてできていません。"
            f"理由：{failed.problem}",
        )
    if newest is None:
        yield Finding("backup", Level.WARNING, NONE_YET if config.backup.target else NOT_SET_UP)
        return
    hours = (now() - newest.began_at).total_seconds() / 3600
    told = (
        f"最後のバックアップは{dates.in_full(newest.ended_at)}{dates.clock(newest.ended_at)}に終わり"
        f"ました（ファイル{newest.files:,}件、{newest.size_bytes / 1e6:,.1f} MB、"
        f"{newest.target}）。"
    )
    if hours > config.backup.warn_after_hours:
        old = f"{hours:,.0f}時間たっています。gijido backup を実行し、置き場所を確かめてください。"
        yield Finding("backup", Level.WARNING, f"{told}それから{old}")
    elif newest.remarks:
        yield Finding("backup", Level.WARNING, told + newest.remarks.replace("\n", ""))
    elif _on_one_disk(config.home, Path(newest.target)):
        yield Finding("backup", Level.WARNING, told + SAME_DISK)
    else:
        yield Finding("backup", Level.FINE, told)


def _on_one_disk(home: Path, target: Path) -> bool:
    try:
        return home.stat().st_dev == target.stat().st_dev
    except OSError:  # a share that is not there now
        return False
