"""Usual and odd files, from the first look to the normalised sound."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from meetings.errors import FileRejected, StorageFull
from minutes.sound import audio
from minutes.sound.formats import ALL_TRACKS
from minutes.sound.samples import Samples
from tests.sounds import (
    PICTURE,
    SPEECH,
    TONE,
    WAYS_TO_RECORD,
    Record,
    cut,
    height,
    write_wav,
)


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """A normalised WAV of five seconds: each second a tone of its own height."""
    path = tmp_path / "spoken.wav"
    seconds = np.arange(5 * audio.RATE) / audio.RATE
    write_wav(path, 0.5 * np.sin(2 * np.pi * (200 + 100 * np.floor(seconds)) * seconds))
    return path


def alike(one: Samples, other: Samples) -> float:
    """The correlation, wherever one begins in the other: an index tells of an encoder's delay."""
    size = 2 ** int(np.ceil(np.log2(len(one) + len(other))))
    shifted = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size)))
    return float(shifted.max() / np.linalg.norm(one) / np.linalg.norm(other))


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
    [
        b"a letter, not a sound\n" * 40,
        b"<!DOCTYPE html><html><body>" + "見つかりません".encode() * 200,
        b"\0" * 5000,
        b"%PDF-1.7\n" + b"1 0 obj\n" * 200,
        b"\x1f\x8b\x08" + bytes(3000),
        b"\xff",
    ],
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


def test_one_value_a_second_is_no_recorders(tmp_path: Path) -> None:
    """A few bytes would be hours."""
    path = tmp_path / "slow.wav"
    with wave.open(str(path), "wb") as slow:
        slow.setparams((1, 1, 1, 0, "NONE", ""))
        slow.writeframes(bytes(20_000))
    with pytest.raises(FileRejected, match="標本化周波数（1 Hz）"):
        audio.inspect(path)


def test_a_recording_longer_than_may_be_is_refused_while_it_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as long:
        long.setparams((1, 1, 8_000, 0, "NONE", ""))
        long.writeframes(bytes(8_000 * 3_601))
    with pytest.raises(FileRejected, match="上限は1時間"):
        audio.inspect(path, 1)
    assert audio.inspect(path, 2).duration_seconds == pytest.approx(3_601)


def test_a_hundred_tracks_or_channels_are_too_many(record: Record, tmp_path: Path) -> None:
    hundred = record("many.mka", *TONE, *["-map", "0:a"] * 100, "-t", "0.2", "-c:a", "pcm_s16le")
    with pytest.raises(FileRejected, match="100本あります（上限は16本）"):
        audio.inspect(hundred)
    path = tmp_path / "wide.wav"
    with wave.open(str(path), "wb") as wide:
        wide.setparams((100, 2, 16_000, 0, "NONE", ""))
        wide.writeframes(bytes(100 * 2 * 16_000))
    with pytest.raises(FileRejected, match="チャンネルが100本"):
        audio.inspect(path)


def test_all_tracks_are_measured_in_one_reading_of_the_file(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = record("many.mka", *TONE, *["-map", "0:a"] * 16, "-c:a", "flac")
    runs = []
    run = audio.MEASURING.run
    monkeypatch.setattr(audio.MEASURING, "run", lambda *a, **k: runs.append(a) or run(*a, **k))
    monkeypatch.setattr(audio.tracks, "blocks", None)
    sound = audio.inspect(film)
    assert (sound.track, sound.tracks, len(runs)) == (1, 16, 1)


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


def test_an_m4a_that_was_never_finished_is_saved_as_far_as_it_goes(
    record: Record, tmp_path: Path
) -> None:
    whole = record("R01.m4a", "-i", str(SPEECH), "-c:a", "aac", "-ar", "44100", "-b:a", "64k")
    audio.normalise(whole, tmp_path / "whole.wav")
    path = cut(whole, 0.6)
    before = path.read_bytes()
    sound = audio.inspect(path)
    assert (sound.codec, sound.is_cut_off) == ("aac", True)
    assert 10 < sound.duration_seconds < 14
    seconds = audio.normalise(path, tmp_path / "out.wav")
    assert seconds == pytest.approx(sound.duration_seconds, abs=0.1)
    saved = audio.read(tmp_path / "out.wav", 0, 10)
    assert alike(saved, audio.read(tmp_path / "whole.wav", 0, 10)) > 0.95
    assert path.read_bytes() == before


def test_an_m4a_without_end_and_without_sound_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "R01.m4a"
    path.write_bytes(b"\0\0\0\x14ftypM4A \0\0\0\0isom\0\0\0\0mdat" + b"no sound " * 90)
    with pytest.raises(FileRejected, match=r"終わりが欠けてい.*もう一度"):
        audio.inspect(path)
    with pytest.raises(FileRejected):
        audio.normalise(path, tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()


def test_an_mp4_in_fragments_is_accepted_wherever_it_was_cut(record: Record) -> None:
    fragments = ("-movflags", "frag_keyframe+empty_moov", "-frag_duration", "200000")
    for share in (0.4, 0.55, 0.7, 0.85):
        sound = audio.inspect(cut(record("tone.m4a", *TONE, "-c:a", "aac", *fragments), share))
        assert 2 * share - 0.5 < sound.duration_seconds < 2 * share + 0.3


@pytest.mark.parametrize(
    ("real", "named"), [("tone.wav", "R01.mp3"), ("tone.m4a", "R01.wav"), ("tone.mp3", "R01.m4a")]
)
def test_the_content_counts_and_not_the_name(
    record: Record, tmp_path: Path, real: str, named: str
) -> None:
    path = record(real).rename(tmp_path / named)
    assert audio.inspect(path).duration_seconds == pytest.approx(2, abs=0.1)
    assert audio.normalise(path, tmp_path / "out.wav") == pytest.approx(2, abs=0.1)


ODD_WAYS = {
    "phone.amr": (*TONE, "-ar", "8000", "-ac", "1", "-c:a", "libopencore_amrnb"),
    "phone.3gp": (*TONE, "-ar", "8000", "-ac", "1", "-c:a", "libopencore_amrnb"),
    "surround.wav": (*TONE, "-ar", "96000", "-ac", "6", "-c:a", "pcm_s24le"),
    "surround.flac": (*TONE, "-ar", "96000", "-ac", "6"),
    "eight.wav": (*TONE, "-af", "pan=8c|" + "|".join(f"c{n}=c0" for n in range(8))),
    "adpcm.wav": (*TONE, "-c:a", "adpcm_ima_wav"),
    "telephone.wav": (*TONE, "-ar", "8000", "-c:a", "pcm_mulaw"),
    "floating.wav": (*TONE, "-c:a", "pcm_f32le"),
    "surround.ac3": (*TONE, "-ac", "6", "-c:a", "ac3"),
    "tape.mp3": (*TONE, "-c:a", "libmp3lame", "-q:a", "6", "-write_xing", "0"),
}


@pytest.mark.parametrize("name", ODD_WAYS)
def test_odd_formats_have_one_length_and_their_sound(
    record: Record, tmp_path: Path, name: str
) -> None:
    path = record(name, *ODD_WAYS[name])
    sound = audio.inspect(path)
    assert sound.duration_seconds == pytest.approx(2, abs=0.15)
    assert not sound.is_cut_off
    seconds = audio.normalise(path, tmp_path / "out.wav")
    assert seconds == pytest.approx(sound.duration_seconds, abs=0.1)
    samples = audio.read(tmp_path / "out.wav", 0.5, 1.5)
    assert height(samples) == pytest.approx(440, abs=3)
    assert np.abs(samples).max() > 0.03


def test_a_wrong_length_in_the_head_of_an_mp3_is_not_believed(record: Record) -> None:
    path = record("tone.mp3", *TONE, "-c:a", "libmp3lame", "-q:a", "6")
    content = bytearray(path.read_bytes())
    frames = content.index(b"Xing") + 8
    content[frames : frames + 4] = (1_000_000).to_bytes(4, "big")  # seven hours
    path.write_bytes(content)
    sound = audio.inspect(path)
    assert sound.duration_seconds == pytest.approx(2, abs=0.1)
    assert not sound.is_cut_off


def test_the_louder_of_two_sound_tracks_is_taken_and_told(record: Record, tmp_path: Path) -> None:
    silence = ("-f", "lavfi", "-t", "2", "-i", "anullsrc=r=44100")
    maps = ("-map", "0", "-map", "1", "-map", "2", "-shortest")
    film = record("camera.mp4", *PICTURE, *silence, *TONE, *maps)
    sound = audio.inspect(film)
    assert (sound.track, sound.tracks) == (2, 2)
    audio.normalise(film, tmp_path / "out.wav")
    assert height(audio.read(tmp_path / "out.wav", 0.5, 1.5)) == pytest.approx(440, abs=3)


def test_several_microphones_are_all_heard(record: Record, tmp_path: Path) -> None:
    """Each of three speaks for two seconds, the last one into two channels."""
    source, maps = list[str](), list[str]()
    for number in range(3):
        pitch, start = 440 * (number + 1), 2 * number
        tone = f"0.3*sin(2*PI*{pitch}*t)*between(t,{start},{start + 2})+0.002*(random(0)-0.5)"
        tone = "|".join([tone] * (2 if number == 2 else 1))
        source += ["-f", "lavfi", "-t", f"{start + 2}", "-i", f"aevalsrc='{tone}':s=44100"]
        maps += ["-map", str(number)]
    film = record("recorder.mka", *source, *maps, "-c:a", "flac")
    sound = audio.inspect(film)
    assert (sound.track, sound.tracks) == (ALL_TRACKS, 3)
    assert sound.duration_seconds == pytest.approx(6, abs=0.1)
    assert audio.normalise(film, tmp_path / "out.wav", sound) == pytest.approx(6, abs=0.1)
    heard = [height(audio.read(tmp_path / "out.wav", at + 0.5, at + 1.5)) for at in (0, 2, 4)]
    assert heard == pytest.approx([440, 880, 1320], abs=3)


def test_one_sound_in_two_forms_is_heard_once(record: Record) -> None:
    speech = ("-i", str(SPEECH), "-i", str(SPEECH), "-map", "0", "-map", "1")
    forms = ("-c:a:0", "aac", "-ac:a:0", "2", "-c:a:1", "libopus", "-filter:a:1", "volume=0.7")
    sound = audio.inspect(record("phone.mkv", *speech, *forms))
    assert (sound.track, sound.tracks) == (1, 2)


def test_a_wav_whose_head_counts_too_little_is_heard_to_its_end(
    record: Record, tmp_path: Path
) -> None:
    """As recorders write beyond 4 GB: the head has 32 bits."""
    path = record("long.wav", *TONE, "-c:a", "pcm_s24le", "-fflags", "+bitexact")
    content = bytearray(path.read_bytes())
    data = content.index(b"data") + 4
    for place, size in ((4, 50_000), (data, 50_000 - data)):
        content[place : place + 4] = size.to_bytes(4, "little")
    path.write_bytes(content)
    sound = audio.inspect(path)
    assert sound.duration_seconds == pytest.approx(2, abs=0.05) and not sound.is_cut_off
    assert audio.normalise(path, tmp_path / "out.wav", sound) == pytest.approx(2, abs=0.05)


def test_what_stands_behind_the_sound_of_a_wav_is_not_heard(record: Record) -> None:
    path = record("tagged.wav", *TONE, "-c:a", "pcm_s16le")
    content = bytearray(path.read_bytes() + b"LIST" + (200_000).to_bytes(4, "little"))
    content += bytes(200_000)
    content[4:8] = (len(content) - 8).to_bytes(4, "little")
    path.write_bytes(content)
    assert audio.inspect(path).duration_seconds == pytest.approx(2, abs=0.01)


def test_where_the_time_stamps_leap_there_is_silence_and_nothing_is_cut_off(
    record: Record, tmp_path: Path
) -> None:
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:duration=4:sample_rate=48000")
    leap = ("-bsf:a", "setts=pts=if(gte(PTS\\,96000)\\,PTS+240000\\,PTS):dts=PTS")
    path = record("gap.mkv", *tone, "-c:a", "libopus", *leap)
    sound = audio.inspect(path)
    assert sound.gap_seconds == pytest.approx(5, abs=0.1) and not sound.is_cut_off
    assert sound.duration_seconds == pytest.approx(9, abs=0.1)
    audio.normalise(path, tmp_path / "out.wav", sound)
    before, between, after = (
        np.abs(audio.read(tmp_path / "out.wav", at, at + 1)).max() for at in (0.5, 4, 7.5)
    )
    assert before > 0.01 and after > 0.01 and between < 0.001


@pytest.mark.parametrize("second", ["0*c0", "-1*c0"], ids=["dead channel", "upside down"])
def test_a_broken_second_channel_costs_no_loudness(
    record: Record, tmp_path: Path, second: str
) -> None:
    audio.normalise(record("one.wav", "-i", str(SPEECH)), tmp_path / "one out.wav")
    path = record("two.wav", "-i", str(SPEECH), "-af", f"pan=stereo|c0=c0|c1={second}")
    audio.normalise(path, tmp_path / "two out.wav")
    one, two = (audio.read(tmp_path / f"{name} out.wav", 0, 60) for name in ("one", "two"))
    assert len(one) == len(two)
    assert np.abs(one - two).max() < 0.01


def test_silence_goes_the_whole_way_and_stays_silent(record: Record, tmp_path: Path) -> None:
    silence = ("-f", "lavfi", "-t", "1200", "-i", "anullsrc=r=8000:cl=mono")
    path = record("silence.mp3", *silence, "-c:a", "libmp3lame")
    assert audio.inspect(path).duration_seconds == pytest.approx(1200, abs=0.2)
    assert audio.normalise(path, tmp_path / "out.wav") == pytest.approx(1200, abs=0.2)
    assert np.abs(audio.read(tmp_path / "out.wav", 0, 1200)).max() < 1e-3


def test_a_far_too_quiet_recording_is_made_louder(record: Record, tmp_path: Path) -> None:
    path = record("quiet.flac", "-i", str(SPEECH), "-af", "volume=-60dB", "-sample_fmt", "s32")
    audio.normalise(path, tmp_path / "out.wav")
    samples = audio.read(tmp_path / "out.wav", 0, 60)
    assert 0.005 < np.sqrt(np.mean(samples**2)) < 0.3
    assert np.abs(samples).max() < 1


def test_values_beyond_full_scale_are_brought_back(record: Record, tmp_path: Path) -> None:
    path = record("hot.wav", "-i", str(SPEECH), "-af", "volume=40dB", "-c:a", "pcm_f32le")
    audio.normalise(path, tmp_path / "out.wav")
    samples = audio.read(tmp_path / "out.wav", 0, 60)
    assert np.mean(np.abs(samples) > 0.99) < 0.001


def test_a_sample_that_is_no_number_is_passed_over(tmp_path: Path, record: Record) -> None:
    path = record("broken.wav", *TONE, "-ac", "2", "-c:a", "pcm_f32le")
    content = bytearray(path.read_bytes())
    content[-80_000:-79_996] = b"\xff\xff\xff\x7f"  # not a number
    path.write_bytes(content)
    audio.normalise(path, tmp_path / "out.wav")
    assert height(audio.read(tmp_path / "out.wav", 0.5, 1.5)) == pytest.approx(440, abs=3)


def test_ten_thousand_chapters_are_no_obstacle(tmp_path: Path, record: Record) -> None:
    chapters = tmp_path / "chapters.txt"
    lines = [
        f"[CHAPTER]\nTIMEBASE=1/1000000\nSTART={n * 100}\nEND={n * 100 + 100}\ntitle=議題{n}\n"
        for n in range(10_000)
    ]
    chapters.write_text(";FFMETADATA1\n" + "".join(lines), encoding="utf-8")
    path = record(
        "chapters.mka", *TONE, "-f", "ffmetadata", "-i", str(chapters),
        "-map_metadata", "1", "-map_chapters", "1", "-c:a", "flac",
    )  # fmt: skip
    assert audio.inspect(path).duration_seconds == pytest.approx(2, abs=0.1)
    assert audio.normalise(path, tmp_path / "out.wav") == pytest.approx(2, abs=0.1)


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
    source = record("tone.wav")
    for make in (audio.normalise, audio.make_playback_copy):
        target = tmp_path / "full.wav"
        target.symlink_to("/dev/full")
        with pytest.raises(StorageFull):
            make(source, target)
        assert not target.is_symlink()


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
