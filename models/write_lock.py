"""The order in which the threads of one process write. SQLite has one writer at a time and lets the
others retry in no order; here they queue first, so that nobody is overtaken for ever."""

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
    """A lock that goes to the urgent threads first, otherwise in the order in which they came."""

    def __init__(self, most_waiting: int | None = None) -> None:
        """Limit the queue to `most_waiting` threads; an urgent one is never sent away for it."""
        self._guard = threading.Lock()
        self._row: list[_Waiting] = []
        self._tickets = count()
        self._most_waiting = most_waiting
        self._holder: int | None = None

    @property
    def waiting(self) -> int:
        """Return how many threads are in the queue."""
        return len(self._row)

    def take(self, seconds: float, *, is_urgent: bool = False) -> bool:
        """Wait for the lock for at most `seconds` and return whether we have it; return False at
        once when the queue is full.

        Raises RuntimeError where this thread has it already, because it would wait for itself.
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
        """Pass the lock to the next thread in the queue, or free it."""
        with self._guard:
            if self._row:
                heappop(self._row).called.set()
                self._holder = 0  # nobody's thread: the one that was called has not woken yet
            else:
                self._holder = None
