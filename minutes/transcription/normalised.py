"""The normalised sound of what is being worked on, beside the store: `SHA256.wav` while a piece
of work needs it, and a scratch folder for every piece in hand, named after its lease.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage, full_disk_told
from meetings.errors import StorageFull
from minutes.sound import audio
from minutes.transcription.scheduling import goes_on
from models.recording import Chunk, Recording, Step, Transcription, WorkState


def folder_of(home: Path) -> Path:
    return home / "normalised"


@contextmanager
def scratch(home: Path, lease: str) -> Iterator[Path]:
    folder = folder_of(home) / lease
    with full_disk_told():
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wav_of(storage: Storage, home: Path, recording: Recording, scratch: Path) -> Path:
    """16 kHz mono, made when it is not there. Raises FileRejected, StorageFull."""
    target = folder_of(home) / f"{recording.sha256}.wav"
    if not target.exists():
        sound = _sound_of(recording)
        if storage.free_bytes() < audio.normalised_bytes(sound):
            raise StorageFull()
        unfinished = scratch / "sound.wav"
        audio.normalise(storage.whole(recording.sha256), unfinished, sound)
        unfinished.replace(target)
    return target


def _sound_of(recording: Recording) -> audio.Sound:
    """As it was measured when the recording came."""
    return audio.Sound(
        recording.duration_seconds,
        recording.codec,
        recording.is_cut_off,
        recording.track,
        recording.tracks,
        recording.gap_seconds,
    )


def clear(session: Session, home: Path) -> None:
    """Remove what nobody needs any more, and what killed workers left.

    In a writing transaction, so that nobody takes a piece of work at the same time: whoever takes
    one afterwards sees that its sound is gone, and makes it again.
    """
    folder = folder_of(home)
    if not folder.is_dir():
        return
    needed = {f"{sha256}.wav" for sha256 in _sounds_in_use(session)} | _leases_held(session)
    for path in folder.iterdir():
        if path.name not in needed and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in needed:
            with suppress(OSError):  # it is tried again after the next piece of work
                path.unlink()


def is_clear(home: Path) -> bool:
    """Whether nothing lies there that could be removed."""
    folder = folder_of(home)
    return not folder.is_dir() or not any(folder.iterdir())


def _sounds_in_use(session: Session) -> set[str]:
    """Of everything that goes on by itself. What is paused may stand for weeks: its sound is made
    again, and 110 MB an hour do not lie on the disk meanwhile."""
    found = select(Recording.sha256).join(Recording.transcriptions)
    wanted = found.where(goes_on(), Transcription.state != WorkState.PAUSED)
    return set(session.scalars(wanted))


def _leases_held(session: Session) -> set[str]:
    leases: set[str] = set()
    for kind in (Chunk, Step):
        held = select(kind.lease).where(kind.state == WorkState.RUNNING, kind.lease.is_not(None))
        leases.update(lease for lease in session.scalars(held) if lease)
    return leases
