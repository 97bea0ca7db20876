"""Which backups are kept."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta

from meetings import dates
from meetings.settings.keeping import BackupSettings

NAME = "%Y%m%dT%H%M%SZ"
"""How a backup is named after the moment of its beginning, in UTC."""


def kept(names: Sequence[str], settings: BackupSettings, most_days: int) -> set[str]:
    """Return those of the names that are kept: the last one of each of the newest days, weeks and
    months that have any, as many as the settings say, none of them older than `most_days`, which
    certificates of deletion promise. Their age counts from the newest, which is always kept, so no
    clock that is wrong removes anything."""
    found = {name: dates.local(datetime.strptime(f"{name}+0000", f"{NAME}%z")) for name in names}
    spans: list[tuple[int, Callable[[datetime], Hashable]]] = [
        (settings.keep_daily, lambda at: at.date()),
        (settings.keep_weekly, lambda at: at.isocalendar()[:2]),
        (settings.keep_monthly, lambda at: (at.year, at.month)),
    ]
    chosen = set[str]()
    for count, span in spans:
        last = {span(found[name]): name for name in sorted(names)}
        chosen.update(sorted(last.values())[-count:])
    oldest = max(found.values()) - timedelta(days=most_days)
    return {name for name in chosen if found[name] >= oldest}
