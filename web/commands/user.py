"""`gijido user …`: people, their passwords and their roles. Passwords are hashed before the
database is written to: the city works on meanwhile."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from meetings import dates, entries
from meetings.config import Config
from meetings.disk import home
from meetings.errors import InvalidInput
from meetings.people import passwords, people, sign_ins
from models.database import connect, reading, writing
from models.person import Department, Person, Role, RoleGrant, SignIn
from web.commands.people_import import Row, rows_of

ROLES = (
    "organiser, secretary, approver, administrator or auditor; for one department: secretary=財政課"
)
ONE_TIME = "Make a password that lets in once, to choose another; it is printed."


@click.group()
def user() -> None:
    """People, their passwords and their roles."""


@user.command("add")
@click.argument("login")
@click.argument("name")
@click.option("--department", required=True, help="課, or 局 for people of the bureau itself.")
@click.option("--bureau", help="The 局 of a new 課.")
@click.option("--title", default="")
@click.option("--kana", default="")
@click.option("--email", default="", help="Where invitations go.")
@click.option("--phone", default="")
@click.option("--password", help="Asked for when it is not given.")
@click.option("--generate", is_flag=True, help=ONE_TIME)
@click.option("--role", "roles", multiple=True, help=ROLES)
@click.pass_obj
def add_user(
    config: Config,
    /,
    login: str,
    password: str | None,
    generate: bool,
    department: str,
    bureau: str | None,
    roles: tuple[str, ...],
    **known: Any,
) -> None:
    """Add a person, with roles for the city or for a department."""
    password = _asked(password, generate)
    hashed = passwords.new(password, login)
    with _changing(config) as session:
        person = people.add_person(
            session,
            login=login,
            department=_department(session, department, bureau),
            password=hashed,
            one_time_days=people.ONE_TIME_DAYS if generate else None,
            **known,
        )
        for role in roles:
            people.grant_role(session, person, *_role(session, role))
    click.echo(f"{person.login} を登録しました。")
    _tell(password, generate)


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--generate",
    "list_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Make everybody a password that lets in once, and write them into this new file.",
)
@click.pass_obj
def import_users(config: Config, file: Path, list_file: Path | None) -> None:
    """Add everybody of a CSV file (UTF-8 or Shift_JIS), or nobody when a line cannot be taken.
    Its head names the columns: 利用者ID, 氏名, 所属 and, if wanted, 局, 職名, ふりがな, メール,
    役割 (several with spaces between)."""
    rows = rows_of(file)
    given = {row.login: passwords.one_time() for row in rows} if list_file else {}
    hashed = {login: passwords.hashed(password) for login, password in given.items()}
    with _changing(config) as session:
        for row in rows:
            with _naming(row):
                person = people.add_person(
                    session,
                    login=row.login,
                    name=row.name,
                    department=_department(session, row.department, row.bureau),
                    title=row.title,
                    kana=row.kana,
                    email=row.email,
                    password=hashed.get(row.login),
                    one_time_days=people.ONE_TIME_DAYS,
                )
                for role in row.roles:
                    people.grant_role(session, person, *_role(session, role))
        if list_file:
            _write_list(list_file, rows, given)
    click.echo(f"{len(rows)}人を登録しました。")
    if list_file:
        click.echo(f"使い捨てのパスワードの一覧: {list_file}（配り終えたら消してください）")
    else:
        click.echo("パスワードはまだありません。gijido user password ID で設定してください。")


@user.command("change")
@click.argument("login")
@click.option("--name")
@click.option("--title")
@click.option("--kana")
@click.option("--email")
@click.option("--phone")
@click.pass_obj
def change_user(config: Config, /, login: str, **given: str | None) -> None:
    """Change what is given of a person."""
    with _changing(config) as session:
        person = people.person_with(session, login)
        people.change_person(session, None, person, **given)
    click.echo(f"{login} を変更しました。")


@user.command("password")
@click.argument("login")
@click.option("--password", help="Asked for when it is not given.")
@click.option("--generate", is_flag=True, help=ONE_TIME)
@click.pass_obj
def set_password(config: Config, login: str, password: str | None, generate: bool) -> None:
    """Give a new password; all sign-ins of the person end."""
    password = _asked(password, generate)
    hashed = passwords.new(password, login)
    with _changing(config) as session:
        person = people.person_with(session, login)
        days = people.ONE_TIME_DAYS if generate else None
        sign_ins.set_password(session, None, person, hashed, one_time_days=days)
        sign_ins.end_all(session, None, person)
    click.echo(f"{login} のパスワードを変えました。サインインはすべて終わりました。")
    _tell(password, generate)


@user.command("end")
@click.argument("login")
@click.option("--on", "day", help="At the beginning of this day: 2027-04-01. Now, if not given.")
@click.pass_obj
def end_user(config: Config, login: str, day: str | None) -> None:
    """End the account of somebody who left: nobody signs in as this person any more, and all
    sign-ins end."""
    on = entries.date_of("on", "利用の終わり", day) if day else None
    with _changing(config) as session:
        person = people.person_with(session, login)
        people.end_person(session, None, person, on)
        assert person.ended_at is not None
        if not person.has_left:
            click.echo(f"{login} の利用は、{dates.in_full(person.ended_at)}の始めに終わります。")
            return
    click.echo(f"{login} の利用を終わりにしました。サインインとトークンはすべて終わりました。")


@user.command("reinstate")
@click.argument("login")
@click.pass_obj
def reinstate_user(config: Config, login: str) -> None:
    """Reopen the account of somebody who came back; a new password is needed."""
    with _changing(config) as session:
        people.reinstate_person(session, None, people.person_with(session, login))
    click.echo(f"{login} を戻しました。gijido user password {login} で新しいパスワードを。")


@user.command("move")
@click.argument("login")
@click.option("--department", required=True)
@click.option("--bureau", help="The 局 of a new 課.")
@click.pass_obj
def move_user(config: Config, login: str, department: str, bureau: str | None) -> None:
    """Move a person to another 所属; roles stay and are listed."""
    with _changing(config) as session:
        person = people.person_with(session, login)
        people.move_person(session, None, person, _department(session, department, bureau))
        session.flush()
        click.echo(f"{login}: {person.department.full_name}　役割: {_roles_of(person)}")


@user.command("grant")
@click.argument("login")
@click.argument("role")
@click.option("--from", "first", help="From this day on: 2027-04-01.")
@click.option("--until", "last", help="Until the end of this day.")
@click.pass_obj
def grant_user(config: Config, login: str, role: str, first: str | None, last: str | None) -> None:
    """Give a role: `secretary` for the city, `secretary=財政課` for a department."""
    from_on = entries.date_of("from", "役割の始まり", first) if first else None
    until_on = entries.date_of("until", "役割の終わり", last) if last else None
    with _changing(config) as session:
        person = people.person_with(session, login)
        wanted, department = _role(session, role)
        people.grant_role(session, person, wanted, department, from_on=from_on, until_on=until_on)
    click.echo(f"{login}: {role}")


@user.command("revoke")
@click.argument("login")
@click.argument("role")
@click.pass_obj
def revoke_user(config: Config, login: str, role: str) -> None:
    """Take a role back, named as it was given."""
    with _changing(config) as session:
        person = people.person_with(session, login)
        people.revoke_role(session, None, person, *_role(session, role))
        click.echo(f"{login}: {role} を外しました。残る役割: {_roles_of(person)}")


@user.command("list")
@click.argument("words", nargs=-1)
@click.option("--department", help="Of this 所属 and what is below it.")
@click.option("--ended", is_flag=True, help="Those who left, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def list_users(
    config: Config, words: tuple[str, ...], department: str | None, ended: bool, as_json: bool
) -> None:
    """List the people: all, or those whose login, name, kana or title has these words."""
    with _reading(config) as session:
        wanted = people.department_named(session, department) if department else None
        chosen = people.chosen(words=" ".join(words), department=wanted, with_ended=ended)
        found = session.scalars(chosen).all()
        if as_json:
            click.echo(json.dumps({"people": [_as_json(p) for p in found]}, ensure_ascii=False))
            return
        for person in found:
            parts = (person.login, person.name, person.department.full_name, _roles_of(person))
            click.echo("\t".join(parts) + ("\t（利用終了）" if person.has_left else ""))


@user.command("sessions")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="One JSON object alone on stdout.")
@click.pass_obj
def list_sign_ins(config: Config, login: str, as_json: bool) -> None:
    """List where this person is signed in now."""
    with _reading(config) as session:
        live = sign_ins.live_of(session, people.person_with(session, login))
        if as_json:
            shown = [_sign_in_as_json(entry) for entry in live]
            click.echo(json.dumps({"sign_ins": shown}, ensure_ascii=False))
            return
        for entry in live:
            begun, kind = dates.in_full(entry.created_at), _kind(entry)
            click.echo(f"{entry.id}\t{begun} {dates.clock(entry.created_at)}から\t{kind}")


@user.command("sign-out")
@click.argument("login")
@click.pass_obj
def sign_out(config: Config, login: str) -> None:
    """End all sign-ins and tokens of a person, of a lost tablet for instance."""
    with _changing(config) as session:
        count = sign_ins.end_all(session, None, people.person_with(session, login))
    click.echo(f"{login}: {count}件のサインインを終わりにしました。")


def _asked(password: str | None, generate: bool) -> str:
    if generate and password is not None:
        raise InvalidInput("password", "--password と --generate はどちらか一方にしてください。")
    if generate:
        return passwords.one_time()
    if password is None:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return password


def _tell(password: str, is_generated: bool) -> None:
    if is_generated:
        days = people.ONE_TIME_DAYS
        click.echo(
            f"使い捨てのパスワード（{days}日のうちに、本人が新しいものに変える）: {password}"
        )


def _department(session: Session, name: str, bureau: str | None) -> Department:
    parent = people.add_department(session, bureau) if bureau else None
    return people.add_department(session, name, parent)


def _role(session: Session, wanted: str) -> tuple[Role, Department | None]:
    name, _, department = wanted.partition("=")
    role = people.role_named(name)
    return role, people.department_named(session, department) if department else None


def _roles_of(person: Person) -> str:
    return ", ".join(_role_in_words(grant) for grant in person.grants) or "—"


def _role_in_words(grant: RoleGrant) -> str:
    return f"{grant.role}={grant.department.name}" if grant.department else str(grant.role.value)


def _kind(entry: SignIn) -> str:
    return "スクリプト" if entry.is_script else "ブラウザー"


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "kana": person.kana,
        "title": person.title,
        "department": person.department.full_name,
        "email": person.email,
        "roles": [_role_in_words(grant) for grant in person.grants],
        "has_password": bool(person.password_hash),
        "ended_at": person.ended_at.isoformat() if person.ended_at else None,
    }


def _sign_in_as_json(entry: SignIn) -> dict[str, Any]:
    return {
        "id": entry.id,
        "is_script": entry.is_script,
        "address": entry.address,
        "created_at": entry.created_at.isoformat(),
        "seen_at": entry.seen_at.isoformat() if entry.seen_at else None,
        "expires_at": entry.expires_at.isoformat(),
    }


def _write_list(path: Path, rows: list[Row], given: dict[str, str]) -> None:
    """Write the passwords for the eyes of whoever hands them out; never over a file that is
    there."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as problem:
        raise InvalidInput("generate", f"{path} を新しく作れません: {problem}") from problem
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("利用者ID", "氏名", "パスワード"))
        writer.writerows((row.login, row.name, given[row.login]) for row in rows)


@contextmanager
def _naming(row: Row) -> Iterator[None]:
    try:
        yield
    except InvalidInput as problem:
        raise InvalidInput(problem.field, f"{row.line}行目: {problem.message}") from problem


@contextmanager
def _reading(config: Config) -> Iterator[Session]:
    home.prepare(config)
    with reading(connect(config.database)) as session:
        yield session


@contextmanager
def _changing(config: Config) -> Iterator[Session]:
    home.prepare(config)
    with writing(connect(config.database)) as session:
        session.expire_on_commit = False
        with session.begin():
            yield session
