"""Speaker turns: who speaks when."""

from collections.abc import Hashable
from typing import NamedTuple


class SpeakerTurn(NamedTuple):
    """A stretch of time in which one voice speaks, in seconds of the recording."""

    start_seconds: float
    end_seconds: float
    voice: Hashable
