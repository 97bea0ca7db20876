"""利用者: what the administrator does with the people of the city."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from meetings import dates, entries
from meetings.entries import plain_number
from meetings.errors import InvalidInput
from meetings.people import csv_lists, enrolment, factors, password_links, people, sign_ins
from minutes import handovers
from models.base import now
from models.person import Department, Person, Role, RoleGrant
from web import access
from web.door.costs import RequestLane, costs
from web.shared.files import password_sheets
from web.shared.paging import count_of, page_number, paged_from
from web.transaction import config, database_session, reading_session, settle

blueprint = Blueprint("people", __name__, url_prefix="/administration/people")
MOST_SHEETS = 500


@dataclass(frozen=True)
class PeopleFilter:
    """The filter of the list."""

    words: str
    department: Department | None
    with_ended: bool

    @classmethod
    def of_request(cls) -> "PeopleFilter":
        number = plain_number(request.args.get("department"))
        department = reading_session().get(Department, number) if number else None
        return cls(request.args.get("q", "")[:200], department, request.args.get("ended") == "yes")

    @property
    def people(self) -> Select[Person]:
        return people.chosen(
            words=self.words, department=self.department, with_ended=self.with_ended
        )

    @property
    def query(self) -> dict[str, Any]:
        """Return the query with which the next page is asked for."""
        return {
            "q": self.words or None,
            "department": self.department.id if self.department else None,
            "ended": "yes" if self.with_ended else None,
        }


@blueprint.get("")
@access.with_role(Role.ADMINISTRATOR)
def index(person: Person) -> ResponseReturnValue:
    wanted = PeopleFilter.of_request()
    return render_template(
        "people/index.html",
        wanted=wanted,
        found=paged_from(reading_session(), wanted.people, page_number()),
        without_password=count_of(reading_session(), people.without_password()),
        departments=people.departments(reading_session()),
        role_label=role_label,
    )


@blueprint.get("/<int:person_id>")
@access.with_role(Role.ADMINISTRATOR)
def show(person: Person, person_id: int) -> ResponseReturnValue:
    return _show(people.one(reading_session(), person_id))


@blueprint.get("/new")
@access.with_role(Role.ADMINISTRATOR)
def new(person: Person) -> ResponseReturnValue:
    return _form(None)


@blueprint.post("")
@access.with_role(Role.ADMINISTRATOR)
def add(person: Person) -> ResponseReturnValue:
    session, form = database_session(), request.form
    try:
        to = _department_to_be(form)
        login = form.get("login", "")
        added = people.add_person(session, by=person, login=login, department=to, **_details())
        session.flush()
    except InvalidInput as problem:
        return _form(None, problem), 422
    return _done(
        added, f"{added.name}さんを登録しました。パスワードを決めるリンクを渡してください。"
    )


@blueprint.get("/<int:person_id>/change")
@access.with_role(Role.ADMINISTRATOR)
def change_form(person: Person, person_id: int) -> ResponseReturnValue:
    return _form(people.one(reading_session(), person_id))


@blueprint.post("/<int:person_id>/change")
@access.with_role(Role.ADMINISTRATOR)
def change(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    try:
        people.change_person(session, person, somebody, **_details())
    except InvalidInput as problem:
        return _form(somebody, problem), 422
    return _done(somebody, f"{somebody.name}さんの登録を変えました。")


@blueprint.post("/<int:person_id>/password-links")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
def make_link(person: Person, person_id: int) -> ResponseReturnValue:
    """Make a link by which the person chooses a password, show it once and, if that is wanted, mail
    it; the password so far and every sign-in end."""
    session = database_session()
    somebody = people.one(session, person_id)
    way = password_links.make(session, person, somebody)
    settle()
    told = password_sheets.mail(way) if request.form.get("mail") == "yes" else ""
    return render_template(
        "people/password_links.html", sheets=[password_sheets.sheet_of(way)], told=told,
        somebody=somebody, **_address(),
    )  # fmt: skip


@blueprint.post("/password-links")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def make_links(person: Person) -> ResponseReturnValue:
    """Make a link for each of those who have no password yet, at most as many as a stack of paper
    takes, and show all of them once, to be printed."""
    session = database_session()
    them = session.scalars(people.without_password().limit(MOST_SHEETS)).all()
    ways = password_links.make_each(session, person, them)
    settle()
    sheets = [password_sheets.sheet_of(way) for way in ways]
    return render_template(
        "people/password_links.html", sheets=sheets, told="", somebody=None, **_address()
    )


@blueprint.post("/<int:person_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
def end(person: Person, person_id: int) -> ResponseReturnValue:
    """End the account, now or at the beginning of the day that was chosen."""
    session = database_session()
    somebody = people.one(session, person_id)
    people.end_person(session, person, somebody, _day("on", "利用の終わり"))
    if somebody.ended_at is not None and not somebody.has_left:
        day = dates.in_full(somebody.ended_at)
        return _done(somebody, f"{somebody.name}さんの利用は、{day}の始めに終わります。")
    return _done(somebody, f"{somebody.name}さんの利用を終わりにしました。")


@blueprint.post("/<int:person_id>/reinstatement")
@access.with_role(Role.ADMINISTRATOR)
def reinstate(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    had_left = somebody.has_left
    people.reinstate_person(session, person, somebody)
    then = "パスワードを決めるリンクを渡してください。" if had_left else ""
    return _done(somebody, f"{somebody.name}さんは、利用を続けられます。{then}")


@blueprint.post("/<int:person_id>/department")
@access.with_role(Role.ADMINISTRATOR)
def move(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, to = people.one(session, person_id), _department(request.form.get("department"))
    if to is None:
        raise InvalidInput("department", "新しい所属を選んでください。")
    people.move_person(session, person, somebody, to)
    return _done(somebody, f"{somebody.name}さんの所属を変えました。役割はそのままです。")


@blueprint.post("/<int:person_id>/posts")
@access.with_role(Role.ADMINISTRATOR)
def add_post(person: Person, person_id: int) -> ResponseReturnValue:
    """Let the person work in one more department (兼務), or have another title there."""
    session = database_session()
    somebody = people.one(session, person_id)
    titles = {post.department: post.title for post in somebody.posts}
    try:
        to = _department(request.form.get("department"))
        if to is None:
            raise InvalidInput("department", "兼務の所属を選んでください。")
        people.set_posts(session, person, somebody, titles | {to: request.form.get("title", "")})
    except InvalidInput as problem:
        return _show(somebody, problem.message), 422
    return _done(somebody, f"{somebody.name}さんの兼務に{to.full_name}を加えました。")


@blueprint.post("/<int:person_id>/posts/removal")
@access.with_role(Role.ADMINISTRATOR)
def remove_post(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, place = people.one(session, person_id), _department(request.form.get("department"))
    left = {post.department: post.title for post in somebody.posts if post.department is not place}
    people.set_posts(session, person, somebody, left)
    return _done(somebody, f"{somebody.name}さんの兼務を外しました。")


@blueprint.post("/<int:person_id>/roles")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def grant(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, role = people.one(session, person_id), people.role_named(request.form.get("role", ""))
    people.grant_role(
        session, somebody, role, _department(request.form.get("for")), person,
        from_on=_day("from", "役割の始まり"), until_on=_day("until", "役割の終わり"),
    )  # fmt: skip
    return _done(somebody, f"{somebody.name}さんに{role.label}の役割を与えました。")


@blueprint.post("/<int:person_id>/roles/removal")
@access.with_role(Role.ADMINISTRATOR)
def revoke(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, role = people.one(session, person_id), people.role_named(request.form.get("role", ""))
    people.revoke_role(session, person, somebody, role, _department(request.form.get("for")))
    return _done(somebody, f"{somebody.name}さんの{role.label}の役割を外しました。")


@blueprint.post("/<int:person_id>/sign-ins/<int:sign_in_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
def end_sign_in(person: Person, person_id: int, sign_in_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    sign_ins.sign_out(session, sign_ins.one_of(session, somebody, sign_in_id), person)
    return _done(somebody, "その端末をサインアウトしました。")


@blueprint.post("/<int:person_id>/sign-ins/endings")
@access.with_role(Role.ADMINISTRATOR)
def end_sign_ins(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    count = sign_ins.end_all(session, person, somebody)
    return _done(somebody, f"{somebody.name}さんの端末{count}台をサインアウトしました。")


@blueprint.post("/<int:person_id>/second-factors/removal")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def remove_factors(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    enrolment.remove_all(session, person, somebody)
    return _done(somebody, f"{somebody.name}さんの二要素認証を外し、本人に知らせました。")


def role_label(grant: RoleGrant) -> str:
    """Return the role in words, such as 「書記（財政局 財政課）」."""
    where = grant.department.full_name if grant.department else "全庁"
    first, last = csv_lists.first_day(grant), csv_lists.last_day(grant)
    span = f"　{f'{first:%Y-%m-%d}から' if first else ''}{f'{last:%Y-%m-%d}まで' if last else ''}"
    return f"{Role(grant.role).label}（{where}）{span.strip() and span}"


def _department(number: str | None) -> Department | None:
    """Return the department that was chosen; None for the whole city. Raises InvalidInput."""
    if not number:
        return None
    known = plain_number(number)
    found = database_session().get(Department, known) if known is not None else None
    if found is None:
        raise InvalidInput("department", "その所属は登録されていません。一覧から選んでください。")
    return found


def _department_to_be(form: Mapping[str, str]) -> Department:
    """Return the department that was chosen, or the new one whose name was typed."""
    session, name = database_session(), form.get("new_department", "").strip()
    chosen = _department(form.get("department"))
    if name:
        return people.add_department(session, name, chosen)
    if chosen is None:
        raise InvalidInput("department", "所属を選んでください。")
    return chosen


def _details() -> dict[str, Any]:
    return {field: request.form.get(field, "") for field in people.LABELS}


def _day(field: str, label: str) -> date | None:
    typed = request.form.get(field, "")
    return entries.date_of(field, label, typed) if typed else None


def _address() -> dict[str, Any]:
    return {"has_address": bool(config().server.address), "address": config().address}


def _form(somebody: Person | None, problem: InvalidInput | None = None) -> str:
    return render_template(
        "people/form.html",
        somebody=somebody,
        problem=problem,
        labels=people.LABELS,
        departments=people.departments(reading_session()),
    )


def _show(somebody: Person, post_problem: str = "") -> str:
    return render_template(
        "people/show.html",
        somebody=somebody,
        post_problem=post_problem,
        waiting=handovers.counts(handovers.waiting_for(reading_session(), somebody)),
        link=password_links.waiting(reading_session(), somebody),
        may_mail=bool(config().mail.smtp_host and somebody.email),
        tomorrow=dates.local(now()).date() + timedelta(days=1),
        departments=people.departments(reading_session()),
        roles=list(Role),
        role_label=role_label,
        factor_kinds=sorted(factors.kinds_of(reading_session(), somebody)),
        sign_ins=sign_ins.live_of(reading_session(), somebody),
    )


def _done(somebody: Person, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("people.show", person_id=somebody.id))
