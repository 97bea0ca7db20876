"""`gijido check`: whether everything is as it should be, for a person or for a monitor."""

import json
import sys
from dataclasses import asdict
from typing import NoReturn

import click

from meetings.config import Config
from meetings.disk import home
from meetings.errors import GijidoError
from minutes import health, inspection
from minutes.backups import history as backups
from minutes.health import Finding, Level
from models.database import connect, reading, writing
from web.demo import accounts as demo

EXIT_STATUS = {Level.FINE: 0, Level.WARNING: 1, Level.PROBLEM: 2}


@click.command("check")
@click.option("--all", "is_thorough", is_flag=True, help="Read every stored file and index.")
@click.option("--remove-orphans", is_flag=True, help="Remove what no row has named for a week.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def check(config: Config, is_thorough: bool, remove_orphans: bool, as_json: bool) -> None:
    """Look whether everything is as it should be: database, files, disk, certificate, worker.

    Changes nothing, also beside a running server. Ends with 0 when all is well, 1 with warnings,
    2 with problems.
    """
    found = _look(config, is_thorough)
    if remove_orphans:
        found.append(_removed(config))
    tell(found, as_json=as_json)


def tell(found: list[Finding], *, as_json: bool) -> NoReturn:
    """Print the findings, and end the program with the status of the worst."""
    click.echo(_as_json(found) if as_json else _as_text(found))
    sys.exit(max(EXIT_STATUS[finding.level] for finding in found))


def _look(config: Config, is_thorough: bool) -> list[Finding]:
    """Return all findings; where the database cannot be used, nothing that asks it."""
    try:
        home.look(config)
    except GijidoError as problem:
        certificate = list(health.certificate(config))
        return [Finding("home", Level.PROBLEM, problem.message), *certificate]
    found = inspection.database(config.database, is_thorough=is_thorough)
    if any(finding.level == Level.PROBLEM for finding in found):
        return found
    engine = connect(config.database)
    with reading(engine) as session:
        found += inspection.audit(config, session, is_thorough=is_thorough)
        found += inspection.files(config, session, is_thorough=is_thorough)
        found += inspection.left_over(config, session)
        quick = [
            *demo.finding(config, session),
            *backups.findings(config, session),
            *health.quick(config, session),
        ]
    found += inspection.outside_systems(config)
    found += [finding for finding in quick if finding.name != "lost_files"]  # named above
    engine.dispose()
    return found


def _removed(config: Config) -> Finding:
    home.look(config)
    with writing(connect(config.database)) as session, session.begin():
        count = inspection.remove_orphans(config, session)
    return Finding("removed", Level.FINE, f"使われていないファイルを{count}件消しました。")


def _as_text(found: list[Finding]) -> str:
    return "\n".join(f"{finding.level.label}  {finding.sentence}" for finding in found)


def _as_json(found: list[Finding]) -> str:
    worst = max(found, key=lambda finding: EXIT_STATUS[finding.level]).level
    findings = [asdict(finding) for finding in found]
    return json.dumps({"level": worst, "findings": findings}, ensure_ascii=False)
