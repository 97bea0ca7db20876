"""`gijido demo`."""

import click
from sqlalchemy import select

from meetings.config import Config
from meetings.disk import home
from models.database import connect, writing
from models.person import Person
from web.demo import people as demo_people
from web.demo.load import load as load_demo


@click.command("demo")
@click.pass_obj
def load_demo_city(config: Config) -> None:
    """Load three meetings in three states, unless there are people already."""
    home.prepare(config)
    if load_demo(config):
        click.echo("デモの会議を3つ登録しました。")
    with writing(connect(config.database)) as session:
        logins = set(session.scalars(select(Person.login)))
    present = [known for known in demo_people.PEOPLE if known.login in logins]
    if present:
        click.echo(f"デモの利用者（パスワードはどれも {demo_people.PASSWORD}）:")
    for known in present:
        click.echo(f"  {known.login:<10} {known.name}（{known.part}）")
