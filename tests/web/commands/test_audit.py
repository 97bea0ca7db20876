"""`gijido audit`: proved, listed, taken out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import InvalidInput
from models.audit import AuditLine, Way
from tests.cast import Cast
from web.commands.cli import cli


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["audit", *words], catch_exceptions=False)


@pytest.fixture(autouse=True)
def at_home(config: Config, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(config.home))
    monkeypatch.setenv("SUDO_USER", "shimada")
    session.rollback()


def test_a_whole_audit_ends_with_0_and_a_broken_one_names_its_first_line(config: Config) -> None:
    assert json.loads(run("checkpoint").stdout)["line"] > 3
    assert run("verify").exit_code == 0
    with sqlite.connect(config.database) as connection:
        connection.execute("DROP TRIGGER audit_line_never_changes")
        connection.execute("UPDATE audit_line SET verb = 'nothing' WHERE id = 3")
    result = run("verify", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["broken_line"] == 3


def test_what_is_listed_and_taken_out_is_noted_with_the_account_of_the_machine(
    session: Session, tmp_path: Path
) -> None:
    listed = json.loads(run("list", "--verb", "grant", "--count", "2", "--json").stdout)["lines"]
    assert [line["操作"] for line in listed] == ["役割の付与"] * 2
    file = tmp_path / "audit.csv"
    assert run("export", str(file), "--verb", "grant").exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600 and "役割の付与" in file.read_text("utf-8-sig")
    with pytest.raises(InvalidInput, match="新しく作れません"):
        run("export", str(file))
    lines = select(AuditLine).where(AuditLine.thing == "audit_line").order_by(AuditLine.id)
    noted = [(line.verb, line.way, line.address) for line in session.scalars(lines)]
    assert noted == [("look", Way.COMMAND, "shimada"), ("export", Way.COMMAND, "shimada")]
