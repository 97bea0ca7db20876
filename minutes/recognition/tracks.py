"""The sound track of a file, whatever the file is: which one, its frames, its samples.

Frames are counted with PyAV; samples come from the ffmpeg of the wheel `imageio-ffmpeg`, a
process of its own that may die of a broken file without harm. What comes from outside is only
ever read as one of FORMATS and as a plain file: playlists, which name further files and
addresses, are no recordings.
"""

import subprocess
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from struct import Struct
from typing import IO

import av
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from meetings.errors import FileRejected
from minutes.recognition import mixing, rescue
from minutes.recognition.boxes import is_mp4

RATE = 16_000
FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,dsf,dss,flac,flv,gsm,matroska,webm,mov,mp4,m4a,3gp,"
    "mp3,mpeg,mpegts,ogg,w64,wav,wv"
)
READ_SAFELY = {"protocol_whitelist": "file", "format_whitelist": FORMATS}

BLOCK_SECONDS = 10
FAR_MORE_SOUND = 10.0
"""As energy: 10 dB."""

AU_HEAD = Struct(">4s5I")
QUIETLY = ["-nostdin", "-v", "error"]

BROKEN = (
    "録音ファイルを開けませんでした。途中で切れているか、録音ではないファイルです。"
    "録音機からもう一度取り出して送信してください。"
)
NO_SOUND = "このファイルには音声が入っていません。録音したファイルかどうかを確かめてください。"
UNKNOWN = (
    "この録音の形式には対応していません。録音機に付属のソフトで、mp3かwavに書き出してから"
    "送信してください。"
)

Blocks = Generator[NDArray[np.float32], None, None]
"""Sound in pieces of at most BLOCK_SECONDS at RATE: samples × channels, full scale is 1."""


@contextmanager
def opened(path: Path) -> Iterator["av.container.InputContainer | None"]:
    """The file with at least one sound track; None for an mp4 that has lost its index.

    Raises FileRejected for everything else.
    """
    try:
        container = av.open(
            str(path.resolve()), metadata_errors="ignore", container_options=READ_SAFELY
        )
    except (av.FFmpegError, ValueError, EOFError) as problem:
        if not _is_mp4(path):
            raise FileRejected(BROKEN) from problem
        container = None
    if container is None:
        yield None
        return
    with container:
        if not container.streams.audio:
            raise FileRejected(NO_SOUND)
        yield container


def chosen(path: Path, container: "av.container.InputContainer") -> int:
    """The number of the first sound track, unless another one has far more sound: a camera's
    second microphone, where the first one was not plugged in. Raises FileRejected."""
    streams = container.streams.audio
    readable = [number for number, stream in enumerate(streams) if stream.codec_context]
    if not readable:
        raise FileRejected(UNKNOWN)
    first = readable[0]
    if len(readable) == 1:
        return first
    sound = {number: _energy(path, number) for number in readable}
    loudest = max(readable, key=lambda number: sound[number])
    return loudest if sound[loudest] > FAR_MORE_SOUND * sound[first] else first


def frames(container: "av.container.InputContainer", track: int) -> Iterator["av.AudioFrame"]:
    """What can be decoded: a damaged packet is passed over, a damaged rest ends it."""
    packets = container.demux(container.streams.audio[track])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, EOFError):
            return
        try:
            decoded = packet.decode()
        except (av.FFmpegError, EOFError):
            continue
        yield from (frame for frame in decoded if isinstance(frame, av.AudioFrame))


def blocks(source: Path, track: int) -> Blocks:
    """All channels of a track. Raises FileRejected when not even their number can be told,
    CalledProcessError when ffmpeg was killed: what came then is not all there is."""
    samples = ["-ar", str(RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *QUIETLY, *track_of(source, track), *samples]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        yield from _read(process.stdout)
        if process.wait() < 0:
            raise subprocess.CalledProcessError(process.returncode, command[0])
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def rescued_blocks(source: Path) -> Blocks:
    """What can be found in an mp4 without its index. Raises FileRejected."""
    pieces, waiting = [], 0
    for piece in _resampled(rescue.frames(source)):
        pieces.append(piece)
        waiting += len(piece)
        if waiting >= BLOCK_SECONDS * RATE:
            yield np.concatenate(pieces)
            pieces, waiting = [], 0
    if pieces:
        yield np.concatenate(pieces)


def track_of(source: Path, track: int) -> list[str]:
    """ffmpeg's words for reading one sound track."""
    safely = [word for name, value in READ_SAFELY.items() for word in (f"-{name}", value)]
    return [*safely, "-i", str(source.resolve()), "-map", f"0:a:{track}"]


def _energy(path: Path, track: int) -> float:
    with closing(blocks(path, track)) as found:
        return sum(float(np.sum(samples**2)) for samples in mixing.mixed(found))


def _read(stream: IO[bytes]) -> Blocks:
    """The simplest format that tells the number of channels and may be endless: AU."""
    head = stream.read(AU_HEAD.size)
    if len(head) < AU_HEAD.size:
        raise FileRejected(BROKEN)
    _, begin, *_, channels = AU_HEAD.unpack(head)
    stream.read(begin - AU_HEAD.size)
    size = 4 * channels
    while piece := stream.read(BLOCK_SECONDS * RATE * size):
        values = np.frombuffer(piece[: len(piece) // size * size], ">f4").astype(np.float32)
        # A sample that is no number would spoil everything that it is averaged with.
        yield np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0).reshape(-1, channels)


def _resampled(found: Iterator["av.AudioFrame"]) -> Blocks:
    resampler, channels = None, 1
    for frame in found:
        if resampler is None:
            channels = frame.layout.nb_channels
            resampler = av.AudioResampler("flt", frame.layout, RATE)
        yield from (_values(made, channels) for made in resampler.resample(frame))
    if resampler:
        yield from (_values(made, channels) for made in resampler.resample(None))


def _values(frame: "av.AudioFrame", channels: int) -> NDArray[np.float32]:
    return frame.to_ndarray().astype(np.float32).reshape(-1, channels)


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return is_mp4(file.read(8))
