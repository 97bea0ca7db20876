"""Backups that were made come back whole; what was cut is none; what is wrong is said."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pyrage.x25519 import Identity
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.errors import BackupFailed, ConfigurationError, StartRefused
from minutes import inspection
from minutes.backups import history, keys, making, objects, rehearsal, restoring
from minutes.backups.keys import Recipients
from minutes.backups.target import Target
from minutes.health import Level
from models import database
from models.audit import AuditLine
from models.base import now
from models.database import connect, reading
from models.document import DocumentVersion
from models.meeting import Meeting
from models.person import SignIn
from models.recording import Recording
from models.upload import Upload
from tests.cast import Cast
from tests.disks import small_disk
from tests.minutes.backups.conftest import Vault
from tests.world import World

pytestmark = pytest.mark.hostile


def is_killed(module: ModuleType, name: str, after: int, act: Callable[[], object]) -> bool:
    """`act` in a process of its own, which is killed when it calls this function of the module
    once more than `after` times."""
    if (child := os.fork()) == 0:
        calls, told = count(), getattr(module, name)

        def killing(*arguments: Any) -> Any:
            if next(calls) == after:
                os.kill(os.getpid(), signal.SIGKILL)
            return told(*arguments)

        setattr(module, name, killing)
        act()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def object_of(vault: Vault, sha256: str) -> Path:
    key = (vault.config.home / making.NAMES_KEY).read_bytes()
    name = objects.ObjectNaming(key, vault.recipients).name(sha256)
    return objects.path_of(Target(vault.path), name)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite.connect(path)) as connection:
        return {
            table: connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
            for table in ("meeting_participant", "document", "recording", "correction", "minutes")
            if table in database.tables(path)
        }


def test_everything_comes_back(vault: Vault, session: Session, cast: Cast) -> None:
    session.add(SignIn(person=cast.organiser, token_sha256="0" * 64, expires_at=now()))
    session.commit()
    (vault.config.home / "tls").mkdir()
    (vault.config.home / "tls" / "server.key").write_bytes(b"a key")
    secret = home.secret(vault.config.home)
    made = vault.make()
    restored = vault.restore()
    other = vault.elsewhere
    assert restored.name == made.name and restored.damaged == () and made.remarks == ()
    assert restored.ended_sign_ins == 1
    for path in (vault.config.home / "files").glob("*/*"):
        assert (other.home / path.relative_to(vault.config.home)).read_bytes() == path.read_bytes()
    assert home.secret(other.home) == secret
    assert (other.home / "tls/server.key").read_bytes() == b"a key"
    assert (other.home / "from-backup/config.toml").exists()
    assert rows(other.database).keys() and home.open_to_others(other.home) == []
    home.look(other)
    engine = connect(other.database)
    with reading(engine) as there:
        assert there.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all() == []
        assert there.scalars(select(AuditLine.verb).where(AuditLine.thing == "backup")).all() == [
            "restore"
        ]
        before = session.scalars(select(Meeting.revision).order_by(Meeting.id)).all()
        after = there.scalars(select(Meeting.revision).order_by(Meeting.id)).all()
        assert after == [revision + restoring.LEAP for revision in before]
        found = inspection.files(other, there, is_thorough=True)
    assert [finding.level for finding in found] == [Level.FINE]
    assert [one.level for one in inspection.database(other.database, is_thorough=True)] == [
        Level.FINE
    ]
    engine.dispose()


def test_what_is_there_already_is_not_written_again(vault: Vault) -> None:
    first, second = vault.make(), vault.make()
    assert first.new_objects > 8 and first.files == second.files
    assert second.new_bytes < first.new_bytes / 4  # what a start of SQLite changes in one piece
    assert second.name != first.name
    assert Target(vault.path).complete() == [second.name], "one of a day is kept"


def test_nobody_reads_it_without_the_key(vault: Vault, world: World, tmp_path: Path) -> None:
    vault.make()
    secret = home.secret(vault.config.home)
    names = {path.name for path in (vault.config.home / "files").glob("*/*")}
    title = world.unpublished.title.encode()
    for path in vault.path.rglob("*"):
        assert path.stem not in names
        if path.is_file():
            content = path.read_bytes()
            assert title not in content and secret not in content
            assert not any(name.encode() in content for name in names)
    with pytest.raises(BackupFailed, match="この鍵では開けません"):
        restoring.restore(vault.elsewhere, vault.path, [Identity.generate()])
    assert not vault.elsewhere.home.exists()


def test_a_key_may_have_a_passphrase(tmp_path: Path) -> None:
    public = keys.make(tmp_path / "key", "松の木の下")
    assert keys.needs_passphrase(tmp_path / "key")
    assert [str(key.to_public()) for key in keys.read(tmp_path / "key", "松の木の下")] == [public]
    (tmp_path / "key").write_bytes((tmp_path / "key").read_bytes()[:30])
    with pytest.raises(BackupFailed, match="パスフレーズが違うか、ファイルが壊れて"):
        keys.read(tmp_path / "key", "松の木の下")
    with pytest.raises(BackupFailed, match="上書きすることはありません"):
        keys.make(tmp_path / "key")


def test_without_a_key_nothing_is_written(vault: Vault) -> None:
    for words, sentence in (((), "鍵が決まっていません"), (("age1x",), "age1x を読めません")):
        with pytest.raises(ConfigurationError, match=sentence):
            making.make(vault.config, vault.path, Recipients(words))
    assert not vault.path.exists()


def test_other_readers_get_objects_of_their_own(vault: Vault, tmp_path: Path) -> None:
    first = vault.make()
    vault.recipients = Recipients((keys.make(tmp_path / "other"),))
    assert vault.make().new_objects >= first.new_objects
    vault.identities = keys.read(tmp_path / "other")
    assert vault.restore().damaged == ()


def test_a_backup_that_is_killed_is_none_and_the_next_goes_on_from_there(vault: Vault) -> None:
    assert is_killed(objects, "_looked_at", 6, vault.make)
    assert Target(vault.path).complete() == [] and len(Target(vault.path).unfinished()) == 1
    with pytest.raises(BackupFailed, match="終わりまでできたバックアップがありません"):
        vault.restore()
    whole = vault.make()
    assert Target(vault.path).unfinished() == [] and not list(vault.path.rglob("*.part"))
    assert whole.read_objects >= 6, "what was written is read, and used"
    assert vault.restore().damaged == ()


def test_a_killed_backup_leaves_the_one_before_as_it_was(vault: Vault) -> None:
    first = vault.make()
    assert is_killed(objects, "_looked_at", 0, vault.make)
    restored = vault.restore()
    assert restored.name == first.name and restored.damaged == ()


def test_a_restore_that_is_killed_starts_no_server_and_is_done_by_the_next(
    vault: Vault,
) -> None:
    vault.make()
    other = vault.elsewhere
    assert is_killed(objects, "fetch", 5, vault.restore)
    for start in (home.prepare, home.look):
        with pytest.raises(StartRefused, match="戻している途中"):
            start(other)
    assert vault.restore().damaged == ()
    home.look(other)


def test_a_file_that_is_removed_meanwhile_with_its_row_is_in_no_backup(
    vault: Vault, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was copied before, the file comes last in its turn."""
    recording = session.scalars(select(Recording)).first()
    assert recording is not None and recording.playback_sha256 is None
    storage = Storage(vault.config.home)
    extra = storage.add((vault.config.file).open("rb"), 10**6)
    recording.playback_sha256 = extra.sha256
    session.commit()
    put, seen = objects.put, list[str]()

    def put_and_remove(place: Target, naming: objects.ObjectNaming, sha256: str, *rest: Any) -> Any:
        if not seen:
            recording.playback_sha256 = None
            session.commit()
            storage.path(extra.sha256).unlink()
        seen.append(sha256)
        return put(place, naming, sha256, *rest)

    monkeypatch.setattr(objects, "put", put_and_remove)
    first = min(path.name for path in (vault.config.home / "files").glob("*/*"))
    made = vault.make()
    if extra.sha256 != first:  # else it was the one in hand
        assert made.copies == 2
    assert made.remarks == ()
    assert vault.restore().damaged == ()
    engine = connect(vault.elsewhere.database)
    with reading(engine) as there:
        found = inspection.files(vault.elsewhere, there, is_thorough=True)
    engine.dispose()
    assert [finding.level for finding in found] == [Level.FINE]


def test_what_the_server_has_lost_is_said_and_the_rest_is_kept(
    vault: Vault, session: Session, world: World
) -> None:
    version = session.scalars(select(DocumentVersion)).first()
    assert version is not None
    flip_a_bit(Storage(vault.config.home).path(version.sha256))
    made = vault.make()
    assert "サーバーで失われているファイル1件" in made.remarks[0]
    restored = vault.restore()
    assert restored.lost_before == (version.sha256,) and restored.damaged == ()


def test_what_a_backup_has_already_survives_damage_on_the_server(
    vault: Vault, session: Session, world: World
) -> None:
    vault.make()
    version = session.scalars(select(DocumentVersion)).first()
    assert version is not None
    path = Storage(vault.config.home).path(version.sha256)
    whole = path.read_bytes()
    flip_a_bit(path)
    assert vault.make().remarks == ()
    vault.restore()
    assert Storage(vault.elsewhere.home).path(version.sha256).read_bytes() == whole


def test_a_flipped_bit_in_the_backup_is_found_and_written_again(
    vault: Vault, session: Session, world: World
) -> None:
    vault.make()
    version = session.scalars(select(DocumentVersion)).first()
    assert version is not None
    flip_a_bit(object_of(vault, version.sha256))
    restored = vault.restore()
    assert restored.damaged == (f"files/{version.sha256[:2]}/{version.sha256}",)
    made = vault.make(reads_all=True)
    assert "前のバックアップの内容1件が壊れていました" in made.remarks[0]
    assert vault.make(reads_all=True).remarks == ()


def test_an_object_that_was_cut_is_written_again_at_once(
    vault: Vault, session: Session, world: World
) -> None:
    vault.make()
    version = session.scalars(select(DocumentVersion)).first()
    assert version is not None
    path = object_of(vault, version.sha256)
    path.write_bytes(path.read_bytes()[:-1])
    vault.make()
    assert vault.restore().damaged == ()


def test_a_damaged_inventory_is_no_backup_and_is_told(vault: Vault) -> None:
    name = vault.make().name
    flip_a_bit(vault.path / "backups" / name / "contents.age")
    assert Target(vault.path).complete() == []
    assert any(name in remark for remark in vault.make().remarks)


def test_a_broken_database_is_not_backed_up(vault: Vault, session: Session) -> None:
    first = vault.make()
    session.close()
    with vault.config.database.open("r+b") as stream:
        stream.seek(4096 * 3)
        stream.write(b"\xff" * 4096 * 20)
    with pytest.raises(BackupFailed, match="壊れたものはバックアップしません"):
        vault.make()
    assert Target(vault.path).complete() == [first.name]


def test_a_full_target_is_a_sentence_and_breaks_nothing(vault: Vault, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "3m") as disk:
        vault.path = disk / "target"
        with pytest.raises(BackupFailed, match="がいっぱいで"):
            vault.make()
        assert Target(vault.path).complete() == []
    assert not (vault.config.home / "backup-work").exists()


def test_two_at_once_are_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    put, problems = objects.put, list[str]()

    def put_while_another_begins(*arguments: Any) -> Any:
        if not problems:
            with pytest.raises(BackupFailed) as refused:
                vault.make()
            problems.append(refused.value.message)
        return put(*arguments)

    monkeypatch.setattr(objects, "put", put_while_another_begins)
    vault.make()
    assert "別のバックアップが動いています" in problems[0]
    (vault.path / "busy").write_text("another-server 0123 77\n")
    with pytest.raises(BackupFailed, match="another-server"):
        vault.make()


def test_a_target_is_nothing_else(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match=r"gijido-backup\.json がない"):
        vault.make(may_begin=False)  # as when the share is not there by night
    assert not vault.path.exists()
    vault.path.mkdir()
    (vault.path / "photos").mkdir()
    with pytest.raises(BackupFailed, match="ほかのものが入っています"):
        vault.make()
    vault.path = vault.config.home / "backup"
    with pytest.raises(BackupFailed, match="の外の"):
        vault.make()
    vault.path = tmp_path / "second"
    vault.make()
    (vault.config.home / making.NAMES_KEY).unlink()
    with pytest.raises(BackupFailed, match="別の議事堂"):
        vault.make()


def test_a_home_with_something_in_it_is_never_written_over(vault: Vault) -> None:
    vault.make()
    with pytest.raises(BackupFailed, match="上書きはしません"):
        restoring.restore(vault.config, vault.path, vault.identities)
    assert not (vault.config.home / home.RESTORING).exists()


def test_a_backup_of_a_newer_version_is_refused(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.make()
    known = database.known_versions()
    monkeypatch.setattr(database, "known_versions", lambda: known[:-1])
    with pytest.raises(BackupFailed, match="より新しい版"):
        vault.restore()


def test_what_is_still_arriving_comes_back_as_far_as_it_had_come(
    vault: Vault, session: Session, cast: Cast, world: World
) -> None:
    storage, key = Storage(vault.config.home), "a" * 32
    storage.begin_arrival(key)
    with closing(storage.open_arrival(key)) as arrival:
        arrival.write(b"the first piece")
    session.add(
        Upload(
            key=key,
            meeting_id=world.unpublished.id,
            person_id=cast.secretary.id,
            file_name="録音.wav",
            size_bytes=100,
            received_bytes=15,
        )
    )
    session.commit()
    vault.make()
    vault.restore()
    assert Storage(vault.elsewhere.home).read_arrival(key, 0, 100) == b"the first piece"


def test_a_rehearsal_proves_it_and_leaves_nothing(vault: Vault, tmp_path: Path) -> None:
    vault.make()
    beside = tmp_path / "room"
    beside.mkdir()
    before = {path: path.stat().st_mtime_ns for path in vault.config.home.rglob("*")}
    found = rehearsal.rehearse(vault.config, vault.path, vault.identities, beside=beside)
    assert found.is_good and found.opened and found.paragraphs
    assert list(beside.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in vault.config.home.rglob("*")} == before
    for path in vault.path.glob("objects/*/*"):
        flip_a_bit(path)
        break
    try:
        assert not rehearsal.rehearse(
            vault.config, vault.path, vault.identities, beside=beside
        ).is_good
    except BackupFailed as problem:
        assert "データベースが壊れていて" in problem.message
    assert list(beside.iterdir()) == []


def test_writers_go_on_meanwhile_and_each_backup_is_of_one_moment(
    vault: Vault, session: Session, world: World
) -> None:
    """Two rows that are always written together are there together."""
    session.commit()
    stopping, written = threading.Event(), threading.Event()

    def write() -> Iterator[None]:
        connection = sqlite.connect(vault.config.database, timeout=30, isolation_level=None)
        number = 0
        while not stopping.is_set():
            number += 1
            connection.execute("BEGIN IMMEDIATE")
            for sequence in (1, 2):
                connection.execute(
                    "INSERT INTO setback (kind, thing, attempts, problem, began_at, next_try_at)"
                    " VALUES ('test', ?, ?, '', '2026-01-01', '2026-01-01')",
                    (f"{number}-{sequence}", number),
                )
            connection.execute("COMMIT")
            written.set()
            yield
        connection.close()

    writer = threading.Thread(target=lambda: [None for _ in write()])
    writer.start()
    assert written.wait(30)
    try:
        made = vault.make()
    finally:
        stopping.set()
        writer.join()
    assert vault.restore().name == made.name
    with closing(sqlite.connect(vault.elsewhere.database)) as connection:
        single = "SELECT attempts FROM setback GROUP BY attempts HAVING count(*) <> 2"
        assert connection.execute(single).fetchall() == []
        assert connection.execute("SELECT count(*) FROM setback").fetchone()[0] > 0


def test_what_was_made_is_a_row_and_a_line(vault: Vault, session: Session) -> None:
    made = vault.make()
    history.note_made(connect(vault.config.database), made)
    session.commit()
    last = history.last(session)
    assert last is not None and last.name == made.name and last.size_bytes == made.size_bytes
    lines = select(AuditLine.verb).where(AuditLine.thing == "backup")
    assert session.scalars(lines).all() == ["make"]
    assert json.loads(making.as_json(made))["files"] == made.files
