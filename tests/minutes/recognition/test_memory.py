"""What is free inside the process goes back to the machine."""

import platform
from pathlib import Path

import pytest

from minutes.recognition import memory

BLOCK_BYTES, BLOCKS = 60_000, 4_000


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it asks glibc, and this is none")
def test_memory_that_is_free_between_blocks_in_use_is_given_back() -> None:
    blocks = [bytes(BLOCK_BYTES) for _ in range(BLOCKS)]
    kept = blocks[::100]
    blocks.clear()
    free = resident_mb()
    memory.give_back()
    assert len(kept) == BLOCKS / 100
    assert resident_mb() < free - BLOCK_BYTES * BLOCKS / 1e6 / 2
