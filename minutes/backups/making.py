"""Makes a backup while the server is used.

First the database is copied, at one moment; then every file that this copy names goes to the target
unless it is there already, then keys and what is arriving, then the copy itself in pieces, last the
statement. A file of the store never changes, and a row is committed after its file is stored, so
what the copy names was there; but a file may have been removed before its turn came, because its
row is gone by then. Then the database is copied anew, with the rows as they are now, until nothing
is missing. No removal ever waits for a backup, what was removed lawfully is in no new backup, and
no backup has a row without its file, unless the server itself has lost it.
"""

import fcntl
import hashlib
import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO, TextIO

from pysqlite3 import dbapi2 as sqlite

from meetings import dates
from meetings.config import Config
from meetings.disk import durably
from meetings.disk.storage import Storage
from meetings.errors import BackupFailed
from minutes import inspection, stored_files
from minutes.backups import belongings, objects, rotation, target
from minutes.backups.belongings import Belonging
from minutes.backups.contents import CONTENTS, STATEMENT, Contents, KeptFile, Statement
from minutes.backups.keys import Recipients
from minutes.backups.objects import ContentChanged, ObjectNaming, StoredObject
from minutes.backups.target import Target, reaching
from minutes.health import Level
from models import database
from models.base import now
from models.database import connect, reading

LOG = logging.getLogger(__name__)
DATABASE_PIECE_BYTES = 1 << 20
"""The database goes in pieces of this size, of which a night changes few."""

COUNT = 'SELECT count(*) FROM "{}"'
MOST_COPIES = 5
"""So often the database is copied at most, while files are removed that it names."""

NIGHTS_OF_A_ROUND = 30
"""In so many nights every object of the target has been read through once."""

NAMES_KEY = "backup-names"
WROTE_DAMAGED = (
    "サーバーで失われているファイル{}件は、このバックアップにもありません。gijido check で確かめて"
    "ください。"
)
OLD_DAMAGED = (
    "前のバックアップの内容{}件が壊れていました。今のものは書き直しましたが、古いバックアップには戻せない"
    "ファイルがあります。ディスクの故障を疑ってください。"
)


@dataclass(frozen=True)
class MadeBackup:
    """A backup that was made. `size_bytes` of all its objects, `new_bytes` of those that were
    written for it; `copies` of the database that it took; `removed` backups that were over."""

    target: str
    name: str
    began_at: datetime
    ended_at: datetime
    files: int
    size_bytes: int
    new_objects: int
    new_bytes: int
    copies: int
    read_objects: int
    removed: tuple[str, ...]
    remarks: tuple[str, ...]


def make(
    config: Config,
    path: Path,
    recipients: Recipients,
    *,
    may_begin: bool = True,
    reads_all: bool = False,
) -> MadeBackup:
    """Make a backup at `path`, which may be begun there if `may_begin`, and remove those that are
    over. `reads_all`: read every object that lies there already, not only tonight's part.

    Raises BackupFailed, ConfigurationError; then no backup has become less than it was.
    """
    recipients.parsed()
    _refuse_places(config.home, path)
    with _alone(config.home):
        key = durably.write_once(config.home / NAMES_KEY, secrets.token_bytes(32))
        owner = hashlib.sha256(key).hexdigest()[:16]
        with target.writing(path, owner, may_begin=may_begin) as place:
            return _Making(config, place, ObjectNaming(key, recipients), reads_all=reads_all).run()


@dataclass
class _Pass:
    """What one copy of the database names, as far as it could be kept."""

    files: list[KeptFile] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


class _Making:
    """One backup on its way."""

    def __init__(
        self, config: Config, place: Target, naming: ObjectNaming, *, reads_all: bool
    ) -> None:
        self._config, self._place, self._naming = config, place, naming
        self._reads_all = reads_all
        self._storage = Storage(config.home)
        self._began_at = now()
        self._name = self._free_name()
        self._known: dict[str, StoredObject] = {}
        self._damaged = set[str]()
        self._used: dict[str, StoredObject] = {}
        self._read = self._new = self._new_bytes = self._copies = 0

    def run(self) -> MadeBackup:
        folder = self._place.folder(self._name)
        left_over = self._place.unfinished()
        with reaching(self._place.path):
            folder.mkdir(parents=True)
        with self._journal(folder / "progress.txt"):
            self._look_around(left_over)
            contents = self._gather()
            self._finish(folder, contents)
        removed = self._tidy(left_over)
        return MadeBackup(
            target=str(self._place.path),
            name=self._name,
            began_at=self._began_at,
            ended_at=now(),
            files=len(contents.files),
            size_bytes=sum(stored.size_bytes for stored in self._used.values()),
            new_objects=self._new,
            new_bytes=self._new_bytes,
            copies=self._copies,
            read_objects=self._read,
            removed=tuple(removed),
            remarks=tuple(self._remarks(contents)),
        )

    def _look_around(self, left_over: list[str]) -> None:
        """Learn which objects lie there whole: those of finished backups by their size, tonight's
        part of them and those of one that was cut by their content."""
        today = dates.local(self._began_at).toordinal()
        for name in self._place.complete():  # the newest list is right about an object
            for stored in objects.listed(self._place.folder(name) / "objects.txt"):
                self._known[stored.name] = stored
        for stored in list(self._known.values()):
            is_turn = int(stored.name[:8], 16) % NIGHTS_OF_A_ROUND == today % NIGHTS_OF_A_ROUND
            if not self._is_whole(stored, is_read=self._reads_all or is_turn):
                self._damaged.add(stored.name)
                del self._known[stored.name]
        for name in left_over:
            with suppress(FileNotFoundError):
                for stored in objects.listed(self._place.folder(name) / "progress.txt"):
                    if stored.name not in self._known and self._is_whole(stored, is_read=True):
                        self._known[stored.name] = stored
                        self._note(stored)

    def _is_whole(self, stored: StoredObject, *, is_read: bool) -> bool:
        self._read += is_read
        return objects.is_whole(self._place, stored, is_read=is_read)

    def _gather(self) -> Contents:
        """Keep everything, with a copy of the database that names nothing that was removed."""
        before: set[str] | None = None
        for _ in range(MOST_COPIES):
            with belongings.database_copy(self._config) as copied:
                self._copies += 1
                _refuse_damaged(copied)
                found = self._pass(copied)
                if not found.missing or found.missing == before:
                    return self._contents(copied, found)
                before = found.missing
        raise BackupFailed(
            "バックアップのあいだにファイルが次々に消されたため、そろった写しをつくれませんでした。"
            "片付けが終わってから、もう一度実行してください。"
        )

    def _pass(self, copied: Path) -> _Pass:
        found, self._used = _Pass(), {}
        engine = connect(copied)
        with reading(engine) as session:
            named = stored_files.named(session)
            incoming = list(belongings.arriving(session, self._storage))
        engine.dispose()
        for sha256 in sorted(named):
            path = self._storage.path(sha256)
            self._keep_stored(found, Belonging(f"files/{sha256[:2]}/{sha256}", path, -1), sha256)
        for one in incoming:
            self._keep_other(found, one)
        for one in belongings.others(self._config):
            self._keep_other(found, one)
        return found

    def _keep_stored(self, found: _Pass, one: Belonging, sha256: str) -> None:
        """Keep a file of the store, which is not even read when it is at the target."""
        name = self._naming.name(sha256)
        if name not in self._used and name not in self._known:
            try:
                with one.source.open("rb") as stream:
                    self._put(sha256, stream)
            except (OSError, ContentChanged):  # removed meanwhile, or lost
                found.missing.add(sha256)
                return
        self._use(name)
        size = one.source.stat().st_size if one.source.exists() else 0
        found.files.append(KeptFile(one.path, size, sha256, (sha256,)))

    def _keep_other(self, found: _Pass, one: Belonging) -> None:
        """Keep a file that has no hash yet: read once to know it, and once more if it is new."""
        try:
            with one.source.open("rb") as stream:
                sha256 = _hash_of(stream, one.size_bytes)
                name = self._naming.name(sha256)
                if name not in self._used and name not in self._known:
                    stream.seek(0)
                    self._put(sha256, stream, one.size_bytes)
        except (OSError, ContentChanged):
            found.missing.add(one.path)
            return
        self._use(name)
        found.files.append(KeptFile(one.path, one.size_bytes, sha256, (sha256,)))

    def _contents(self, copied: Path, found: _Pass) -> Contents:
        whole, pieces = hashlib.sha256(), []
        with copied.open("rb") as stream:
            while piece := stream.read(DATABASE_PIECE_BYTES):
                whole.update(piece)
                pieces.append(hashlib.sha256(piece).hexdigest())
                name = self._naming.name(pieces[-1])
                if name not in self._used and name not in self._known:
                    self._put(pieces[-1], BytesIO(piece))
                self._use(name)
        size = copied.stat().st_size
        return Contents(
            made_at=self._began_at,
            program=version("gijido"),
            schema=database.stored_version(copied) or "",
            names_key=self._naming.key.hex(),
            recipients=self._naming.recipients.words,
            rows=rows_of(copied),
            database=KeptFile("gijido.sqlite3", size, whole.hexdigest(), tuple(pieces)),
            files=tuple(found.files),
            lost=tuple(sorted(found.missing)),
        )

    def _put(self, sha256: str, content: IO[bytes], size_bytes: int | None = None) -> None:
        stored = objects.put(self._place, self._naming, sha256, content, size_bytes)
        self._known[stored.name] = stored
        self._note(stored)
        self._new += 1
        self._new_bytes += stored.size_bytes

    def _use(self, name: str) -> None:
        self._used[name] = self._known[name]

    def _finish(self, folder: Path, contents: Contents) -> None:
        """Write inventory and list, and last of all the statement that makes a backup of them."""
        clear = CONTENTS.dump_json(contents)
        stored = objects.put(
            self._place, self._naming, hashlib.sha256(clear).hexdigest(), BytesIO(clear)
        )
        inventory = objects.path_of(self._place, stored.name)
        listed = "".join(self._used[name].line for name in sorted(self._used)).encode()
        with reaching(self._place.path):
            inventory.rename(folder / "contents.age")
            target.write_last(folder / "objects.txt", listed)
            statement = Statement(
                kind="gijido-backup-1",
                made_at=contents.made_at,
                program=contents.program,
                schema=contents.schema,
                files=len(contents.files),
                objects=len(self._used),
                size_bytes=sum(each.size_bytes for each in self._used.values()),
                contents_sha256=stored.sha256,
                objects_sha256=hashlib.sha256(listed).hexdigest(),
            )
            target.write_last(folder / "complete.json", STATEMENT.dump_json(statement))
        if self._place.statement(self._name) != statement:
            raise BackupFailed(
                f"バックアップ先 {self._place.path} に書いた目録を読み直すと、違うものになってい"
                "ました。"
                "ディスクか通信の故障を疑ってください。"
            )

    def _tidy(self, left_over: list[str]) -> list[str]:
        """Remove backups that are over, what was cut, and objects that none needs any more. One
        whose lists were damaged later is left to people, with its objects."""
        complete = self._place.complete()
        days = self._config.retention.backup_days
        kept = rotation.kept(complete, self._config.backup, days)
        removed = [name for name in complete if name not in kept]
        for name in [*removed, *(name for name in left_over if not self._is_damaged(name))]:
            self._place.remove(name)
        wanted = set[str]()
        for folder in self._place.path.glob("backups/*/objects.txt"):
            wanted.update(stored.name for stored in objects.listed(folder))
        objects.sweep(self._place, wanted)
        with reaching(self._place.path):
            (self._place.folder(self._name) / "progress.txt").unlink(missing_ok=True)
        return removed

    def _is_damaged(self, name: str) -> bool:
        return (self._place.folder(name) / "complete.json").exists()

    def _remarks(self, contents: Contents) -> Iterator[str]:
        if contents.lost:
            yield WROTE_DAMAGED.format(len(contents.lost))
        if self._damaged:
            yield OLD_DAMAGED.format(len(self._damaged))
        for name in self._place.unfinished():
            yield f"バックアップ {name} の目録が壊れていて、これには戻せません。"

    def _free_name(self) -> str:
        at = self._began_at
        while self._place.folder(name := at.strftime(rotation.NAME)).exists():
            at += timedelta(seconds=1)
        return name

    @contextmanager
    def _journal(self, path: Path) -> Iterator[None]:
        """Note each object as soon as it is there, so that a backup that is cut short need not
        write it again."""
        with reaching(self._place.path):
            self._notes: TextIO = path.open("w", encoding="ascii")
        try:
            yield
        finally:
            with suppress(OSError):
                self._notes.close()

    def _note(self, stored: StoredObject) -> None:
        with reaching(self._place.path):
            self._notes.write(stored.line)
            self._notes.flush()


def rows_of(path: Path) -> dict[str, int]:
    """Return how many rows each table of a database file has."""
    with closing(sqlite.connect(path)) as connection:
        return {
            table: int(connection.execute(COUNT.format(table)).fetchone()[0])
            for table in sorted(database.tables(path))
        }


def as_json(made: MadeBackup) -> str:
    return json.dumps(asdict(made), ensure_ascii=False, default=str)


def _hash_of(stream: IO[bytes], size_bytes: int) -> str:
    found, left = hashlib.sha256(), size_bytes
    while left > 0 and (piece := stream.read(min(left, DATABASE_PIECE_BYTES))):
        found.update(piece)
        left -= len(piece)
    return found.hexdigest()


def _refuse_damaged(copied: Path) -> None:
    """Raise BackupFailed for a broken database: it must not take the place of good ones."""
    for finding in inspection.database(copied, is_thorough=False):
        if finding.level == Level.PROBLEM:
            raise BackupFailed(
                f"{finding.sentence}壊れたものはバックアップしません。これまでのバックアップはそのまま"
                "残っています。"
            )


def _refuse_places(home: Path, path: Path) -> None:
    wanted = path.resolve()
    if wanted.is_relative_to(home) or home.is_relative_to(wanted):
        raise BackupFailed(
            f"バックアップ先 {path} は、データの場所 {home} の外の、できれば別のディスクか別の機"
            "械に"
            "してください。"
        )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Make one backup of a home at a time. The lock goes with the process that holds it."""
    with ExitStack() as stack:
        stream = stack.enter_context((home / "backup.lock").open("ab"))
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise BackupFailed(
                "いま別のバックアップが動いています。終わってから、もう一度実行してください。"
            ) from problem
        yield
