"""Detects WAV files that are longer than their head can declare. It counts bytes in 32 bits, and
beyond 4 GB recorders write what is left of the number. RF64 (EBU Tech 3306) has room for more and
is no such case.
"""

from pathlib import Path

MOST_CHUNKS = 1000
STRAY_BYTES = 65_536
"""Up to so many bytes after the last chunk are no undeclared sound."""

UNKNOWN = 0xFFFF_FFFF
"""The size that recorders write while it is not known."""


def declares_too_little(path: Path) -> bool:
    """Return whether more sound follows after the declared end of a WAV's sound: bytes that are no
    further chunk.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return False
        at, sound_ends = 12, 0
        for _ in range(MOST_CHUNKS):
            file.seek(at)
            begin = file.read(8)
            if len(begin) < 8 or not _is_name(begin[:4]):
                break
            length = int.from_bytes(begin[4:], "little")
            if begin[:4] == b"data" and length in (0, UNKNOWN):  # ffmpeg reads on by itself
                return False
            at += 8 + length + length % 2
            if begin[:4] == b"data":
                sound_ends = at
            if at > size:
                break
    return bool(sound_ends) and at <= size and size - at > STRAY_BYTES


def _is_name(name: bytes) -> bool:
    return all(0x20 <= letter < 0x7F for letter in name)
