"""Small tasks beside the transcription, each in a thread of its own, so that a page that is to be
read or a letter that is to be sent never waits for a recording of four hours."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from meetings import setbacks
from meetings.errors import GijidoError
from models.database import writing

LOG = logging.getLogger(__name__)
PAUSE_AFTER_PROBLEM_SECONDS = 30.0
KIND = "errand"
"""Of the setbacks that are told."""

Tell = Callable[[str, str], None]
"""Takes a task's name and why it failed, "" when it succeeded again."""


@dataclass(frozen=True)
class PeriodicTask:
    """A small task that is done again and again. `act` does a little and returns whether there is
    more to do at once; if not, it is called again after the pause. `name`: what it is for, in the
    words of 「運用」."""

    name: str
    act: Callable[[], bool]
    pause_seconds: float


def start(tasks: list[PeriodicTask], stopping: threading.Event, tell: Tell) -> None:
    for task in tasks:
        loop = _Loop(task, tell)
        threading.Thread(target=loop.run, args=(stopping,), daemon=True).start()


def run(task: PeriodicTask, stopping: threading.Event) -> None:
    """Do the work again and again until `stopping`; whatever goes wrong is logged, and tried again
    after a while."""
    _Loop(task, lambda _name, _problem: None).run(stopping)


def teller(engine: Engine) -> Tell:
    """Return a function that notes for 「運用」 what fails, and forgets it when it succeeds. Of an
    unexpected problem the reason is its kind alone: what it says may be of a meeting."""

    def tell(name: str, problem: str) -> None:
        with suppress(SQLAlchemyError, OSError), writing(engine) as session, session.begin():
            if problem:
                setbacks.begin(session, KIND, name, problem)
            else:
                setbacks.over(session, KIND, name)

    return tell


@dataclass
class _Loop:
    task: PeriodicTask
    tell: Tell
    is_well: bool = field(default=False)  # not known yet: one of before may have failed

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            stopping.wait(self._once())

    def _once(self) -> float:
        """Do the work once, and return the seconds to wait before the next time."""
        try:
            pause = 0.0 if self.task.act() else self.task.pause_seconds
        except Exception as problem:
            reason = problem.message if isinstance(problem, GijidoError) else type(problem).__name__
            LOG.exception("a periodic task failed; it is tried again")
            self.is_well = False
            self.tell(self.task.name, reason)
            return PAUSE_AFTER_PROBLEM_SECONDS
        if not self.is_well:
            self.is_well = True
            self.tell(self.task.name, "")
        return pause
