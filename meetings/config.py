"""The settings: config.toml as frozen dataclasses, which pydantic checks. An unknown key, a wrong
type or a value out of range stops the start with a sentence that names the key.
"""

import ipaddress
import os
import re
import shutil
import tempfile
import tomllib
from dataclasses import field, replace
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import tomlkit
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass
from tomlkit.exceptions import TOMLKitError

from meetings import style_choices
from meetings.errors import ConfigurationError
from meetings.style_choices import Removal
from models.person import Role

DEFAULT_FILE = Path(__file__).resolve().parent.parent / "config.toml"

CHECKED = ConfigDict(extra="forbid")

MEGABYTE = 1_000_000
"""Bytes of the unit in which the settings ending in `_mb` count."""
Count = Annotated[int, Field(strict=True, ge=0)]
"""A number of days, seconds, megabytes or connections."""


def _spelled(entry: str) -> str:
    before, _, after = (part.strip() for part in entry.partition("="))
    if not before or not after or before == after:
        raise ValueError(
            f"minutes.spelling の「{entry}」を読めません。「事=こと」の形で書いてください。"
        )
    return entry


def _role_of_group(entry: str) -> str:
    group, arrow, role = (part.strip() for part in entry.partition("->"))
    if not group or not arrow or role.partition("=")[0] not in list(Role):
        raise ValueError(
            f"roles の「{entry}」を読めません。「グループ -> 役割」か「グループ -> 役割=所属」の"
            f"形で書いてください。役割は {'、'.join(Role)} です。"
        )
    return entry


def _network(entry: str) -> str:
    try:
        ipaddress.ip_network(entry)
    except ValueError as problem:
        raise ValueError(
            f"「{entry}」はIPアドレスの範囲として読めません。192.0.2.10 や 192.0.2.0/24 の形で"
            "書いてください。"
        ) from problem
    return entry


Spelling = Annotated[str, AfterValidator(_spelled)]
RoleOfGroup = Annotated[str, AfterValidator(_role_of_group)]
"""「shoki -> secretary=財政課」: who is in the group has the role (meetings/directory/roles.py)."""
NetworkAddress = Annotated[str, AfterValidator(_network)]
ShownInstead = Annotated[str, Field(strict=True, min_length=1, max_length=40)]
"""「事=こと」: what is written, and how it should be."""


@dataclass(frozen=True, config=CHECKED)
class CitySettings:
    name: str = "若葉市"


@dataclass(frozen=True, config=CHECKED)
class StorageSettings:
    home: str = "var"


@dataclass(frozen=True, config=CHECKED)
class ServerSettings:
    host: str = "127.0.0.1"
    port: Count = 8400
    address: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    hsts_days: Count = 180
    sign_in_hours: Count = 12
    shortest_password: Annotated[int, Field(strict=True, ge=8, le=64)] = 8
    connections: Count = 10_000
    connections_per_address: Count = 2_000
    sign_in_idle_hours: Count = 4
    public_host: str = ""
    public_port: Count = 0
    public_inside: StrictBool = True

    @model_validator(mode="after")
    def _has_two_doors(self) -> Self:
        if self.public_port and self.public_port == self.port:
            raise ValueError("server.public_port は、server.port と違う番号にしてください。")
        if not self.public_inside and not self.public_port:
            raise ValueError(
                "server.public_inside を false にするときは、公開会議録のための "
                "server.public_port を書いてください。"
            )
        return self

    @model_validator(mode="after")
    def _has_certificate_and_key(self) -> Self:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError(
                "server.tls_certificate と server.tls_key は、両方書くか、両方とも空に"
                "してください。"
            )
        return self


@dataclass(frozen=True, config=CHECKED)
class ZoneSettings:
    """From which networks who may do what (`meetings/people/zones.py`); an empty list: from all."""

    administration: tuple[NetworkAddress, ...] = ()
    staff: tuple[NetworkAddress, ...] = ()
    attendees: tuple[NetworkAddress, ...] = ()
    guests: tuple[NetworkAddress, ...] = ()
    public: tuple[NetworkAddress, ...] = ()

    def networks_of(self, zone: str) -> tuple[str, ...]:
        """Return the networks of the zone with this word."""
        found: tuple[str, ...] = getattr(self, zone)
        return found


@dataclass(frozen=True, config=CHECKED)
class SignInSettings:
    """`second_factor_for`: who has one of these roles must show a second factor. `fresh_minutes`:
    how long ago one may have signed in for what matters most; 0: however long."""

    second_factor_for: tuple[Role, ...] = ()
    fresh_minutes: Count = 15


@dataclass(frozen=True, config=CHECKED)
class LimitSettings:
    recording_mb: Count = 2000
    recording_hours: Count = 24
    upload_mb: Count = 8000
    upload_days: Count = 7
    silent_minutes: Count = 30
    spare_mb: Count = 1000
    document_mb: Count = 200
    document_pages: Count = 5000
    transcript_mb: Count = 40


@dataclass(frozen=True, config=CHECKED)
class DocumentSettings:
    access_days: Count = 0
    office_seconds: Count = 120

    @property
    def days_of_access(self) -> int | None:
        """Return for how many days after a new meeting its documents can be read; None for no
        end."""
        return self.access_days or None


@dataclass(frozen=True, config=CHECKED)
class MailSettings:
    smtp_host: str = ""
    smtp_port: Count = 25
    smtp_user: str = ""
    smtp_password: str = ""
    security: Literal["none", "starttls", "tls"] = "none"
    sender: str = ""
    reminder_days: Count = 1

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.smtp_host and "@" not in self.sender:
            raise ValueError("mail.sender に、差出人のメールアドレスを書いてください。")
        return self


@dataclass(frozen=True, config=CHECKED)
class SpeechSettings:
    model: str = ""
    threads: Count = 0
    first_chunk_seconds: Count = 300
    chunk_seconds: Count = 600
    second_hearing: StrictBool = False


@dataclass(frozen=True, config=CHECKED)
class SpeakerSettings:
    tell_apart: StrictBool = True
    folder: str = ""
    voiceprint_days: Annotated[Count, Field(ge=1, le=3650)] = 730
    voiceprint_likeness: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.75


@dataclass(frozen=True, config=CHECKED)
class WatchSettings:
    interval_seconds: Count = 5
    settle_seconds: Count = 15
    largest_mb: Count = 8000


@dataclass(frozen=True, config=CHECKED)
class MinutesSettings:
    """The style of official minutes (meetings/style_choices.py). `approve_unread`: whether they may
    be approved and published while nobody has passed some of their text. What ends with
    `_shown_as` stands in the public copy in the place of a passage that is closed."""

    fillers: Removal = Removal.REMOVE
    repeats: Removal = Removal.REMOVE
    numbers: style_choices.Numbers = style_choices.Numbers.HALF
    letters: style_choices.Letters = style_choices.Letters.HALF
    years: style_choices.Years = style_choices.Years.AS_THEY_ARE
    endings: style_choices.Endings = style_choices.Endings.AS_THEY_ARE
    annotations: style_choices.Annotations = style_choices.Annotations.ROUND
    speakers: style_choices.Speakers = style_choices.Speakers.NAME
    spelling: tuple[Spelling, ...] = (
        "下さ=くださ",
        "出来=でき",
        "致し=いたし",
        "事=こと",
        "為=ため",
    )
    approve_unread: StrictBool = True
    closed_session_shown_as: ShownInstead = "〔略〕"
    revoked_shown_as: ShownInstead = "〔発言取消し〕"
    personal_shown_as: ShownInstead = "〔略〕"


@dataclass(frozen=True, config=CHECKED)
class DigestSettings:
    """A language model of the city's own network that drafts digests, by the address of its
    OpenAI-compatible interface (「http://…/v1」); none without an address. `seconds`: how long one
    agenda item may take."""

    address: str = ""
    model: str = ""
    key: str = ""
    seconds: Count = 60


@dataclass(frozen=True, config=CHECKED)
class ScannerSettings:
    """The city's virus scanner: `clamd`, the socket of ClamAV's daemon or its host:port; or a
    `command`, which is given the path of a file last. None without either. `seconds`: how long one
    file may take."""

    clamd: Annotated[str, Field(strict=True, pattern=r"^(/.+|.+:[0-9]{1,5})?$")] = ""
    command: tuple[str, ...] = ()
    seconds: Annotated[Count, Field(ge=1)] = 300

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.clamd and self.command:
            raise ValueError(
                "scanner.clamd と scanner.command は、どちらか一方だけを書いてください。"
            )
        return self


@dataclass(frozen=True, config=CHECKED)
class SigningSettings:
    """The key with which approved records are signed. `pkcs12`: a file (.p12, .pfx) with its
    `passphrase`; empty: a certificate by the city's own authority."""

    pkcs12: str = ""
    passphrase: str = field(default="", repr=False)


def _time_of_day(entry: str) -> str:
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", entry):
        raise ValueError("backup.at は 02:30 のように、時と分で書いてください。")
    return entry


TimeOfDay = Annotated[str, Field(strict=True), AfterValidator(_time_of_day)]
HowMany = Annotated[int, Field(strict=True, ge=1, le=1000)]


@dataclass(frozen=True, config=CHECKED)
class BackupSettings:
    """Backups by night: where to, from when on (in the server's zone), for whom they are encrypted,
    how many are kept of days, weeks and months, and after how many hours without one it is said."""

    target: str = ""
    at: TimeOfDay = "02:30"
    recipients: tuple[str, ...] = ()
    keep_daily: HowMany = 7
    keep_weekly: HowMany = 5
    keep_monthly: HowMany = 12
    warn_after_hours: Annotated[Count, Field(ge=1)] = 36


@dataclass(frozen=True, config=CHECKED)
class RetentionSettings:
    """When what is not kept any longer goes. `warned_days`: so long before, people are told;
    `bin_days`: so long a meeting that was deleted by hand can be put back; `backup_days`: so long
    backups are kept; `export_to`: the folder into which a meeting's archive is written first."""

    warned_days: Annotated[Count, Field(ge=1, le=3650)] = 30
    bin_days: Annotated[Count, Field(ge=1, le=3650)] = 30
    backup_days: Annotated[Count, Field(ge=0, le=3650)] = 35
    export_to: str = ""


@dataclass(frozen=True, config=CHECKED)
class DirectorySettings:
    """The city's directory (LDAP, Active Directory); none without `addresses`, which are tried in
    turn. From `login` to `bureau`: the attributes that hold what we keep, "" for none."""

    addresses: tuple[str, ...] = ()
    certificate_authority: str = ""
    bind_as: str = ""
    bind_password: str = field(default="", repr=False)
    base: str = ""
    people_filter: str = "(objectClass=inetOrgPerson)"
    login: str = "uid"
    sign_in_by: tuple[str, ...] = ("uid",)
    identity: str = "entryUUID"
    name: str = "cn"
    kana: str = ""
    email: str = "mail"
    title: str = "title"
    department: str = "ou"
    bureau: str = ""
    roles: tuple[RoleOfGroup, ...] = ()
    sync_hour: Annotated[Count, Field(le=23)] = 3
    most_leavers_percent: Annotated[Count, Field(le=100)] = 10
    seconds: Annotated[Count, Field(ge=1, le=60)] = 5

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        for address in self.addresses:
            if not address.startswith(("ldaps://", "ldap://")):
                raise ValueError(
                    f"directory.addresses の「{address}」は、ldaps:// か ldap:// で始めてください。"
                )
        if self.addresses and not (self.base and self.login and self.identity and self.name):
            raise ValueError(
                "directory.addresses を書くときは、base、login、identity、name も書いてください。"
            )
        return self

    @property
    def is_used(self) -> bool:
        return bool(self.addresses)


@dataclass(frozen=True, config=CHECKED)
class OidcSettings:
    """The city's single sign-on (OpenID Connect); none without an `issuer`. From `login` to
    `groups`: the claims that hold what we keep, "" for none."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    certificate_authority: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    login: str = "preferred_username"
    name: str = "name"
    kana: str = ""
    email: str = "email"
    title: str = ""
    department: str = ""
    bureau: str = ""
    groups: str = "groups"
    roles: tuple[RoleOfGroup, ...] = ()
    unknown: Literal["refuse", "create"] = "refuse"
    seconds: Annotated[Count, Field(ge=1, le=60)] = 5

    @model_validator(mode="after")
    def _is_reached_safely(self) -> Self:
        if not self.issuer:
            return self
        parts = urlsplit(self.issuer)
        is_here = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise ValueError("oidc.issuer は https:// で始まるアドレスにしてください。")
        if not self.client_id:
            raise ValueError("oidc.issuer を書くときは、client_id も書いてください。")
        return self

    @property
    def is_used(self) -> bool:
        return bool(self.issuer)


@dataclass(frozen=True, config=CHECKED)
class ProxySignInSettings:
    """A reverse proxy that signs people in before they come here and names them in `header`. Only
    one at these `addresses` is believed."""

    addresses: tuple[NetworkAddress, ...] = ()
    header: str = "X-Remote-User"

    @property
    def is_used(self) -> bool:
        return bool(self.addresses)


@dataclass(frozen=True, config=CHECKED)
class AuditSettings:
    """How the audit is proved, where its lines go, and for how many 年度 after their own they stay
    in the database before they are archived."""

    checkpoints: str = ""
    checkpoint_lines: Annotated[Count, Field(ge=100)] = 10_000
    years: Annotated[Count, Field(ge=1, le=5)] = 5
    syslog_host: str = ""
    syslog_port: Count = 514
    syslog_transport: Literal["udp", "tcp", "tls"] = "udp"
    syslog_ca: str = ""


@dataclass(frozen=True, config=CHECKED)
class MonitoringSettings:
    """From where the city's monitoring may ask for the server's figures (`/metrics`)."""

    addresses: tuple[NetworkAddress, ...] = ("127.0.0.1", "::1")


@dataclass(frozen=True, config=CHECKED)
class LogSettings:
    """How the log is written: for people (`text`), or one JSON object a line for a collector."""

    format: Literal["text", "json"] = "text"


@dataclass(frozen=True, config=CHECKED)
class Config:
    city: CitySettings = field(default_factory=CitySettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    zones: ZoneSettings = field(default_factory=ZoneSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    speakers: SpeakerSettings = field(default_factory=SpeakerSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    minutes: MinutesSettings = field(default_factory=MinutesSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    signing: SigningSettings = field(default_factory=SigningSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    directory: DirectorySettings = field(default_factory=DirectorySettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)
    proxy_sign_in: ProxySignInSettings = field(default_factory=ProxySignInSettings)
    scanner: ScannerSettings = field(default_factory=ScannerSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    monitoring: MonitoringSettings = field(default_factory=MonitoringSettings)
    log: LogSettings = field(default_factory=LogSettings)
    file: InstanceOf[Path] = DEFAULT_FILE

    @property
    def home(self) -> Path:
        """Return where everything that is stored lives."""
        return self.path(self.storage.home)

    def path(self, name: str) -> Path:
        """Return a path of the settings: relative ones begin beside the file."""
        return (self.file.parent / name).resolve()

    @property
    def address(self) -> str:
        """Return how terminals reach the server, for links in letters and codes; without a slash at
        the end."""
        if self.server.address:
            return self.server.address.rstrip("/")
        scheme = "https" if self.server.tls_certificate else "http"
        return f"{scheme}://{self.server.host}:{self.server.port}"

    @property
    def database(self) -> Path:
        return self.home / "gijido.sqlite3"

    @property
    def queue(self) -> Path:
        """Return Huey's own file: two SQLite libraries must never share one."""
        return self.home / "queue.sqlite3"


def load(path: Path = DEFAULT_FILE) -> Config:
    """Read the settings; GIJIDO_HOME and GIJIDO_PORT go before the file.

    Raises ConfigurationError with file and key when something cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(f"設定ファイル {path} を読めません: {problem}") from problem
    try:
        config = Config(**tables)
    except ValidationError as problem:
        wrong = f"{_sentence(problem)}{_place(text, problem)}"
        raise ConfigurationError(f"設定ファイル {path} の {wrong}") from problem
    return with_environment(replace(config, file=path.resolve()))


def write(path: Path, section: str, key: str, value: str) -> None:
    """Change one setting in the file and nothing else: its comments and its order stay.

    Raises ConfigurationError when the file cannot be read or written.
    """
    try:
        tables = tomlkit.parse(path.read_text(encoding="utf-8"))
        tables.setdefault(section, tomlkit.table())[key] = value
        _replace(path, tomlkit.dumps(tables))
    except (OSError, UnicodeDecodeError, TOMLKitError) as problem:
        raise ConfigurationError(
            f"設定ファイル {path} を書き換えられません: {problem}"
        ) from problem


def _replace(path: Path, text: str) -> None:
    """Replace the file's text, written beside it first: whoever starts meanwhile reads the old file
    or the new one."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.resolve().parent, delete=False
    ) as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    shutil.copymode(path, made.name)
    Path(made.name).replace(path.resolve())


TYPES = {
    "string_type": "文字列",
    "int_type": "整数",
    "float_type": "小数",
    "bool_type": " true か false ",
    "tuple_type": "文字列の並び",
}
BOUNDS = {
    "greater_than_equal": "{ge:,}以上に",
    "less_than_equal": "{le:,}以下に",
    "greater_than": "{gt:g}より大きい数に",
    "less_than": "{lt:g}より小さい数に",
}


def _sentence(problem: ValidationError) -> str:
    """Return what is wrong first of all and what to write instead, from the key on."""
    error = problem.errors()[0]
    place, kind, bounds = error["loc"], error["type"], error.get("ctx", {})
    if kind == "value_error":
        said = str(bounds["error"])
        # What is said of any list of networks lacks its name.
        return f"{place[0]}.{place[1]} の{said}" if said.startswith("「") else said
    if len(place) == 1:
        return f"[{place[0]}] は知らない項目です。"
    key = f"{place[0]}.{place[1]}"
    if kind in TYPES:
        wanted = TYPES["tuple_type" if len(place) > 2 else kind]
        return f"{key} は{wanted}で書いてください。"
    if kind in BOUNDS:
        return f"{key} は{BOUNDS[kind].format(**bounds)}してください。"
    if kind == "string_pattern_mismatch":
        return f"{key} は、ソケットの場所（/ から）か、host:port の形で書いてください。"
    if kind in ("enum", "literal_error"):
        words = re.findall("'([^']*)'", bounds["expected"])
        return f"{key} は {'、'.join(words)} のどれかにしてください。"
    return f"{key} は知らない項目です。"


def _place(text: str, problem: ValidationError) -> str:
    """Return the line of the file that is wrong first of all, as 「（12行目）」."""
    section, *key = (str(part) for part in problem.errors()[0]["loc"][:2])
    is_there, found = False, 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("["):
            is_there = line.strip() == f"[{section}]"
            found = number if is_there else found
        elif is_there and key and line.partition("=")[0].strip() == key[0]:
            return f"（{number}行目）"
    return f"（{found}行目）" if found else ""


def with_environment(config: Config) -> Config:
    home, port = os.environ.get("GIJIDO_HOME"), os.environ.get("GIJIDO_PORT")
    if home:
        config = replace(config, storage=StorageSettings(home=str(Path(home).resolve())))
    if port:
        if not port.isdecimal():
            raise ConfigurationError("GIJIDO_PORT はポート番号（数字）で指定してください。")
        config = replace(config, server=replace(config.server, port=int(port)))
    return config
