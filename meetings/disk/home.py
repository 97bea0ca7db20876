"""The folder in which everything lies (`[storage] home`): every command opens it here, one server
at a time serves it, and no other account of the machine reads in it."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from meetings.config import Config
from meetings.disk import durably, upgrading
from meetings.errors import StartRefused

OWN_UMASK = 0o077
FOLDER_MODE, FILE_MODE = 0o700, 0o600
SECRET_BYTES = 32
LOCK_TRIES, LOCK_PAUSE_SECONDS = 5, 0.1
FOLDERS = ("files", "arriving", "normalised", "clips", "tls", "speech-models", "lost", "quarantine")
FILES = ("gijido.sqlite3*", "queue.sqlite3*", "secret", "*.lock", "before-migration-*", "tls/*")

RESTORING = "restoring"
"""Stands in a home into which a backup is being brought back, until all of it is there."""

RESTORE = (
    "バックアップの中身（データベースと files の両方）を同じフォルダーに戻してから、"
    "もう一度起動してください。"
)


def restrict_new_files() -> None:
    """Make whatever this process writes from now on readable by its account alone."""
    os.umask(OWN_UMASK)


def prepare(config: Config) -> None:
    """Make the home usable: it can be written to, its database is there and of this version, and
    it is closed to other accounts. Raises StartRefused with what is wrong and what to do."""
    _prepare(config, may_migrate=not is_served(config.home))


@contextmanager
def served(config: Config) -> Iterator[None]:
    """Prepare the home, and hold it as its only server until the end. Raises StartRefused also when
    another one serves it: what is turned there would not be heard here."""
    _make(config.home)
    with _lock_file(config.home).open("ab") as stream:
        if not _locked_soon(stream.fileno()):
            raise StartRefused(
                f"データの場所 {config.home} は、すでに動いている gijido serve が使っています。"
                "1つの場所で動かせるサーバーは1つだけです。そちらを止めるか、[storage] home で"
                "別の場所を指定してください。"
            )
        _prepare(config, may_migrate=True)
        yield


def look(config: Config) -> None:
    """Change nothing. Raises StartRefused where `prepare` would, or would have to migrate."""
    _refuse_half_a_home(config)
    if not config.database.exists():
        raise StartRefused(
            f"データベース {config.database} がまだありません。gijido serve で起動するか、"
            "[storage] home の場所を確かめてください。"
        )
    upgrading.refuse_others(config.database)
    if not upgrading.is_current(config.database):
        raise StartRefused(
            f"データベース {config.database} は前の版のものです。gijido serve で起動するか "
            "gijido migrate を実行すると、この版に移行します。"
        )
    if (config.home / "secret").exists():
        secret(config.home)


def secret(home: Path) -> bytes:
    """Return the key with which cookies are signed, made at the first start. Raises StartRefused
    for one that a power cut or a full disk has cut: nobody could sign in with it."""
    home.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path = home / "secret"
    kept = durably.write_once(path, secrets.token_bytes(SECRET_BYTES))
    if len(kept) < SECRET_BYTES:
        raise StartRefused(
            f"Cookieの署名鍵 {path} が壊れています（{len(kept)}バイト）。バックアップから戻すか、"
            "このファイルを消して起動し直してください。消すと新しい鍵ができ、全員がサインインし"
            "直しになります。"
        )
    return kept


def is_served(home: Path) -> bool:
    """Return whether a server has this home now."""
    if not _lock_file(home).exists():
        return False
    with _lock_file(home).open("ab") as stream:
        return not _locked(stream.fileno())


def close_to_others(home: Path) -> None:
    """Take from other accounts what an earlier version left them: of what lies at the top and of
    what is arriving. The many files of the store are looked at by `gijido check`."""
    for path in [home, *open_to_others(home)]:
        with suppress(PermissionError, FileNotFoundError):  # not ours, or gone by now
            path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)


def open_to_others(home: Path) -> list[Path]:
    """Return those of the home's files and folders that other accounts of the machine may read or
    enter now."""
    named = [home / name for name in FOLDERS]
    named += [path for pattern in FILES for path in home.glob(pattern)]
    named += list((home / "arriving").glob("*")) + list((home / "normalised").glob("*"))
    return [path for path in named if is_open_to_others(path)]


def is_open_to_others(path: Path) -> bool:
    """Return whether other accounts may read it. A link is not followed: what it leads to belongs
    to somebody else."""
    try:
        return not path.is_symlink() and bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:
        return False


def _prepare(config: Config, *, may_migrate: bool) -> None:
    _make(config.home)
    _refuse_half_a_home(config)
    upgrading.bring_up_to_date(config.database, may_migrate=may_migrate)
    close_to_others(config.home)


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StartRefused(
            f"データの場所 {home} をつくれません（{problem.strerror}）。[storage] home と、"
            "その上のフォルダーに書き込めることを確かめてください。"
        ) from problem
    if not os.access(home, os.W_OK | os.X_OK):
        raise StartRefused(
            f"データの場所 {home} に書き込めません。ディスクが読み取り専用になっていないか、"
            "フォルダーがこのコマンドを実行する利用者のものかを確かめてください。"
        )


def _refuse_half_a_home(config: Config) -> None:
    """Refuse to start with files but without their database, which would look like a city that
    begins today, and on what has only half come back from a backup."""
    if (config.home / RESTORING).exists():
        raise StartRefused(
            f"データの場所 {config.home} は、バックアップから戻している途中です。終わるのを待つか、"
            "途中で止まったときは gijido restore をもう一度実行してください。"
        )
    path = config.database
    is_there = path.exists() and path.stat().st_size > 0
    if is_there or not any((config.home / "files").glob("*/*")):
        return
    what = "空（0バイト）です" if path.exists() else "ありません"
    raise StartRefused(
        f"データベース {path} が{what}が、{config.home / 'files'} には保存したファイルがあります。"
        f"何も変えずに止まりました。ディスクがつながっているかを確かめ、{RESTORE}"
    )


def _lock_file(home: Path) -> Path:
    return home / "serving.lock"


def _locked_soon(descriptor: int) -> bool:
    """Return whether we got the lock, after some tries: whoever only asks `is_served` holds it for
    a moment."""
    for _ in range(LOCK_TRIES):
        if _locked(descriptor):
            return True
        time.sleep(LOCK_PAUSE_SECONDS)
    return False


def _locked(descriptor: int) -> bool:
    """Return whether we got the lock. It is the operating system's: it goes with the process that
    held it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
