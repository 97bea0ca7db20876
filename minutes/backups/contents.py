"""What is in one backup: its inventory, which lies encrypted beside the objects, and the small
statement that ends it, which everybody may read."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

CHECKED = ConfigDict(extra="forbid")


def _inside(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise ValueError("a path that leads out of the home")
    return path


@dataclass(frozen=True, config=CHECKED)
class KeptFile:
    """A file by its path below the home. `pieces`: SHA-256 of each of its parts, in their order; a
    file in one piece has its own."""

    path: Annotated[str, AfterValidator(_inside)]
    size_bytes: int
    sha256: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, config=CHECKED)
class Contents:
    """The inventory. `rows`: how many the tables have. `names_key` (in hexadecimal) and
    `recipients`: from which objects have their names. `lost`: what the rows name and the server
    had lost already."""

    made_at: datetime
    program: str
    schema: str
    names_key: str
    recipients: tuple[str, ...]
    rows: dict[str, int]
    database: KeptFile
    files: tuple[KeptFile, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, config=CHECKED)
class Statement:
    """What stands last in the folder of a backup: without it, or when the two hashes do not fit,
    there is no backup. `size_bytes`: of all objects, encrypted."""

    kind: Literal["gijido-backup-1"]
    made_at: datetime
    program: str
    schema: str
    files: int
    objects: int
    size_bytes: int
    contents_sha256: str
    objects_sha256: str


CONTENTS = TypeAdapter(Contents)
STATEMENT = TypeAdapter(Statement)
