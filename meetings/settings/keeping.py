"""Settings of what is looked over, kept, proved and deleted."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from meetings.settings.kinds import (
    CHECKED,
    Count,
    HowMany,
    TimeOfDay,
)


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
