"""Whoever signs in by an outside system waits for it; nobody else does, however slow it is."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from meetings.errors import DirectoryUnreachable, SingleSignOnUnreachable, TryAgain

LOG = logging.getLogger(__name__)
AT_ONCE = 8
"""Questions to one system at the same time; whoever signs in beyond them comes again."""
LONGEST_WAIT_SECONDS = 1.0
REST_SECONDS = 20.0
"""After a system did not answer, nobody waits for it again for so long."""


class Turns:
    """The turns of those who ask one outside system, which gets a rest when it does not answer."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._failed_at: float | None = None

    @contextmanager
    def one(
        self, failed: type[DirectoryUnreachable] | type[SingleSignOnUnreachable]
    ) -> Iterator[None]:
        """Give a turn. Raises TryAgain when too many ask at once; `failed`, which says that nobody
        answered, also while the system rests."""
        if not self._free.acquire(timeout=LONGEST_WAIT_SECONDS):
            raise TryAgain()
        try:
            if self._failed_at is not None and time.monotonic() < self._failed_at + REST_SECONDS:
                raise failed("it did not answer a moment ago")
            self._failed_at = None
            yield
        except failed as problem:
            if self._failed_at is None:
                self._failed_at = time.monotonic()
                LOG.warning("an outside system cannot be asked: %s", problem.reason)
            raise
        finally:
            self._free.release()
