"""Measures a recording with PyAV, in a sandbox: `python -m minutes.inside.measuring FILE HOURS`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from minutes.sound import declared_length, formats, mp4_recovery
from minutes.sound.boxes import is_mp4
from minutes.sound.protection import refuse_protected
from minutes.sound.recorded import recorded_at

if TYPE_CHECKING:
    from minutes.inside.comparing import Loudness

LEAST_SOUND = 1000.0
"""Ratio of energies (30 dB): a track that is softer than the loudest one by more is not heard."""

STAMPED = {"matroska", "mov", "asf"}
"""Containers with a time stamp for each packet."""

LEAST_GAP_SECONDS, LONGEST_GAP_SECONDS = 1.0, 3600.0
"""Shortest and longest gap between packets that is believed. A time stamp that leaps further, or
back, is wrong."""


def measure(name: str, longest_hours: str) -> dict[str, Any]:
    """Return the fields of `minutes.sound.audio.Sound`. All tracks are decoded once, together.
    Raises FileRejected for a file that is no recording or longer than `longest_hours`.
    """
    path, longest_seconds = Path(name), float(longest_hours) * 3600
    refuse_protected(path)
    with _opened(path) as container:
        found = (
            _measured(path, container, longest_seconds)
            if container
            else _rescued(path, longest_seconds)
        )
    began = recorded_at(path)
    return found | {"recorded_at": began.isoformat() if began else None}


@contextmanager
def _opened(path: Path) -> Iterator["av.container.InputContainer | None"]:
    """Yield the open file, which has at least one sound track; None for an mp4 that has lost its
    index. Raises FileRejected for anything else.
    """
    try:
        container = av.open(
            str(path), metadata_errors="ignore", container_options=formats.reading(path)
        )
    except (av.FFmpegError, ValueError, EOFError) as problem:
        with path.open("rb") as file:
            if not is_mp4(file.read(8)):
                raise FileRejected(formats.BROKEN) from problem
        container = None
    if container is None:
        yield None
        return
    with container:
        if not container.streams.audio:
            raise FileRejected(formats.NO_SOUND)
        yield container


def _measured(
    path: Path, container: "av.container.InputContainer", longest_seconds: float
) -> dict[str, Any]:
    streams = container.streams.audio
    if len(streams) > formats.MOST_TRACKS:
        words = formats.TOO_MANY_TRACKS.format(len(streams), formats.MOST_TRACKS)
        raise FileRejected(words)
    readable = [number for number, stream in enumerate(streams) if stream.codec_context]
    if not readable:
        raise FileRejected(formats.UNKNOWN)
    for number in readable:
        context = streams[number].codec_context
        formats.refuse_odd(context.sample_rate, context.layout.nb_channels)
    meters = _meters(readable, longest_seconds)
    for number, frame in _frames(container, readable):
        meters[number].add(frame)
    heard = _heard(meters)
    track = max(heard, key=lambda number: meters[number].seconds)
    gap = _gap(container, [meters[number] for number in heard])
    seconds = meters[track].seconds + gap
    return {
        "duration_seconds": seconds,
        "codec": streams[track].codec_context.name,
        "is_cut_off": declared_length.is_shorter(path, container, streams[track], seconds),
        "track": track + 1 if len(heard) == 1 else formats.ALL_TRACKS,
        "tracks": len(streams),
        "gap_seconds": gap,
    }


def _rescued(path: Path, longest_seconds: float) -> dict[str, Any]:
    meter = _Meter(longest_seconds)
    for frame in mp4_recovery.frames(path):
        meter.add(frame)
    return {"duration_seconds": meter.seconds, "codec": "aac", "is_cut_off": True}


class _Meter:
    """Measures one track: its seconds, the gaps between its time stamps, and its loudness where
    there are several tracks.
    """

    def __init__(self, longest_seconds: float, loudness: "Loudness | None" = None) -> None:
        self.seconds, self.loudness = 0.0, loudness
        self.gap_seconds, self.has_odd_times = 0.0, False
        self._longest_seconds = longest_seconds
        self._end: float | None = None

    def add(self, frame: "av.AudioFrame") -> None:
        """Add a decoded frame. Raises FileRejected when the track is longer than a recording may
        be.
        """
        formats.refuse_odd(frame.sample_rate, frame.layout.nb_channels)
        self._look_at_time(frame)
        self.seconds += frame.samples / frame.sample_rate
        if self.seconds > self._longest_seconds:
            raise FileRejected(formats.TOO_LONG.format(round(self._longest_seconds / 3600)))
        if self.loudness:
            self.loudness.add(frame)

    def _look_at_time(self, frame: "av.AudioFrame") -> None:
        """Add the time that is missing before this frame; less than a second is rounding."""
        missing = frame.time - self._end if self._end is not None and frame.time else 0.0
        if abs(missing) >= LEAST_GAP_SECONDS:
            self.gap_seconds += missing
            self.has_odd_times |= not 0 < missing <= LONGEST_GAP_SECONDS
        length = frame.samples / frame.sample_rate
        self._end = frame.time + length if frame.time is not None else None


def _gap(container: "av.container.InputContainer", meters: list[_Meter]) -> float:
    """Return the seconds of silence to insert so that the sound lies where the time stamps say; 0
    where these cannot be believed.
    """
    kind = container.format.name.split(",")[0]
    if kind not in STAMPED or any(meter.has_odd_times for meter in meters):
        return 0.0
    return max(meter.gap_seconds for meter in meters)


def _meters(tracks: list[int], longest_seconds: float) -> dict[int, _Meter]:
    if len(tracks) == 1:
        return {tracks[0]: _Meter(longest_seconds)}
    from minutes.inside.comparing import Loudness

    return {track: _Meter(longest_seconds, Loudness()) for track in tracks}


def _heard(meters: dict[int, _Meter]) -> list[int]:
    """Return the indexes of the tracks to hear: those of several microphones all, the same sound
    in several forms once. A silent track, such as a camera's unused microphone, is left out.
    """
    known = {n: meter.loudness for n, meter in meters.items() if meter.loudness}
    if not known:
        return [min(meters)]
    loudest = max(known, key=lambda number: known[number].energy())
    energy = known[loudest].energy()
    living = [n for n in known if known[n].energy() * LEAST_SOUND >= energy and energy]
    if not living:
        return [min(meters)]
    different: list[int] = []
    for number in living:
        if not any(known[number].is_like(known[other]) for other in different):
            different.append(number)
    channels = sum(known[number].channels for number in different)
    return different if channels <= formats.MOST_CHANNELS else [loudest]


def _frames(
    container: "av.container.InputContainer", tracks: list[int]
) -> Iterator[tuple[int, "av.AudioFrame"]]:
    """Yield the index of the track with each frame that can be decoded. A damaged packet is
    skipped; damage to the file itself ends the iteration.
    """
    streams = {container.streams.audio[number].index: number for number in tracks}
    packets = container.demux([container.streams.audio[number] for number in tracks])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, EOFError):
            return
        try:
            decoded = packet.decode()
        except (av.FFmpegError, EOFError):
            continue
        for frame in decoded:
            if isinstance(frame, av.AudioFrame):
                yield streams[packet.stream.index], frame


if __name__ == "__main__":
    sys.exit(answer(measure))
