"""How much memory this process takes meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FROM_NOW_ON = "5"
"""For /proc/self/clear_refs: the peak counts from now on (proc(5))."""


@contextmanager
def grows_by_at_most(megabytes: int) -> Iterator[None]:
    Path("/proc/self/clear_refs").write_text(FROM_NOW_ON)
    before = _peak_megabytes()
    yield
    grown = _peak_megabytes() - before
    assert grown <= megabytes, f"this process grew by {grown} MB"


def _peak_megabytes() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
