"""A recording measured by PyAV, in a cell: `python -m minutes.inside.measuring FILE HOURS`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from meetings.errors import FileRejected
from meetings.inside.answering import answer
from minutes.recognition import formats, promises, rescue
from minutes.recognition.boxes import is_mp4
from minutes.recognition.protection import refuse_protected
from minutes.recognition.recorded import recorded_at

if TYPE_CHECKING:
    from minutes.inside.comparing import Loudness

FAR_MORE_SOUND = 10.0
"""As energy: 10 dB."""


def measure(name: str, longest_hours: str) -> dict[str, Any]:
    """What `minutes.recognition.audio.Sound` has: decoded once, all tracks together."""
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
    """The file with at least one sound track; None for an mp4 that has lost its index."""
    try:
        container = av.open(
            str(path), metadata_errors="ignore", container_options=formats.READ_SAFELY
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
    track = _chosen(meters)
    seconds = meters[track].seconds
    return {
        "duration_seconds": seconds,
        "codec": streams[track].codec_context.name,
        "is_cut_off": promises.is_shorter(path, container, streams[track], seconds),
        "track": track + 1,
        "tracks": len(streams),
    }


def _rescued(path: Path, longest_seconds: float) -> dict[str, Any]:
    meter = _Meter(longest_seconds)
    for frame in rescue.frames(path):
        meter.add(frame)
    return {"duration_seconds": meter.seconds, "codec": "aac", "is_cut_off": True}


class _Meter:
    """The length of one track, and what compares it with others."""

    def __init__(self, longest_seconds: float, loudness: "Loudness | None" = None) -> None:
        self.seconds, self.loudness = 0.0, loudness
        self._longest_seconds = longest_seconds

    def add(self, frame: "av.AudioFrame") -> None:
        """Raises FileRejected when it is longer than a recording may be."""
        formats.refuse_odd(frame.sample_rate, frame.layout.nb_channels)
        self.seconds += frame.samples / frame.sample_rate
        if self.seconds > self._longest_seconds:
            raise FileRejected(formats.TOO_LONG.format(round(self._longest_seconds / 3600)))
        if self.loudness:
            self.loudness.add(frame)


def _meters(tracks: list[int], longest_seconds: float) -> dict[int, _Meter]:
    if len(tracks) == 1:
        return {tracks[0]: _Meter(longest_seconds)}
    from minutes.inside.comparing import Loudness

    return {track: _Meter(longest_seconds, Loudness()) for track in tracks}


def _chosen(meters: dict[int, _Meter]) -> int:
    """The number of the first sound track, unless another one has far more sound: a camera's
    second microphone, where the first one was not plugged in."""
    first = min(meters)
    energy = {n: meter.loudness.energy() for n, meter in meters.items() if meter.loudness}
    if not energy:
        return first
    loudest = max(energy, key=lambda number: energy[number])
    return loudest if energy[loudest] > FAR_MORE_SOUND * energy[first] else first


def _frames(
    container: "av.container.InputContainer", tracks: list[int]
) -> Iterator[tuple[int, "av.AudioFrame"]]:
    """What can be decoded: a damaged packet is passed over, a damaged rest ends it."""
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
