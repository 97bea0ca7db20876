"""Returns memory that is free inside the process to the operating system."""

import ctypes
from contextlib import suppress


def give_back() -> None:
    """Return free memory to the operating system; takes a few milliseconds.

    glibc keeps freed memory that lies between blocks still in use. The recogniser's blocks have all
    sizes, so what glibc keeps would grow for hours. Does nothing with C libraries that have no
    `malloc_trim`.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
