"""Looks at the signature of a PDF, in a cell: `python -m minutes.inside.signatures FILE ROOTS`,
with the trusted certificates (PEM) in the file ROOTS.
"""

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from meetings.errors import FileRejected
from meetings.inside.answering import answer

CUT = (
    "PDFとして読めません。途中で切れているか、壊れています。もとのファイルをもう一度"
    "取り寄せて確かめてください。"
)
BROKEN = (
    PdfError, SigningError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError,
    AttributeError, OSError, RecursionError, NotImplementedError,
)  # fmt: skip
SEAL = re.compile(r"[0-9a-f]{64}")
CLOCKS_DIFFER = timedelta(seconds=1)


def look(path: str, roots: str) -> dict[str, Any]:
    """Return what the last signature of the PDF says: `is_signed`, `is_intact` (its bytes are those
    that were signed), `is_whole` (nothing was added since), `is_trusted`, `was_valid` (the
    certificate, when it signed), `seal`, `signer`, `certificate_sha256`, `signed_at` and `ends_at`
    (ISO). Raises FileRejected for what is no whole PDF.
    """
    with Path(path).open("rb") as file:
        try:
            reader = PdfFileReader(file)
            signatures = reader.embedded_signatures
            return _said(signatures[-1], _roots(roots)) if signatures else {"is_signed": False}
        except BROKEN as problem:
            raise FileRejected(CUT) from problem


def _said(signature: Any, roots: list[x509.Certificate]) -> dict[str, Any]:
    certificate, at = signature.signer_cert, signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=at, revocation_mode="soft-fail"
    )
    status = validate_pdf_signature(signature, signer_validation_context=context)
    is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    is_untouched = status.modification_level in (None, ModificationLevel.NONE)
    begins, ends = certificate.not_valid_before, certificate.not_valid_after
    found = SEAL.search(str(signature.sig_object.get("/Reason", "")))
    return {
        "is_signed": True,
        "is_intact": bool(status.intact and status.valid),
        "is_whole": bool(is_whole and is_untouched),
        "is_trusted": bool(status.trusted),
        "was_valid": bool(at and begins - CLOCKS_DIFFER <= at <= ends),
        "seal": found.group() if found else "",
        "signer": certificate.subject.native.get("common_name", ""),
        "certificate_sha256": certificate.sha256.hex(),
        "signed_at": at.isoformat() if at else "",
        "ends_at": ends.isoformat(),
    }


def _roots(path: str) -> list[x509.Certificate]:
    content = Path(path).read_bytes()
    if not content.strip():
        return []
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]


if __name__ == "__main__":
    sys.exit(answer(look))
