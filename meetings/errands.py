"""Small work beside the transcription, each kind in a thread of its own, so that a page that is
to be read or a letter that is to be sent never waits for a recording of four hours."""

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
PAUSE_AFTER_PROBLEM_SECONDS = 30.0

# Does a little; True when there is more to do at once.
Errand = Callable[[], bool]


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
        return 0.0 if errand() else PAUSE_SECONDS
    except Exception:
        LOG.exception("an errand failed; it is tried again")
        return PAUSE_AFTER_PROBLEM_SECONDS
