"""The round of every night, by the worker."""

import logging

from sqlalchemy import Engine

from meetings.config import Config
from meetings.directory import rounds
from meetings.errors import DirectoryUnreachable
from meetings.periodic import PeriodicTask
from models.database import reading

LOG = logging.getLogger(__name__)


def periodic_tasks(config: Config, engine: Engine) -> list[PeriodicTask]:
    """Return the worker's task, where there is a directory."""
    if not config.directory.is_used:
        return []

    def act() -> bool:
        with reading(engine) as session:
            if not rounds.is_due(config, session):
                return False
        try:
            rounds.run(config, engine)
        except DirectoryUnreachable:
            return False  # noted in the round, which is done again after an hour
        return False

    return [PeriodicTask("職員のディレクトリーとの同期", act, rounds.LOOK_SECONDS)]
