"""`gijido directory …`: accounts that the city's directory keeps."""

import json
from typing import Any

import click

from meetings.config import Config
from meetings.directory import accounts, rounds
from meetings.directory.rounds import RoundStep
from meetings.disk import home
from meetings.errors import NotPossibleNow
from meetings.people import people
from models.database import connect, writing


@click.group()
def directory() -> None:
    """Accounts that the city's directory (LDAP, Active Directory) keeps."""


@directory.command("sync")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@click.option(
    "--accept-leavers", is_flag=True, help="End all who are gone, however many they are at once."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def sync(config: Config, dry_run: bool, accept_leavers: bool, as_json: bool) -> None:
    """Bring all accounts in line with the directory, as the worker does every night."""
    if not config.directory.is_used:
        raise NotPossibleNow(
            "config.toml の [directory] に、ディレクトリーのアドレスがありません。"
        )
    home.prepare(config)
    engine = connect(config.database)
    if dry_run:
        done = rounds.preview(config, engine)
    else:
        done = rounds.run(config, engine, accept_leavers=accept_leavers)
    if as_json:
        steps = [_as_json(step) for step in done]
        click.echo(json.dumps({"dry_run": dry_run, "steps": steps}, ensure_ascii=False))
        return
    for step in done:
        click.echo("\t".join(filter(None, (step.kind.label, step.login, step.name, step.what))))
    click.echo(f"{len(done)}件" + ("（何も変えていません）" if dry_run else ""))


@directory.command("release")
@click.argument("logins", nargs=-1, required=True)
@click.pass_obj
def release(config: Config, logins: tuple[str, ...]) -> None:
    """Keep these accounts here alone from now on; each needs a new password."""
    home.prepare(config)
    with writing(connect(config.database)) as session, session.begin():
        for login in logins:
            accounts.release(session, None, people.person_with(session, login))
    for login in logins:
        click.echo(f"{login} を引き取りました。gijido user password {login} で新しいパスワードを。")


def _as_json(step: RoundStep) -> dict[str, Any]:
    return {"kind": step.kind, "login": step.login, "name": step.name, "what": step.what}
