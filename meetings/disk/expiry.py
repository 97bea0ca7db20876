"""The caution before removing what is over. A clock can be wrong: it jumps by days when its battery
is empty or somebody sets it. So nothing is removed by one look at it."""

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

WAIT_SECONDS = 3600.0
"""So long something must have been over, at every look, by a clock that nobody can set."""

DISTRUST_SECONDS = 86_400.0
"""So long nothing goes after the clock was set to another time."""

JUMP_SECONDS = 300.0
"""More than a clock that is kept right is ever set by at once."""

KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True)
class Clocks:
    """The two clocks. `wall`: seconds since 1970, as the machine is told. `steady`: seconds since
    it was switched on, also while it sleeps; nobody can set it."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)


class Overdue:
    """What was found over so far, by one process, and whether the clock can be trusted."""

    def __init__(
        self,
        clocks: Clocks | None = None,
        *,
        wait_seconds: float = WAIT_SECONDS,
        distrust_seconds: float = DISTRUST_SECONDS,
    ) -> None:
        self._clocks = clocks or Clocks()
        self._wait_seconds, self._distrust_seconds = wait_seconds, distrust_seconds
        self._last: tuple[float, float] | None = None
        self._trusted_from = 0.0
        self._since: dict[Hashable, float] = {}

    def confirm(self, over: Iterable[KeyT]) -> set[KeyT]:
        """Return, of what looks over now, what has looked so at every look for long enough, while
        the clock was not set to another time. To be asked for all of it together, every minute or
        so."""
        wall, steady = self._clocks.wall(), self._clocks.steady()
        if self._last is not None:
            told, passed = wall - self._last[0], steady - self._last[1]
            if abs(told - passed) > JUMP_SECONDS:
                self._since.clear()
                self._trusted_from = steady + self._distrust_seconds
        self._last = wall, steady
        looked_at = list(over)
        self._since = {key: self._since.get(key, steady) for key in looked_at}
        if steady < self._trusted_from:
            return set()
        return {key for key in looked_at if steady - self._since[key] >= self._wait_seconds}
