"""What runs on this machine."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


def await_end_of(command: str) -> None:
    """A killed process may wait for its turn on a busy machine before it is seen to be gone."""
    for _ in range(100):
        if command.split() not in commands():
            return
        time.sleep(0.1)
    pytest.fail(f"{command} still runs 10 s after it was killed")


def commands() -> Iterator[list[str]]:
    """Of all processes, also of those in namespaces of their own."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield path.read_bytes().decode(errors="replace").split("\0")[:-1]
