"""Chunks and whole files through the recogniser: what worker, evaluation and benchmark share."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from meetings.config import SpeechSettings
from minutes.recognition import windows
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.sound import audio


def recognise_chunk(
    recognise: Recognise, wav: Path, start_seconds: float, end_seconds: float
) -> Iterator[HeardSegment]:
    """Segments with times in seconds from the start of the recording."""
    samples = audio.read(wav, start_seconds, end_seconds)
    if not len(samples):
        return
    for heard in recognise(samples):
        yield replace(
            heard,
            start_seconds=round(start_seconds + heard.start_seconds, 3),
            end_seconds=round(min(start_seconds + heard.end_seconds, end_seconds), 3),
        )


def recognise_file(
    recognise: Recognise, source: Path, speech: SpeechSettings
) -> tuple[float, list[HeardSegment]]:
    """The length in seconds of any sound file and what is heard in it, as the worker does it:
    normalised, cut into chunks, each chunk recognised. Raises FileRejected, StorageFull."""
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        seconds = audio.normalise(source, wav)
        spans = windows.cut_chunks(wav, speech.first_chunk_seconds, speech.chunk_seconds)
        heard = [h for span in spans for h in recognise_chunk(recognise, wav, *span)]
    return seconds, heard
