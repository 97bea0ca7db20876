"""Every file is made here, by the ffmpeg that Gijido itself uses: a 440 Hz tone of two seconds."""

import io
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from meetings.errors import FileRejected, StorageFull
from minutes.recognition import audio
from minutes.recognition.heard import Samples

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


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """`record("tone.mp3")`, or a name of one's own with ffmpeg's words for it."""

    def made(name: str, *words: str) -> Path:
        path = tmp_path / name
        ffmpeg(*(words or WAYS_TO_RECORD[name]), str(path))
        return path

    return made


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """A normalised WAV of five seconds: each second a tone of its own height."""
    path = tmp_path / "spoken.wav"
    seconds = np.arange(5 * audio.RATE) / audio.RATE
    write_wav(path, 0.5 * np.sin(2 * np.pi * (200 + 100 * np.floor(seconds)) * seconds))
    return path


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


@pytest.mark.parametrize("name", WAYS_TO_RECORD)
def test_every_usual_file_is_measured_and_gives_its_sound(
    record: Record, tmp_path: Path, name: str
) -> None:
    source = record(name)
    sound = audio.inspect(source)
    assert sound.duration_seconds == pytest.approx(2.0, abs=0.15)
    assert not sound.is_cut_off
    seconds = audio.normalise(source, tmp_path / "normalised.wav")
    assert seconds == pytest.approx(2.0, abs=0.15)
    samples = audio.read(tmp_path / "normalised.wav", 0.5, 1.5)
    assert height(samples) == pytest.approx(440, abs=3)
    assert samples.dtype == np.float32


def test_a_tv_cameras_transport_stream_is_accepted(record: Record) -> None:
    film = record("film.ts", *PICTURE, *TONE, "-c:a", "aac")
    assert audio.inspect(film).codec == "aac"


def test_the_codec_is_told(record: Record) -> None:
    assert audio.inspect(record("tone.wma")).codec == "wmav2"
    assert audio.inspect(record("film.mp4")).codec == "aac"


def test_a_cover_picture_does_not_make_a_recording_a_film(record: Record) -> None:
    picture = record("cover.png", *PICTURE, "-frames:v", "1")
    tone = record("tone.mp3")
    covered = record(
        "covered.mp3", "-i", str(tone), "-i", str(picture),
        "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic",
    )  # fmt: skip
    assert audio.inspect(covered).duration_seconds == pytest.approx(2.0, abs=0.1)


def test_an_empty_file_is_refused_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.m4a"
    path.touch()
    with pytest.raises(FileRejected, match="空（0バイト）"):
        audio.inspect(path)


@pytest.mark.parametrize(
    "content",
    [b"a letter, not a sound\n" * 40, b"\0" * 5000, b"%PDF-1.7\n" + b"1 0 obj\n" * 200, b"\xff"],
)
def test_what_is_no_sound_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording.mp3"
    path.write_bytes(content)
    with pytest.raises(FileRejected, match="録音ではないファイル"):
        audio.inspect(path)


def test_a_picture_is_refused(record: Record) -> None:
    with pytest.raises(FileRejected, match="録音ではないファイル"):
        audio.inspect(record("still.png", *PICTURE, "-frames:v", "1"))


def test_a_film_without_sound_is_refused(record: Record) -> None:
    with pytest.raises(FileRejected, match="音声が入っていません"):
        audio.inspect(record("silent.mp4", *PICTURE))


def test_a_sound_file_without_a_single_sample_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nothing.wav"
    write_wav(path, np.zeros(0))
    with pytest.raises(FileRejected, match="音声が入っていません"):
        audio.inspect(path)


@pytest.mark.parametrize("kind", ["playlist.m3u8", "list.ffconcat"])
def test_a_playlist_cannot_make_the_server_read_other_files(
    record: Record, tmp_path: Path, kind: str
) -> None:
    secret = record("tone.wav")
    playlist = tmp_path / kind
    playlist.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret.name}\n#EXT-X-ENDLIST\n"
        if kind.endswith("m3u8")
        else f"ffconcat version 1.0\nfile {secret.name}\n"
    )
    with pytest.raises(FileRejected):
        audio.inspect(playlist)
    with pytest.raises(FileRejected):
        audio.normalise(playlist, tmp_path / "out.wav")
    with pytest.raises(FileRejected):
        audio.clip(playlist, 0, 1)


@pytest.mark.parametrize("name", ["tone.wav", "tone.flac", "tone.mka", "tone.mp3", "faststart.m4a"])
def test_a_file_cut_off_is_accepted_with_what_is_left_of_it(
    record: Record, tmp_path: Path, name: str
) -> None:
    faststart = [*TONE, "-c:a", "aac", "-movflags", "+faststart"]
    whole = record(name, *(faststart if name == "faststart.m4a" else []))
    sound = audio.inspect(cut(whole, 0.5))
    assert 0.4 < sound.duration_seconds < 1.4
    assert sound.is_cut_off
    seconds = audio.normalise(whole, tmp_path / "out.wav")
    assert seconds == pytest.approx(sound.duration_seconds, abs=0.15)


def test_a_wma_cut_off_is_accepted_though_it_does_not_know_its_length(record: Record) -> None:
    assert 0.4 < audio.inspect(cut(record("tone.wma"), 0.5)).duration_seconds < 1.4


def test_a_wav_whose_recorder_lost_its_power_does_not_count_as_cut_off(record: Record) -> None:
    path = record("tone.wav")
    content = bytearray(path.read_bytes())
    content[4:8] = b"\xff" * 4
    content[content.index(b"data") + 4 :][:4] = b"\xff" * 4
    path.write_bytes(content)
    assert not audio.inspect(path).is_cut_off


def test_an_m4a_that_was_never_finished_says_what_to_do(record: Record) -> None:
    with pytest.raises(FileRejected, match=r"終わりが欠けている.*もう一度"):
        audio.inspect(cut(record("tone.m4a"), 0.6))


@pytest.mark.parametrize("name", ["tone.flac", "tone.mp3"])
def test_a_damaged_place_costs_no_more_than_itself(
    record: Record, tmp_path: Path, name: str
) -> None:
    path = record(name)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(range(200)) * 2
    path.write_bytes(content)
    assert audio.inspect(path).duration_seconds > 1.5
    assert audio.normalise(path, tmp_path / "out.wav") > 1.5


def test_a_full_disk_is_told_and_leaves_nothing_behind(record: Record, tmp_path: Path) -> None:
    target = tmp_path / "full.wav"
    target.symlink_to("/dev/full")
    with pytest.raises(StorageFull):
        audio._convert(record("tone.wav"), target, ["-f", "wav"])


def test_only_the_asked_piece_is_read(spoken: Path) -> None:
    piece = audio.read(spoken, 2.0, 3.0)
    assert len(piece) == audio.RATE
    assert height(piece) == pytest.approx(400, abs=2)
    assert np.abs(piece).max() == pytest.approx(0.5, abs=0.01)


def test_reading_past_the_end_gives_what_there_is(spoken: Path) -> None:
    assert len(audio.read(spoken, 4.5, 60.0)) == audio.RATE // 2
    assert len(audio.read(spoken, 60.0, 70.0)) == 0
    assert len(audio.read(spoken, 3.0, 2.0)) == 0


def test_a_clip_is_that_sentence_with_soft_edges(spoken: Path) -> None:
    made = audio.clip(spoken, 3.0, 4.0)
    with av.open(io.BytesIO(made)) as container:
        assert container.streams.audio[0].codec_context.name.startswith("mp3")
        frames = [f.to_ndarray().mean(axis=0) for f in container.decode(audio=0)]
    samples = np.concatenate(frames)
    assert len(samples) / 44_100 == pytest.approx(1.0, abs=0.1)
    assert height(samples, 44_100) == pytest.approx(500, abs=5)
    edge = samples[:88]  # 2 ms
    assert np.abs(edge).max() < 0.5 * np.abs(samples).max()


def test_a_clip_can_be_cut_from_the_playback_copy(spoken: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.m4a"
    audio.make_playback_copy(spoken, copy)
    with av.open(io.BytesIO(audio.clip(copy, 1.0, 2.0))) as container:
        samples = np.concatenate([f.to_ndarray().mean(axis=0) for f in container.decode(audio=0)])
    assert height(samples, 44_100) == pytest.approx(300, abs=5)


def test_a_clip_after_the_end_is_refused(spoken: Path) -> None:
    with pytest.raises(FileRejected):
        audio.clip(spoken, 50.0, 51.0)


def test_the_playback_copy_starts_before_it_has_arrived_whole(
    record: Record, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.m4a"
    audio.make_playback_copy(record("film.mp4"), copy)
    content = copy.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(copy)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("aac", 44_100, 1)
        assert not container.streams.video
