"""A bag is read back by whoever knows BagIt, and shows when a byte of it was changed."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from minutes.archives.bag import BagWriter

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Unseekable(io.RawIOBase):
    """A stream like a network's: what is written is gone."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += data
        return len(data)


@pytest.fixture
def bag(tmp_path: Path) -> zipfile.ZipFile:
    sound = tmp_path / "sound.flac"
    sound.write_bytes(b"\x00sound" * 1000)
    stream = Unseekable()
    writer = BagWriter(stream, "会議", AT)  # type: ignore[arg-type]
    writer.add("会議録/会議録.txt", "開会します。".encode())
    writer.add("録音/100%の音.flac", sound)
    writer.close({"Source-Organization": "若葉市"})
    return zipfile.ZipFile(io.BytesIO(bytes(stream.written)))


def test_every_file_stands_in_the_manifest_with_its_hash(bag: zipfile.ZipFile) -> None:
    lines = bag.read("会議/manifest-sha256.txt").decode().splitlines()
    assert [line.split("  ")[1] for line in lines] == [
        "data/会議録/会議録.txt",
        "data/録音/100%25の音.flac",
    ]
    for line in lines:
        sha256, path = line.split("  ")
        content = bag.read(f"会議/{path.replace('%25', '%')}")
        assert hashlib.sha256(content).hexdigest() == sha256


def test_the_tags_say_what_it_is_and_how_much(bag: zipfile.ZipFile) -> None:
    assert bag.read("会議/bagit.txt").decode().startswith("BagIt-Version: 1.0")
    info = bag.read("会議/bag-info.txt").decode()
    assert "Source-Organization: 若葉市" in info and "Bagging-Date: 2026-11-24" in info
    assert f"Payload-Oxum: {6000 + len('開会します。'.encode())}.2" in info
    tags = bag.read("会議/tagmanifest-sha256.txt").decode()
    assert {line.split("  ")[1] for line in tags.splitlines()} == {
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
    }


def test_nothing_is_packed_wrongly(bag: zipfile.ZipFile) -> None:
    assert bag.testzip() is None
