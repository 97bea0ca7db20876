"""The sound track of a file, whatever the file is, as samples: decoded in a cell by the ffmpeg of
the wheel `imageio-ffmpeg`, which may die there of a broken file without harm."""

import sys
from pathlib import Path

import imageio_ffmpeg

from meetings.cell import Cell
from meetings.errors import FileRejected
from minutes.recognition import pcm
from minutes.recognition.boxes import is_mp4
from minutes.recognition.formats import READ_SAFELY
from minutes.recognition.pcm import RATE, Blocks

CELL = Cell(memory_mb=1000, output_mb=8000, at_once=4)
QUIETLY = ["-nostdin", "-v", "error"]
SPARE_SECONDS = 120
"""Decoding takes far less than the sound lasts, but for a moment to begin on a busy machine."""


def blocks(source: Path, track: int, length_seconds: float) -> Blocks:
    """All channels of a track, or what can be found in an mp4 without its index. Raises
    FileRejected when not even their number can be told or it takes longer than the sound lasts,
    CalledProcessError when somebody killed it: what came then is not all there is."""
    longest = ["-t", f"{length_seconds + SPARE_SECONDS:.0f}"]
    samples = [*longest, "-ar", str(RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *QUIETLY, *track_of(source, track), *samples]
    has_begun = False
    try:
        for block in _decoded(command, source, length_seconds):
            has_begun = True
            yield block
    except FileRejected:
        if has_begun or not _is_mp4(source):
            raise
        rescuing = [sys.executable, "-P", "-m", "minutes.inside.rescuing", str(source.resolve())]
        yield from _decoded(rescuing, source, length_seconds)


def track_of(source: Path, track: int) -> list[str]:
    """ffmpeg's words for reading one sound track."""
    safely = [word for name, value in READ_SAFELY.items() for word in (f"-{name}", value)]
    return [*safely, "-i", str(source.resolve()), "-map", f"0:a:{track}"]


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return is_mp4(file.read(8))


def _decoded(command: list[str], source: Path, length_seconds: float) -> Blocks:
    seconds = SPARE_SECONDS + length_seconds
    with CELL.stream(command, seconds=seconds, reads=[source.resolve()]) as stream:
        yield from pcm.blocks(stream)
