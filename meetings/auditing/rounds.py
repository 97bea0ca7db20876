"""What is done with the audit by itself: the rest of the refusals of a minute is told, checkpoints
are made and brought elsewhere, and at night the years that are over are archived."""

from dataclasses import dataclass

from sqlalchemy import Engine

from meetings import audit, dates
from meetings.auditing import archives, checkpoints
from meetings.config import Config
from meetings.errors import ConfigurationError
from models.base import now
from models.database import reading, writing

ROUND_SECONDS = 60.0
NIGHT_HOURS = range(2, 5)
"""Hours of the clock in which moving many lines disturbs nobody."""


@dataclass(frozen=True)
class AuditRounds:
    """The round that the worker goes every minute."""

    config: Config
    engine: Engine

    def go(self) -> bool:
        """Do what is due. Raises ConfigurationError with a sentence for what an operator must mend,
        whereupon the rest is done the next time."""
        with writing(self.engine) as session, session.begin():
            audit.tell_rest(session)
        self._checkpoint()
        if dates.local(now()).hour in NIGHT_HOURS:
            archives.archive(self.config, self.engine)
        return False

    def _checkpoint(self) -> None:
        with reading(self.engine) as session:
            if checkpoints.is_due(self.config, session):
                checkpoints.make(self.config, session)
        try:
            checkpoints.bring_elsewhere(self.config)
        except OSError as problem:
            folder = self.config.audit.checkpoints
            raise ConfigurationError(
                f"監査の記録の節目を {folder} に置けません（{problem.strerror}）。config.toml の"
                "audit.checkpoints のフォルダーにつながるか、書けるかを確かめてください。"
            ) from problem
