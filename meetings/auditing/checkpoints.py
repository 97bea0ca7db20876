"""Checkpoints of the audit: the link of a line, signed with a key of the city and kept elsewhere.
Whoever changes a line, or cuts lines off at the end, does not agree with them any more."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text
from sqlalchemy.orm import Session

from meetings import dates, signing
from meetings.auditing import stored
from meetings.config import Config
from meetings.disk import durably
from meetings.errors import FileRejected
from models.base import now

FORMAT = "gijido-audit-checkpoint-1"
UNREADABLE = "監査の記録の節目のファイル {} を読めません。"


@dataclass(frozen=True)
class AuditCheckpoint:
    """The state of the audit at a moment. `line`: the number of its last line, `link`: that line's
    link in hex, `lines`: how many lines there were ever (at the end of an archive: in it),
    `certificate`: whose key signed it, in PEM; `signature`: in base64, over everything but
    itself."""

    city: str
    line: int
    link: str
    lines: int
    at: str
    certificate: str
    signature: str = ""
    format: str = FORMAT

    @property
    def signed_content(self) -> bytes:
        content = asdict(self)
        del content["signature"]
        return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()

    @property
    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def file_name(self) -> str:
        return f"gijido-audit-{self.line:012}.json"

    def is_signed_by_one_of(self, trusted: Iterable[x509.Certificate]) -> bool:
        """Return whether the signature holds and its certificate is one of the trusted ones, or
        issued by one."""
        try:
            own = x509.load_pem_x509_certificate(self.certificate.encode())
            signing.check_bytes(own, self.signed_content, b64decode(self.signature))
        except (ValueError, InvalidSignature):
            return False
        return any(own == one or signing.is_issued_by(own, one) for one in trusted)


def folder(config: Config) -> Path:
    """Return where checkpoints are kept in any case."""
    return config.home / "audit" / "checkpoints"


def is_due(config: Config, session: Session) -> bool:
    """Return whether so many lines were added since the last checkpoint, or any and a new day has
    begun, that it is time for the next one."""
    last_line = stored.ends(session)[1]
    last = latest(config)
    if last is None:
        return last_line > 0
    if last_line - last.line >= config.audit.checkpoint_lines:
        return True
    is_new_day = dates.local(datetime.fromisoformat(last.at)).date() != dates.local(now()).date()
    return last_line > last.line and is_new_day


def make(config: Config, session: Session) -> AuditCheckpoint | None:
    """Sign a checkpoint of the newest line and keep it; None where there is no line. Raises
    ConfigurationError when there is no valid key to sign with, OSError when it cannot be kept."""
    last_line = stored.ends(session)[1]
    link = stored.link_at(session, last_line)
    if link is None:
        return None
    made = signed(config, last_line, link, _lines_until(config, session, last_line))
    folder(config).mkdir(parents=True, exist_ok=True)
    durably.write(folder(config) / made.file_name, made.text.encode())
    return made


def signed(config: Config, line: int, link: bytes, lines: int) -> AuditCheckpoint:
    """Return a checkpoint of this line with its signature."""
    identity = signing.identity(config)
    certificate = identity.certificate.public_bytes(Encoding.PEM).decode()
    at = now().isoformat(timespec="seconds")
    made = AuditCheckpoint(config.city.name, line, link.hex(), lines, at, certificate)
    signature = signing.sign_bytes(identity, made.signed_content)
    return replace(made, signature=b64encode(signature).decode())


def bring_elsewhere(config: Config) -> int:
    """Copy the checkpoints that are not there yet into the folder of the settings, and return how
    many they were. Raises OSError when it cannot be reached."""
    if not config.audit.checkpoints:
        return 0
    elsewhere = config.path(config.audit.checkpoints)
    known = {file.name for file in elsewhere.iterdir()}
    missing = [file for file in files(config) if file.name not in known]
    for file in missing:
        durably.write(elsewhere / file.name, file.read_bytes())
    return len(missing)


def files(config: Config) -> list[Path]:
    """Return the checkpoints of the home, the oldest first."""
    return sorted(folder(config).glob("gijido-audit-*.json"))


def everywhere(config: Config) -> list[Path]:
    """Return the checkpoints of the home and of the folder of the settings."""
    if not config.audit.checkpoints:
        return files(config)
    return files(config) + sorted(config.path(config.audit.checkpoints).glob("gijido-audit-*.json"))


def latest(config: Config) -> AuditCheckpoint | None:
    """Return the newest checkpoint of the home."""
    known = files(config)
    return read(known[-1]) if known else None


def read(file: Path) -> AuditCheckpoint:
    """Return the checkpoint in a file. Raises FileRejected where there is none."""
    try:
        return of_text(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError) as problem:
        raise FileRejected(UNREADABLE.format(file)) from problem


def of_text(written: str) -> AuditCheckpoint:
    """Return the checkpoint that this JSON says. Raises ValueError, TypeError."""
    made = AuditCheckpoint(**json.loads(written))
    if made.format != FORMAT:
        raise ValueError(made.format)
    return made


def _lines_until(config: Config, session: Session, last_line: int) -> int:
    """Return how many lines there were ever, counted on from the last checkpoint."""
    before = latest(config)
    since = before.line if before else 0
    counted = text("SELECT COUNT(*) FROM audit_line WHERE id > :since AND id <= :until")
    more: int = session.execute(counted, {"since": since, "until": last_line}).scalar_one()
    return more + (before.lines if before else 0)
