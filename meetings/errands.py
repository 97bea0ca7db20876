"""Small work beside the transcription, each kind in a thread of its own, so that a page that is
to be read or a letter that is to be sent never waits for a recording of four hours."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

LOG = logging.getLogger(__name__)
PAUSE_AFTER_PROBLEM_SECONDS = 30.0


@dataclass(frozen=True)
class Errand:
    """`act` does a little and says whether there is more to do at once; if not, it is asked again
    after the pause."""

    act: Callable[[], bool]
    pause_seconds: float


def run(errand: Errand, stopping: threading.Event) -> None:
    """Until `stopping`: whatever goes wrong is logged, and tried again after a while."""
    while not stopping.is_set():
        stopping.wait(_once(errand))


def start(errands: list[Errand], stopping: threading.Event) -> None:
    for errand in errands:
        threading.Thread(target=run, args=(errand, stopping), daemon=True).start()


def _once(errand: Errand) -> float:
    """The seconds to wait before the next time."""
    try:
        return 0.0 if errand.act() else errand.pause_seconds
    except Exception:
        LOG.exception("an errand failed; it is tried again")
        return PAUSE_AFTER_PROBLEM_SECONDS
