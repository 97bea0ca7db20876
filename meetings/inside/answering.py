"""The answer of a program in a cell: JSON on standard output, and an exit status."""

import errno
import json
import sys
from collections.abc import Callable
from typing import Any

from meetings.errors import FileRejected

REFUSED, FULL, NO_MEMORY = 3, 4, 5


def answer(program: Callable[..., Any]) -> int:
    """Call it with the arguments of the command line; what it returns is the answer, or the
    sentence of a FileRejected. Returns the exit status."""
    code = 0
    try:
        found = program(*sys.argv[1:])
    except FileRejected as problem:
        code, found = REFUSED, problem.message
    except MemoryError:
        return NO_MEMORY
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return FULL
        raise
    json.dump(found, sys.stdout, ensure_ascii=False)
    return code
