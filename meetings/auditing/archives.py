"""Archives of the audit: the lines of years that are over long enough, in a signed file of JSON
lines. The chain goes on in the table from the last archived line."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from meetings import audit, dates
from meetings.auditing import checkpoints, stored
from meetings.auditing.checkpoints import AuditCheckpoint
from meetings.auditing.stored import StoredLine
from meetings.config import Config
from meetings.disk import durably
from meetings.errors import FileRejected
from models.audit import AuditArchive, AuditLine
from models.audit_chain import written
from models.base import now
from models.database import reading, writing
from models.person import Person

UNREADABLE = "監査の記録の書庫ファイル {} を読めません。"


def folder(config: Config) -> Path:
    """Return where archives are put."""
    return config.home / "audit" / "archives"


def ends_before(years: int, at: datetime) -> datetime:
    """Return the first moment of the oldest 年度 that stays in the table at this moment."""
    return dates.fiscal_year_bounds(dates.fiscal_year(at) - years)[0]


def archive(config: Config, engine: Engine, by: Person | None = None) -> AuditArchive | None:
    """Move the lines of the years that are over into a file; return its row, or None where there is
    none yet. The file is on disk before the lines go, all of them in one transaction. Raises
    ConfigurationError when there is no valid key to sign with."""
    with reading(engine) as session:
        first, last = _bounds(session, ends_before(config.audit.years, now()))
        if last < first or not first:
            return None
        file = _write(config, session, first, last)
        link = stored.link_at(session, last)
        assert link is not None
    row = AuditArchive(
        first_line=first, last_line=last, last_link=link, file_name=file.name, sha256=hash_of(file)
    )
    with writing(engine) as session, session.begin():
        session.expire_on_commit = False
        session.add(row)
        audit.note(session, by, "archive", row)
        session.execute(text("DELETE FROM audit_line WHERE id <= :last"), {"last": last})
    return row


def all_of(session: Session) -> list[AuditArchive]:
    """Return the archives, the oldest first."""
    return list(session.scalars(select(AuditArchive).order_by(AuditArchive.id)))


def hash_of(file: Path) -> str:
    """Return the SHA-256 of the file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def lines_in(file: Path) -> Iterator[StoredLine]:
    """Yield the lines of an archive. Raises FileRejected for a file that is none."""
    try:
        with file.open(encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                if "content" in row:
                    yield StoredLine(tuple(row["content"]), bytes.fromhex(row["link"]))
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise FileRejected(UNREADABLE.format(file)) from problem


def link_before(file: Path) -> bytes:
    """Return the link that the first line of an archive follows. Raises FileRejected."""
    try:
        with file.open(encoding="utf-8") as stream:
            return bytes.fromhex(json.loads(next(stream))["link_before"])
    except (OSError, ValueError, TypeError, KeyError, StopIteration) as problem:
        raise FileRejected(UNREADABLE.format(file)) from problem


def checkpoint_in(file: Path) -> AuditCheckpoint:
    """Return the checkpoint at the end of an archive. Raises FileRejected."""
    try:
        with file.open(encoding="utf-8") as stream:
            return checkpoints.of_text([line for line in stream if line.strip()][-1])
    except (OSError, ValueError, TypeError, IndexError) as problem:
        raise FileRejected(UNREADABLE.format(file)) from problem


def _bounds(session: Session, before: datetime) -> tuple[int, int]:
    """Return the first line, and the last one before which all are older than `before`."""
    first, last = stored.ends(session)
    staying = select(AuditLine.id).where(AuditLine.at >= before).order_by(AuditLine.at).limit(500)
    # Some lines are written in another order than they were made.
    kept = session.scalars(staying).all()
    return first, min(kept) - 1 if kept else last


def _write(config: Config, session: Session, first: int, last: int) -> Path:
    target = folder(config) / f"gijido-audit-{first:012}-{last:012}.jsonl"
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_suffix(".part")
    with made.open("w", encoding="utf-8") as stream:
        _write_lines(config, session, stream, first, last)
        stream.flush()
        os.fsync(stream.fileno())
    made.replace(target)
    durably.sync_folder(target.parent)
    return target


def _write_lines(config: Config, session: Session, stream: IO[str], first: int, last: int) -> None:
    head = {"format": "gijido-audit-archive-1", "link_before": stored.beginning(session).hex()}
    stream.write(json.dumps(head) + "\n")
    names = {one.id: f"{one.login} {one.name}" for one in session.scalars(select(Person))}
    link, count = b"", 0
    for line in stored.lines(session, first - 1):
        if line.number > last:
            break
        stream.write(_row(line, names) + "\n")
        link, count = line.link, count + 1
    stream.write(checkpoints.signed(config, last, link, count).text + "\n")


def _row(line: StoredLine, names: dict[int, str]) -> str:
    """Return a line with the name of the person for whoever reads the file; the name is not part of
    the chain, but of the file's hash."""
    person_id = line.content[2]
    who = names.get(person_id, "") if isinstance(person_id, int) else ""
    shown = json.dumps(who, ensure_ascii=False)
    return f'{{"link":"{line.link.hex()}","who":{shown},"content":{written(line.content)}}}'
