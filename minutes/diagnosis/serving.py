"""What the settings say of serving: the home, its database, the port, TLS and the address."""

import errno
import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from meetings import certificates
from meetings.config import Config
from meetings.disk import home
from meetings.errors import ConfigurationError, GijidoError
from minutes.health import Finding, Level, certificate

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what is written, not listened on


def data(config: Config) -> Iterator[Finding]:
    """Yield whether the home can be written to and its database be used."""
    place = config.home
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield Finding(
            "home",
            Level.PROBLEM,
            f"データの場所 {config.home} に書き込めません（{place} の権限）。このコマンドを実行する"
            "利用者のものにするか、[storage] home を変えてください。",
        )
    elif not config.database.exists() and not (config.home / home.RESTORING).exists():
        if any((config.home / "files").glob("*/*")):
            yield from _unusable(config)
        else:
            sentence = f"データの場所 {config.home} はまだ空です。起動するとつくられます。"
            yield Finding("home", Level.FINE, sentence)
    else:
        yield from _unusable(config)


def _unusable(config: Config) -> Iterator[Finding]:
    try:
        home.look(config)
    except GijidoError as problem:
        yield Finding("home", Level.PROBLEM, problem.message)
    else:
        yield Finding("home", Level.FINE, f"データベース {config.database} を使えます。")


def port(config: Config) -> Iterator[Finding]:
    """Yield whether the server could listen where the settings say, unless it does already."""
    server = config.server
    where = f"{server.host} のポート {server.port}"
    if home.is_served(config.home):
        yield Finding("port", Level.FINE, f"サーバーが動いています（{where}）。")
        return
    try:
        family = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((server.host, server.port))
    except OSError as problem:
        yield Finding("port", Level.PROBLEM, f"{where} で待ち受けられません。{_why(problem)}")
    else:
        yield Finding("port", Level.FINE, f"{where} は空いています。")


def _why(problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return "ほかのプログラムが使っています（ss -ltnp で分かります）。port を変えてください。"
    if problem.errno == errno.EACCES:
        return "1024より小さいポートには権限が要ります。port を大きくしてください。"
    return "[server] host が、この機械のアドレスではありません。"


def tls(config: Config) -> Iterator[Finding]:
    """Yield whether certificate and key belong together, fit the address and are valid."""
    server = config.server
    if not server.tls_certificate:
        if server.host not in ("127.0.0.1", "::1", "localhost"):
            yield Finding(
                "tls",
                Level.WARNING,
                "ほかの端末から、暗号化せずにつながります。gijido certificate ホスト名 で証明書を"
                "つくり、[server] tls_certificate と tls_key に書いてください。",
            )
        return
    try:
        certificates.check(config.path(server.tls_certificate), config.path(server.tls_key))
        names = _names(config.path(server.tls_certificate))
    except ConfigurationError as problem:
        yield Finding("tls", Level.PROBLEM, problem.message)
        return
    yield from certificate(config)
    wanted = urlsplit(config.address).hostname or ""
    if wanted not in EVERYWHERE and not _fits(wanted, names):
        yield Finding(
            "tls",
            Level.WARNING,
            f"証明書は {'、'.join(sorted(names))} のためのもので、端末から見たアドレス {wanted} が"
            f"ありません。gijido certificate {wanted} でつくり直してください。",
        )


def address(config: Config) -> Iterator[Finding]:
    """Yield a warning when links in mails and codes lead nowhere."""
    server, given = config.server, urlsplit(config.address)
    if not server.address and server.host in EVERYWHERE:
        yield Finding(
            "address",
            Level.WARNING,
            "メールやQRコードに入るアドレスが決まっていません。[server] address に、端末から見た"
            "アドレス（例 https://gijido.city.example.jp）を書いてください。",
        )
    elif given.scheme not in ("http", "https") or not given.hostname:
        yield Finding(
            "address",
            Level.PROBLEM,
            f"[server] address の {server.address} は、https:// で始まるアドレスではありません。",
        )
    else:
        yield Finding("address", Level.FINE, f"端末から見たアドレスは {config.address} です。")


def _names(path: Path) -> set[str]:
    found = certificates.read(path).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    names = found.value.get_values_for_type(x509.DNSName)
    return {*names, *map(str, found.value.get_values_for_type(x509.IPAddress))}


def _fits(wanted: str, names: set[str]) -> bool:
    try:
        return str(ipaddress.ip_address(wanted)) in names
    except ValueError:
        return wanted.lower() in names or f"*.{wanted.partition('.')[2]}" in names
