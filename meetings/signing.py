"""Signs PDFs as PAdES does, with a key of the city: a PKCS#12 file of the settings, or a
certificate that the city's own authority (`gijido certificate`) makes for records.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from meetings import certificates
from meetings.config import Config
from meetings.dates import in_full
from meetings.errors import ConfigurationError
from models.base import now

FIELD = "RecordApproval"


@dataclass(frozen=True)
class SigningIdentity:
    """A key with its certificate, and the certificates above it."""

    key: RSAPrivateKey | EllipticCurvePrivateKey
    certificate: x509.Certificate
    above: list[x509.Certificate]

    @property
    def name(self) -> str:
        """Return whose certificate it is."""
        names = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else self.certificate.subject.rfc4514_string()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the certificate."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def identity(config: Config) -> SigningIdentity:
    """Return what records are signed with. Raises ConfigurationError for a file that is missing,
    has another passphrase, holds no key, or whose certificate is not valid now.
    """
    named = config.signing.pkcs12
    found = _of_file(config.path(named), config.signing.passphrase) if named else _own(config)
    if not found.certificate.not_valid_before_utc <= now() <= found.certificate.not_valid_after_utc:
        until = in_full(found.certificate.not_valid_after_utc)
        raise ConfigurationError(
            f"会議録に署名する証明書の期限（{until}まで）が切れています。新しい証明書を"
            "config.toml の [signing] に設定してください。"
        )
    return found


def sign(identity: SigningIdentity, pdf: bytes, *, reason: str, place: str) -> bytes:
    """Return the PDF with a signature (PAdES-B-B) over all of it, which says `reason` and
    `place`.
    """
    store = SimpleCertificateStore()
    store.register_multiple([_plain(one) for one in identity.above])
    private = identity.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    signer = signers.SimpleSigner(
        signing_cert=_plain(identity.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=reason,
        location=place,
    )
    signed = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    # pyhanko runs an event loop, which a thread that has one already refuses.
    with ThreadPoolExecutor(max_workers=1) as apart:
        apart.submit(signers.PdfSigner(about, signer).sign_pdf, writer, output=signed).result()
    return signed.getvalue()


def sign_bytes(identity: SigningIdentity, content: bytes) -> bytes:
    """Return a detached signature over `content`: ECDSA, or RSA with PKCS#1 v1.5, by SHA-256."""
    if isinstance(identity.key, RSAPrivateKey):
        return identity.key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return identity.key.sign(content, ECDSA(hashes.SHA256()))


def check_bytes(certificate: x509.Certificate, content: bytes, signature: bytes) -> None:
    """Raise InvalidSignature unless `sign_bytes` made the signature with the certificate's key."""
    key = certificate.public_key()
    if isinstance(key, RSAPublicKey):
        key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, EllipticCurvePublicKey):
        key.verify(signature, content, ECDSA(hashes.SHA256()))
    else:
        raise InvalidSignature()


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether the authority signed the certificate itself."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def trusted(config: Config) -> list[x509.Certificate]:
    """Return the certificates from which a signature may come: the city's authority and those of
    the file of the settings. Raises ConfigurationError as `identity` does for that file.
    """
    found = []
    if certificates.authority_file(config).exists():
        found.append(certificates.read(certificates.authority_file(config)))
    if config.signing.pkcs12:
        of_file = _of_file(config.path(config.signing.pkcs12), config.signing.passphrase)
        found += [of_file.certificate, *of_file.above]
    return found


def _own(config: Config) -> SigningIdentity:
    key, certificate, authority = certificates.signing_certificate(config)
    return SigningIdentity(key, certificate, [authority])


def _of_file(path: Path, passphrase: str) -> SigningIdentity:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise ConfigurationError(
            f"署名の鍵のファイル {path} を読めません（config.toml の signing.pkcs12）。"
        ) from problem
    try:
        key, certificate, above = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except ValueError as problem:
        raise ConfigurationError(
            f"署名の鍵のファイル {path} を開けません。パスフレーズ（config.toml の "
            "signing.passphrase）が違うか、ファイルが壊れています。"
        ) from problem
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey) or certificate is None:
        raise ConfigurationError(
            f"署名の鍵のファイル {path} に、鍵（RSAか楕円曲線）と証明書がそろっていません。"
        )
    return SigningIdentity(key, certificate, above)


def _plain(certificate: x509.Certificate) -> asn1_x509.Certificate:
    der = certificate.public_bytes(serialization.Encoding.DER)
    return asn1_x509.Certificate.load(der)
