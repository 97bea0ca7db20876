"""The normalised sound of recordings that are worked on, beside the store: `SHA256.wav` as long as
a piece of work needs it, and a scratch folder for every piece in work, named after its lease.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage, raising_storage_full
from meetings.errors import StorageFull
from minutes import deleted
from minutes.sound import audio
from minutes.transcription.scheduling import goes_on
from models.recording import Chunk, Recording, Step, Transcription, WorkState


def folder_of(home: Path) -> Path:
    """Return the folder of normalised sounds and scratch folders."""
    return home / "normalised"


@contextmanager
def scratch(home: Path, lease: str) -> Iterator[Path]:
    """Make the scratch folder of this lease and remove it afterwards. Raises StorageFull."""
    folder = folder_of(home) / lease
    with raising_storage_full():
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wav_of(storage: Storage, home: Path, recording: Recording, scratch: Path) -> Path:
    """Return the path of the recording's sound as 16 kHz mono, and make the file if it is
    missing. Raises FileRejected, StorageFull, ContentDeleted.
    """
    target = folder_of(home) / f"{recording.sha256}.wav"
    if not target.exists():
        deleted.refuse("録音", recording.emptied_at)
        sound = _sound_of(recording)
        if storage.free_bytes() < audio.normalised_bytes(sound):
            raise StorageFull()
        unfinished = scratch / "sound.wav"
        audio.normalise(storage.whole(recording.sha256), unfinished, sound)
        unfinished.replace(target)
    return target


def _sound_of(recording: Recording) -> audio.Sound:
    """Return what was measured when the recording was received."""
    return audio.Sound(
        recording.duration_seconds,
        recording.codec,
        recording.is_cut_off,
        recording.track,
        recording.tracks,
        recording.gap_seconds,
    )


def clear(session: Session, home: Path) -> None:
    """Remove files that nobody needs any more, and those that killed workers left.

    Must be called in a writing transaction, so that nobody takes a piece of work at the same time.
    Whoever takes one afterwards finds its sound missing and makes it again.
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
    """Return whether the folder is empty or missing."""
    folder = folder_of(home)
    return not folder.is_dir() or not any(folder.iterdir())


def _sounds_in_use(session: Session) -> set[str]:
    """Return the hashes of the recordings that are worked on. Paused ones are not among them: a
    pause may last weeks, their sound takes 110 MB an hour, and it can be made again.
    """
    found = select(Recording.sha256).join(Recording.transcriptions)
    wanted = found.where(goes_on(), Transcription.state != WorkState.PAUSED)
    return set(session.scalars(wanted))


def _leases_held(session: Session) -> set[str]:
    leases: set[str] = set()
    for kind in (Chunk, Step):
        leased = select(kind.lease).where(kind.state == WorkState.RUNNING, kind.lease.is_not(None))
        leases.update(lease for lease in session.scalars(leased) if lease)
    return leases
