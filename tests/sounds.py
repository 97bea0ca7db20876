"""Sound files for the tests, made on the spot by the ffmpeg that Gijido itself uses: a 440 Hz tone
of two seconds, or the speech of `tests/data`."""

import io
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from minutes.sound import audio
from minutes.sound.samples import Samples

SPEECH = Path(__file__).parent / "data/speech/meeting/audio.flac"
"""19 seconds."""

TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=44100")
PICTURE = ("-f", "lavfi", "-i", "testsrc=duration=2:size=64x48:rate=10")
WAYS_TO_RECORD = {
    "tone.m4a": [*TONE, "-c:a", "aac"],
    "tone.mp3": [*TONE, "-c:a", "libmp3lame"],
    "tone.wav": [*TONE, "-c:a", "pcm_s16le"],
    "tone-24bit.wav": [*TONE, "-c:a", "pcm_s24le", "-ac", "2"],
    "tone.flac": [*TONE],
    "tone.wma": [*TONE, "-c:a", "wmav2", "-f", "asf"],
    "tone.ogg": [*TONE, "-c:a", "libvorbis"],
    "tone.opus": [*TONE, "-c:a", "libopus"],
    "tone.aac": [*TONE, "-c:a", "aac", "-f", "adts"],
    "tone.aiff": [*TONE],
    "tone.mka": [*TONE, "-c:a", "flac"],
    "film.mp4": [*PICTURE, *TONE, "-shortest"],
    "film.webm": [*PICTURE, *TONE, "-c:v", "libvpx", "-c:a", "libopus"],
    "film.avi": [*PICTURE, *TONE],
}
Record = Callable[..., Path]


def ffmpeg(*words: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *words]
    subprocess.run(command, check=True)


def write_wav(path: Path, samples: Samples | np.ndarray) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(audio.RATE)
        sound.writeframes((np.asarray(samples) * 32767).astype("<i2").tobytes())


def height(samples: Samples | np.ndarray, rate: int = audio.RATE) -> float:
    """The strongest frequency in Hz."""
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


def cut(path: Path, share: float) -> Path:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


def webm(seconds: float = 6.0) -> bytes:
    """Opus in WebM as it is written live: no length in the head, no index at the end."""
    target = io.BytesIO()
    target.seekable = lambda: False  # type: ignore[method-assign]
    options = {"live": "1", "cluster_time_limit": "1000"}
    with av.open(target, "w", format="webm", options=options) as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for number in range(int(seconds * 50)):
            at = (np.arange(960) + 960 * number) / 48_000
            samples = (6000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 960 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()
