"""Sound from an m4a that lost its index: counted against the index of the whole file."""

import random
from pathlib import Path

import av
import pytest

from meetings.errors import FileRejected
from minutes.sound import mp4_recovery
from tests.sounds import SPEECH, Record

WAYS = {
    "mono 8 kHz": ("-ar", "8000", "-ac", "1", "-b:a", "24k"),
    "mono 16 kHz": ("-ar", "16000", "-ac", "1", "-b:a", "32k"),
    "stereo 22.05 kHz": ("-ar", "22050", "-ac", "2", "-b:a", "40k"),
    "mono 24 kHz": ("-ar", "24000", "-ac", "1", "-b:a", "40k"),
    "mono 32 kHz": ("-ar", "32000", "-ac", "1", "-b:a", "48k"),
    "mono 44.1 kHz": ("-ar", "44100", "-ac", "1", "-b:a", "64k"),
    "stereo 44.1 kHz": ("-ar", "44100", "-ac", "2", "-b:a", "128k"),
    "mono 48 kHz": ("-ar", "48000", "-ac", "1", "-b:a", "64k"),
    "stereo 48 kHz": ("-ar", "48000", "-ac", "2", "-b:a", "128k"),
}


@pytest.fixture
def spoken(record: Record) -> Path:
    """Speech in stereo, whole."""
    return record("spoken.m4a", "-i", str(SPEECH), "-c:a", "aac", *WAYS["stereo 44.1 kHz"])


def packets(path: Path) -> list[tuple[int, int]]:
    """Place and end of each frame, as the index of the whole file tells."""
    with av.open(str(path)) as container:
        return [
            (packet.pos, packet.pos + packet.size)
            for packet in container.demux(audio=0)
            if packet.size and packet.pos is not None
        ]


def count(path: Path) -> int:
    return sum(1 for _ in mp4_recovery.frames(path))


@pytest.mark.parametrize("way", WAYS)
def test_every_whole_frame_is_found_at_its_own_speed(record: Record, way: str) -> None:
    path = record("R01.m4a", "-i", str(SPEECH), "-c:a", "aac", *WAYS[way])
    known, content = packets(path), path.read_bytes()
    with av.open(str(path)) as whole:
        stream = whole.streams.audio[0]
        form = stream.rate, stream.channels
    end = content.index(b"moov") * 9 // 10
    path.write_bytes(content[:end])
    found = list(mp4_recovery.frames(path))
    assert len(found) == sum(stop <= end for _, stop in known)
    assert {(frame.sample_rate, frame.layout.nb_channels) for frame in found} == {form}


def test_damage_costs_only_what_it_hit(spoken: Path) -> None:
    seed = 4
    chance = random.Random(seed)
    print("seed", seed)
    known, content = packets(spoken), bytearray(spoken.read_bytes())
    wounds = []
    for start in (60_000, 140_000, 220_000):
        size = chance.randrange(200, 5000)
        content[start : start + size] = chance.choice([chance.randbytes(size), bytes(size)])
        wounds.append((start, start + size))
    end = content.index(b"moov") - 4
    spoken.write_bytes(content[:end])
    unhurt = sum(
        not any(start < wound_end and wound_start < stop for wound_start, wound_end in wounds)
        for start, stop in known
    )
    assert unhurt - 6 <= count(spoken) <= unhurt + 6


@pytest.mark.slow
def test_the_short_way_to_a_windows_length_counts_as_the_whole_window_does(spoken: Path) -> None:
    """Also where the frames that are whole end long before the window does: what looks like a
    frame near its end is none of them then."""
    content = bytearray(spoken.read_bytes())
    for wound in (150_000, 200_000):
        content[wound : wound + 3000] = random.Random(wound).randbytes(3000)
    spoken.write_bytes(content)
    known = [start for start, _ in packets(spoken) if start < 230_000]
    with spoken.open("rb") as file:
        for at in known[::7]:
            window = content[at : at + mp4_recovery.WINDOW_BYTES]
            count = mp4_recovery._count(44100, bytes(window))
            whole = mp4_recovery._end_of(44100, bytes(window), count)
            assert mp4_recovery._length_of(file, at, len(content), 44100, count) == whole


@pytest.mark.parametrize("size", [bytes(4), b"\0\0\0\x08", b"\x7f\xff\xff\xff"])
def test_a_size_that_was_never_written_down_is_no_obstacle(spoken: Path, size: bytes) -> None:
    known, content = packets(spoken), bytearray(spoken.read_bytes())
    place = content.index(b"mdat")
    content[place - 4 : place] = size
    spoken.write_bytes(content[: content.index(b"moov") - 4])
    assert count(spoken) == len(known)


def test_a_large_box_and_an_unwritten_end_are_no_obstacle(spoken: Path) -> None:
    """As a telephone leaves it: the size in eight bytes, zeros where nothing was written."""
    known, content = packets(spoken), spoken.read_bytes()
    place, end = content.index(b"mdat"), content.index(b"moov") - 4
    head = content[: place - 4] + b"\0\0\0\x01mdat????????"
    spoken.write_bytes(head + content[place + 4 : end] + bytes(300_000))
    assert count(spoken) == len(known)


@pytest.mark.parametrize("content", [bytes(100_000), b"\xff" * 100_000, b"text \0 text " * 300])
def test_what_holds_no_frames_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "R01.m4a"
    path.write_bytes(b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\0mdat" + content)
    with pytest.raises(FileRejected, match="目次"):
        count(path)


def test_noise_is_refused(tmp_path: Path) -> None:
    seed = 5
    print("seed", seed)
    path = tmp_path / "R01.m4a"
    noise = random.Random(seed).randbytes(200_000)
    path.write_bytes(b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\0mdat" + noise)
    with pytest.raises(FileRejected):
        count(path)


def test_a_film_whose_pictures_stand_between_the_sound_is_refused(record: Record) -> None:
    pictures = ("-f", "lavfi", "-i", "testsrc=duration=19:size=64x48:rate=10")
    film = record("film.mp4", *pictures, "-i", str(SPEECH), "-c:a", "aac", "-shortest")
    content = film.read_bytes()
    film.write_bytes(content[: content.index(b"moov") - 4])
    with pytest.raises(FileRejected):
        count(film)


def test_a_file_that_ends_before_its_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "R01.m4a"
    path.write_bytes(b"\0\0\0\x10ftypM4A \0\0\0\0")
    with pytest.raises(FileRejected):
        count(path)
