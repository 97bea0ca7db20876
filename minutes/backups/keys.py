"""Keys of backups, as age has them (age-encryption.org/v1): the server knows only to whom it
encrypts, and cannot read what it wrote."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage
from pyrage.x25519 import Identity, Recipient

from meetings.errors import BackupFailed, ConfigurationError

ENCRYPTED = b"age-encryption.org/v1"
"""How a key file begins that has a passphrase."""


@dataclass(frozen=True)
class Recipients:
    """Those who can read a backup: their public keys (`age1…`), at least one."""

    words: tuple[str, ...]

    def parsed(self) -> list[Recipient]:
        """Return them as pyrage wants them. Raises ConfigurationError."""
        if not self.words:
            raise ConfigurationError(
                "バックアップを読むための鍵が決まっていません。gijido backup-key で鍵をつくり、出"
                "てきた "
                "age1… を config.toml の [backup] recipients に書いてください。"
            )
        return [_recipient(word) for word in self.words]


def make(path: Path, passphrase: str = "") -> str:
    """Write a new key to a file that is not there yet, readable by this account alone, encrypted
    where there is a passphrase; its public half is returned. Raises BackupFailed."""
    identity = Identity.generate()
    public = str(identity.to_public())
    content = f"# Gijido backup key\n# public key: {public}\n{identity}\n".encode()
    if passphrase:
        content = pyrage.passphrase.encrypt(content, passphrase)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise BackupFailed(
            f"鍵のファイル {path} をつくれません（{problem.strerror}）。鍵を上書きすることはあり"
            "ません。"
            "別の名前を指定してください。"
        ) from problem
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)
    return public


def needs_passphrase(path: Path) -> bool:
    """Return whether the key file is encrypted with a passphrase. Raises BackupFailed."""
    return _content(path).startswith(ENCRYPTED)


def read(path: Path, passphrase: str = "") -> Sequence[Identity]:
    """Return the keys of a file, as `make` or age-keygen write it. Raises BackupFailed."""
    content = _content(path)
    if content.startswith(ENCRYPTED):
        try:
            content = pyrage.passphrase.decrypt(content, passphrase)
        except pyrage.DecryptError as problem:
            raise BackupFailed(
                f"鍵のファイル {path} のパスフレーズが違うか、ファイルが壊れています。"
            ) from problem
    try:
        lines = content.decode().splitlines()
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (UnicodeDecodeError, pyrage.IdentityError) as problem:
        raise BackupFailed(f"{path} は鍵のファイルではありません。") from problem
    if not found:
        raise BackupFailed(f"鍵のファイル {path} に鍵がありません。")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BackupFailed(f"鍵のファイル {path} を読めません（{problem.strerror}）。") from problem


def _recipient(word: str) -> Recipient:
    try:
        return Recipient.from_str(word)
    except pyrage.RecipientError as problem:
        raise ConfigurationError(
            f"バックアップの鍵 {word[:70]} を読めません。age1 で始まる、gijido backup-key が出し"
            "たもの"
            "を、そのまま書いてください。"
        ) from problem
