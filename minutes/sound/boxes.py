"""Finds the boxes of ISO base media files (mp4, m4a, mov, 3gp; ISO/IEC 14496-12)."""

from collections.abc import Iterator
from typing import BinaryIO

MOST_BOXES = 10_000


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start of the content and end of each box between two places of the file; the end
    is at most `end`. Stops where no valid box follows.
    """
    for _ in range(MOST_BOXES):
        file.seek(start)
        head = file.read(min(16, max(0, end - start)))
        size, content = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:
            size, content = int.from_bytes(head[8:], "big"), start + 16
        if size == 0:  # the last box, whose size was unknown when it was begun
            size = end - start
        if len(head) < 8 or size < content - start:
            return
        yield head[4:8], content, min(start + size, end)
        start += size


def is_mp4(head: bytes) -> bool:
    """Return whether the first eight bytes of a file are those of an ISO base media file."""
    return head[4:8] == b"ftyp"
