"""Sound files: looking into them, bringing them to one form, reading pieces.

Opened with PyAV, converted by the ffmpeg that the wheel `imageio-ffmpeg` brings. Recordings of
hours are never held in memory. What comes from outside is only ever read as one of FORMATS and
as a plain file: playlists, which name further files and addresses, are no recordings.
"""

import io
import subprocess
import warnings
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from meetings.errors import FileRejected, StorageFull
from meetings.storage import full_disk_told
from minutes.recognition.heard import Samples

with warnings.catch_warnings():  # pydub misses an ffmpeg on the PATH; it is told of ours below
    warnings.simplefilter("ignore", RuntimeWarning)
    from pydub import AudioSegment

RATE = 16_000
"""Values a second of normalised sound."""

PLAYBACK_RATE = 44_100
FORMATS = (
    "aac,ac3,aiff,amr,asf,au,avi,caf,dsf,dss,flac,flv,gsm,matroska,webm,mov,mp4,m4a,3gp,"
    "mp3,mpeg,mpegts,ogg,w64,wav,wv"
)
READ_SAFELY = {"protocol_whitelist": "file", "format_whitelist": FORMATS}

SHORTEST_SECONDS = 0.1
SHORTEST_CLIP_SECONDS = 0.05
CUT_OFF_SECONDS = 0.5
"""A file that ends this much before the length in its head was cut off."""

CUT_OFF_BYTES = 4096
RIFF_UNKNOWN = 0x7FFF_0000
FADE_MILLISECONDS = 15
FULL_SCALE = 32768.0
NO_SPACE = b"No space left on device"

EMPTY = "録音ファイルが空（0バイト）です。録音機の元のファイルを確かめて、送り直してください。"
BROKEN = (
    "録音ファイルを開けませんでした。途中で切れているか、録音ではないファイルです。"
    "録音機からもう一度取り出して送信してください。"
)
UNFINISHED = (
    "録音ファイルの終わりが欠けているため開けませんでした（m4a・mp4は終わりの部分がないと"
    "読めません）。録音機の元のファイルを確かめて、もう一度取り出して送信してください。"
)
NO_SOUND = "このファイルには音声が入っていません。録音したファイルかどうかを確かめてください。"


@dataclass(frozen=True)
class Sound:
    """`duration_seconds` is what can really be decoded, not what the file's head says."""

    duration_seconds: float
    codec: str
    is_cut_off: bool


def inspect(path: Path) -> Sound:
    """Decode the first sound track once. Raises FileRejected when there is nothing to hear."""
    if path.stat().st_size == 0:
        raise FileRejected(EMPTY)
    try:
        with av.open(
            str(path.resolve()), metadata_errors="ignore", container_options=READ_SAFELY
        ) as container:
            if not container.streams.audio:
                raise FileRejected(NO_SOUND)
            sound = _measure(container)
    except (av.FFmpegError, ValueError, EOFError) as problem:
        raise FileRejected(UNFINISHED if _is_mp4(path) else BROKEN) from problem
    return replace(sound, is_cut_off=sound.is_cut_off or _is_shorter_than_its_riff_head(path))


def normalise(source: Path, target: Path) -> float:
    """The first sound track as 16 kHz mono WAV; what cannot be decoded is passed over.

    Returns its length in seconds. Raises FileRejected when nothing comes out, StorageFull.
    """
    _convert(source, target, ["-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav"])
    seconds = length_seconds(target)
    if seconds < SHORTEST_SECONDS:
        raise FileRejected(NO_SOUND)
    return seconds


def make_playback_copy(wav: Path, target: Path) -> None:
    """A normalised WAV as AAC in an m4a, which every browser plays and seeks in: 22 MB an hour.
    Raises as `normalise` does.

    The quick coder made our speech at 48 kbit/s three times as fast as the careful one, and no
    worse (signal to error 28.7 dB against 26.0, all of the 8 kHz there).
    """
    aac = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "48k"]
    _convert(wav, target, [*aac, "-movflags", "+faststart", "-f", "mp4"])


def length_seconds(wav: Path) -> float:
    """Of a normalised WAV."""
    with _opened(wav) as sound:
        return sound.getnframes() / RATE


def read(wav: Path, start_seconds: float, end_seconds: float) -> Samples:
    """A piece of a normalised WAV; only that piece is read, and no more than there is."""
    with _opened(wav) as sound:
        first = min(max(0, round(start_seconds * RATE)), sound.getnframes())
        sound.setpos(first)
        frames = sound.readframes(max(0, round(end_seconds * RATE) - first))
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / FULL_SCALE


def clip(source: Path, start_seconds: float, end_seconds: float) -> bytes:
    """One sentence of any sound file as MP3, with soft edges. Raises FileRejected.

    Only that sentence is decoded, however long the recording is.
    """
    length = max(SHORTEST_CLIP_SECONDS, end_seconds - start_seconds)
    raw = _ffmpeg(
        ["-ss", f"{max(0.0, start_seconds):.3f}", "-t", f"{length:.3f}", *_first_track(source)],
        ["-ar", str(PLAYBACK_RATE), "-f", "s16le", "pipe:1"],
    )
    if not raw:
        raise FileRejected(NO_SOUND)
    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    piece = AudioSegment(data=raw, sample_width=2, frame_rate=PLAYBACK_RATE, channels=1)
    made = io.BytesIO()
    with full_disk_told():
        soft = piece.fade_in(FADE_MILLISECONDS).fade_out(FADE_MILLISECONDS)
        soft.export(made, format="mp3", bitrate="64k")
    return made.getvalue()


def _measure(container: "av.container.InputContainer") -> Sound:
    stream = container.streams.audio[0]
    seconds = sum(frame.samples / frame.sample_rate for frame in _frames(container))
    if seconds < SHORTEST_SECONDS:
        raise FileRejected(NO_SOUND)
    promised = float((stream.duration or 0) * (stream.time_base or 0))
    if not promised and len(container.streams) == 1:
        promised = (container.duration or 0) / av.time_base
    return Sound(seconds, stream.codec_context.name, promised - seconds > CUT_OFF_SECONDS)


def _frames(container: "av.container.InputContainer") -> Iterator["av.AudioFrame"]:
    """What can be decoded: a damaged packet is passed over, a damaged rest ends it."""
    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, EOFError):
            return
        try:
            frames = packet.decode()
        except (av.FFmpegError, EOFError):
            continue
        yield from (frame for frame in frames if isinstance(frame, av.AudioFrame))


def _is_shorter_than_its_riff_head(path: Path) -> bool:
    """A WAV promises its size in bytes; PyAV hides what is missing. Some recorders promise nothing
    (0) or everything (the largest number) while they record."""
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    is_promise = head[:4] == b"RIFF" and promised < RIFF_UNKNOWN
    return is_promise and promised + len(head) > path.stat().st_size + CUT_OFF_BYTES


def _is_mp4(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def _convert(source: Path, target: Path, options: list[str]) -> None:
    try:
        _ffmpeg(_first_track(source), [*options, "-y", str(target.resolve())])
    except StorageFull:
        target.unlink(missing_ok=True)  # what was written only fills the disk
        raise
    if not target.exists() or target.stat().st_size == 0:
        raise FileRejected(BROKEN)


def _first_track(source: Path) -> list[str]:
    safely = [word for name, value in READ_SAFELY.items() for word in (f"-{name}", value)]
    return [*safely, "-i", str(source.resolve()), "-map", "0:a:0", "-ac", "1"]


def _ffmpeg(what: list[str], into: list[str]) -> bytes:
    """Run ffmpeg and return what it wrote to standard output.

    It ends with an error also where only a part was damaged, so the caller looks at what came
    out; but if it was killed, what came out is not all there is (CalledProcessError).
    """
    quietly = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"]
    done = subprocess.run([*quietly, *what, *into], capture_output=True, check=False)
    if NO_SPACE in done.stderr:
        raise StorageFull()
    if done.returncode < 0:
        done.check_returncode()
    return done.stdout


def _opened(wav: Path) -> wave.Wave_read:
    return wave.open(str(wav), "rb")
