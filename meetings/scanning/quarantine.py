"""Nothing from outside is opened before the city's virus scanner has passed it. A file in which it
finds something is refused, set apart where nobody can fetch it, and told to the administrator, who
destroys it or, for a false alarm, lets the very same file in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, joinedload

from meetings import audit, clean_text
from meetings.config import Config
from meetings.disk.storage import Incoming, Storage
from meetings.errors import FileRejected, NotFound, NotPossibleNow, TooLargeToScan, VirusFound
from meetings.scanning import scanners
from meetings.scanning.scanners import Scanner
from models.base import now
from models.database import reading, writing
from models.person import Person
from models.quarantined_file import QuarantinedFile

LONGEST_NAME = 200
SHOWN = 200
"""Most files in the list; older ones stay in the audit."""


@dataclass(frozen=True)
class Gate:
    """What every file from outside passes: the scanner, and where refused files go."""

    engine: Engine
    storage: Storage
    scanner: Scanner | None

    @classmethod
    def of(cls, config: Config, engine: Engine, storage: Storage) -> Self:
        """Return the gate with the scanner of the settings."""
        return cls(engine, storage, scanners.of_settings(config.scanner))

    def admit(self, incoming: Incoming, file_name: str, sent_by_id: int) -> None:
        """Have the file looked over. Raises VirusFound, after it was set apart; FileRejected when
        it is larger than the scanner takes; ScannerSilent when there is no verdict."""
        incoming.flush_to_disk()
        try:
            self._look(incoming.path, incoming.sha256, file_name, sent_by_id)
        except TooLargeToScan as problem:
            raise FileRejected(problem.message) from problem

    def admit_recording(self, path: Path, sha256: str, file_name: str, sent_by_id: int) -> None:
        """Have a recording looked over. Raises as `admit` does; but one that is larger than the
        scanner takes passes, which the audit says: hours of sound are, and only a cell ever opens
        them."""
        try:
            self._look(path, sha256, file_name, sent_by_id)
        except TooLargeToScan:
            with writing(self.engine) as session, session.begin():
                sender = session.get_one(Person, sent_by_id)
                audit.note(session, sender, "pass_unscanned", sender)

    def _look(self, path: Path, sha256: str, file_name: str, sent_by_id: int) -> None:
        if self.scanner is None:
            return
        virus = self.scanner.find(path)
        if virus and not self._is_let_in(sha256):
            self._set_apart(path, sha256, file_name, sent_by_id, virus)
            raise VirusFound(file_name, virus)

    def _is_let_in(self, sha256: str) -> bool:
        with reading(self.engine) as session:
            same = QuarantinedFile.sha256 == sha256, QuarantinedFile.is_let_in
            return session.scalar(select(QuarantinedFile.id).where(*same).limit(1)) is not None

    def _set_apart(
        self, path: Path, sha256: str, file_name: str, sent_by_id: int, virus: str
    ) -> None:
        self.storage.set_apart(path, sha256)
        with writing(self.engine) as session, session.begin():
            found = QuarantinedFile(
                file_name=file_name[:LONGEST_NAME],
                sha256=sha256,
                size_bytes=path.stat().st_size,
                virus=clean_text.line(virus)[:LONGEST_NAME],
                sent_by_id=sent_by_id,
            )
            session.add(found)
            audit.note(session, session.get_one(Person, sent_by_id), "quarantine", found)


def known(session: Session) -> Sequence[QuarantinedFile]:
    """Return the files in which something was found: those that nobody settled first, then the
    newest."""
    newest = select(QuarantinedFile).order_by(
        QuarantinedFile.settled_at.is_not(None), QuarantinedFile.id.desc()
    )
    people = joinedload(QuarantinedFile.sent_by), joinedload(QuarantinedFile.settled_by)
    return session.scalars(newest.options(*people).limit(SHOWN)).all()


def waiting(session: Session) -> int:
    """Return how many files wait for an administrator's decision."""
    unsettled = select(func.count()).where(QuarantinedFile.settled_at.is_(None))
    return session.scalar(unsettled) or 0


def one(session: Session, file_id: int) -> QuarantinedFile:
    """Return this file. Raises NotFound."""
    found = session.get(QuarantinedFile, file_id)
    if found is None:
        raise NotFound()
    return found


def destroy(session: Session, by: Person, storage: Storage, file: QuarantinedFile) -> None:
    """Remove the content for good; the row stays. Raises NotPossibleNow when it is settled."""
    _settle(session, by, storage, file)
    audit.note(session, by, "destroy", file)


def let_in(session: Session, by: Person, storage: Storage, file: QuarantinedFile) -> None:
    """Call it a false alarm: whoever sends the very same bytes again gets through. Raises
    NotPossibleNow when it is settled."""
    _settle(session, by, storage, file)
    file.is_let_in = True
    audit.note(session, by, "let_in", file)


def _settle(session: Session, by: Person, storage: Storage, file: QuarantinedFile) -> None:
    """Decide on every time that these bytes came, and drop them. The bytes go first: should the
    rest break off, the decision is asked for once more, and the quarantine is not full of what no
    row names."""
    if file.settled_at is not None:
        raise NotPossibleNow("このファイルの扱いは、もう決まっています。")
    storage.drop_set_apart(file.sha256)
    same = QuarantinedFile.sha256 == file.sha256, QuarantinedFile.settled_at.is_(None)
    for each in session.scalars(select(QuarantinedFile).where(*same)):
        each.settled_at, each.settled_by = now(), by
