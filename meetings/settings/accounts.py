"""Settings of accounts that other systems of the city keep."""

from dataclasses import field
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from meetings.settings.kinds import (
    CHECKED,
    Count,
    NetworkAddress,
    RoleOfGroup,
)


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
