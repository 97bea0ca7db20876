"""The sound track of a file, whatever the file is, as samples: decoded in a cell by the ffmpeg of
the wheel `imageio-ffmpeg`, which may die there of a broken file without harm."""

import sys
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from meetings.cell import Cell
from meetings.errors import FileRejected
from minutes.sound import pcm
from minutes.sound.boxes import is_mp4
from minutes.sound.formats import reading
from minutes.sound.pcm import RATE, Blocks

CELL = Cell(memory_mb=1000, output_mb=8000, at_once=4)
QUIETLY = ["-nostdin", "-v", "error"]
FILLED = f"aresample={RATE}:async=1:min_hard_comp=1"
SPARE_SECONDS = 120
"""Decoding takes far less than the sound lasts, but for a moment to begin on a busy machine."""


@dataclass(frozen=True)
class What:
    """The numbers of the sound tracks to hear together, from 0. `has_gaps`: silence is put in where
    the time stamps leap by a second or more."""

    numbers: list[int]
    has_gaps: bool = False


def blocks(source: Path, what: What, length_seconds: float) -> Blocks:
    """All channels of these tracks, or what can be found in an mp4 without its index. Raises
    FileRejected when not even their number can be told or it takes longer than the sound lasts,
    CalledProcessError when somebody killed it: what came then is not all there is."""
    samples = ["-ar", str(RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    heard = _heard(source, what, length_seconds)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *QUIETLY, *heard, *samples]
    has_begun = False
    try:
        for block in _decoded(command, source, length_seconds):
            has_begun = True
            yield block
    except FileRejected:
        if has_begun or not _is_mp4(source):
            raise
        rescuing = [sys.executable, "-P", "-m", "minutes.inside.recovering", str(source.resolve())]
        yield from _decoded(rescuing, source, length_seconds)


def track_of(source: Path, track: int) -> list[str]:
    """ffmpeg's words for reading one sound track."""
    return [*_opening(source), "-map", f"0:a:{track}"]


def _opening(source: Path) -> list[str]:
    safely = [word for name, value in reading(source).items() for word in (f"-{name}", value)]
    return [*safely, "-i", str(source.resolve())]


def _heard(source: Path, what: What, length_seconds: float) -> list[str]:
    """ffmpeg's words for one track, or for several of which each goes on until the longest ends."""
    if len(what.numbers) == 1:
        longest = ["-t", f"{length_seconds + SPARE_SECONDS:.0f}"]
        filled = ["-af", FILLED] if what.has_gaps else []
        return [*track_of(source, what.numbers[0]), *filled, *longest]
    # What fills gaps may change the channels, and must be told not to.
    filled_first = f"{FILLED},aformat=channel_layouts=mono," if what.has_gaps else ""
    each = [f"[0:a:{n}]{filled_first}apad[track{n}]" for n in what.numbers]
    inputs = "".join(f"[track{n}]" for n in what.numbers)
    graph = ";".join([*each, f"{inputs}amerge=inputs={len(what.numbers)}[all]"])
    together = ["-filter_complex", graph, "-map", "[all]", "-t", f"{length_seconds:.3f}"]
    return [*_opening(source), *together]


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return is_mp4(file.read(8))


def _decoded(command: list[str], source: Path, length_seconds: float) -> Blocks:
    seconds = SPARE_SECONDS + length_seconds
    with CELL.stream(command, seconds=seconds, reads=[source.resolve()]) as stream:
        yield from pcm.blocks(stream)
