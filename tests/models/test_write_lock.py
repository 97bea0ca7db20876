"""Writers of one process stand in a row."""

import threading
import time

import pytest

from models.write_lock import WriteLock

pytestmark = pytest.mark.hostile


class Row:
    """Threads that want the lock one after the other, and the order in which they had it."""

    def __init__(self, lock: WriteLock) -> None:
        self._lock = lock
        self._threads: list[threading.Thread] = []
        self.had: list[str] = []

    def join(self, name: str, *, is_urgent: bool = False) -> None:
        before = self._lock.waiting
        thread = threading.Thread(target=self._write, args=(name, is_urgent))
        thread.start()
        self._threads.append(thread)
        while self._lock.waiting == before:
            time.sleep(0.001)

    def all_done(self) -> list[str]:
        for thread in self._threads:
            thread.join(10)
        return self.had

    def _write(self, name: str, is_urgent: bool) -> None:
        assert self._lock.take(10, is_urgent=is_urgent)
        self.had.append(name)
        self._lock.give_back()


def test_whoever_came_first_writes_first_and_the_urgent_before_them() -> None:
    lock = WriteLock()
    assert lock.take(0)
    row = Row(lock)
    for name in "abc":
        row.join(name)
    row.join("turn", is_urgent=True)
    lock.give_back()
    assert row.all_done() == ["turn", "a", "b", "c"]


def test_nobody_waits_longer_than_they_said_and_leaves_the_row_then() -> None:
    lock = WriteLock()
    assert lock.take(0)
    outcome: list[bool] = []
    waiting = threading.Thread(target=lambda: outcome.append(lock.take(0.01)))
    waiting.start()
    waiting.join(10)
    assert outcome == [False]
    assert lock.waiting == 0
    lock.give_back()
    assert lock.take(0)


def test_a_full_row_sends_away_at_once_but_nobody_urgent() -> None:
    lock = WriteLock(most_waiting=1)
    assert lock.take(0)
    row = Row(lock)
    row.join("a")
    outcome: list[bool] = []
    refused = threading.Thread(target=lambda: outcome.append(lock.take(3600)))
    refused.start()
    refused.join(10)
    assert outcome == [False]
    row.join("turn", is_urgent=True)
    lock.give_back()
    assert row.all_done() == ["turn", "a"]


def test_a_thread_that_would_wait_for_itself_is_told() -> None:
    lock = WriteLock()
    assert lock.take(0)
    with pytest.raises(RuntimeError):
        lock.take(3600)
