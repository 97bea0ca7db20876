"""A thread pool for each kind of work: nobody who reads waits for those who write, and the hall
waits for nobody. Who would wait too long is told to come again."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from meetings.directory import turns
from meetings.errors import TryAgain
from meetings.people import passwords
from web.door.costs import RequestLane

T = TypeVar("T")


@dataclass(frozen=True)
class Width:
    """The size of a lane: how many run at once, how many more may wait, and for how long."""

    threads: int
    most_waiting: int
    longest_wait_seconds: float


WIDTHS = {
    RequestLane.TURNS: Width(2, 500, 10),
    # A hall that comes back after its network was gone asks all at once.
    RequestLane.LIVE: Width(6, 5_000, 30),
    RequestLane.READING: Width(8, 500, 10),
    RequestLane.CHANGING: Width(8, 500, 10),
    RequestLane.FILES: Width(4, 100, 30),
    # As many as are hashed at once, beside those who wait for the city's directory or its single
    # sign-on: they may be slow.
    RequestLane.SIGN_IN: Width(passwords.AT_ONCE + 2 * turns.AT_ONCE, 500, 60),
    # One at a time: the interpreter makes no more anyway, and the hall waits less for it.
    RequestLane.CITIZENS: Width(1, 200, 10),
    RequestLane.CLIPS: Width(2, 50, 10),
}


class Threads:
    """A thread pool and the queue of those who wait for a thread; belongs to one event loop."""

    def __init__(self, name: str, width: Width) -> None:
        self._pool = ThreadPoolExecutor(width.threads, name)
        self._free = asyncio.Semaphore(width.threads)
        self._width = width
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Return how many wait for a thread now."""
        return self._waiting

    async def run(self, act: Callable[..., T], *arguments: Any) -> T:
        """Run `act` in a thread and return its result. A step that began is waited for, also when
        the server stops.

        Raises TryAgain when too many wait, or this one waited too long.
        """
        await self._enter()
        step = asyncio.get_running_loop().run_in_executor(self._pool, act, *arguments)
        step.add_done_callback(lambda _: self._free.release())
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            await asyncio.wait([step])
            raise

    async def _enter(self) -> None:
        if self._waiting >= self._width.most_waiting:
            raise TryAgain()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._width.longest_wait_seconds):
                await self._free.acquire()
        except TimeoutError as problem:
            raise TryAgain() from problem
        finally:
            self._waiting -= 1


class Lanes:
    def __init__(self) -> None:
        self._threads = {lane: Threads(lane.name.lower(), WIDTHS[lane]) for lane in RequestLane}

    def waiting(self) -> dict[str, int]:
        """Return how many wait for a thread in each lane, by its name in small letters."""
        return {lane.name.lower(): threads.waiting for lane, threads in self._threads.items()}

    def __getitem__(self, lane: RequestLane) -> Threads:
        return self._threads[lane]
