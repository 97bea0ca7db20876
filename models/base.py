"""What every table shares: the names of constraints, times in UTC, short column types."""

import json
import zlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column


def now() -> datetime:
    return datetime.now(UTC)


EARLIEST, LATEST = datetime(1868, 1, 1), datetime(2201, 1, 1)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the table. A naive one raises ValueError. One
    outside EARLIEST and LATEST, such as the year 9999, is read as the nearer of the two, so that
    durations can be added to it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else min(max(value, EARLIEST), LATEST).replace(tzinfo=UTC)


class PackedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object stored as compressed UTF-8, which takes a seventh of escaped Japanese text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(written.encode(errors="surrogatepass"))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> dict[str, Any] | None:
        if value is None:
            return None
        found: dict[str, Any] = json.loads(zlib.decompress(value).decode(errors="surrogatepass"))
        return found


def word(kind: type[StrEnum]) -> Enum:
    """Return the column type that holds one of the words of `kind`, as text."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda words: [w.value for w in words]
    )


Id = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(200))]
LongText = Annotated[str, mapped_column(Text)]
Sha256 = Annotated[str, mapped_column(String(64))]
When = Annotated[datetime, mapped_column(UtcDateTime)]
JsonObject = Annotated[dict[str, Any], mapped_column(JSON)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
