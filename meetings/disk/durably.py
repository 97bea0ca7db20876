"""Writes small files of the server's own (the key of the cookies, certificates, notes): readable by
the server's account alone, and after a power cut either what they were or what they became."""

import os
import secrets
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path`, in place of what is there; on disk before this returns."""
    made = _written_beside(path, content)
    made.replace(path)
    sync_folder(path.parent)


def write_once(path: Path, content: bytes) -> bytes:
    """Put `content` at `path` unless something is there already, whoever was first; what is
    there now is returned."""
    if not path.exists():
        made = _written_beside(path, content)
        try:
            path.hardlink_to(made)
        except FileExistsError:
            pass  # another process was quicker: its content counts
        finally:
            made.unlink()
        sync_folder(path.parent)
    return path.read_bytes()


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk before this returns, not only what the files hold."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written_beside(path: Path, content: bytes) -> Path:
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
    return made
