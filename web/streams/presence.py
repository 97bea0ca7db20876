"""The presence of people in a transcript, and at which segment: known for a moment only, by this
process, and written down nowhere."""

import threading
import time
from dataclasses import dataclass
from typing import cast

from flask import current_app

HERE_SECONDS = 12.0


@dataclass(frozen=True)
class Present:
    person_id: int
    name: str
    segment_id: int | None
    at: float


class Presence:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seats: dict[int, dict[str, Present]] = {}

    def note(self, transcript_id: int, seat: str, present: Present) -> list[Present]:
        """Note that one tab of a person is here, and return what was noted last of the other tabs
        in this transcript."""
        with self._lock:
            seats = self._seats.setdefault(transcript_id, {})
            seats[seat] = present
            for gone in [k for k, one in seats.items() if present.at - one.at > HERE_SECONDS]:
                del seats[gone]
            return [one for key, one in seats.items() if key != seat]


def clock() -> float:
    return time.monotonic()


def presence() -> Presence:
    return cast(Presence, current_app.extensions["presence"])
