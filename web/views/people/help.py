"""使い方: for each role its manual, in the order of its work."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from meetings.errors import NotFound
from models.person import Person, Role
from web import access

blueprint = Blueprint("help", __name__)


@dataclass(frozen=True)
class Manual:
    """`role`: whose it is; None: of everybody who attends. The template of its name is its text."""

    name: str
    title: str
    about: str
    role: Role | None = None


MANUALS = (
    Manual("attendee", "出席者・委員", "会議に入り、資料を読み、メモを書く"),
    Manual("organiser", "主催者", "会議を登録し、招集し、資料を見せ、会議を進める", Role.ORGANISER),
    Manual("secretary", "書記", "録音を文字にし、直し、会議録をつくる", Role.SECRETARY),
    Manual("approver", "承認者", "会議録を読み、承認し、公開する", Role.APPROVER),
    Manual("administrator", "管理者", "利用者を登録し、動いているかを見る", Role.ADMINISTRATOR),
    Manual("auditor", "監査担当", "だれが何をしたかを調べる", Role.AUDITOR),
)


@blueprint.get("/help")
@access.signed_in
def index(person: Person) -> ResponseReturnValue:
    own = [manual for manual in MANUALS if _is_of(manual, person)]
    others = [manual for manual in MANUALS if manual not in own]
    return render_template("help/index.html", own=own, others=others)


@blueprint.get("/help/<manual_name>")
@access.signed_in
def show(person: Person, manual_name: str) -> ResponseReturnValue:
    for manual in MANUALS:
        if manual.name == manual_name:
            return render_template(f"help/{manual.name}.html", manual=manual)
    raise NotFound()


def _is_of(manual: Manual, person: Person) -> bool:
    return manual.role is None or person.has_role(manual.role)
