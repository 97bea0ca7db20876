"""Decodes the audio tracks of any file to samples, in a sandbox, by the ffmpeg of the package
`imageio-ffmpeg`. It may crash there on a broken file without harm.
"""

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
"""FFmpeg's filter that puts silence where the time stamps leap."""
SPARE_SECONDS = 120
"""Added to the length of the sound as time limit. Decoding takes far less, but it may start late on
a busy machine.
"""


@dataclass(frozen=True)
class TrackSelection:
    """Which audio tracks to decode together, by their numbers from 0. `has_gaps`: silence is put in
    where the time stamps leap by a second or more.
    """

    numbers: list[int]
    has_gaps: bool = False


def blocks(source: Path, selection: TrackSelection, length_seconds: float) -> Blocks:
    """Yield blocks with all channels of these tracks; for an mp4 that lost its index, what can be
    recovered.

    Raises FileRejected if no sound can be decoded or it takes longer than the sound lasts;
    CalledProcessError if ffmpeg was killed, in which case the blocks so far are incomplete.
    """
    samples = ["-ar", str(RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    arguments = _track_arguments(source, selection, length_seconds)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *QUIETLY, *arguments, *samples]
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
    """Return ffmpeg's arguments for reading one audio track, by its number from 0."""
    return [*_opening(source), "-map", f"0:a:{track}"]


def _opening(source: Path) -> list[str]:
    safely = [word for name, value in reading(source).items() for word in (f"-{name}", value)]
    return [*safely, "-i", str(source.resolve())]


def _track_arguments(source: Path, selection: TrackSelection, length_seconds: float) -> list[str]:
    """Return ffmpeg's arguments for one track, or for several, each of which is extended to the
    longest.
    """
    if len(selection.numbers) == 1:
        longest = ["-t", f"{length_seconds + SPARE_SECONDS:.0f}"]
        filled = ["-af", FILLED] if selection.has_gaps else []
        return [*track_of(source, selection.numbers[0]), *filled, *longest]
    # The filter that fills gaps may change the channels unless their layout is set.
    filled_first = f"{FILLED},aformat=channel_layouts=mono," if selection.has_gaps else ""
    each = [f"[0:a:{n}]{filled_first}apad[track{n}]" for n in selection.numbers]
    inputs = "".join(f"[track{n}]" for n in selection.numbers)
    graph = ";".join([*each, f"{inputs}amerge=inputs={len(selection.numbers)}[all]"])
    together = ["-filter_complex", graph, "-map", "[all]", "-t", f"{length_seconds:.3f}"]
    return [*_opening(source), *together]


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return is_mp4(file.read(8))


def _decoded(command: list[str], source: Path, length_seconds: float) -> Blocks:
    seconds = SPARE_SECONDS + length_seconds
    with CELL.stream(command, seconds=seconds, reads=[source.resolve()]) as stream:
        yield from pcm.blocks(stream)
