"""Settings: config.toml into frozen dataclasses. An unknown or unreadable key stops the start."""

import os
import shutil
import tempfile
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from meetings.errors import ConfigurationError

DEFAULT_FILE = Path(__file__).resolve().parent.parent / "config.toml"


@dataclass(frozen=True)
class City:
    name: str = "若葉市"


@dataclass(frozen=True)
class Storage:
    home: str = "var"


@dataclass(frozen=True)
class Server:
    host: str = "127.0.0.1"
    port: int = 8400
    address: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    hsts_days: int = 180
    sign_in_hours: int = 12
    connections: int = 10_000
    connections_per_address: int = 2_000
    sign_in_idle_hours: int = 4


@dataclass(frozen=True)
class Limits:
    recording_mb: int = 2000
    recording_hours: int = 24
    upload_mb: int = 8000
    upload_days: int = 7
    silent_minutes: int = 30
    spare_mb: int = 1000
    document_mb: int = 200
    document_pages: int = 5000
    transcript_mb: int = 40


@dataclass(frozen=True)
class Documents:
    access_days: int = 0
    office_seconds: int = 120

    @property
    def days_of_access(self) -> int | None:
        """So many days after a new meeting its documents can be read; None for no end."""
        return self.access_days or None


@dataclass(frozen=True)
class Mail:
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    security: str = "none"
    sender: str = ""
    reminder_days: int = 1


@dataclass(frozen=True)
class Speech:
    model: str = ""
    threads: int = 0
    first_chunk_seconds: int = 300
    chunk_seconds: int = 600


@dataclass(frozen=True)
class Speakers:
    tell_apart: bool = True
    folder: str = ""
    voiceprint_days: int = 730
    voiceprint_likeness: float = 0.75


@dataclass(frozen=True)
class Watch:
    interval_seconds: int = 5
    settle_seconds: int = 15
    largest_mb: int = 8000


@dataclass(frozen=True)
class Minutes:
    """The style of official minutes (meetings/style_choices.py). `approve_unread`: whether they may
    be approved and published while nobody has passed some of their text."""

    fillers: str = "remove"
    repeats: str = "remove"
    numbers: str = "half"
    letters: str = "half"
    years: str = "as-is"
    endings: str = "as-is"
    annotations: str = "round"
    speakers: str = "name"
    spelling: tuple[str, ...] = ("下さ=くださ", "出来=でき", "致し=いたし", "事=こと", "為=ため")
    approve_unread: bool = True


CHOICES = {
    "fillers": ("remove", "keep"),
    "repeats": ("remove", "keep"),
    "numbers": ("as-is", "half", "half-commas", "full", "full-commas", "one-full"),
    "letters": ("as-is", "half", "full"),
    "years": ("as-is", "era", "western"),
    "endings": ("as-is", "polite", "plain"),
    "annotations": ("round", "square", "remove", "as-is"),
    "speakers": ("name", "family-name", "office", "office-name", "office-name-kun", "brackets"),
}
"""Of [minutes]."""

LONGEST_VOICEPRINT_DAYS = 3650


@dataclass(frozen=True)
class Config:
    city: City = field(default_factory=City)
    storage: Storage = field(default_factory=Storage)
    server: Server = field(default_factory=Server)
    limits: Limits = field(default_factory=Limits)
    documents: Documents = field(default_factory=Documents)
    mail: Mail = field(default_factory=Mail)
    speech: Speech = field(default_factory=Speech)
    speakers: Speakers = field(default_factory=Speakers)
    watch: Watch = field(default_factory=Watch)
    minutes: Minutes = field(default_factory=Minutes)
    file: Path = DEFAULT_FILE

    @property
    def home(self) -> Path:
        """Where everything that is stored lives."""
        return self.path(self.storage.home)

    def path(self, name: str) -> Path:
        """A path of the settings: relative ones begin beside the file."""
        return (self.file.parent / name).resolve()

    @property
    def address(self) -> str:
        """How terminals reach the server, for links in letters and codes; without a slash."""
        if self.server.address:
            return self.server.address.rstrip("/")
        scheme = "https" if self.server.tls_certificate else "http"
        return f"{scheme}://{self.server.host}:{self.server.port}"

    @property
    def database(self) -> Path:
        return self.home / "gijido.sqlite3"

    @property
    def queue(self) -> Path:
        """Huey's own file: two SQLite libraries must never share one."""
        return self.home / "queue.sqlite3"


def load(path: Path = DEFAULT_FILE) -> Config:
    """Read the settings; GIJIDO_HOME and GIJIDO_PORT go before the file.

    Raises ConfigurationError with file and key when something cannot be read.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(f"設定ファイル {path} を読めません: {problem}") from problem
    sections = {name: _section(path, name, values) for name, values in tables.items()}
    return _with_environment(_checked(path, Config(file=path.resolve(), **sections)))


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
    """Beside it first: whoever starts meanwhile reads the old file or the new one."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.resolve().parent, delete=False
    ) as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    shutil.copymode(path, made.name)
    Path(made.name).replace(path.resolve())


def _checked(path: Path, config: Config) -> Config:
    """What cannot be seen from one key alone."""
    mail, server = config.mail, config.server
    if mail.security not in ("none", "starttls", "tls"):
        raise ConfigurationError(
            f"設定ファイル {path} の mail.security は none、starttls、tls のどれかにしてください。"
        )
    if mail.smtp_host and "@" not in mail.sender:
        raise ConfigurationError(
            f"設定ファイル {path} の mail.sender に、差出人のメールアドレスを書いてください。"
        )
    if bool(server.tls_certificate) != bool(server.tls_key):
        raise ConfigurationError(
            f"設定ファイル {path} の server.tls_certificate と server.tls_key は、両方書くか、"
            "両方とも空にしてください。"
        )
    _check_speakers(path, config.speakers)
    _check_minutes(path, config.minutes)
    return config


def _check_speakers(path: Path, speakers: Speakers) -> None:
    if not 1 <= speakers.voiceprint_days <= LONGEST_VOICEPRINT_DAYS:
        raise ConfigurationError(
            f"設定ファイル {path} の speakers.voiceprint_days は1から{LONGEST_VOICEPRINT_DAYS:,}"
            "までにしてください。"
        )
    if not 0 < speakers.voiceprint_likeness < 1:
        raise ConfigurationError(
            f"設定ファイル {path} の speakers.voiceprint_likeness は0より大きく1より小さい数に"
            "してください。"
        )


def _check_minutes(path: Path, minutes: Minutes) -> None:
    for name, words in CHOICES.items():
        if getattr(minutes, name) not in words:
            raise ConfigurationError(
                f"設定ファイル {path} の minutes.{name} は {'、'.join(words)} のどれかに"
                "してください。"
            )
    for entry in minutes.spelling:
        before, _, after = (part.strip() for part in entry.partition("="))
        if not before or not after or before == after:
            raise ConfigurationError(
                f"設定ファイル {path} の minutes.spelling の「{entry}」を読めません。"
                "「事=こと」の形で書いてください。"
            )


def _section(path: Path, name: str, values: Any) -> Any:
    known = {f.name: f for f in fields(Config) if f.name != "file"}
    if name not in known or not isinstance(values, dict):
        raise ConfigurationError(f"設定ファイル {path} の [{name}] は知らない項目です。")
    default = getattr(Config(), name)
    settings = {f.name: getattr(default, f.name) for f in fields(default)}
    for key, value in values.items():
        if key not in settings:
            raise ConfigurationError(f"設定ファイル {path} の {name}.{key} は知らない項目です。")
        settings[key] = _typed(path, f"{name}.{key}", settings[key], value)
    return replace(default, **settings)


def _typed(path: Path, key: str, default: Any, value: Any) -> Any:
    if isinstance(default, tuple) and isinstance(value, list):
        if all(isinstance(entry, str) for entry in value):
            return tuple(value)
        raise ConfigurationError(f"設定ファイル {path} の {key} は文字列の並びで書いてください。")
    if type(value) is not type(default):
        kinds = {
            str: "文字列",
            int: "整数",
            float: "小数",
            bool: " true か false ",
            tuple: "文字列の並び",
        }
        wanted = kinds[type(default)]
        raise ConfigurationError(f"設定ファイル {path} の {key} は{wanted}で書いてください。")
    if isinstance(value, int) and value < 0:
        raise ConfigurationError(f"設定ファイル {path} の {key} は0以上にしてください。")
    return value


def _with_environment(config: Config) -> Config:
    home, port = os.environ.get("GIJIDO_HOME"), os.environ.get("GIJIDO_PORT")
    if home:
        config = replace(config, storage=Storage(home=str(Path(home).resolve())))
    if port:
        if not port.isdecimal():
            raise ConfigurationError("GIJIDO_PORT はポート番号（数字）で指定してください。")
        config = replace(config, server=replace(config.server, port=int(port)))
    return config
