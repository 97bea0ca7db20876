"""Reads and shows the start time of a recording as people type it: a time of day (14:00:05), or a
distance from the start of the first part (＋1:02:03).
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from meetings import dates, entries
from meetings.errors import InvalidInput
from minutes.recordings.parts import parts_of
from models.meeting import Meeting
from models.recording import Recording

FIELD = "began_at"
CLOCK = re.compile(r"(\d{1,2})[:時](\d{2})(?:[:分](\d{2})秒?|分?)")
DISTANCE = re.compile(r"([+-])(\d{1,2}):(\d{2}):(\d{2})")
MINUS_SIGNS = str.maketrans("−‐–—ー", "-----")
ONE_DAY = timedelta(days=1)


def read_beginning(
    session: Session, recording: Recording, typed: str, day: str = ""
) -> datetime | None:
    """Return the instant that `typed` means, or None (unknown) where nothing was typed.

    Without a `day` (「2026-11-24」) a time of day is put on the day that brings it nearest to the
    meeting, so that 0:15:00 of a meeting over midnight is on the second day. Where the form comes
    back as it was shown, the known instant is returned with its fractions of a second.

    Raises InvalidInput for anything that cannot be read.
    """
    if recording.began_at and (typed.strip(), day.strip()) == typed_beginning(recording):
        return recording.began_at
    words = unicodedata.normalize("NFKC", typed).translate(MINUS_SIGNS).replace(" ", "")
    if not words:
        return None
    if words[0] in "+-":
        return after_first_part(session, recording, _distance(words))
    return _on_the_clock(recording.meeting, _time(words), day)


def after_first_part(session: Session, recording: Recording, distance: timedelta) -> datetime:
    """Return the instant that is `distance` after the start of the meeting's first part. Raises
    InvalidInput where that start is not known, or the recording itself is the first part.
    """
    first, *_ = [*parts_of(session, recording.meeting), None]
    if first is None or first.recording is recording:
        raise InvalidInput(
            FIELD,
            "この録音が第1部なので、第1部の始まりからの長さでは表せません。"
            "14:00:05 のように時刻で入力してください。",
        )
    if first.recording.began_at is None:
        raise InvalidInput(
            FIELD,
            f"第1部（{first.recording.file_name}）の始まりの時刻がまだ分かりません。"
            "先に第1部の時刻を入力するか、この録音の時刻を 14:00:05 のように入力してください。",
        )
    return first.recording.began_at + distance


def typed_beginning(recording: Recording) -> tuple[str, str]:
    """Return time and day as `read_beginning` reads them back; the day is empty unless it is
    needed, and both are empty where the start is unknown.
    """
    if recording.began_at is None:
        return "", ""
    here = dates.local(recording.began_at)
    is_plain = _on_the_clock(recording.meeting, here.time(), "") == here
    return dates.clock_in_seconds(here), "" if is_plain else here.date().isoformat()


def _on_the_clock(meeting: Meeting, clock: time, day: str) -> datetime:
    if day.strip():
        return _at(entries.date_of(FIELD, "始まり", day), clock)
    first = dates.local(meeting.starts_at).date() - ONE_DAY
    last = dates.local(meeting.ends_at).date() + ONE_DAY
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    return min((_at(one, clock) for one in days), key=lambda at: _distance_from(meeting, at))


def _distance_from(meeting: Meeting, at: datetime) -> timedelta:
    return max(meeting.starts_at - at, at - meeting.ends_at, timedelta(0))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=dates.TOKYO)


def _time(words: str) -> time:
    found = CLOCK.fullmatch(words)
    try:
        if found:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise InvalidInput(
        FIELD,
        f"始まりの時刻「{words[:20]}」は読めません。0:00:00から23:59:59までの時刻を 14:00:05 の"
        "ように、または第1部の始まりからの長さを ＋1:02:03 のように入力してください。",
    )


def _distance(words: str) -> timedelta:
    found = DISTANCE.fullmatch(words)
    if not found or int(found[3]) > 59 or int(found[4]) > 59:
        raise InvalidInput(
            FIELD,
            f"第1部の始まりからの長さ「{words[:20]}」は読めません。"
            "＋1:02:03 のように「時:分:秒」で入力してください。",
        )
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4]))
    return -length if found[1] == "-" else length
