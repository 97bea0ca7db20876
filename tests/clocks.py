"""Clocks that go as a test wants."""

from datetime import timedelta
from types import ModuleType

import pytest

from meetings.disk.expiry import Clocks, Overdue
from models.base import now


class FakeClocks(Clocks):
    """The wall clock of these modules too (their `now`)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
        self._wall = self._steady = timedelta(0)
        super().__init__(
            wall=lambda: (now() + self._wall).timestamp(),
            steady=lambda: self._steady.total_seconds(),
        )
        for module in modules:
            monkeypatch.setattr(module, "now", lambda: now() + self._wall)

    def go_on(self, by: timedelta) -> None:
        """Time passes."""
        self._wall += by
        self._steady += by

    def jump(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self._wall += by


def sure() -> Overdue:
    """Believes what it sees at once."""
    return Overdue(wait_seconds=0.0)
