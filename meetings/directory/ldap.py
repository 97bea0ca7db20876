"""The city's directory by LDAP (RFC 4511): who is in it, and whether a password is somebody's.

Always encrypted (ldaps, or StartTLS before anything is said), with a certificate that is checked;
referrals are not followed; every wait has an end. ldap3 is known here alone.
"""

import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from meetings.config import Config
from meetings.directory.known import KnownPerson
from meetings.errors import DirectoryUnreachable
from meetings.settings.accounts import DirectorySettings

PAGE_SIZE = 500
"""Of a paged answer (RFC 2696): Active Directory gives at most 1,000, OpenLDAP 500."""
DISABLED_BIT = 2
"""ACCOUNTDISABLE of Active Directory's userAccountControl."""
WRONG_PASSWORD = 49
REFUSALS = (WRONG_PASSWORD, 19, 48, 50, 53)
"""Results of a bind that say something of the account: wrong or expired, locked, not allowed."""
MOST_GROUPS = 1_000
"""In which one person is, by others too: a circle or worse has an end."""

Attributes = dict[str, list[bytes]]


@dataclass(frozen=True)
class Directory:
    """The directory of the settings. `authority`: the file of the authority that signed its
    certificates; None: one that the machine trusts."""

    settings: DirectorySettings
    authority: Path | None

    @classmethod
    def of(cls, config: Config) -> "Directory":
        named = config.directory.certificate_authority
        return cls(config.directory, config.path(named) if named else None)

    def check(self) -> None:
        """Raise DirectoryUnreachable unless somebody answers and lets the service account in."""
        with self._connected():
            pass

    def find(self, login: str, password: str) -> KnownPerson | None:
        """Return whose login and password these are; None when they are wrong, or the account is
        disabled. Raises DirectoryUnreachable."""
        if not password or not _can_be_sent(login + password):
            return None  # RFC 4513, 5.1.2: an empty one lets anybody in
        with self._connected() as connection:
            found = self._entry_of(connection, login)
            dn = found[0] if found else f"cn=nobody,{self.settings.base}"
            if not _binds(connection, dn, password) or found is None:
                return None
            _bind(connection, self.settings.bind_as, self.settings.bind_password)
            known = self._known(*found, _Groups(connection, self.settings))
            return known if known.is_whole and not known.is_disabled else None

    def everybody(self) -> list[KnownPerson]:
        """Return all people, also those who lack what an account needs. Raises
        DirectoryUnreachable, also when the answer breaks off."""
        with self._connected() as connection:
            groups = _Groups(connection, self.settings)
            # Read whole before anything else is asked on the same connection.
            found = list(self._entries(connection, self.settings.people_filter))
            return [self._known(dn, attributes, groups) for dn, attributes in found]

    @contextmanager
    def _connected(self) -> Iterator[ldap3.Connection]:
        """Give a connection to the first address that answers, bound as the service account."""
        try:
            connection = self._connection()
            try:
                yield connection
            finally:
                connection.unbind()
        except (LDAPExceptionError, OSError) as problem:
            raise DirectoryUnreachable(str(problem)) from problem

    def _connection(self) -> ldap3.Connection:
        *others, last = self.settings.addresses
        for address in others:
            try:
                return self._opened(address)
            except (LDAPExceptionError, OSError):
                continue
        return self._opened(last)

    def _opened(self, address: str) -> ldap3.Connection:
        parts, seconds = urlsplit(address), self.settings.seconds
        is_tls = parts.scheme == "ldaps"
        assert parts.hostname
        server = ldap3.Server(
            parts.hostname,
            port=parts.port or (636 if is_tls else 389),
            use_ssl=is_tls,
            tls=_CheckedTls(parts.hostname, self.authority),
            connect_timeout=seconds,
            get_info=ldap3.NONE,
        )
        connection = ldap3.Connection(
            server,
            auto_referrals=False,
            receive_timeout=seconds,
            read_only=True,
            raise_exceptions=False,
        )
        try:
            connection.open()
            if not is_tls:
                connection.start_tls()
            _bind(connection, self.settings.bind_as, self.settings.bind_password)
        except LDAPExceptionError:
            connection.unbind()
            raise
        return connection

    def _entry_of(self, connection: ldap3.Connection, login: str) -> tuple[str, Attributes] | None:
        """Return the one entry with this login; none where several have it."""
        escaped = escape_filter_chars(login)
        any_of = "".join(f"({name}={escaped})" for name in self.settings.sign_in_by)
        wanted = f"(&{self.settings.people_filter}(|{any_of}))"
        found = list(self._entries(connection, wanted))
        return found[0] if len(found) == 1 else None

    def _entries(
        self, connection: ldap3.Connection, wanted: str
    ) -> Iterator[tuple[str, Attributes]]:
        base = self.settings.base
        yield from _searched(connection, base, wanted, ldap3.SUBTREE, self._attributes())

    def _attributes(self) -> list[str]:
        of = self.settings
        named = (of.login, of.identity, of.name, of.kana, of.email, of.title)
        every = (*named, of.department, of.bureau, "memberOf", "userAccountControl")
        return [name for name in every if name]

    def _known(self, dn: str, attributes: Attributes, groups: "_Groups") -> KnownPerson:
        of = self.settings
        return KnownPerson(
            subject=_identity(attributes, of.identity),
            login=_first(attributes, of.login),
            name=_first(attributes, of.name),
            kana=_first(attributes, of.kana),
            email=_first(attributes, of.email),
            title=_first(attributes, of.title),
            department=_first(attributes, of.department),
            bureau=_first(attributes, of.bureau),
            groups=groups.of(dn, attributes) if of.roles else frozenset(),
            is_disabled=_is_disabled(attributes),
        )


class _CheckedTls(ldap3.Tls):  # type: ignore[misc]
    """TLS whose certificate must be of this host, checked by OpenSSL itself."""

    def __init__(self, host: str, authority: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._host = host
        self._context = ssl.create_default_context(cafile=authority)

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        """Put TLS around the connection's socket. Raises ssl.SSLError, OSError."""
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=self._host, do_handshake_on_connect=do_handshake
        )


class _Groups:
    """In which groups somebody is, by others too: looked up from below, each group once."""

    def __init__(self, connection: ldap3.Connection, settings: DirectorySettings) -> None:
        self._connection = connection
        self._base = settings.base
        self._above: dict[str, list[str]] = {}

    def of(self, dn: str, attributes: Attributes) -> frozenset[str]:
        """Return the names and distinguished names, in small letters."""
        found: dict[str, None] = {}
        waiting = self._parents(dn, attributes)
        while waiting and len(found) < MOST_GROUPS:
            group = waiting.pop()
            if group not in found:
                found[group] = None
                waiting += self._groups_above(group)
        return frozenset([*found, *(_name_of(group) for group in found)])

    def _groups_above(self, group: str) -> list[str]:
        if group not in self._above:
            read = _searched(self._connection, group, "(objectClass=*)", ldap3.BASE, ["memberOf"])
            attributes = next((known for _, known in read), {})
            self._above[group] = self._parents(group, attributes)
        return self._above[group]

    def _parents(self, dn: str, attributes: Attributes) -> list[str]:
        """Return the groups that have this as a member: as it says itself or, where the server
        keeps no such attribute, as they say."""
        told = attributes.get("memberof")
        if told:
            return [value.decode("utf-8", "replace").casefold() for value in told]
        wanted = escape_filter_chars(dn)
        having = f"(|(member={wanted})(uniqueMember={wanted}))"
        above = _searched(self._connection, self._base, having, ldap3.SUBTREE, ["cn"])
        return [group.casefold() for group, _ in above]


def _can_be_sent(typed: str) -> bool:
    """Return whether this is text that a server can be told; an unpaired surrogate is none."""
    try:
        return "\0" not in typed and bool(typed.encode())
    except UnicodeEncodeError:
        return False


def _bind(connection: ldap3.Connection, dn: str, password: str) -> None:
    """Bind as the service account, or as nobody where there is none. Raises LDAPExceptionError."""
    if not _binds(connection, dn, password):
        problem = f"bind as {dn}: {connection.result['description']}"
        raise LDAPExceptionError(problem)


def _binds(connection: ldap3.Connection, dn: str, password: str) -> bool:
    """Return whether the directory lets in this account by this password. Raises
    LDAPExceptionError when it does not say."""
    how = ldap3.SIMPLE if dn else ldap3.ANONYMOUS
    # As bytes it goes as it was typed; ldap3 would refuse letters that SASLprep does not allow.
    secret = password.encode() or None
    is_bound = bool(connection.rebind(user=dn or None, password=secret, authentication=how))
    if not is_bound and connection.result["result"] not in REFUSALS:
        raise LDAPExceptionError(f"bind: {connection.result['description']}")
    return is_bound


def _searched(
    connection: ldap3.Connection, base: str, wanted: str, scope: str, attributes: list[str]
) -> Iterator[tuple[str, Attributes]]:
    """Yield all entries page by page, with their attributes by name in small letters. Raises
    LDAPExceptionError when the answer is not whole."""
    cookie: Any = None
    while True:
        connection.search(
            base, wanted, scope, ldap3.DEREF_NEVER, attributes, paged_size=PAGE_SIZE,
            paged_cookie=cookie,
        )  # fmt: skip
        result = connection.result
        if result["description"] == "noSuchObject" and scope == ldap3.BASE:
            return
        if result["result"] != 0:
            raise LDAPExceptionError(f"search: {result['description']}")
        for entry in connection.response:
            if entry["type"] == "searchResEntry":
                yield entry["dn"], {k.casefold(): v for k, v in entry["raw_attributes"].items()}
        controls = result.get("controls") or {}
        cookie = controls.get("1.2.840.113556.1.4.319", {}).get("value", {}).get("cookie")
        if not cookie:
            return


def _first(attributes: Attributes, name: str) -> str:
    values = attributes.get(name.casefold()) if name else None
    return values[0].decode("utf-8", "replace").strip() if values else ""


def _identity(attributes: Attributes, name: str) -> str:
    """Return the identity as text; Active Directory's objectGUID is 16 bytes."""
    values = attributes.get(name.casefold())
    if not values:
        return ""
    if name.casefold() == "objectguid" and len(values[0]) == 16:
        return str(uuid.UUID(bytes_le=values[0]))
    return values[0].decode("utf-8", "replace")


def _is_disabled(attributes: Attributes) -> bool:
    control = _first(attributes, "userAccountControl")
    return control.lstrip("-").isdecimal() and bool(int(control) & DISABLED_BIT)


def _name_of(dn: str) -> str:
    """Return the value of the first part of a distinguished name: of cn=shoki,ou=groups,… shoki."""
    try:
        return str(parse_dn(dn)[0][1])
    except (LDAPExceptionError, LookupError):
        return dn
