"""`gijido user import|export`: lists of people as CSV files."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from meetings import entries
from meetings.config import Config
from meetings.disk import home
from meetings.errors import InvalidInput
from meetings.people import csv_lists, lists, password_links, people
from meetings.people.password_links import PasswordWay
from meetings.people.planning import ListPlan, plan_of
from models.database import connect, reading, writing

LARGEST_BYTES = csv_lists.LARGEST_MB * 1_000_000


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Only say what the list would do.")
@click.option("--on", "day", help="Do it at the beginning of this day: 2027-04-01.")
@click.option(
    "--links",
    "links_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make a link to choose a password for everybody who is new, into this new file.",
)
@click.pass_obj
def import_users(
    config: Config, file: Path, check: bool, day: str | None, links_file: Path | None
) -> None:
    """Take in a CSV file of people (UTF-8 or Shift_JIS): add, change, move, end. All of it is done,
    or nothing when a line cannot be taken. Its head names the columns, of which only 利用者ID must
    be there; what the file does not name stays."""
    on = entries.date_of("on", "発令日", day) if day else None
    if links_file and (check or on):
        raise InvalidInput("links", "--links は、すぐに取り込むときだけ使えます。")
    content = _content(file)
    if check:
        with looking(config) as session:
            _tell(plan_of(session, csv_lists.lines_of(content)))
        return
    with changing(config) as session:
        sent = lists.take(session, None, file.name, content)
        if on:
            lists.set_day(session, None, sent, on)
            click.echo(f"{file.name} を、{day} の始めに反映します。")
            return
        done = lists.apply(session, None, sent)
        if links_file:
            new = [line.login for line in done.changing if line.person is None]
            ways = password_links.make_each(
                session, None, [people.person_with(session, login) for login in new]
            )
            _write_links(links_file, config, ways)
    _tell(done)
    if links_file:
        click.echo(f"パスワードを決めるリンクの一覧: {links_file}（配り終えたら消してください）")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ended", is_flag=True, help="Those who left, too.")
@click.pass_obj
def export_users(config: Config, file: Path, ended: bool) -> None:
    """Write all people into a CSV file, which `import` reads again."""
    with looking(config) as session:
        written = csv_lists.written(session.scalars(people.chosen(with_ended=ended)))
    file.write_text(written, encoding="utf-8-sig", newline="")
    click.echo(f"{file} に書きました。")


@contextmanager
def looking(config: Config) -> Iterator[Session]:
    """Give a session on the city's data that changes nothing."""
    home.prepare(config)
    with reading(connect(config.database)) as session:
        yield session


@contextmanager
def changing(config: Config) -> Iterator[Session]:
    """Give a session whose changes are committed at the end; what it read can be shown then."""
    home.prepare(config)
    with writing(connect(config.database)) as session:
        session.expire_on_commit = False
        with session.begin():
            yield session


def link_of(config: Config, way: PasswordWay) -> str:
    """Return the address at which the person chooses a password."""
    return f"{config.address}/password/{way.token}"


def _tell(planned: ListPlan) -> None:
    for problem in planned.problems:
        click.echo(f"{problem.number}行目: {problem.message}", err=True)
    for line in planned.changing:
        words = "　".join(f"{kind.label}: {said}" for kind, said in line.does.items())
        click.echo(f"{line.number}行目 {line.login} {line.name}　{words}")
    for name, bureau in planned.new_departments.items():
        click.echo(f"新しい所属: {bureau} {name}".replace("  ", " "))
    counts = "、".join(f"{kind.label} {count}人" for kind, count in planned.counts.items())
    click.echo(f"{counts or '変わるものはありません'}（そのままの行 {planned.unchanged}）")


def _content(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_BYTES:
        raise InvalidInput(
            "file", f"ファイルが大きすぎます（上限 {csv_lists.LARGEST_MB} MB）。分けてください。"
        )
    return file.read_bytes()


def _write_links(path: Path, config: Config, ways: list[PasswordWay]) -> None:
    """Write the links for the eyes of whoever hands them out; never over a file that is there."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as problem:
        raise InvalidInput("links", f"{path} を新しく作れません: {problem}") from problem
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((csv_lists.LOGIN, csv_lists.NAME, "リンク"))
        writer.writerows(
            (way.link.person.login, way.link.person.name, link_of(config, way)) for way in ways
        )
