"""`gijido directory …`, the API beside it, and what `gijido check` says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import DirectoryUnreachable, NotPossibleNow
from models.database import connect
from models.person import AccountKeeper, Person
from tests.slapd import BASE, SERVICE, SERVICE_PASSWORD, Slapd
from web.commands.cli import cli

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, directory: Slapd) -> Path:
    """The settings of a city with a directory."""
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "home"))
    file = tmp_path / "config.toml"
    file.write_text(
        f"""[directory]
addresses = ["{directory.address}"]
certificate_authority = "{directory.settings.certificate_authority}"
bind_as = "{SERVICE}"
bind_password = "{SERVICE_PASSWORD}"
base = "{BASE}"
"""
    )
    return file


def run(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(settings), *words], catch_exceptions=False)


def logins_in(home: Path) -> dict[str, AccountKeeper]:
    with Session(connect(home / "gijido.sqlite3")) as session:
        return {person.login: person.kept_by for person in session.scalars(select(Person))}


def test_accounts_are_shown_then_made_and_handed_over(
    settings: Path, directory: Slapd, tmp_path: Path
) -> None:
    directory.add("sato", cn="佐藤 花子")
    shown = run(settings, "directory", "sync", "--dry-run", "--json")
    step = {"kind": "add", "login": "sato", "name": "佐藤 花子", "what": ""}
    assert json.loads(shown.stdout) == {"dry_run": True, "steps": [step]}
    assert logins_in(tmp_path / "home") == {}
    assert "登録\tsato\t佐藤 花子" in run(settings, "directory", "sync").output
    assert logins_in(tmp_path / "home") == {"sato": AccountKeeper.DIRECTORY}
    with pytest.raises(NotPossibleNow, match="ディレクトリーで管理"):
        run(settings, "user", "change", "sato", "--name", "別の名前")
    run(settings, "directory", "release", "sato")
    assert logins_in(tmp_path / "home") == {"sato": AccountKeeper.HERE}


def test_a_check_says_whether_the_directory_answers(settings: Path) -> None:
    run(settings, "migrate")
    answer = json.loads(run(settings, "check", "--json").stdout)
    levels = {found["name"]: found["level"] for found in answer["findings"]}
    assert (levels["directory_answers"], levels["directory"]) == ("fine", "warning")
    lost = settings.read_text().replace(SERVICE_PASSWORD, "old")
    settings.write_text(lost)
    found = run(settings, "check")
    assert found.exit_code == 2 and "職員のディレクトリーにつながりません" in found.output
    with pytest.raises(DirectoryUnreachable):
        run(settings, "directory", "sync")
