"""The log of our programs, to standard error: lines for people, or JSON for a collector. What
people said, wrote or typed is never in it; of an error of the database not even the parameters are.
"""

import logging
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

from meetings.settings.server import LogSettings

FOR_PEOPLE = "%(asctime)s %(levelname)s %(name)s %(message)s"
TOLD_BY_THEMSELVES = ("alembic", "huey")
"""Libraries that say each small step."""


class LinesOfJson(JsonFormatter):
    """One object a line: `time` (UTC, RFC 3339), `level`, `logger`, `process`, `message`, and of an
    error `exc_info`."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(process)d %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        """Return the object with its time before the rest."""
        return {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **log_data}


def begin(settings: LogSettings) -> None:
    """Write the log as the settings say, from the level INFO on."""
    handler = logging.StreamHandler()
    is_json = settings.format == "json"
    handler.setFormatter(LinesOfJson() if is_json else logging.Formatter(FOR_PEOPLE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for quiet in TOLD_BY_THEMSELVES:
        logging.getLogger(quiet).setLevel(logging.WARNING)
