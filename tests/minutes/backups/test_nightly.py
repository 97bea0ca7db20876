"""The backup of every night, and what administrators are told of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.invitations import notices
from meetings.settings.keeping import BackupSettings
from minutes.backups import history, nightly
from minutes.backups.nightly import Nights
from minutes.backups.target import Target
from minutes.health import Level
from models.backup import Backup
from models.base import now
from tests.cast import Cast
from tests.conftest import Browser
from tests.minutes.backups.conftest import Vault

pytestmark = pytest.mark.hostile


@pytest.fixture
def city(vault: Vault) -> Config:
    """With backups by night."""
    settings = BackupSettings(target=str(vault.path), recipients=vault.recipients.words)
    vault.config = replace(vault.config, backup=settings)
    return vault.config


def told(config: Config, session: Session) -> dict[str, tuple[Level, str]]:
    session.commit()
    found = history.findings(config, session)
    return {finding.name: (finding.level, finding.sentence) for finding in found}


@pytest.mark.parametrize(
    ("at", "due"),
    [("2026-04-02 02:29", "2026-04-01 02:30"), ("2026-04-02 02:30", "2026-04-02 02:30")],
)
def test_it_is_due_from_its_hour_on_in_japan(at: str, due: str) -> None:
    def in_utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=9)

    assert nightly.last_hour(BackupSettings(), in_utc(at)) == in_utc(due)


def test_one_is_made_a_night(vault: Vault, city: Config, engine: Engine, session: Session) -> None:
    vault.make()  # by hand, once: the folder is begun
    nights = Nights(city, engine)
    for _ in range(2):
        assert nights.look() is False
    session.commit()
    made = session.scalars(select(Backup)).one()
    assert made.name in Target(vault.path).complete()
    made.began_at -= timedelta(days=1)
    session.commit()
    nights.look()
    assert len(session.scalars(select(Backup)).all()) == 2


def test_one_that_fails_is_told_once_and_rests_until_it_succeeds(
    vault: Vault,
    city: Config,
    engine: Engine,
    session: Session,
    cast: Cast,
    browse: Callable[..., Browser],
) -> None:
    nights = Nights(city, engine)
    nights.look()  # the share is not there: nothing is begun in its place
    assert not vault.path.exists()
    level, sentence = told(city, session)["backup_failed"]
    assert level == Level.PROBLEM and "gijido-backup.json がない" in sentence
    setback = history.setback(session)
    assert setback is not None and setback.next_try_at > now()
    nights.look()
    setback.next_try_at = now()
    session.commit()
    nights.look()
    session.commit()
    unseen = notices.unseen(session, cast.administrator)
    assert [notice.kind.label for notice in unseen] == ["バックアップの失敗"]
    page = browse(cast.administrator).get("/today").text
    assert "毎晩のバックアップができませんでした" in page and "/administration" in page
    assert notices.unseen(session, cast.organiser) == []
    vault.make()
    setback.next_try_at = now()
    session.commit()
    nights.look()
    assert "backup_failed" not in told(city, session)


def test_a_city_without_backups_and_one_with_old_ones_are_warned(
    vault: Vault, city: Config, engine: Engine, session: Session
) -> None:
    unset = replace(city, backup=BackupSettings())
    assert "gijido backup-key" in told(unset, session)["backup"][1]
    assert "一度実行" in told(city, session)["backup"][1]
    history.note_made(engine, vault.make())
    session.commit()
    level, sentence = told(city, session)["backup"]
    assert level == Level.WARNING and "同じディスク" in sentence and "MB" in sentence
    newest = history.last(session)
    assert newest is not None
    newest.began_at -= timedelta(hours=37)
    session.commit()
    level, sentence = told(city, session)["backup"]
    assert level == Level.WARNING and "37時間たっています" in sentence


def test_without_a_target_the_worker_has_no_such_task(config: Config, engine: Engine) -> None:
    assert nightly.periodic_tasks(config, engine) == []
