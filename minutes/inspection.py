"""Checks everything that is stored: the database, and every file that it names. Nothing is changed,
except that `remove_orphans` deletes files.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.orm import Session

from meetings.auditing import verifying
from meetings.config import MEGABYTE, Config
from meetings.directory.ldap import Directory
from meetings.directory.oidc import OidcProvider
from meetings.disk import home
from meetings.disk.storage import Storage
from meetings.errors import (
    DirectoryUnreachable,
    SingleSignOnFailed,
    StoredFileLost,
    StoredFileMissing,
)
from minutes import stored_files
from minutes.health import Finding, Level
from models.base import now

ORPHANS_KEPT = timedelta(days=7)
"""Age from which an orphan may be deleted: a file is stored shortly before its row, and a backup of
the database may be restored."""

MOST_NAMED = 20


def database(path: Path, *, is_thorough: bool) -> list[Finding]:
    """Return the finding whether the database file is intact and every foreign key has its row. A
    thorough check also compares the indexes with their tables.
    """
    pragma = "integrity_check" if is_thorough else "quick_check"
    try:
        with closing(sqlite.connect(path)) as connection:
            said = [str(line) for (line,) in connection.execute(f"PRAGMA {pragma}(5)")]
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
    except sqlite.DatabaseError as problem:
        said, lost = [str(problem)], []
    if said != ["ok"]:
        return [
            Finding(
                "database",
                Level.PROBLEM,
                f"データベースが壊れています（{said[0]}）。サーバーを止め、いまのファイルを別の名前で"
                "取っておいてから、バックアップの gijido.sqlite3 と files を戻してください。",
            )
        ]
    if lost:
        return [
            Finding(
                "database",
                Level.PROBLEM,
                f"データベースの表 {lost[0][0]} などに、参照先のない行があります。バックアップの"
                "写し方を確かめ、止めてから写したものを戻してください。",
            )
        ]
    return [Finding("database", Level.FINE, "データベースは壊れていません。")]


def audit(config: Config, session: Session, *, is_thorough: bool) -> list[Finding]:
    """Return the finding whether the audit is whole: its end and the newest checkpoint, in a
    thorough check all of it.
    """
    look = verifying.whole if is_thorough else verifying.end
    proof = look(config, session)
    if proof.is_whole:
        how = "すべて" if is_thorough else "終わりの"
        sentence = f"監査の記録（{how}{proof.lines:,}行）は、書き換えられていません。"
        return [Finding("audit", Level.FINE, sentence)]
    return [
        Finding(
            "audit",
            Level.PROBLEM,
            f"監査の記録に異常があります。{proof.problems[0]}gijido audit verify で詳しく確かめ、"
            "データベースとほかの場所の節目を、いまのまま取っておいてください。",
        )
    ]


def files(config: Config, session: Session, *, is_thorough: bool) -> list[Finding]:
    """Return the finding whether every stored file that a row names is there. Files that were
    noted as lost are read again; a thorough check reads all of them.
    """
    storage, named, lost = Storage(config.home), stored_files.named(session), []
    noted = {file.sha256 for file in storage.wholeness.lost()}
    for sha256, what in sorted(named.items()):
        path = storage.path(sha256)
        try:
            if is_thorough or sha256 in noted or not path.exists():
                storage.wholeness.look_into(path, sha256)
        except StoredFileLost as problem:
            why = "ありません" if isinstance(problem, StoredFileMissing) else "壊れています"
            lost.append(f"{what}が{why}: {sha256}")
    for sha256 in noted - named.keys():  # nobody wants it any more
        storage.wholeness.forget(sha256)
    if lost:
        return [_lost(lost)]
    how = "内容まで確かめました" if is_thorough else "あることだけを確かめました"
    return [Finding("files", Level.FINE, f"保存したファイル{len(named):,}件は{how}。")]


def orphans(config: Config, session: Session) -> list[Path]:
    """Return the stored files that no row names and that are older than a week."""
    named = stored_files.named(session)
    return [
        path
        for path in sorted((config.home / "files").glob("*/*"))
        if path.name not in named and _is_old(path)
    ]


def remove_orphans(config: Config, session: Session) -> int:
    """Delete the orphans and return how many there were. To be called in a writing transaction,
    so that nobody starts to use one of them meanwhile.
    """
    found = orphans(config, session)
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def left_over(config: Config, session: Session) -> Iterator[Finding]:
    """Yield a warning for orphans, and for stored files that other accounts of the machine can
    read.
    """
    found = orphans(config, session)
    if found:
        megabytes = sum(path.stat().st_size for path in found) / MEGABYTE
        yield Finding(
            "orphans",
            Level.WARNING,
            f"どの記録からも使われていないファイルが{len(found)}件（{megabytes:,.1f} MB）あります。"
            "gijido check --remove-orphans で消せます。",
        )
    opened = [path for path in _stored(config) if home.is_open_to_others(path)]
    if opened:
        yield Finding(
            "stored_rights",
            Level.WARNING,
            f"保存したファイル{len(opened):,}件を、サーバーのほかの利用者が読めます。"
            f"chmod -R go= {config.home} を実行してください。",
        )


def outside_systems(config: Config) -> Iterator[Finding]:
    """Yield whether the systems of the city answer that let people in."""
    if config.directory.is_used:
        try:
            Directory.of(config).check()
        except DirectoryUnreachable as problem:
            sentence = f"職員のディレクトリーにつながりません（{problem.reason}）。"
            yield Finding("directory_answers", Level.PROBLEM, sentence)
        else:
            sentence = "職員のディレクトリーにつながります。"
            yield Finding("directory_answers", Level.FINE, sentence)
    if config.oidc.is_used:
        try:
            OidcProvider(config).check()
        except SingleSignOnFailed as problem:
            sentence = f"シングルサインオンの発行者につながりません（{problem.reason}）。"
            yield Finding("oidc_answers", Level.PROBLEM, sentence)
        else:
            sentence = "シングルサインオンの発行者につながります。"
            yield Finding("oidc_answers", Level.FINE, sentence)


def _lost(lost: list[str]) -> Finding:
    shown = "".join(f"\n  {line}" for line in lost[:MOST_NAMED])
    more = f"\n  ほか{len(lost) - MOST_NAMED}件" if len(lost) > MOST_NAMED else ""
    return Finding(
        "files",
        Level.PROBLEM,
        f"保存したファイル{len(lost)}件が、ないか壊れています。バックアップの files から同じ名前の"
        f"ファイルを戻すか、手元のファイルをもう一度登録してください。{shown}{more}",
    )


def _stored(config: Config) -> Iterator[Path]:
    for folder in (config.home / "files").glob("*"):
        yield folder
        yield from folder.glob("*")


def _is_old(path: Path) -> bool:
    """Return whether the file is older than `ORPHANS_KEPT`, also by the time of its last change of
    status, which no program can set.
    """
    try:
        seen = path.stat()
    except FileNotFoundError:
        return False
    return now().timestamp() - max(seen.st_ctime, seen.st_mtime) > ORPHANS_KEPT.total_seconds()
