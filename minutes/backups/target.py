"""The folder that backups lie in: a disk, a stick, or a share of another machine. It asks of the
file system only what SMB and NFS have too: files that are made, read, renamed to a name that is
free, and removed.

    gijido-backup.json        that it is such a folder, and whose
    README.txt                how to read it without Gijido
    busy                      who writes now
    objects/ab/ab….age        contents, each once, encrypted
    backups/NAME/             one backup: contents.age, objects.txt, and last complete.json
"""

import errno
import hashlib
import json
import os
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from meetings.errors import BackupFailed
from minutes.backups.contents import STATEMENT, Statement

KIND = "gijido-backup-target-1"
NAME = re.compile(r"\d{8}T\d{6}Z")
FULL = (errno.ENOSPC, errno.EDQUOT)
README = """\
このフォルダーは、議事堂（Gijido）のバックアップです。中のファイルを消したり、名前を
変えたりしないでください。戻すには、新しいサーバーに議事堂を入れて次を実行します。

    gijido restore このフォルダー --key 鍵のファイル

議事堂がなくても、age（https://age-encryption.org）だけで読めます。backups の中の新しい
フォルダーの contents.age を age -d -i 鍵のファイル contents.age で開くと、どのファイル
（path）がどの内容（pieces）からできているかが分かります。内容の置き場所の名前は、
names_key を鍵とした HMAC-SHA-256（内容のSHA-256と、読める鍵 age1… を並べ替えたものを、
改行でつないだもの）です。objects の中のそのファイルを同じように開き、順につなげると元の
ファイルになります。

書いたものが壊れていないかは、鍵がなくても確かめられます（新しいバックアップの目録で）。

    awk '{print $1"  objects/"substr($3,1,2)"/"$3".age"}' backups/新しいもの/objects.txt |
    sha256sum -c
"""


class Target:
    """A folder of backups, for reading. `writing` gives one for writing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.objects = path / "objects"
        self._backups = path / "backups"
        self._marker = path / "gijido-backup.json"

    @classmethod
    def look(cls, path: Path) -> Self:
        """Return it. Raises BackupFailed for a folder that holds no backups."""
        target = cls(path)
        with reaching(path):
            is_there = target._marker.is_file()
        if not is_there:
            raise BackupFailed(
                f"{path} に議事堂のバックアップがありません（gijido-backup.json がない）。"
                "ディスクや共有フォルダーがつながっているか、場所を確かめてください。"
            )
        return target

    @property
    def owner(self) -> str:
        """Return whose backups lie here, as `writing` was told when the folder was begun."""
        with reaching(self.path):
            return str(json.loads(self._marker.read_bytes())["owner"])

    def folder(self, name: str) -> Path:
        return self._backups / name

    def complete(self) -> list[str]:
        """Return the names of the backups that were finished, the oldest first."""
        return [name for name in self._names() if self.statement(name) is not None]

    def unfinished(self) -> list[str]:
        """Return those that were cut short or have been damaged since."""
        return [name for name in self._names() if self.statement(name) is None]

    def statement(self, name: str) -> Statement | None:
        """Return what the backup says of itself; None when it was cut or its lists have changed
        since."""
        folder = self.folder(name)
        with reaching(self.path):
            try:
                said = STATEMENT.validate_json((folder / "complete.json").read_bytes())
                found = [_hash_of(folder / file) for file in ("contents.age", "objects.txt")]
            except (FileNotFoundError, ValidationError):
                return None
        return said if found == [said.contents_sha256, said.objects_sha256] else None

    def remove(self, name: str) -> None:
        """Remove one backup's own folder; its statement goes first, so that half of it is none."""
        with reaching(self.path):
            (self.folder(name) / "complete.json").unlink(missing_ok=True)
            shutil.rmtree(self.folder(name))

    def _names(self) -> list[str]:
        with reaching(self.path):
            return sorted(p.name for p in self._backups.glob("*") if NAME.fullmatch(p.name))


@contextmanager
def writing(path: Path, owner: str, *, may_begin: bool) -> Iterator[Target]:
    """Give the folder to write in, begun if it is empty and `may_begin`, to one at a time. Raises
    BackupFailed: it cannot be reached, holds something else or another city's backups, or somebody
    writes there now."""
    if may_begin:
        _begin(path, owner)
    target = Target.look(path)
    if target.owner != owner:
        raise BackupFailed(
            f"{path} には、別の議事堂（別の home）のバックアップが入っています。市やサーバーごと"
            "に別の"
            "フォルダーにしてください。"
        )
    with _alone(path, owner):
        yield target


@contextmanager
def reaching(path: Path) -> Iterator[None]:
    """Turn what the operating system says of the folder into a BackupFailed."""
    try:
        yield
    except OSError as problem:
        if problem.errno in FULL:
            raise BackupFailed(
                f"バックアップ先 {path} がいっぱいで、書き終えられませんでした。これまでのバック"
                "アップは"
                "そのまま使えます。空きを増やすか、[backup] の残す数を減らしてください。"
            ) from problem
        raise BackupFailed(
            f"バックアップ先 {path} を読み書きできません（{problem.strerror}）。つながっているか、"
            "このコマンドを実行する利用者が書き込めるかを確かめてください。"
        ) from problem


def sync(path: Path) -> None:
    """Put a folder's names on its disk, where that is possible: some shares cannot."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_last(path: Path, content: bytes) -> None:
    """Put a small file there: whole, or not at all."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink(missing_ok=True)
    part.rename(path)
    sync(path.parent)


def _begin(path: Path, owner: str) -> None:
    with reaching(path):
        path.mkdir(parents=True, exist_ok=True)
        if (path / "gijido-backup.json").exists():
            return
        if any(path.iterdir()):
            raise BackupFailed(
                f"{path} には、ほかのものが入っています。バックアップのための空のフォルダーを指定"
                "して"
                "ください。"
            )
        (path / "objects").mkdir()
        (path / "backups").mkdir()
        (path / "README.txt").write_text(README, encoding="utf-8")
        marker = {"kind": KIND, "owner": owner}
        write_last(path / "gijido-backup.json", json.dumps(marker).encode())


@contextmanager
def _alone(path: Path, owner: str) -> Iterator[None]:
    """Hold the folder by a file that only one can make. The lock of a home keeps its own backups
    apart; so one of the same machine and home that is found here was left by a process that was
    killed."""
    busy, ours = path / "busy", f"{socket.gethostname()} {owner}"
    with reaching(path):
        if busy.exists() and busy.read_text().startswith(ours):
            busy.unlink()
        try:
            with busy.open("x") as stream:
                stream.write(f"{ours} {os.getpid()}\n")
        except FileExistsError as problem:
            raise BackupFailed(
                f"{path} には、別のサーバー（{busy.read_text().split()[0]}）がいま書いています。"
                f"そのサーバーがもうないときは、{busy} を消してからもう一度実行してください。"
            ) from problem
    try:
        yield
    finally:
        with suppress(OSError):
            busy.unlink()


def _hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
