"""A certificate authority of the city's own, and a certificate for the server, for TLS inside the
city hall's network. Tablets must trust the authority once; the page `/trust` says how."""

import ipaddress
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from meetings.config import Config
from meetings.disk import durably
from meetings.errors import ConfigurationError, InvalidInput
from models.base import now

AUTHORITY_LIFE = timedelta(days=3650)
# Apple's devices refuse server certificates that are longer-lived.
SERVER_LIFE = timedelta(days=825)
SIGNING_LIFE = timedelta(days=1825)
RENEWED_BEFORE = timedelta(days=30)
# Clocks of terminals may be behind.
BACKDATED = timedelta(days=1)

Key = ec.EllipticCurvePrivateKey


def authority_file(config: Config) -> Path:
    return config.home / "tls" / "authority.crt"


def make_certificate(config: Config, names: list[str]) -> tuple[Path, Path]:
    """Make a server certificate for these names and addresses, and return the files of certificate
    and key. The authority is made with the first one and kept.

    Raises InvalidInput for a name that cannot stand in a certificate.
    """
    folder = config.home / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = _authority(config, folder)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_named(names[0]), authority.subject, key, SERVER_LIFE)
        .add_extension(x509.SubjectAlternativeName([_alternative(n) for n in names]), False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write_key(folder / "server.key", key)
    _write(folder / "server.crt", certificate)
    return folder / "server.crt", folder / "server.key"


def fingerprint(authority: Path) -> str:
    """Return the certificate's SHA-256 in pairs, as devices show it."""
    digest = read(authority).fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def check(certificate: Path, key: Path) -> None:
    """Raise ConfigurationError when the server could not start with these files."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigurationError(
            f"TLSの証明書 {certificate} と鍵 {key} を使えません: {problem}"
        ) from problem


def ends(config: Config) -> dict[str, datetime]:
    """Return when the server's certificate and that of the city's own authority end, by
    「サーバーの証明書」 and 「認証局の証明書」; empty without TLS. Raises ConfigurationError for a
    file that holds no certificate."""
    if not config.server.tls_certificate:
        return {}
    files = {"サーバーの証明書": config.path(config.server.tls_certificate)}
    if authority_file(config).exists():
        files["認証局の証明書"] = authority_file(config)
    try:
        return {name: read(file).not_valid_after_utc for name, file in files.items()}
    except (OSError, ValueError) as problem:
        raise ConfigurationError(f"証明書を読めません: {problem}") from problem


def signing_certificate(config: Config) -> tuple[Key, x509.Certificate, x509.Certificate]:
    """Return key and certificate with which records are signed, and the authority above. They are
    made when they are needed first, and anew when the certificate is about to end.
    """
    folder = config.home / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    authority, authority_key = _authority(config, folder)
    file, key_file = folder / "record.crt", folder / "record.key"
    if file.exists() and key_file.exists():
        kept, key = read(file), _read_key(key_file)
        if kept.not_valid_after_utc > now() + RENEWED_BEFORE:
            return key, kept, authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"{config.city.name} 会議録")
    life = min(SIGNING_LIFE, authority.not_valid_after_utc - now() + BACKDATED)
    made = (
        _builder(name, authority.subject, key, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(_may_sign_records(), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write_key(key_file, key)
    _write(file, made)
    return key, made, authority


def _authority(config: Config, folder: Path) -> tuple[x509.Certificate, Key]:
    certificate, key_file = folder / "authority.crt", folder / "authority.key"
    if certificate.exists() and key_file.exists():
        return read(certificate), _read_key(key_file)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"{config.city.name} 議事堂 認証局")
    made = (
        _builder(name, name, key, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_may_sign_certificates(), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    _write(certificate, made)
    return made, key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - BACKDATED)
        .not_valid_after(now() - BACKDATED + life)
    )


def _may_sign_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_sign_records() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_cert_sign=False,
        crl_sign=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError as problem:
        raise InvalidInput(
            "host", f"「{name}」は名前かIPアドレスとして使えません。英数字で指定してください。"
        ) from problem


def read(certificate: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.read_bytes())


def _read_key(path: Path) -> Key:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write(path: Path, certificate: x509.Certificate) -> None:
    durably.write(path, certificate.public_bytes(serialization.Encoding.PEM))


def _write_key(path: Path, key: Key) -> None:
    """Write a key that is readable by the server's user alone, from the first moment."""
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    durably.write(path, private)
