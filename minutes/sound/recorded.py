"""Finds when a recording began, by the metadata in its file."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av

from meetings.dates import TOKYO
from minutes.sound.formats import READ_SAFELY

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier times are wrong: recorders whose clock was never set write 1904, 1970 or 1980."""

AHEAD = timedelta(hours=1)
"""How far in the future a time may be, as a recorder's clock may be a little fast."""

# Broadcast WAV (EBU Tech 3285): date and time by the recorder's own clock, with any separators.
DAY = re.compile(r"(\d{4})\D(\d{2})\D(\d{2})")
TIME = re.compile(r"(\d{2})\D(\d{2})\D(\d{2})")

# Advanced Systems Format: the object with the creation date in units of 0.1 µs since 1601.
ASF_HEAD_BYTES = 4096
ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_DATE = slice(48, 56)
ASF_BEGIN = datetime(1601, 1, 1, tzinfo=UTC)
ASF_LATEST = 1 << 60


def recorded_at(path: Path) -> datetime | None:
    """Return the time of recording in UTC, as the file declares it: mp4 and related formats,
    Matroska, ASF, Broadcast WAV. None if there is none or it cannot be true.

    Most recorders write when the recording began, some phones when it ended.
    """
    try:
        found = _by_container(path) or _by_asf(path)
    except (av.FFmpegError, ValueError, OverflowError, EOFError, OSError):
        return None
    return found if found and OLDEST <= found <= datetime.now(UTC) + AHEAD else None


def _by_container(path: Path) -> datetime | None:
    with av.open(
        str(path.resolve()), metadata_errors="ignore", container_options=READ_SAFELY
    ) as container:
        tags = container.metadata
    time = tags.get("creation_time", "")
    if "T" in time:
        return _aware(datetime.fromisoformat(time))
    day, hour = DAY.fullmatch(tags.get("date", "")), TIME.fullmatch(time)
    if not (day and hour):
        return None
    parts = "-".join(day.groups() + hour.groups())
    return _aware(datetime.strptime(parts, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=TOKYO))


def _aware(at: datetime) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _by_asf(path: Path) -> datetime | None:
    with path.open("rb") as file:
        head = file.read(ASF_HEAD_BYTES)
    at = head.find(ASF_PROPERTIES)
    units = int.from_bytes(head[at:][ASF_DATE], "little") if at >= 0 else 0
    return ASF_BEGIN + timedelta(microseconds=units // 10) if 0 < units < ASF_LATEST else None
