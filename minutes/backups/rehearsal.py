"""Proves a backup without touching the live data: brings it back somewhere else, reads all of it,
opens a record, and removes it again."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyrage.x25519 import Identity
from sqlalchemy import select

from meetings.config import Config
from meetings.settings.server import StorageSettings
from minutes import inspection
from minutes.backups import restoring
from minutes.backups.restoring import Restored
from minutes.health import Finding, Level
from minutes.records.content import content_of
from models.database import connect, reading
from models.minutes import MinutesRevision


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal found. `opened`: title and number of paragraphs of the newest record; ""
    where there is none yet."""

    restored: Restored
    findings: tuple[Finding, ...]
    opened: str
    paragraphs: int

    @property
    def is_good(self) -> bool:
        """Return whether everything came back."""
        return not self.restored.damaged and all(
            finding.level != Level.PROBLEM for finding in self.findings
        )


def rehearse(
    config: Config, path: Path, identities: Sequence[Identity], at: str = "", *, beside: Path
) -> Rehearsed:
    """Bring a backup back into a folder of its own below `beside`, look at everything, and remove
    it. Raises BackupFailed as `restoring.restore` does, StorageFull."""
    with tempfile.TemporaryDirectory(dir=beside, prefix="gijido-rehearsal-") as folder:
        apart = replace(config, storage=StorageSettings(home=str(Path(folder) / "home")))
        restored = restoring.restore(apart, path, identities, at)
        findings = inspection.database(apart.database, is_thorough=True)
        engine = connect(apart.database)
        try:
            with reading(engine) as session:
                findings += inspection.files(apart, session, is_thorough=True)
                newest = select(MinutesRevision).order_by(MinutesRevision.id.desc()).limit(1)
                revision = session.scalar(newest)
                sections = content_of(revision).sections if revision else []
                opened = revision.minutes.meeting.title if revision else ""
        finally:
            engine.dispose()
    paragraphs = sum(len(section.paragraphs) for section in sections)
    return Rehearsed(restored, tuple(findings), opened, paragraphs)
