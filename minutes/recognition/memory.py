"""Memory that is free inside the process, given back to the machine."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """glibc keeps what is freed between blocks still in use, and the recogniser's blocks are of
    all sizes: what is kept grows for hours. A few milliseconds; other C libraries keep to their
    own ways."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
