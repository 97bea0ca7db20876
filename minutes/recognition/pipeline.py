"""One chunk of a recording through the recogniser: what worker and evaluation share."""

from collections.abc import Iterator
from pathlib import Path

from minutes.recognition import audio
from minutes.recognition.heard import Heard, Recognise


def recognise_chunk(
    recognise: Recognise, wav: Path, start_seconds: float, end_seconds: float
) -> Iterator[Heard]:
    """Segments with times in seconds from the start of the recording."""
    samples = audio.read(wav, start_seconds, end_seconds)
    if not len(samples):
        return
    for heard in recognise(samples):
        yield Heard(
            start_seconds=round(start_seconds + heard.start_seconds, 3),
            end_seconds=round(min(start_seconds + heard.end_seconds, end_seconds), 3),
            text=heard.text,
        )
