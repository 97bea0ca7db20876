"""Kinds of values in config.toml, each with the sentence for what cannot be read."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from models.person import Role

CHECKED = ConfigDict(extra="forbid")

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


def _time_of_day(entry: str) -> str:
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", entry):
        raise ValueError("backup.at は 02:30 のように、時と分で書いてください。")
    return entry


TimeOfDay = Annotated[str, Field(strict=True), AfterValidator(_time_of_day)]

HowMany = Annotated[int, Field(strict=True, ge=1, le=1000)]
