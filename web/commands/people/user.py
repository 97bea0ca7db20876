"""`gijido user …`: people, their passwords and their roles. Passwords are hashed before the
database is written to: the city works on meanwhile."""

import json
from typing import Any

import click
from sqlalchemy.orm import Session

from meetings import dates, entries
from meetings.config import Config
from meetings.people import csv_lists, enrolment, password_links, passwords, people, sign_ins
from meetings.people.password_links import PasswordWay
from models.person import Department, Person, Role, RoleGrant, SignIn
from web.commands.people.lists import changing, export_users, import_users, link_of, looking

ROLES = (
    "organiser, secretary, approver, administrator or auditor; for one department: secretary=財政課"
)
LINK = "Print a link by which the person chooses a password, once, within two weeks."


@click.group()
def user() -> None:
    """People, their passwords and their roles."""


user.add_command(import_users)
user.add_command(export_users)


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
@click.option("--link", is_flag=True, help=LINK)
@click.option("--role", "roles", multiple=True, help=ROLES)
@click.pass_obj
def add_user(
    config: Config,
    /,
    login: str,
    name: str,
    password: str | None,
    link: bool,
    department: str,
    bureau: str | None,
    roles: tuple[str, ...],
    **known: Any,
) -> None:
    """Add a person, with roles for the city or for a department."""
    known_as = login, name, known["kana"]
    hashed = None if link else passwords.new(_asked(password), passwords.rule(config, *known_as))
    with changing(config) as session:
        person = people.add_person(
            session,
            login=login,
            name=name,
            department=_department(session, department, bureau),
            password=hashed,
            **known,
        )
        for role in roles:
            people.grant_role(session, person, *_role(session, role))
        way = password_links.make(session, None, person) if link else None
    click.echo(f"{person.login} を登録しました。")
    _tell(config, way)


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
    with changing(config) as session:
        person = people.person_with(session, login)
        people.change_person(session, None, person, **given)
    click.echo(f"{login} を変更しました。")


@user.command("password")
@click.argument("login")
@click.option("--password", help="Asked for when it is not given.")
@click.pass_obj
def set_password(config: Config, login: str, password: str | None) -> None:
    """Give a new password; all sign-ins of the person end. Where somebody else is to use it, give
    them a link (`gijido user link`) instead."""
    typed = _asked(password)
    with looking(config) as session:
        rule = passwords.rule_for(config, people.person_with(session, login))
    hashed = passwords.new(typed, rule)
    with changing(config) as session:
        person = people.person_with(session, login)
        sign_ins.set_password(session, None, person, hashed)
        sign_ins.end_all(session, None, person)
    click.echo(f"{login} のパスワードを変えました。サインインはすべて終わりました。")


@user.command("link")
@click.argument("login")
@click.pass_obj
def make_link(config: Config, login: str) -> None:
    """Print a link by which the person chooses a password, once, within two weeks. The password so
    far and all sign-ins end now."""
    with changing(config) as session:
        way = password_links.make(session, None, people.person_with(session, login))
    _tell(config, way)


@user.command("posts")
@click.argument("login")
@click.argument("posts", nargs=-1)
@click.pass_obj
def set_posts(config: Config, login: str, posts: tuple[str, ...]) -> None:
    """Set in which other departments the person works (兼務): 企画課=課長補佐 …; none without."""
    wanted = [post.partition("=") for post in posts]
    with changing(config) as session:
        person = people.person_with(session, login)
        titles = {people.department_named(session, at): title for at, _, title in wanted}
        people.set_posts(session, None, person, titles)
    click.echo(f"{login}: {'、'.join(posts) or '兼務なし'}")


@user.command("end")
@click.argument("login")
@click.option("--on", "day", help="At the beginning of this day: 2027-04-01. Now, if not given.")
@click.pass_obj
def end_user(config: Config, login: str, day: str | None) -> None:
    """End the account of somebody who left: nobody signs in as this person any more, and all
    sign-ins end."""
    on = entries.date_of("on", "利用の終わり", day) if day else None
    with changing(config) as session:
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
    with changing(config) as session:
        people.reinstate_person(session, None, people.person_with(session, login))
    click.echo(f"{login} を戻しました。gijido user link {login} でパスワードを決めるリンクを。")


@user.command("move")
@click.argument("login")
@click.option("--department", required=True)
@click.option("--bureau", help="The 局 of a new 課.")
@click.pass_obj
def move_user(config: Config, login: str, department: str, bureau: str | None) -> None:
    """Move a person to another 所属; roles stay and are listed."""
    with changing(config) as session:
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
    with changing(config) as session:
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
    with changing(config) as session:
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
    with looking(config) as session:
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
    with looking(config) as session:
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
    with changing(config) as session:
        count = sign_ins.end_all(session, None, people.person_with(session, login))
    click.echo(f"{login}: {count}件のサインインを終わりにしました。")


@user.command("reset-factors")
@click.argument("login")
@click.pass_obj
def reset_factors(config: Config, login: str) -> None:
    """Take away the second factors of somebody who lost them; they are told."""
    with changing(config) as session:
        enrolment.remove_all(session, None, people.person_with(session, login))
    click.echo(f"{login}: 二要素認証を外しました。パスワードだけでサインインできます。")


def _asked(password: str | None) -> str:
    if password is None:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return password


def _tell(config: Config, way: PasswordWay | None) -> None:
    if way is not None:
        days = password_links.LASTS.days
        click.echo(
            f"本人がパスワードを決めるリンク（{days}日のうちに1度だけ使える）: "
            f"{link_of(config, way)}"
        )


def _department(session: Session, name: str, bureau: str | None) -> Department:
    parent = people.add_department(session, bureau) if bureau else None
    return people.add_department(session, name, parent)


def _role(session: Session, wanted: str) -> tuple[Role, Department | None]:
    name, _, department = wanted.partition("=")
    role = people.role_named(name)
    return role, people.department_named(session, department) if department else None


def _roles_of(person: Person) -> str:
    return ", ".join(_role_in_words(grant) for grant in _roles(person)) or "—"


def _roles(person: Person) -> list[RoleGrant]:
    return [grant for grant in person.all_grants if not grant.has_lapsed]


def _role_in_words(grant: RoleGrant) -> str:
    place = f"={grant.department.name}" if grant.department else ""
    first, last = csv_lists.first_day(grant), csv_lists.last_day(grant)
    return f"{grant.role}{place}" + (f"@{first or ''}..{last or ''}" if first or last else "")


def _kind(entry: SignIn) -> str:
    return "スクリプト" if entry.is_script else "ブラウザー"


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "kana": person.kana,
        "title": person.title,
        "department": person.department.full_name,
        "posts": {post.department.name: post.title for post in person.posts},
        "email": person.email,
        "phone": person.phone,
        "roles": [_role_in_words(grant) for grant in _roles(person)],
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
