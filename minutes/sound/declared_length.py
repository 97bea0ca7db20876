"""Compares the length that a file's head declares with what is there, to notice that the end is
missing.

Only what is written in the file counts. For an mp3 or a stream the library estimates the length
from the first bit rate, and such an estimate proves nothing.
"""

from pathlib import Path

import av

CUT_OFF_SECONDS = 0.5
"""A file with so much less sound than declared is cut off."""
CUT_OFF_BYTES = 4096
"""A file with so many bytes less than declared is cut off."""

KEEPING_LENGTH = {"mov", "matroska", "flac", "asf", "avi", "aiff", "caf", "wav", "w64", "au", "wv"}
"""Formats, by FFmpeg's names, whose head declares the length."""
RIFF_UNKNOWN = 0x7FFF_0000
"""From this size on, a WAV's head declares no real size."""
HEAD_BYTES = 8192
"""Bytes in which the encoder's frame of an mp3 is searched for."""
XING_FRAMES, XING_BYTES = 1, 2
"""Flags in the encoder's frame: number of frames and of bytes."""


def is_shorter(
    path: Path,
    container: "av.container.InputContainer",
    stream: "av.AudioStream",
    seconds: float,
) -> bool:
    """Return whether the `seconds` of this stream, or the bytes of the file, are less than its
    head declares.
    """
    kind = container.format.name.split(",")[0]
    size = path.stat().st_size
    if kind == "mp3":
        return _mp3_end(path) > size + CUT_OFF_BYTES
    if kind == "wav" and _riff_end(path) > size + CUT_OFF_BYTES:
        return True  # PyAV reports the length that is there, not the declared one
    return kind in KEEPING_LENGTH and _seconds(container, stream) - seconds > CUT_OFF_SECONDS


def _seconds(container: "av.container.InputContainer", stream: "av.AudioStream") -> float:
    """Return the declared length in seconds, 0 if unknown."""
    promised = float((stream.duration or 0) * (stream.time_base or 0))
    if not promised and len(container.streams) == 1:
        promised = (container.duration or 0) / av.time_base
    return promised


def _riff_end(path: Path) -> int:
    """Return the declared size of a WAV in bytes, 0 if there is none: some recorders write 0 or
    the largest number while they record.
    """
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    return promised + len(head) if head[:4] == b"RIFF" and promised < RIFF_UNKNOWN else 0


def _mp3_end(path: Path) -> int:
    """Return the declared size of an mp3 in bytes by its encoder's frame (Xing, Info), which
    counts bytes from its own start; 0 if there is none. Its number of frames is not used, as
    programs that cut and join leave a wrong one.
    """
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
    """Return the number in the size field of ID3, which uses seven bits of each byte."""
    return sum(byte << 7 * place for place, byte in enumerate(reversed(size)))
