"""The machine: Python, SQLite, memory, clock, open files, and the disk that the home lies on."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from meetings import dates
from meetings.config import Config
from minutes.health import Finding, Level
from models.base import now
from models.database import OLDEST_SAFE_SQLITE

OLDEST_PYTHON = (3, 11)
LITTLE_MEMORY_BYTES = 4_000_000_000
FEW_OPEN_FILES = 4096
AHEAD = timedelta(minutes=5)
SHARED = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "glusterfs"}
"""File systems of other machines: SQLite's write-ahead log needs shared memory, which they do not
give."""


def python(_config: Config) -> Iterator[Finding]:
    """Yield whether Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        sentence = (
            f"Python {found} は古すぎます。3.11以上を入れ、make install をやり直してください。"
        )
        yield Finding("python", Level.PROBLEM, sentence)
    else:
        yield Finding("python", Level.FINE, f"Python {found} です。")


def sqlite_library(_config: Config) -> Iterator[Finding]:
    """Yield whether SQLite is one that damages nothing and can search texts."""
    with closing(sqlite.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE tried USING fts5(words)")
            can_search = True
        except sqlite.OperationalError:
            can_search = False
    if sqlite.sqlite_version_info < OLDEST_SAFE_SQLITE or not can_search:
        yield Finding(
            "sqlite",
            Level.PROBLEM,
            f"SQLite {sqlite.sqlite_version} は使えません（古いか、全文検索がありません）。"
            "make install でパッケージを入れ直してください。",
        )
    else:
        yield Finding("sqlite", Level.FINE, f"SQLite {sqlite.sqlite_version} です。")


def memory(_config: Config) -> Iterator[Finding]:
    """Yield whether there is enough memory for the speech model beside the server."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if total < LITTLE_MEMORY_BYTES:
        yield Finding(
            "memory",
            Level.WARNING,
            f"メモリーが{total / 1e9:,.1f} GBしかありません。文字起こしと画面を同時に使うには"
            "4 GB以上が"
            "要ります。",
        )
    else:
        yield Finding("memory", Level.FINE, f"メモリーは{total / 1e9:,.1f} GBです。")


def open_files(_config: Config) -> Iterator[Finding]:
    """Yield whether the process may open as many files as there are terminals."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FEW_OPEN_FILES:
        yield Finding(
            "open_files",
            Level.WARNING,
            f"1つのプログラムが開けるファイルが{most:,}までです。端末の数だけ要るので、systemd なら"
            " LimitNOFILE=65536、そうでなければ /etc/security/limits.conf で増やしてください。",
        )
    else:
        yield Finding("open_files", Level.FINE, "開けるファイルの数は足りています。")


def clock(config: Config) -> Iterator[Finding]:
    """Yield whether the clock can be right: not before the program was installed, nor before the
    database was last written."""
    known = [Path(__file__), config.database]
    newest = max(path.stat().st_mtime for path in known if path.exists())
    behind = timedelta(seconds=newest - time.time())
    if behind > AHEAD:
        last = datetime.fromtimestamp(newest, now().tzinfo)
        yield Finding(
            "clock",
            Level.PROBLEM,
            f"時計が遅れています（いま{dates.in_full(now())}{dates.clock(now())}、データの最後の変更は"
            f"{dates.in_full(last)}{dates.clock(last)}）。timedatectl で合わせ、NTP を有効にして"
            "ください。",
        )
    else:
        sentence = f"時計は日本時間で{dates.in_full(now())}{dates.clock(now())}です。"
        yield Finding("clock", Level.FINE, sentence)


def file_system(config: Config) -> Iterator[Finding]:
    """Yield a problem when the home lies on another machine's disk."""
    kind = file_system_of(config.home, Path("/proc/mounts"))
    if kind in SHARED:
        yield Finding(
            "file_system",
            Level.PROBLEM,
            f"データの場所 {config.home} がネットワーク上のディスク（{kind}）にあります。データベ"
            "ースが"
            "壊れることがあります。[storage] home をこの機械のディスクに変え、ネットワークの場所は"
            "バックアップに使ってください。",
        )


def file_system_of(path: Path, mounts: Path) -> str:
    """Return the kind of file system that the path is or would be on, "" where the list of mounts
    cannot be read."""
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    wanted = path.resolve()
    around = [
        (len(place), kind)
        for _, place, kind, *_ in lines
        if wanted.is_relative_to(place.replace("\\040", " "))
    ]
    return max(around, default=(0, ""))[1]
