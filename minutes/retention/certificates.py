"""The certificate of a deletion (削除証明): what went, by which rule, when and by whom, signed; as
JSON and as a sheet (PDF). It is kept for ever.
"""

import base64
import io
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, defer

from meetings import audit, dates, signing
from meetings.config import MEGABYTE, Config
from meetings.disk.storage import Storage
from meetings.errors import NotFound
from meetings.pdf import typesetting
from meetings.signing import SigningIdentity
from minutes import stored_files
from models.base import now
from models.database import reading, writing
from models.meeting import Meeting
from models.retention import Deletion, KeptKind

LARGEST_BYTES = 50_000_000
FORM = "gijido-deletion-1"
MOST_ON_SHEET = 500
BY_CLOCK = "保存期間の定め（自動）"


def issue(engine: Engine, config: Config, storage: Storage, deletion_id: int) -> None:
    """Sign the certificate of a deletion that has come to its end, and finish it. Raises
    ConfigurationError when there is nothing to sign with: it is tried again then.
    """
    identity = signing.identity(config)
    with reading(engine) as session:
        deletion = session.get_one(Deletion, deletion_id)
        if deletion.finished_at is not None:
            return
        said = _said(session, config, deletion)
    sheet = typesetting.to_pdf("deletion", _sheet(config, said), is_accessible=True)
    reason = f"削除証明　第{deletion_id}号"
    signed = signing.sign(identity, sheet, reason=reason, place=config.city.name)
    pdf = storage.add(io.BytesIO(signed), LARGEST_BYTES)
    with writing(engine) as session, session.begin():
        deletion = session.get_one(Deletion, deletion_id)
        if deletion.finished_at is None:
            deletion.certificate, deletion.pdf_sha256 = _envelope(identity, said), pdf.sha256
            deletion.finished_at = now()
            audit.note(session, deletion.decided_by, "certify", deletion)


def required(session: Session, deletion_id: int) -> Deletion:
    """Return the finished deletion of this number. Raises NotFound."""
    found = session.get(Deletion, deletion_id) if deletion_id < 2**63 else None
    if found is None or found.certificate is None:
        raise NotFound()
    return found


def is_genuine(certificate: str) -> bool:
    """Return whether the certificate (JSON) says what was signed, by the key of the X.509
    certificate that it carries. Whose that is, is not looked at.
    """
    try:
        read = json.loads(certificate)
        carried = x509.load_pem_x509_certificate(read["signature"]["x509"].encode())
        signature = base64.b64decode(read["signature"]["value"], validate=True)
        _verify(carried.public_key(), signature, _canonical(read["certificate"]))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return False
    return True


def _said(session: Session, config: Config, deletion: Deletion) -> dict[str, Any]:
    at = now()
    free = set(stored_files.unnamed(session, deletion.files))
    until = at + timedelta(days=config.retention.backup_days)
    return {
        "form": FORM,
        "number": deletion.id,
        "city": config.city.name,
        "meeting": {
            "id": deletion.meeting_id,
            "title": deletion.title,
            "series": deletion.series,
            "starts_at": dates.local(deletion.starts_at).isoformat(),
        },
        "kind": deletion.kind.value,
        "kind_label": KeptKind(deletion.kind).label,
        "rule": deletion.rule,
        "counted_at": deletion.counted_at and dates.local(deletion.counted_at).isoformat(),
        "due_at": deletion.due_at and dates.local(deletion.due_at).isoformat(),
        "reason": deletion.reason,
        "by": deletion.decided_by.name if deletion.decided_by else BY_CLOCK,
        "begun_at": dates.local(deletion.begun_at).isoformat(),
        "deleted_at": dates.local(at).isoformat(),
        "things": deletion.things,
        "files": [sha256 for sha256 in deletion.files if sha256 in free],
        "files_that_others_have": [one for one in deletion.files if one not in free],
        "backups_until": dates.local(until).isoformat(),
    }


def _envelope(identity: SigningIdentity, said: dict[str, Any]) -> str:
    carried = identity.certificate.public_bytes(serialization.Encoding.PEM).decode()
    signed = {
        "certificate": said,
        "signature": {
            "over": "the canonical JSON of `certificate`: keys sorted, no space, UTF-8; SHA-256",
            "value": base64.b64encode(_signature(identity, _canonical(said))).decode(),
            "signer": identity.name,
            "x509": carried,
        },
    }
    return json.dumps(signed, ensure_ascii=False, indent=1)


def _canonical(said: dict[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode(errors="surrogatepass")


def _signature(identity: SigningIdentity, signed: bytes) -> bytes:
    if isinstance(identity.key, RSAPrivateKey):
        return identity.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return identity.key.sign(signed, ec.ECDSA(hashes.SHA256()))


def _verify(key: object, signature: bytes, signed: bytes) -> None:
    if isinstance(key, RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    else:
        raise ValueError("another kind of key")


def _sheet(config: Config, said: dict[str, Any]) -> dict[str, Any]:
    """Return the words of the sheet."""
    things = said["things"][:MOST_ON_SHEET]
    more = len(said["things"]) - len(things)
    return {
        "city": config.city.name,
        "number": said["number"],
        "facts": [
            ["会議体", said["meeting"]["series"]],
            ["会議", said["meeting"]["title"]],
            ["開催日", _day(said["meeting"]["starts_at"])],
            ["削除したもの", said["kind_label"]],
            ["定め", said["rule"]],
            *([["起算", _day(said["counted_at"])]] if said["counted_at"] else []),
            *([["期間の終わり", _day(said["due_at"])]] if said["due_at"] else []),
            *([["理由", said["reason"]]] if said["reason"] else []),
            ["決めた人", said["by"]],
            ["削除した日時", _day(said["deleted_at"], with_clock=True)],
            ["バックアップ", f"{_day(said['backups_until'])}までは、残っていることがある"],
        ],
        "things": [_line(thing) for thing in things],
        "more": f"ほか{more}件（JSONの削除証明にすべてある）" if more else "",
        "shared": len(said["files_that_others_have"]),
    }


def _day(moment: str, *, with_clock: bool = False) -> str:
    at = datetime.fromisoformat(moment)
    return dates.in_full(at) + (dates.clock(at) if with_clock else "")


def _line(thing: dict[str, Any]) -> dict[str, str]:
    size = thing["size_bytes"]
    return {
        "what": thing["what"],
        "name": thing["name"],
        "count": f"{thing['count']:,}",
        "size": "" if size is None else f"{size / MEGABYTE:,.1f} MB",
        "sha256": thing["sha256"] or "",
    }


def of_meeting(session: Session, meeting: Meeting) -> list[Deletion]:
    """Return the deletions of this meeting, the newest first."""
    mine = select(Deletion).where(Deletion.meeting_id == meeting.id)
    return list(session.scalars(mine.order_by(Deletion.id.desc())))


def listed(session: Session) -> list[Deletion]:
    """Return all deletions, the newest first. What each certificate says is read when it is asked
    for: there may be tens of thousands.
    """
    long_ones = (defer(Deletion.things), defer(Deletion.files), defer(Deletion.certificate))
    return list(session.scalars(select(Deletion).options(*long_ones).order_by(Deletion.id.desc())))
