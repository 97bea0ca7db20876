"""`gijido backup-key`, `backup` and `restore`, as an operator uses them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from meetings.config import Config
from meetings.errors import BackupFailed
from tests.world import World
from web.commands.cli import cli

pytestmark = pytest.mark.hostile


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def test_a_city_is_backed_up_rehearsed_and_brought_back_on_another_machine(
    world: World, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIJIDO_HOME", str(config.home))
    key, target = str(tmp_path / "key"), str(tmp_path / "target")
    public = run("backup-key", key).output.partition('"')[2].partition('"')[0]
    assert public.startswith("age1") and Path(key).stat().st_mode & 0o077 == 0
    made = json.loads(run("backup", target, "--recipient", public, "--json").stdout)
    assert made["files"] and made["remarks"] == []
    with pytest.raises(BackupFailed, match="上書きはしません"):
        run("restore", target, "--key", key)
    rehearsed = run("restore", target, "--key", key, "--rehearse", "--in", str(tmp_path))
    assert rehearsed.exit_code == 0 and "このバックアップで元に戻せます" in rehearsed.output
    monkeypatch.setenv("GIJIDO_HOME", str(tmp_path / "new-machine"))
    restored = run("restore", target, "--key", key, "--at", made["name"], "--json")
    assert restored.exit_code == 0 and json.loads(restored.stdout)["damaged"] == []
    findings = json.loads(run("check", "--all", "--json").stdout)["findings"]
    assert {one["name"]: one["level"] for one in findings}["files"] == "fine"
