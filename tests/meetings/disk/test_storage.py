"""The store of files."""

import errno
import hashlib
import io
from pathlib import Path

import pytest

from meetings.disk.storage import Incoming, Storage
from meetings.errors import FileRejected, StorageFull


def test_a_file_is_found_under_the_hash_of_its_content(storage: Storage) -> None:
    stored = storage.add(io.BytesIO(b"minutes"), 100)
    assert stored.sha256 == hashlib.sha256(b"minutes").hexdigest()
    assert storage.path(stored.sha256).read_bytes() == b"minutes"


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    storage: Storage, tmp_path: Path
) -> None:
    with pytest.raises(FileRejected, match="大きすぎます"):
        storage.add(io.BytesIO(b"x" * 101), 100)
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


def test_a_name_from_outside_never_becomes_a_path(storage: Storage) -> None:
    for name in ("../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            storage.path(name)


def test_what_arrives_and_is_not_kept_is_gone(storage: Storage) -> None:
    with storage.receive(100) as incoming:
        incoming.write(b"half a recording")
        path = incoming.path
        assert path.exists()
    assert not path.exists()


class FullDisk(io.BytesIO):
    name = "/dev/full"

    def write(self, _piece: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_as_such() -> None:
    with pytest.raises(StorageFull, match="ディスクがいっぱい"):
        Incoming(FullDisk(), 100).write(b"x")


def test_a_really_full_device_is_told_as_such() -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(StorageFull):
        Incoming(full, 100).write(b"x")
