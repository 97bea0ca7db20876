"""Sound files: inspecting them, converting them to one form, reading parts of them.

Recordings of hours are never held in memory.
"""

import io
import logging
import subprocess
import warnings
import wave
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from meetings.cell import Cell
from meetings.config import MEGABYTE
from meetings.disk.storage import raising_storage_full
from meetings.errors import FileRejected, StorageFull
from minutes.sound import mixing, pcm, tracks
from minutes.sound.formats import ALL_TRACKS, BROKEN, NO_SOUND
from minutes.sound.samples import Samples

with warnings.catch_warnings():  # pydub warns without ffmpeg on the PATH; ours is set in `clip`
    warnings.simplefilter("ignore", RuntimeWarning)
    from pydub import AudioSegment

LOG = logging.getLogger(__name__)

RATE = pcm.RATE
"""Samples per second of normalised sound."""

PLAYBACK_RATE = 44_100
"""Samples per second of clips."""
SHORTEST_SECONDS = 0.1
"""A file with less sound is refused."""
SHORTEST_CLIP_SECONDS = 0.05
"""The shortest clip."""
FADE_MILLISECONDS = 15
"""How long a clip is faded in and out."""
FULL_SCALE = 32768.0
"""The largest value of 16-bit samples, plus one."""
NO_SPACE = b"No space left on device"

EMPTY = "録音ファイルが空（0バイト）です。録音機の元のファイルを確かめて、送り直してください。"


MEASURING = Cell(memory_mb=1000, output_mb=1, at_once=4)
"""Limits of the sandbox in which files are measured."""
LONGEST_HOURS = 24
"""The longest recording, unless the settings say otherwise."""
LEAST_SECONDS, SECONDS_A_MEGABYTE = 120, 2
"""Time limit for measuring, and how much more for each megabyte: a megabyte of the most compressed
recordings lasts half an hour.
"""


@dataclass(frozen=True)
class Sound:
    """What is known of a sound file. `duration_seconds` is what can really be decoded, not what the
    file's head declares. `track` is the audio track that is used, from 1, of `tracks`; or
    `formats.ALL_TRACKS`. `gap_seconds` is the silence in it where its time stamps leap.
    `recorded_at` is when the recording began as the file declares it, in UTC.
    """

    duration_seconds: float
    codec: str
    is_cut_off: bool
    track: int = 1
    tracks: int = 1
    gap_seconds: float = 0.0
    recorded_at: datetime | None = None


def inspect(path: Path, longest_hours: int = LONGEST_HOURS) -> Sound:
    """Measure the sound file by decoding it once in a sandbox (`minutes/inside/measuring.py`
    chooses the track). Raises FileRejected if there is nothing to hear, or it is longer than
    `longest_hours`.
    """
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
    """Write the sound as 16 kHz mono WAV and return its length in seconds. What cannot be decoded
    is skipped; a recording that is far too quiet as a whole is amplified (`mixing.gain`). `sound`
    is the result of `inspect`, if known.

    Raises FileRejected if there is no sound, StorageFull.
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
    """Return how many bytes the normalised sound takes."""
    return round(sound.duration_seconds * RATE * 2)


def make_playback_copy(wav: Path, target: Path) -> None:
    """Write a normalised WAV as AAC in an m4a file, which every browser can play and seek in; 22
    MB an hour. Raises FileRejected, StorageFull.

    ffmpeg's fast AAC coder encoded our speech at 48 kbit/s three times as fast as the thorough one,
    and no worse (signal to error 28.7 dB against 26.0, with the full bandwidth of 8 kHz).
    """
    aac = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "48k"]
    _convert(wav, target, [*aac, "-movflags", "+faststart", "-f", "mp4"])


def length_seconds(wav: Path) -> float:
    """Return the length of a normalised WAV in seconds."""
    with _opened(wav) as sound:
        return sound.getnframes() / RATE


def read(wav: Path, start_seconds: float, end_seconds: float) -> Samples:
    """Return the samples of a part of a normalised WAV, as far as there are any. Nothing else is
    read from the file.
    """
    with _opened(wav) as sound:
        first = min(max(0, round(start_seconds * RATE)), sound.getnframes())
        sound.setpos(first)
        frames = sound.readframes(max(0, round(end_seconds * RATE) - first))
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / FULL_SCALE


def clip(
    source: Path,
    start_seconds: float,
    end_seconds: float,
    silences: Sequence[tuple[float, float]] = (),
) -> bytes:
    """Return a part of any sound file as MP3, faded in and out; during `silences`, in seconds of
    the file, it holds nothing. Raises FileRejected, StorageFull.

    Only that part is decoded, however long the recording is: ffmpeg seeks to it, and pydub fades
    and encodes it in memory.
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
    raw = _silenced(raw, start_seconds, silences)
    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    piece = AudioSegment(data=raw, sample_width=2, frame_rate=PLAYBACK_RATE, channels=1)
    made = io.BytesIO()
    with raising_storage_full():
        soft = piece.fade_in(FADE_MILLISECONDS).fade_out(FADE_MILLISECONDS)
        soft.export(made, format="mp3", bitrate="64k")
    return made.getvalue()


def _silenced(raw: bytes, start_seconds: float, silences: Sequence[tuple[float, float]]) -> bytes:
    """Return the 16-bit samples of a clip that begins at `start_seconds`, with zeros during the
    silences.
    """
    samples = np.frombuffer(raw, dtype="<i2").copy()
    for start, end in silences:
        first, last = (
            max(0, round((second - start_seconds) * PLAYBACK_RATE)) for second in (start, end)
        )
        samples[first:last] = 0
    return samples.tobytes()


def _mix(source: Path, sound: Sound, target: Path, gain: float) -> Samples:
    """Write the WAV with all samples multiplied by `gain`, and return its levels before. Raises
    FileRejected, StorageFull.
    """
    blocks = tracks.blocks(source, _selection(sound), sound.duration_seconds)
    levels = [np.zeros(0, np.float32)]
    try:
        with closing(blocks), raising_storage_full(), wave.open(str(target), "wb") as wav:
            wav.setparams((1, 2, RATE, 0, "NONE", ""))
            for samples in mixing.mixed(blocks):
                levels.append(mixing.levels(samples))
                scaled = np.clip(samples * (gain * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
                wav.writeframes(np.rint(scaled).astype("<i2").tobytes())
    except (StorageFull, FileRejected):
        target.unlink(missing_ok=True)  # an unfinished file only fills the disk
        raise
    return np.concatenate(levels)


def _selection(sound: Sound) -> tracks.TrackSelection:
    is_all = sound.track == ALL_TRACKS
    numbers = range(sound.tracks) if is_all else [sound.track - 1]
    return tracks.TrackSelection(list(numbers), has_gaps=sound.gap_seconds > 0)


def _convert(source: Path, target: Path, options: list[str]) -> None:
    seconds = tracks.SPARE_SECONDS + source.stat().st_size / (RATE * 2)
    into = [*options, "-y", str(target.resolve())]
    try:
        _ffmpeg(source, _first_track(source), into, seconds, target.parent.resolve())
    except StorageFull:
        target.unlink(missing_ok=True)  # an unfinished file only fills the disk
        raise
    if not target.exists() or target.stat().st_size == 0:
        raise FileRejected(BROKEN)


def _first_track(source: Path) -> list[str]:
    return [*tracks.track_of(source, 0), "-ac", "1"]


def _ffmpeg(
    source: Path,
    arguments_in: list[str],
    arguments_out: list[str],
    seconds: float,
    folder: Path | None = None,
) -> bytes:
    """Run ffmpeg in a sandbox and return its standard output.

    ffmpeg ends with an error even if only a part was damaged, so the caller examines the output. If
    ffmpeg was killed, the output is incomplete; then CalledProcessError is raised. Raises
    StorageFull.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *tracks.QUIETLY,
        *arguments_in,
        *arguments_out,
    ]
    done = tracks.CELL.run(command, seconds=seconds, reads=[source.resolve()], folder=folder)
    if NO_SPACE in done.complaint:
        raise StorageFull()
    if done.was_killed:
        raise subprocess.CalledProcessError(done.code, command[0])
    return done.output


def _opened(wav: Path) -> wave.Wave_read:
    return wave.open(str(wav), "rb")
