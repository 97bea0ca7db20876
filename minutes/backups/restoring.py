"""Brings a backup back into an empty home, on this machine or a new one.

The database comes last, under its own name only once everything else lies there; until then a note
in the home keeps every server from starting on half of it, and the same command begins again.
"""

import errno
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pyrage.x25519 import Identity
from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from meetings.config import Config
from meetings.disk import home, upgrading
from meetings.disk.durably import sync_folder
from meetings.disk.home import RESTORING
from meetings.errors import BackupFailed
from minutes.backups import history, objects, streams
from minutes.backups.contents import CONTENTS, Contents, KeptFile, Statement
from minutes.backups.keys import Recipients
from minutes.backups.making import rows_of
from minutes.backups.objects import ObjectNaming
from minutes.backups.streams import CountedStream, Undecipherable
from minutes.backups.target import Target, reaching
from models import database
from models.base import now
from models.database import connect, writing
from models.meeting import AgendaItem, Invitation, Meeting
from models.memo import Memo
from models.person import SignIn
from models.sitting import ItemChange, Presenting, Turn
from models.transcript import Correction, Segment

MAY_LIE_THERE = {"speech-models", RESTORING}
"""In a home that is empty all the same: `make install` prepares the packaged speech model."""

COUNTERS: tuple[InstrumentedAttribute[Any], ...] = (
    Meeting.revision,
    Meeting.documents_revision,
    AgendaItem.revision,
    Memo.revision,
    Segment.revision,
    Correction.revision,
    Invitation.sequence,
    Presenting.sequence,
    Presenting.ended_sequence,
    Turn.sequence,
    ItemChange.sequence,
)
LEAP = 100_000
"""So far counters go ahead: further than anything that was counted after the backup."""


@dataclass(frozen=True)
class Restored:
    """What came back: `name` of the backup, and of when, `files` and `rows` that it has, sign-ins
    that were ended. `damaged`: paths of files that could not be brought back."""

    name: str
    made_at: str
    program: str
    schema: str
    files: int
    size_bytes: int
    rows: int
    ended_sign_ins: int
    damaged: tuple[str, ...]
    lost_before: tuple[str, ...]


def restore(config: Config, path: Path, identities: Sequence[Identity], at: str = "") -> Restored:
    """Bring back the newest backup at `path`, or the one named `at`, into the home of `config`,
    which must be empty, and bring its database to this version.

    Raises BackupFailed: the home is not empty, there is no such backup, it is of a newer version,
    another key is needed, or its inventory or database is damaged.
    """
    _refuse_full(config.home)
    place = Target.look(path)
    name = _chosen(place, at)
    said = place.statement(name)
    assert said is not None
    contents = _contents(place, name, identities)
    _refuse_newer(contents.schema)
    return _Restoring(config, place, contents, identities).run(name, said)


class _Restoring:
    """One backup on its way back."""

    def __init__(
        self, config: Config, place: Target, contents: Contents, identities: Sequence[Identity]
    ) -> None:
        self._home, self._place, self._contents = config.home, place, contents
        self._database = config.database
        self._identities = identities
        readers = Recipients(contents.recipients)
        self._naming = ObjectNaming(bytes.fromhex(contents.names_key), readers)

    def run(self, name: str, said: Statement) -> Restored:
        self._begin()
        damaged = [file.path for file in self._contents.files if not self._bring(file)]
        if not self._bring(self._contents.database, "arrived.sqlite3"):
            raise BackupFailed(
                f"バックアップ {name} のデータベースが壊れていて、戻せません。--at で別の"
                "バックアップを指定してください。何も変えていません。"
            )
        arrived = self._home / "arrived.sqlite3"
        rows = rows_of(arrived)
        _refuse_other_rows(rows, self._contents.rows)
        upgrading.bring_up_to_date(arrived)
        ended = self._settle(arrived, name, said)
        arrived.rename(self._database)
        home.close_to_others(self._home)
        (self._home / RESTORING).unlink()
        sync_folder(self._home)
        return Restored(
            name=name,
            made_at=said.made_at.isoformat(),
            program=said.program,
            schema=said.schema,
            files=len(self._contents.files),
            size_bytes=sum(file.size_bytes for file in self._contents.files),
            rows=sum(rows.values()),
            ended_sign_ins=ended,
            damaged=tuple(damaged),
            lost_before=self._contents.lost,
        )

    def _begin(self) -> None:
        """Make the home, or clear what an earlier try left."""
        self._home.mkdir(mode=home.FOLDER_MODE, parents=True, exist_ok=True)
        for old in self._home.iterdir():
            if old.name not in MAY_LIE_THERE:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        (self._home / RESTORING).touch(mode=home.FILE_MODE)
        sync_folder(self._home)

    def _bring(self, file: KeptFile, name: str = "") -> bool:
        """Write one file, whole and with its hash, or nothing. Returns whether it is there."""
        goal = self._home / (name or file.path)
        goal.parent.mkdir(mode=home.FOLDER_MODE, parents=True, exist_ok=True)
        part = goal.with_name(f"{goal.name}.part")
        with part.open("wb") as stream:
            made = CountedStream(stream)
            is_whole = all(self._piece(piece, made) for piece in file.pieces)
            stream.flush()
            os.fsync(stream.fileno())
        if not is_whole or made.sha256 != file.sha256:
            part.unlink()
            return False
        part.replace(goal)
        return True

    def _piece(self, sha256: str, to: CountedStream) -> bool:
        """Write one piece. Returns whether it could be read whole."""
        try:
            objects.fetch(self._place, self._naming.name(sha256), to, self._identities)
        except Undecipherable:
            return False
        except OSError as problem:
            if to.problem is not None:  # the home's disk, not the backup's
                raise
            if problem.errno in (errno.ENOENT, errno.EIO):
                return False
            with reaching(self._place.path):
                raise
        return True

    def _settle(self, arrived: Path, name: str, said: Statement) -> int:
        """Make the database fit for a world that went on after the backup. Returns how many
        sign-ins it ended."""
        engine = connect(arrived)
        with writing(engine) as session, session.begin():
            ended = _end_sign_ins(session)
            _leap(session)
            history.note_restored(session, str(self._place.path), name, said)
        engine.dispose()
        return ended


def _end_sign_ins(session: Session) -> int:
    """End every sign-in and token: which were ended after the backup is not known any more."""
    live = SignIn.ended_at.is_(None)
    count = session.scalar(select(func.count()).select_from(SignIn).where(live)) or 0
    session.execute(update(SignIn).where(live).values(ended_at=now()))
    return count


def _leap(session: Session) -> None:
    """Let what terminals and calendars compare go on beyond what they may have seen after the
    backup: a terminal drops a state with a smaller sequence, a stale form must be noticed as one,
    and a calendar keeps the invitation with the larger sequence."""
    for counter in COUNTERS:
        session.execute(update(counter.class_).values({counter: counter + LEAP}))


def _refuse_full(folder: Path) -> None:
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there <= MAY_LIE_THERE or RESTORING in there:
        return
    raise BackupFailed(
        f"データの場所 {folder} には、もうデータがあります（{min(there - MAY_LIE_THERE)} など）。"
        "上書きはしません。空のフォルダーを [storage] home か GIJIDO_HOME で指定してください。"
    )


def _chosen(place: Target, at: str) -> str:
    complete = place.complete()
    if not complete:
        raise BackupFailed(
            f"{place.path} に、終わりまでできたバックアップがありません。場所を確かめてください。"
        )
    if at and at not in complete:
        raise BackupFailed(
            f"{place.path} に、終わりまでできたバックアップ {at[:40]} はありません。あるもの："
            f"{'、'.join(complete)}"
        )
    return at or complete[-1]


def _contents(place: Target, name: str, identities: Sequence[Identity]) -> Contents:
    clear = BytesIO()
    try:
        with reaching(place.path), (place.folder(name) / "contents.age").open("rb") as stream:
            streams.decrypt(CountedStream(stream), CountedStream(clear), identities)
        return CONTENTS.validate_json(clear.getvalue())
    except Undecipherable as problem:
        why = "この鍵では開けません" if problem.is_other_key else "目録が壊れています"
        raise BackupFailed(
            f"バックアップ {name} を読めません（{why}）。鍵のファイル、または --at で別のバックア"
            "ップを"
            "指定してください。"
        ) from problem
    except ValidationError as problem:
        raise BackupFailed(
            f"バックアップ {name} の目録は、このプログラムの読める形ではありません。バックアップを"
            "とった版か、それより新しい版のプログラムで戻してください。"
        ) from problem


def _refuse_newer(schema: str) -> None:
    if schema not in database.known_versions():
        raise BackupFailed(
            f"このバックアップは、このプログラムより新しい版（{schema}）のものです（このプログラ"
            "ムは "
            f"{database.known_versions()[-1]} まで）。新しい版のプログラムで戻してください。"
        )


def _refuse_other_rows(found: dict[str, int], said: dict[str, int]) -> None:
    if found != said:
        wrong = sorted(set(found.items()) ^ set(said.items()))[0][0]
        raise BackupFailed(
            f"戻したデータベースの行の数が、目録と違います（表 {wrong}）。--at で別のバックアップを"
            "指定してください。"
        )
