import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from minutes.recognition.heard import HeardSegment
from minutes.recognition.pipeline import recognise_chunk
from minutes.sound import audio
from minutes.sound.samples import Samples


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    """Ten seconds; the level of each is its number over a hundred."""
    path = tmp_path / "sound.wav"
    levels = np.repeat(np.arange(10) / 100, audio.RATE)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(audio.RATE)
        sound.writeframes((levels * 32768).astype("<i2").tobytes())
    return path


def test_the_recogniser_gets_the_chunks_sound_and_its_times_become_the_recordings(
    wav: Path,
) -> None:
    def recognise(samples: Samples) -> Iterator[HeardSegment]:
        assert len(samples) == 3 * audio.RATE
        assert samples[0] == pytest.approx(0.04, abs=1e-3)
        assert samples[-1] == pytest.approx(0.06, abs=1e-3)
        yield HeardSegment(0.5, 1.5, "一つ目")
        yield HeardSegment(1.5, 3.0, "二つ目")

    assert list(recognise_chunk(recognise, wav, 4.0, 7.0)) == [
        HeardSegment(4.5, 5.5, "一つ目"),
        HeardSegment(5.5, 7.0, "二つ目"),
    ]


def test_no_segment_reaches_into_the_next_chunk(wav: Path) -> None:
    def overlong(samples: Samples) -> Iterator[HeardSegment]:
        yield HeardSegment(2.0, 30.0, "最後の文")

    assert list(recognise_chunk(overlong, wav, 0.0, 5.0)) == [HeardSegment(2.0, 5.0, "最後の文")]


def test_segments_come_while_later_ones_are_still_being_decoded(wav: Path) -> None:
    decoded = []

    def slowly(samples: Samples) -> Iterator[HeardSegment]:
        for number in range(3):
            decoded.append(number)
            yield HeardSegment(number, number + 1, str(number))

    next(recognise_chunk(slowly, wav, 0.0, 5.0))
    assert decoded == [0]


def test_a_chunk_without_sound_is_not_sent_to_the_recogniser(wav: Path) -> None:
    def never(samples: Samples) -> Iterator[HeardSegment]:
        raise AssertionError("called")

    assert list(recognise_chunk(never, wav, 10.0, 12.0)) == []
