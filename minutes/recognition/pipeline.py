"""Runs the recogniser over chunks and whole files; shared by worker, evaluation and benchmark."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from meetings.settings.work import SpeechSettings
from minutes.recognition import windows
from minutes.recognition.heard import HeardSegment, Recognise
from minutes.sound import audio


def recognise_chunk(
    recognise: Recognise, wav: Path, start_seconds: float, end_seconds: float
) -> Iterator[HeardSegment]:
    """Yield the segments between `start_seconds` and `end_seconds` of the file, with times in
    seconds from the start of the recording.
    """
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
    """Return the length of a sound file in seconds and the segments recognised in it.

    Does the same as the worker: converts the file, cuts it into chunks and recognises each. Raises
    FileRejected if it is no sound file that can be read, StorageFull if the disk is full.
    """
    with tempfile.TemporaryDirectory() as workspace:
        wav = Path(workspace) / "sound.wav"
        seconds = audio.normalise(source, wav)
        spans = windows.cut_chunks(wav, speech.first_chunk_seconds, speech.chunk_seconds)
        heard = [h for span in spans for h in recognise_chunk(recognise, wav, *span)]
    return seconds, heard
