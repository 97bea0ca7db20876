"""Whatever is done to the audit behind the server's back is found."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Engine, insert

from meetings.auditing import archives, checkpoints, verifying
from meetings.auditing.rounds import AuditRounds
from meetings.auditing.verifying import AuditProof
from meetings.config import Config
from meetings.errors import ConfigurationError
from meetings.settings.keeping import AuditSettings
from meetings.settings.server import StorageSettings
from models.audit import AuditLine
from models.database import connect, reading, writing

Verify = Callable[..., AuditProof]
OLD = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.fixture
def engine(config: Config, empty_database: Path) -> Iterator[Engine]:
    """Of a city in which nothing was noted yet."""
    config.home.mkdir()
    shutil.copy(empty_database, config.database)
    made = connect(config.database)
    yield made
    made.dispose()


@pytest.fixture
def verify(config: Config, engine: Engine) -> Verify:
    def verified(*given: Path, look: Callable[..., AuditProof] = verifying.whole) -> AuditProof:
        with reading(engine) as session:
            return look(config, session, *([given] if given else []))

    return verified


def add(engine: Engine, count: int, at: datetime | None = None) -> None:
    when = {} if at is None else {"at": at}
    with writing(engine) as session, session.begin():
        lines = [{"verb": "look", "thing": "meeting", "thing_id": n, **when} for n in range(count)]
        session.execute(insert(AuditLine), lines)


def checkpoint(config: Config, engine: Engine) -> Path:
    with reading(engine) as session:
        made = checkpoints.make(config, session)
    assert made is not None
    return checkpoints.folder(config) / made.file_name


def behind_its_back(config: Config, *statements: str) -> None:
    """Do what whoever owns the file can do: take the triggers away first."""
    connection = sqlite.connect(config.database)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_what_nobody_touched_is_whole(config: Config, engine: Engine, verify: Verify) -> None:
    add(engine, 30)
    checkpoint(config, engine)
    add(engine, 5)
    proof = verify()
    assert proof.is_whole and proof.checkpoints == 1 and proof.lines >= 35
    assert verify(look=verifying.end).is_whole


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_line SET person_id = 1 WHERE id = 7",
        "UPDATE audit_line SET at = '2026-01-01 00:00:00.000000' WHERE id = 7",
        "UPDATE audit_line SET result = 'refused' WHERE id = 7",
        "UPDATE audit_line SET link = x'00' WHERE id = 7",
        "UPDATE audit_line SET link = NULL WHERE id = 7",
        "UPDATE audit_line SET verb = x'00' WHERE id = 7",
        "DELETE FROM audit_line WHERE id = 6",
    ],
)
def test_the_first_line_that_was_changed_or_follows_a_gap_is_named(
    config: Config, engine: Engine, verify: Verify, change: str
) -> None:
    add(engine, 30)
    behind_its_back(config, change)
    proof = verify()
    assert proof.broken_line == 7 and not proof.is_whole
    assert not verify(look=verifying.end).is_whole


def test_lines_that_were_cut_off_at_the_end_are_missed_by_the_checkpoint(
    config: Config, engine: Engine, verify: Verify
) -> None:
    add(engine, 30)
    elsewhere = checkpoint(config, engine).rename(config.home / "elsewhere.json")
    behind_its_back(config, "DELETE FROM audit_line WHERE id > 20")
    assert verify().is_whole, "the chain alone cannot know"
    proof = verify(elsewhere)
    assert not proof.is_whole and "抜き取られています" in proof.problems[0]


def test_a_whole_chain_that_was_made_anew_does_not_agree_with_the_checkpoint(
    config: Config, engine: Engine, verify: Verify
) -> None:
    add(engine, 10)
    checkpoint(config, engine)
    with sqlite.connect(config.database) as connection:
        triggers = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        again = [sql for (sql,) in triggers.fetchall()]
    behind_its_back(config, "DELETE FROM audit_line WHERE id > 5", *again)
    add(engine, 20)
    proof = verify()
    assert proof.broken_line is None and "書き換えられています" in proof.problems[0]
    assert not verify(look=verifying.end).is_whole


def test_a_checkpoint_that_was_signed_by_somebody_else_is_refused(
    config: Config, engine: Engine, verify: Verify, tmp_path: Path
) -> None:
    add(engine, 5)
    file = checkpoint(config, engine)
    stranger = replace(config, storage=StorageSettings(home=str(tmp_path / "stranger")))
    made = checkpoints.read(file)
    forged = checkpoints.signed(stranger, made.line, bytes.fromhex(made.link), made.lines)
    file.write_text(forged.text)
    assert "署名を確かめられません" in verify().problems[0]
    file.write_text(made.text.replace(made.link, made.link[::-1]))
    assert not verify().is_whole
    file.write_text("{}")
    assert not verify().is_whole


def test_years_that_are_over_leave_as_a_signed_file_and_the_chain_goes_on(
    config: Config, engine: Engine, verify: Verify
) -> None:
    add(engine, 40, OLD)
    old = checkpoint(config, engine)
    add(engine, 10)
    made = archives.archive(config, engine)
    assert made is not None and (made.first_line, made.last_line) == (1, 40)
    file = archives.folder(config) / made.file_name
    assert archives.hash_of(file) == made.sha256
    add(engine, 3)
    proof = verify()
    assert proof.is_whole and proof.checkpoints == 1, "the one of before, by the archive"
    assert (proof.first_line, proof.lines) == (1, 40 + 10 + 1 + 3)
    assert archives.archive(config, engine) is None
    assert verifying.of_archive(config, file).is_whole
    file.rename(config.home / "taken.jsonl")
    assert verify().is_whole and len(verify().notes) == 2, "archive and checkpoint of before"
    content = (config.home / "taken.jsonl").read_text().replace('"look"', '"hear"', 1)
    file.write_text(content)
    assert "作ったときと違います" in verify().problems[0]
    assert verifying.of_archive(config, file).broken_line == 1
    assert old.exists()


def test_a_round_makes_a_checkpoint_a_day_and_each_so_many_lines_and_brings_it_elsewhere(
    config: Config, engine: Engine, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "share"
    kept = AuditSettings(checkpoints=str(elsewhere), checkpoint_lines=100)
    rounds = AuditRounds(replace(config, audit=kept), engine)
    add(engine, 3)
    with pytest.raises(ConfigurationError, match="置けません"):
        rounds.go()
    elsewhere.mkdir()
    rounds.go()
    rounds.go()
    add(engine, 50)
    rounds.go()
    assert len(list(elsewhere.iterdir())) == 1
    add(engine, 60)
    rounds.go()
    assert len(list(elsewhere.iterdir())) == 2
