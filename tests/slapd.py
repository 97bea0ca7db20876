"""A real directory: OpenLDAP's slapd (Debian's `slapd`) on a free port, with TLS by an authority of
our own, a few hundred people, nested groups, and the attributes that Active Directory has."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ldap3

from meetings import certificates
from meetings.config import Config
from meetings.settings.accounts import DirectorySettings

BASE = "dc=wakaba,dc=example"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
SERVICE = f"cn=gijido,{BASE}"
SERVICE_PASSWORD = "service of the city"
PASSWORD = "a sentence of their own"
MANY = 620
"""More than the server gives at once."""
SERVER = shutil.which("slapd") or "/usr/sbin/slapd"
SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")

ACTIVE_DIRECTORY = """
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.141 NAME 'department' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.146 NAME 'division' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.1942 NAME 'msDS-PhoneticDisplayName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'adPerson' AUXILIARY
  MAY ( sAMAccountName $ userPrincipalName $ userAccountControl $ objectGUID $ department $
    division $ msDS-PhoneticDisplayName ) )
"""

ROOM = f"""dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: wakaba
o: 若葉市

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {GROUPS}
objectClass: organizationalUnit
ou: groups

dn: {SERVICE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: gijido
userPassword: {SERVICE_PASSWORD}
"""


@dataclass(frozen=True)
class Slapd:
    """A running server. `settings` ask it by ldaps."""

    address: str
    plain_address: str
    settings: DirectorySettings

    @contextmanager
    def opened(self) -> Iterator[ldap3.Connection]:
        """Give a connection that may change everything."""
        with ldap3.Connection(
            self.plain_address, f"cn=admin,{BASE}", "admin", raise_exceptions=True
        ) as connection:
            yield connection

    def add(self, login: str, **attributes: str) -> str:
        """Add a person; return their DN."""
        dn = f"uid={login},{PEOPLE}"
        known = {"cn": f"{login}の氏名", "sn": login, "ou": "財政課", "userPassword": PASSWORD}
        with self.opened() as connection:
            connection.add(dn, ["inetOrgPerson", "adPerson"], known | attributes)
        return dn

    def change(self, dn: str, **attributes: str | bytes | list[str]) -> None:
        with self.opened() as connection:
            changes = {
                name.replace("_", "-"): [(ldap3.MODIFY_REPLACE, _values(value))]
                for name, value in attributes.items()
            }
            connection.modify(dn, changes)

    def remove(self, dn: str) -> None:
        with self.opened() as connection:
            connection.delete(dn)

    def add_group(self, name: str, *members: str) -> str:
        dn = f"cn={name},{GROUPS}"
        with self.opened() as connection:
            connection.add(dn, "groupOfNames", {"member": list(members)})
        return dn

    def clear(self) -> None:
        """Remove all people and groups, but not the many."""
        with self.opened() as connection:
            for base in (PEOPLE, GROUPS):
                connection.search(base, "(objectClass=*)", ldap3.LEVEL)
                for entry in connection.response:
                    connection.delete(entry["dn"])


@contextmanager
def slapd(folder: Path) -> Iterator[Slapd]:
    """Run a server whose data are in `folder`, which a test shares with others."""
    folder.mkdir(parents=True, exist_ok=True)
    config = replace(Config(), file=folder / "config.toml")
    certificate, key = certificates.make_certificate(config, ["127.0.0.1"])
    authority = certificates.authority_file(config)
    _prepare(folder, authority, certificate, key)
    plain, tls = free_port(), free_port()
    urls = f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{tls}/"
    log = (folder / "log").open("wb")
    running = subprocess.Popen(
        [SERVER, "-f", folder / "slapd.conf", "-h", urls, "-d", "0"], stdout=log, stderr=log
    )
    try:
        _await(plain, running)
        yield Slapd(
            f"ldaps://127.0.0.1:{tls}",
            f"ldap://127.0.0.1:{plain}",
            DirectorySettings(
                addresses=(f"ldaps://127.0.0.1:{tls}",),
                certificate_authority=str(authority),
                bind_as=SERVICE,
                bind_password=SERVICE_PASSWORD,
                base=BASE,
            ),
        )
    finally:
        running.terminate()
        running.wait()
        log.close()


def _prepare(folder: Path, authority: Path, certificate: Path, key: Path) -> None:
    (folder / "data").mkdir()
    (folder / "active-directory.schema").write_text(ACTIVE_DIRECTORY)
    schemas = [SCHEMAS / f"{name}.schema" for name in ("core", "cosine", "nis", "inetorgperson")]
    (folder / "slapd.conf").write_text(
        "\n".join(
            [
                *(f"include {path}" for path in schemas),
                f"include {folder}/active-directory.schema",
                f"modulepath {MODULES}",
                "moduleload back_mdb",
                "moduleload memberof",
                f"TLSCACertificateFile {authority}",
                f"TLSCertificateFile {certificate}",
                f"TLSCertificateKeyFile {key}",
                "sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited",
                "database mdb",
                f"suffix {BASE}",
                f"rootdn cn=admin,{BASE}",
                "rootpw admin",
                f"directory {folder}/data",
                "dbnosync",
                "overlay memberof",
                "memberof-refint TRUE",
                "access to attrs=userPassword by anonymous auth by * none",
                f'access to * by dn.exact="{SERVICE}" read by anonymous auth by * none',
            ]
        )
    )
    (folder / "room.ldif").write_text(ROOM)
    add = [SERVER, "-T", "add", "-f", folder / "slapd.conf", "-l", folder / "room.ldif", "-q"]
    subprocess.run(add, check=True, capture_output=True)


def _values(value: str | bytes | list[str]) -> list[str | bytes]:
    return list(value) if isinstance(value, list) else [value]


def _await(port: int, running: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        assert running.poll() is None, "slapd ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("slapd does not answer")


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])
