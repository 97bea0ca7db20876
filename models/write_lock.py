"""Who writes next. SQLite has one writer at a time and lets the others try again in no order; here
those of one process stand in a row first, so that nobody is overtaken for ever."""

import threading
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count


@dataclass(order=True)
class _Waiting:
    is_patient: bool
    ticket: int
    called: threading.Event = field(compare=False, default_factory=threading.Event)


class WriteLock:
    """One at a time; the urgent ones first, otherwise in the order in which they came."""

    def __init__(self, most_waiting: int | None = None) -> None:
        """`most_waiting`: how many may stand in the row; nobody urgent is sent away for it."""
        self._guard = threading.Lock()
        self._row: list[_Waiting] = []
        self._tickets = count()
        self._most_waiting = most_waiting
        self._holder: int | None = None

    @property
    def waiting(self) -> int:
        """How many stand in the row."""
        return len(self._row)

    def take(self, seconds: float, *, is_urgent: bool = False) -> bool:
        """Whether it is ours, after at most so many seconds; False at once when the row is full.

        Raises RuntimeError where this thread has it already: it would wait for itself.
        """
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                raise RuntimeError("this thread is writing already")
            if self._holder is None:
                self._holder = me
                return True
            if len(self._row) == self._most_waiting and not is_urgent:
                return False
            place = _Waiting(not is_urgent, next(self._tickets))
            heappush(self._row, place)
        is_called = place.called.wait(seconds)
        with self._guard:
            if is_called or place.called.is_set():
                self._holder = me
                return True
            self._row.remove(place)
            heapify(self._row)
        return False

    def give_back(self) -> None:
        """To the next one in the row, if there is one."""
        with self._guard:
            if self._row:
                heappop(self._row).called.set()
                self._holder = 0  # nobody's thread: the one that was called has not woken yet
            else:
                self._holder = None
