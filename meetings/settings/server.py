"""Settings of the server: where it stands and listens, who may come from where, for how long."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator
from pydantic.dataclasses import dataclass

from meetings.settings.kinds import CHECKED, Count, NetworkAddress
from models.person import Role


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
    hsts_days: Count = 365
    hsts_subdomains: bool = True
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
class MonitoringSettings:
    """From where the city's monitoring may ask for the server's figures (`/metrics`)."""

    addresses: tuple[NetworkAddress, ...] = ("127.0.0.1", "::1")


@dataclass(frozen=True, config=CHECKED)
class LogSettings:
    """How the log is written: for people (`text`), or one JSON object a line for a collector."""

    format: Literal["text", "json"] = "text"
