"""What the head of a file says about its length, to notice that the end is missing.

Only what was written down counts: for an mp3 or a stream the library guesses a length from the
first bit rate, and such a guess is no promise.
"""

from pathlib import Path

import av

CUT_OFF_SECONDS = 0.5
CUT_OFF_BYTES = 4096
"""A file that ends this much before its promise was cut off."""

KEEPING_LENGTH = {"mov", "matroska", "flac", "asf", "avi", "aiff", "caf", "wav", "w64", "au", "wv"}
RIFF_UNKNOWN = 0x7FFF_0000
HEAD_BYTES = 8192
XING_FRAMES, XING_BYTES = 1, 2


def is_shorter(
    path: Path,
    container: "av.container.InputContainer",
    stream: "av.AudioStream",
    seconds: float,
) -> bool:
    """Whether `seconds` of this stream, or the bytes of the file, are less than was promised."""
    kind = container.format.name.split(",")[0]
    size = path.stat().st_size
    if kind == "mp3":
        return _mp3_end(path) > size + CUT_OFF_BYTES
    if kind == "wav" and _riff_end(path) > size + CUT_OFF_BYTES:
        return True  # PyAV tells the length that is there
    return kind in KEEPING_LENGTH and _seconds(container, stream) - seconds > CUT_OFF_SECONDS


def _seconds(container: "av.container.InputContainer", stream: "av.AudioStream") -> float:
    promised = float((stream.duration or 0) * (stream.time_base or 0))
    if not promised and len(container.streams) == 1:
        promised = (container.duration or 0) / av.time_base
    return promised


def _riff_end(path: Path) -> int:
    """Some recorders promise nothing (0) or everything (the largest number) while they record."""
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    return promised + len(head) if head[:4] == b"RIFF" and promised < RIFF_UNKNOWN else 0


def _mp3_end(path: Path) -> int:
    """By the encoder's own frame (Xing, Info), which counts the bytes from itself on. Its number of
    frames is not asked: programs that cut and join leave a wrong one."""
    with path.open("rb") as file:
        head = file.read(10)
        start = 10 + _seven_bits(head[6:10]) if head[:3] == b"ID3" else 0
        file.seek(start)
        first = file.read(HEAD_BYTES)
    at = max(first.find(b"Xing"), first.find(b"Info"))
    if at < 0:
        return 0
    flags = int.from_bytes(first[at + 4 : at + 8], "big")
    place = at + 8 + (4 if flags & XING_FRAMES else 0)
    return start + int.from_bytes(first[place : place + 4], "big") if flags & XING_BYTES else 0


def _seven_bits(size: bytes) -> int:
    """ID3 counts in bytes of which the highest bit is never set."""
    return sum(byte << 7 * place for place, byte in enumerate(reversed(size)))
