"""The settings: config.toml, section by section (`meetings/settings/`). An unknown key, a wrong
type or a value out of range stops the start with a sentence that names the key.
"""

import os
import re
import shutil
import tempfile
import tomllib
from dataclasses import field, replace
from pathlib import Path

import tomlkit
from pydantic import InstanceOf, ValidationError
from pydantic.dataclasses import dataclass
from tomlkit.exceptions import TOMLKitError

from meetings.errors import ConfigurationError
from meetings.settings.accounts import DirectorySettings, OidcSettings, ProxySignInSettings
from meetings.settings.keeping import (
    AuditSettings,
    BackupSettings,
    RetentionSettings,
    ScannerSettings,
)
from meetings.settings.kinds import CHECKED
from meetings.settings.server import (
    LogSettings,
    MonitoringSettings,
    ServerSettings,
    SignInSettings,
    StorageSettings,
    ZoneSettings,
)
from meetings.settings.work import (
    CitySettings,
    DigestSettings,
    DocumentSettings,
    LimitSettings,
    MailSettings,
    MinutesSettings,
    SigningSettings,
    SpeakerSettings,
    SpeechSettings,
    WatchSettings,
)

DEFAULT_FILE = Path(__file__).resolve().parent.parent / "config.toml"


MEGABYTE = 1_000_000
"""Bytes of the unit in which the settings ending in `_mb` count."""


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
    def has_secrets(self) -> bool:
        """Return whether passwords or keys of other systems stand in the settings."""
        of = (self.mail.smtp_password, self.directory.bind_password, self.oidc.client_secret)
        return any((*of, self.signing.passphrase, self.digest.key))

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
