"""Writes a BagIt bag (RFC 8493) straight into a ZIP: each file is read once, hashed on its way, and
nothing is stored twice. Sizes and hashes stand in the bag's own manifests.
"""

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

PIECE_BYTES = 1 << 20
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
DEFLATED = (".csv", ".json", ".txt", ".srt", ".vtt", ".html")
"""Endings of files that become smaller; sound, PDFs and Word files are small already."""


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class _HashingReader(io.RawIOBase):
    """Reads a stream, and hashes and counts what is read."""

    def __init__(self, stream: IO[bytes], sha256: _Hash) -> None:
        self._stream, self._sha256 = stream, sha256
        self.size_bytes = 0

    def readable(self) -> bool:
        """Return true: it is read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes of the stream."""
        piece = self._stream.read(size)
        self._sha256.update(piece)
        self.size_bytes += len(piece)
        return piece


class BagWriter:
    """A bag that is being written into `stream`; all its files lie in the folder `name`."""

    def __init__(self, stream: IO[bytes], name: str, at: datetime) -> None:
        self._zip = zipfile.ZipFile(stream, "w", allowZip64=True)
        self._name, self._at = name, at
        self._hashes: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._octets = 0

    def add(self, name: str, content: bytes | Path) -> None:
        """Add a file of the payload under this name, with `/` between its folders."""
        path = f"data/{name}"
        if isinstance(content, bytes):
            self._hashes[path] = self._write(path, io.BytesIO(content))
            return
        with content.open("rb") as stream:
            self._hashes[path] = self._write(path, stream)

    def close(self, info: Mapping[str, str]) -> None:
        """Write the manifests and end the ZIP. `info` are lines of bag-info.txt."""
        oxum = {"Payload-Oxum": f"{self._octets}.{len(self._hashes)}"}
        dated = {"Bagging-Date": self._at.date().isoformat()}
        lines = "".join(f"{key}: {value}\n" for key, value in {**info, **dated, **oxum}.items())
        self._tag("bagit.txt", DECLARATION)
        self._tag("bag-info.txt", lines)
        self._tag("manifest-sha256.txt", _manifest(self._hashes))
        self._tag("tagmanifest-sha256.txt", _manifest(self._tags))
        self._zip.close()

    def _tag(self, name: str, text: str) -> None:
        self._tags[name] = self._write(name, io.BytesIO(text.encode()), is_payload=False)

    def _write(self, path: str, stream: IO[bytes], *, is_payload: bool = True) -> str:
        """Write one file and return its SHA-256."""
        entry = zipfile.ZipInfo(f"{self._name}/{path}", self._at.timetuple()[:6])
        is_small = path.endswith(DEFLATED)
        entry.compress_type = zipfile.ZIP_DEFLATED if is_small else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        sha256 = hashlib.sha256()
        reader = _HashingReader(stream, sha256)
        with self._zip.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(reader, target, PIECE_BYTES)
        if is_payload:
            self._octets += reader.size_bytes
        return sha256.hexdigest()


def _manifest(hashes: Mapping[str, str]) -> str:
    return "".join(f"{sha256}  {_escaped(path)}\n" for path, sha256 in hashes.items())


def _escaped(path: str) -> str:
    """Return the path as a manifest writes it: line breaks and percent signs are escaped."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
