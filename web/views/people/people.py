"""利用者: what the administrator does with the people of the city."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from meetings.entries import plain_number
from meetings.errors import InvalidInput
from meetings.people import enrolment, factors, passwords, people, sign_ins
from models.person import Department, Person, Role, RoleGrant
from web import access
from web.door.costs import RequestLane, costs
from web.shared.paging import page_number, paged_from
from web.transaction import database_session, reading_session, settle

blueprint = Blueprint("people", __name__, url_prefix="/administration/people")


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
        departments=people.departments(reading_session()),
        role_label=role_label,
    )


@blueprint.get("/<int:person_id>")
@access.with_role(Role.ADMINISTRATOR)
def show(person: Person, person_id: int) -> ResponseReturnValue:
    return _show(people.one(reading_session(), person_id))


@blueprint.post("/<int:person_id>/password")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
@costs(lane=RequestLane.SIGN_IN)
def renew_password(person: Person, person_id: int) -> ResponseReturnValue:
    """Give a password that lets in once, and show it once; every sign-in of before ends."""
    given = passwords.one_time()
    hashed = passwords.hashed(given)
    session = database_session()
    somebody = people.one(session, person_id)
    people.renew_password(session, person, somebody, hashed)
    settle()
    return _show(somebody, given=given)


@blueprint.post("/<int:person_id>/ending")
@access.with_role(Role.ADMINISTRATOR)
def end(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    people.end_person(session, person, somebody)
    return _done(somebody, f"{somebody.name}さんの利用を終わりにしました。")


@blueprint.post("/<int:person_id>/reinstatement")
@access.with_role(Role.ADMINISTRATOR)
def reinstate(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody = people.one(session, person_id)
    people.reinstate_person(session, person, somebody)
    return _done(somebody, f"{somebody.name}さんを戻しました。新しいパスワードを作ってください。")


@blueprint.post("/<int:person_id>/department")
@access.with_role(Role.ADMINISTRATOR)
def move(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, to = people.one(session, person_id), _department(request.form.get("department"))
    if to is None:
        raise InvalidInput("department", "新しい所属を選んでください。")
    people.move_person(session, person, somebody, to)
    return _done(somebody, f"{somebody.name}さんの所属を変えました。役割はそのままです。")


@blueprint.post("/<int:person_id>/roles")
@access.with_role(Role.ADMINISTRATOR)
@access.fresh
def grant(person: Person, person_id: int) -> ResponseReturnValue:
    session = database_session()
    somebody, role = people.one(session, person_id), people.role_named(request.form.get("role", ""))
    people.grant_role(session, somebody, role, _department(request.form.get("for")), person)
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
    return f"{Role(grant.role).label}（{where}）"


def _department(number: str | None) -> Department | None:
    """Return the department that was chosen; None for the whole city. Raises InvalidInput."""
    if not number:
        return None
    known = plain_number(number)
    found = database_session().get(Department, known) if known is not None else None
    if found is None:
        raise InvalidInput("department", "その所属は登録されていません。一覧から選んでください。")
    return found


def _show(somebody: Person, given: str = "") -> str:
    return render_template(
        "people/show.html",
        somebody=somebody,
        given=given,
        one_time_days=people.ONE_TIME_DAYS,
        departments=people.departments(reading_session()),
        roles=list(Role),
        role_label=role_label,
        factor_kinds=sorted(factors.kinds_of(reading_session(), somebody)),
        sign_ins=sign_ins.live_of(reading_session(), somebody),
    )


def _done(somebody: Person, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("people.show", person_id=somebody.id))
