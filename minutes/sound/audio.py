"""Sound files: looking into them, bringing them to one form, reading pieces.

Recordings of hours are never held in memory.
"""

import io
import logging
import subprocess
import warnings
import wave
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from meetings.cell import Cell
from meetings.disk.storage import full_disk_told
from meetings.errors import FileRejected, StorageFull
from minutes.sound import mixing, pcm, tracks
from minutes.sound.formats import ALL_TRACKS, BROKEN, NO_SOUND
from minutes.sound.samples import Samples

with warnings.catch_warnings():  # pydub misses an ffmpeg on the PATH; it is told of ours below
    warnings.simplefilter("ignore", RuntimeWarning)
    from pydub import AudioSegment

LOG = logging.getLogger(__name__)

RATE = pcm.RATE
"""Values a second of normalised sound."""

PLAYBACK_RATE = 44_100
SHORTEST_SECONDS = 0.1
SHORTEST_CLIP_SECONDS = 0.05
FADE_MILLISECONDS = 15
FULL_SCALE = 32768.0
NO_SPACE = b"No space left on device"

EMPTY = "録音ファイルが空（0バイト）です。録音機の元のファイルを確かめて、送り直してください。"


MEASURING = Cell(memory_mb=1000, output_mb=1, at_once=4)
LONGEST_HOURS = 24
MEGABYTE = 1_000_000
LEAST_SECONDS, SECONDS_A_MEGABYTE = 120, 2
"""For measuring: of the densest recordings a megabyte lasts half an hour."""


@dataclass(frozen=True)
class Sound:
    """`duration_seconds` is what can really be decoded, not what the file's head says; `track`
    the sound track that was taken, from 1, of `tracks`, or `formats.ALL_TRACKS`; `gap_seconds` the
    silence in it where the time stamps leap; `recorded_at` when the file says that it began, in
    UTC."""

    duration_seconds: float
    codec: str
    is_cut_off: bool
    track: int = 1
    tracks: int = 1
    gap_seconds: float = 0.0
    recorded_at: datetime | None = None


def inspect(path: Path, longest_hours: int = LONGEST_HOURS) -> Sound:
    """Decode the sound once, in a cell (`minutes/inside/measuring.py` says which track). Raises
    FileRejected when there is nothing to hear, or more than may be."""
    size = path.stat().st_size
    if size == 0:
        raise FileRejected(EMPTY)
    path = path.resolve()
    found = MEASURING.ask(
        "minutes.inside.measuring",
        str(path),
        str(longest_hours),
        seconds=LEAST_SECONDS + SECONDS_A_MEGABYTE * size / MEGABYTE,
        reads=[path],
    )
    began = found.pop("recorded_at")
    sound = Sound(**found, recorded_at=datetime.fromisoformat(began) if began else None)
    if sound.duration_seconds < SHORTEST_SECONDS:
        raise FileRejected(NO_SOUND)
    return sound


def normalise(source: Path, target: Path, sound: Sound | None = None) -> float:
    """The same sound as 16 kHz mono WAV; what cannot be decoded is passed over. A recording that
    is far too quiet altogether is made louder (`mixing.gain`). `sound`: what `inspect` said.

    Returns its length in seconds. Raises FileRejected when nothing comes out, StorageFull.
    """
    sound = sound or inspect(source)
    gain = mixing.gain(_mix(source, sound, target, 1.0))
    if gain != 1.0:
        LOG.info("%s: made %.1f dB louder", source.name, 20 * np.log10(gain))
        _mix(source, sound, target, gain)
    seconds = length_seconds(target)
    if seconds < SHORTEST_SECONDS:
        raise FileRejected(NO_SOUND)
    return seconds


def normalised_bytes(sound: Sound) -> int:
    """What the disk must hold for it."""
    return round(sound.duration_seconds * RATE * 2)


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

    Only that sentence is decoded, however long the recording is: ffmpeg seeks to it, pydub edits
    and writes it, as it can with anything that fits in memory.
    """
    length = max(SHORTEST_CLIP_SECONDS, end_seconds - start_seconds)
    place = ["-ss", f"{max(0.0, start_seconds):.3f}", "-t", f"{length:.3f}"]
    raw = _ffmpeg(
        source,
        [*place, *_first_track(source)],
        ["-ar", str(PLAYBACK_RATE), "-f", "s16le", "pipe:1"],
        tracks.SPARE_SECONDS + length,
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


def _mix(source: Path, sound: Sound, target: Path, gain: float) -> Samples:
    """Write the WAV and return its levels. Raises FileRejected, StorageFull."""
    blocks = tracks.blocks(source, _what(sound), sound.duration_seconds)
    levels = [np.zeros(0, np.float32)]
    try:
        with closing(blocks), full_disk_told(), wave.open(str(target), "wb") as wav:
            wav.setparams((1, 2, RATE, 0, "NONE", ""))
            for samples in mixing.mixed(blocks):
                levels.append(mixing.levels(samples))
                scaled = np.clip(samples * (gain * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
                wav.writeframes(np.rint(scaled).astype("<i2").tobytes())
    except (StorageFull, FileRejected):
        target.unlink(missing_ok=True)  # what was written only fills the disk
        raise
    return np.concatenate(levels)


def _what(sound: Sound) -> tracks.What:
    is_all = sound.track == ALL_TRACKS
    numbers = range(sound.tracks) if is_all else [sound.track - 1]
    return tracks.What(list(numbers), has_gaps=sound.gap_seconds > 0)


def _convert(source: Path, target: Path, options: list[str]) -> None:
    seconds = tracks.SPARE_SECONDS + source.stat().st_size / (RATE * 2)
    into = [*options, "-y", str(target.resolve())]
    try:
        _ffmpeg(source, _first_track(source), into, seconds, target.parent.resolve())
    except StorageFull:
        target.unlink(missing_ok=True)  # what was written only fills the disk
        raise
    if not target.exists() or target.stat().st_size == 0:
        raise FileRejected(BROKEN)


def _first_track(source: Path) -> list[str]:
    return [*tracks.track_of(source, 0), "-ac", "1"]


def _ffmpeg(
    source: Path, what: list[str], into: list[str], seconds: float, folder: Path | None = None
) -> bytes:
    """Run ffmpeg in a cell and return what it wrote to standard output.

    It ends with an error also where only a part was damaged, so the caller looks at what came
    out; but if it was killed, what came out is not all there is (CalledProcessError).
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *tracks.QUIETLY, *what, *into]
    done = tracks.CELL.run(command, seconds=seconds, reads=[source.resolve()], folder=folder)
    if NO_SPACE in done.complaint:
        raise StorageFull()
    if done.was_killed:
        raise subprocess.CalledProcessError(done.code, command[0])
    return done.output


def _opened(wav: Path) -> wave.Wave_read:
    return wave.open(str(wav), "rb")
