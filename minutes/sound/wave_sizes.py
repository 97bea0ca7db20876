"""WAV files that are longer than their head can say: it counts bytes in 32 bits, and beyond 4 GB
recorders write what is left of them. RF64 (EBU Tech 3306) has room for more and is no such case."""

from pathlib import Path

MOST_CHUNKS = 1000
STRAY_BYTES = 65_536
"""So much behind the last chunk is no sound that was forgotten."""

UNKNOWN = 0xFFFF_FFFF


def is_told_too_small(path: Path) -> bool:
    """Whether a WAV goes on behind its sound with what is no further chunk: more sound."""
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
