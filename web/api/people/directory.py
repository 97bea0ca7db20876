"""職員のディレクトリー, for administrators."""

from typing import Self

from flask import Blueprint, current_app
from pydantic import Field

from meetings.directory import accounts, rounds
from meetings.directory.rounds import RoundStep, RoundStepKind
from meetings.errors import NotPossibleNow
from meetings.people import people
from models.person import Person, Role
from web import access
from web.api.operations import Shape, operation
from web.api.people.people import AccountAnswer
from web.door.costs import RequestLane, costs
from web.transaction import config, database_session, engine_of

blueprint = Blueprint("api_directory", __name__)


class RoundBody(Shape):
    dry_run: bool = Field(False, description="true なら、何も変えずに、することを返す")
    accept_leavers: bool = Field(
        False, description="一度に多くの人が消えていても、みな利用を終わりにする"
    )


class RoundStepAnswer(Shape):
    """ディレクトリーと合わせて、1人について変えたこと"""

    kind: RoundStepKind
    login: str
    name: str
    what: str = Field(description="変わる項目か、取り込めない理由。なければ空")

    @classmethod
    def of(cls, step: RoundStep) -> Self:
        return cls(kind=step.kind, login=step.login, name=step.name, what=step.what)


class RoundAnswer(Shape):
    steps: list[RoundStepAnswer]


@blueprint.post("/directory/rounds")
@access.with_role(Role.ADMINISTRATOR)
@costs(lane=RequestLane.FILES)
@operation("利用者を職員のディレクトリーと合わせる", body=RoundBody, answers=RoundAnswer)
def do_round(person: Person, body: RoundBody) -> RoundAnswer:
    if not config().directory.is_used:
        raise NotPossibleNow("設定の [directory] に、ディレクトリーのアドレスがありません。")
    engine = engine_of(current_app)
    if body.dry_run:
        done = rounds.preview(config(), engine)
    else:
        done = rounds.run(config(), engine, accept_leavers=body.accept_leavers)
    return RoundAnswer(steps=[RoundStepAnswer.of(step) for step in done])


@blueprint.put("/people/<int:person_id>/release")
@access.with_role(Role.ADMINISTRATOR)
@operation("アカウントを議事堂で管理する（新しいパスワードが要る）", answers=AccountAnswer)
def release(person: Person, person_id: int) -> AccountAnswer:
    session = database_session()
    somebody = people.one(session, person_id)
    accounts.release(session, person, somebody)
    return AccountAnswer.of(somebody)
