"""Which backups are kept."""

from datetime import UTC, datetime, timedelta

from meetings.settings.keeping import BackupSettings
from minutes.backups.rotation import NAME, kept

SETTINGS = BackupSettings(keep_daily=7, keep_weekly=5, keep_monthly=12)


def nights(count: int) -> list[str]:
    last = datetime(2026, 4, 30, 17, 30, tzinfo=UTC)
    return sorted((last - timedelta(days=n)).strftime(NAME) for n in range(count))


def test_of_two_years_of_nights_days_weeks_and_months_are_kept() -> None:
    found = sorted(kept(nights(730), SETTINGS, 1000))
    assert len(found) <= 7 + 5 + 12 and len(found) >= 12 + 5
    assert found[-7:] == nights(7)
    assert found[0].startswith("202506"), "a year back"


def test_the_newest_is_kept_whatever_the_clock_says() -> None:
    odd = [*nights(20), "20990101T000000Z"]
    assert "20990101T000000Z" in kept(odd, SETTINGS, 1000)
    assert kept(["20000101T000000Z"], SETTINGS, 1000) == {"20000101T000000Z"}


def test_of_one_day_the_last_is_kept() -> None:
    day = ["20260401T010000Z", "20260401T020000Z", "20260401T030000Z"]
    assert kept(day, SETTINGS, 1000) == {"20260401T030000Z"}


def test_none_outlives_the_days_that_a_certificate_of_deletion_names() -> None:
    found = sorted(kept(nights(730), SETTINGS, 35))
    assert nights(36)[0] <= found[0] and found[-7:] == nights(7)
