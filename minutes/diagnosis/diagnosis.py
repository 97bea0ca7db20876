"""All that is looked at, in one list. Rules that `gijido check` has too are those of
`minutes/health.py`."""

from collections.abc import Callable, Iterable

from meetings.config import Config
from minutes import health
from minutes.diagnosis import machine, programs, serving
from minutes.health import Finding

LOOKS: tuple[Callable[[Config], Iterable[Finding]], ...] = (
    machine.python,
    machine.sqlite_library,
    machine.memory,
    machine.open_files,
    machine.clock,
    machine.file_system,
    programs.ffmpeg,
    programs.office,
    programs.typesetting,
    programs.screens,
    programs.japanese,
    programs.speech_model,
    serving.data,
    serving.port,
    serving.tls,
    serving.address,
    health.rights_of_settings,
    health.walls,
    health.conversion,
)


def diagnose(config: Config) -> list[Finding]:
    """Return what was found, the worst first. Changes nothing, and needs no database."""
    found = [finding for look in LOOKS for finding in look(config)]
    if config.home.exists():
        found += [*health.disk(config), *health.rights_of_files(config)]
    return health.worst_first(found)
