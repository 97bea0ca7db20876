"""保存と削除: the rules, holds, what will go when, the certificates, and deleting a meeting."""

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.retention import bin as meeting_bin
from minutes.retention import holds, plan, rules
from minutes.retention.plan import PlannedDeletion
from minutes.retention.rules import KeptFor
from models.meeting import Meeting, Series
from models.person import Person, Role
from models.retention import RULED_KINDS, CountedFrom, KeptKind, PeriodUnit, RetentionHold
from web import access
from web.api.operations import Shape, ShortText, operation
from web.shared import retention
from web.shared.retention import STAFF, ShownDeletion
from web.transaction import config, database_session, reading_session

blueprint = Blueprint("api_retention", __name__)


class RuleAnswer(Shape):
    """ひとつの種類の保存期間"""

    kind: KeptKind
    label: str
    words: str = Field(description="「5年（会議録の承認の翌年度の4月1日から）」「永年」")
    amount: int | None = Field(description="null は永年")
    unit: PeriodUnit
    counted_from: CountedFrom
    is_from_april: bool
    is_own: bool = Field(description="会議体が自分で決めている")


class RulesAnswer(Shape):
    rules: list[RuleAnswer]


class RuleBody(Shape):
    amount: int | None = Field(description="null は永年")
    unit: str = Field("years", description="days か years")
    counted_from: str = Field("approval", description="end、approval、publication")
    is_from_april: bool = Field(False, description="翌年度の4月1日から数える")

    def kept_for(self) -> KeptFor:
        """Return what was sent. Raises InvalidInput for words that are none."""
        if self.unit not in list(PeriodUnit):
            raise InvalidInput("unit", "単位は days か years です。")
        if self.counted_from not in list(CountedFrom):
            raise InvalidInput("counted_from", "起算は end、approval、publication です。")
        unit, event = PeriodUnit(self.unit), CountedFrom(self.counted_from)
        return KeptFor(self.amount, unit, event, self.is_from_april)


class PlannedAnswer(Shape):
    """これから削除されるもの"""

    meeting_id: int
    meeting: str
    kind: KeptKind
    rule: str
    due_at: datetime = Field(description="保存期間の終わり")
    goes_at: datetime = Field(description="早ければこのときに削除する")
    warned_at: datetime | None
    is_held: bool = Field(description="保存を凍結している")


class PlanAnswer(Shape):
    planned: list[PlannedAnswer]


class HoldAnswer(Shape):
    id: int
    is_of_series: bool
    reason: str
    placed_by: str
    placed_at: datetime

    @classmethod
    def of(cls, hold: RetentionHold) -> "HoldAnswer":
        return cls(
            id=hold.id,
            is_of_series=hold.series_id is not None,
            reason=hold.reason,
            placed_by=hold.placed_by.name,
            placed_at=hold.placed_at,
        )


class HoldBody(Shape):
    reason: str = Field(max_length=holds.LONGEST_REASON)
    is_of_series: bool = Field(False, description="会議体のすべての会議を凍結する")


class KeptAnswer(Shape):
    """ひとつの会議の保存と削除"""

    rules: list[RuleAnswer]
    planned: list[PlannedAnswer]
    holds: list[HoldAnswer]


class DeletionAnswer(Shape):
    """削除。証明は certificate から取り出す"""

    id: int
    meeting_id: int
    meeting: str
    kind: KeptKind
    rule: str
    decided_by: str | None = Field(description="null は自動")
    begun_at: datetime
    finished_at: datetime | None = Field(description="null は削除の途中")

    @classmethod
    def of(cls, shown: ShownDeletion) -> "DeletionAnswer":
        one = shown.deletion
        return cls(
            id=one.id,
            meeting_id=one.meeting_id,
            meeting=shown.title,
            kind=KeptKind(one.kind),
            rule=one.rule,
            decided_by=one.decided_by.name if one.decided_by else None,
            begun_at=one.begun_at,
            finished_at=one.finished_at,
        )


class DeletionsAnswer(Shape):
    deletions: list[DeletionAnswer]


class RemovalBody(Shape):
    reason: ShortText


class RemovedAnswer(Shape):
    id: int
    title: str
    starts_at: datetime
    removed_at: datetime
    reason: str


class RemovedMeetingsAnswer(Shape):
    meetings: list[RemovedAnswer]


@blueprint.get("/retention/plan")
@access.with_role(*STAFF)
@operation("1年のうちに削除されるもの", answers=PlanAnswer)
def show_plan(person: Person) -> PlanAnswer:
    return PlanAnswer(planned=[_planned(person, one) for one in retention.plan_for(person)])


@blueprint.get("/retention/rules")
@access.with_role(Role.ADMINISTRATOR)
@operation("市の保存期間", answers=RulesAnswer)
def city_rules(person: Person) -> RulesAnswer:
    return RulesAnswer(rules=_rules(None))


@blueprint.put("/retention/rules/<kept_kind>")
@access.with_role(Role.ADMINISTRATOR)
@operation("市の保存期間を決める", answers=RulesAnswer, body=RuleBody)
def set_city_rule(person: Person, kept_kind: str, body: RuleBody) -> RulesAnswer:
    rules.set_rule(database_session(), person, None, _kind(kept_kind), body.kept_for())
    return RulesAnswer(rules=_rules(None))


@blueprint.put("/meetings/<int:meeting_id>/series/retention/<kept_kind>")
@access.to(Meeting, Right.PREPARE)
@operation("この会議の会議体の保存期間を決める", answers=RulesAnswer, body=RuleBody)
def set_series_rule(
    person: Person, meeting: Meeting, kept_kind: str, body: RuleBody
) -> RulesAnswer:
    kind = _kind(kept_kind)
    rules.set_rule(database_session(), person, meeting.series, kind, body.kept_for())
    return RulesAnswer(rules=_rules(meeting.series))


@blueprint.delete("/meetings/<int:meeting_id>/series/retention/<kept_kind>")
@access.to(Meeting, Right.PREPARE)
@operation("この会議の会議体の保存期間を、市の定めに戻す", answers=RulesAnswer)
def follow_the_city(person: Person, meeting: Meeting, kept_kind: str) -> RulesAnswer:
    rules.follow_the_city(database_session(), person, meeting.series, _kind(kept_kind))
    return RulesAnswer(rules=_rules(meeting.series))


@blueprint.get("/meetings/<int:meeting_id>/retention")
@access.to(Meeting, Right.PREPARE)
@operation("この会議の保存と削除", answers=KeptAnswer)
def show(person: Person, meeting: Meeting) -> KeptAnswer:
    session = reading_session()
    planned = plan.of_meeting(session, config().retention, meeting)
    return KeptAnswer(
        rules=_rules(meeting.series),
        planned=[_planned(person, one) for one in planned],
        holds=[HoldAnswer.of(one) for one in holds.standing(session, meeting)],
    )


@blueprint.post("/meetings/<int:meeting_id>/holds")
@access.to(Meeting, Right.PREPARE)
@operation("保存を凍結する", answers=HoldAnswer, body=HoldBody, status=201)
def hold(person: Person, meeting: Meeting, body: HoldBody) -> HoldAnswer:
    what = meeting.series if body.is_of_series else meeting
    return HoldAnswer.of(holds.place(database_session(), person, what, body.reason))


@blueprint.delete("/meetings/<int:meeting_id>/holds/<int:hold_id>")
@access.to(Meeting, Right.PREPARE)
@operation("保存の凍結を解く")
def lift(person: Person, meeting: Meeting, hold_id: int) -> None:
    session = database_session()
    holds.lift(session, person, holds.hold_of(session, meeting, hold_id))


@blueprint.get("/retention/deletions")
@access.with_role(*STAFF)
@operation("削除したもの", answers=DeletionsAnswer)
def list_deletions(person: Person) -> DeletionsAnswer:
    return DeletionsAnswer(
        deletions=[DeletionAnswer.of(one) for one in retention.deletions_for(person)]
    )


@blueprint.get("/retention/deletions/<int:deletion_id>/certificate")
@access.with_role(Role.ORGANISER, Role.SECRETARY)
@operation("削除証明（署名したJSON）", file="application/json")
def certificate(person: Person, deletion_id: int) -> ResponseReturnValue:
    return retention.send_certificate(person, deletion_id, "json")


@blueprint.get("/retention/deletions/<int:deletion_id>/sheet")
@access.with_role(Role.ORGANISER, Role.SECRETARY)
@operation("削除証明（署名したPDF）", file="application/pdf")
def sheet(person: Person, deletion_id: int) -> ResponseReturnValue:
    return retention.send_certificate(person, deletion_id, "pdf")


@blueprint.post("/meetings/<int:meeting_id>/removal")
@access.to(Meeting, Right.PREPARE)
@operation("会議を削除する（ごみ箱に入れる）", body=RemovalBody)
def remove(person: Person, meeting: Meeting, body: RemovalBody) -> None:
    meeting_bin.remove(database_session(), person, meeting, body.reason)


@blueprint.get("/removed-meetings")
@access.with_role(Role.ORGANISER)
@operation("ごみ箱の会議", answers=RemovedMeetingsAnswer)
def list_removed(person: Person) -> RemovedMeetingsAnswer:
    found = meeting_bin.removed_meetings(reading_session(), person)
    return RemovedMeetingsAnswer(
        meetings=[
            RemovedAnswer(
                id=one.id,
                title=one.title,
                starts_at=one.starts_at,
                removed_at=one.removed_at or one.starts_at,
                reason=one.removed_reason,
            )
            for one in found
        ]
    )


@blueprint.post("/removed-meetings/<int:removed_id>/restoration")
@access.with_role(Role.ORGANISER)
@operation("ごみ箱の会議を元に戻す")
def put_back(person: Person, removed_id: int) -> None:
    session = database_session()
    meeting_bin.put_back(session, person, meeting_bin.removed_meeting(session, person, removed_id))


def _kind(word: str) -> KeptKind:
    if word not in list(KeptKind):
        raise InvalidInput("kind", f"種類は {'、'.join(RULED_KINDS)} です。")
    return KeptKind(word)


def _rules(series: Series | None) -> list[RuleAnswer]:
    return [
        RuleAnswer(
            kind=kind,
            label=kind.label,
            words=rule.kept_for.words,
            amount=rule.kept_for.amount,
            unit=rule.kept_for.unit,
            counted_from=rule.kept_for.counted_from,
            is_from_april=rule.kept_for.is_from_april,
            is_own=rule.is_own,
        )
        for kind, rule in rules.in_force(reading_session(), series).items()
    ]


def _planned(person: Person, one: PlannedDeletion) -> PlannedAnswer:
    return PlannedAnswer(
        meeting_id=one.meeting.id,
        meeting=retention.name_for(person, one.meeting, one.meeting.title),
        kind=one.kind,
        rule=one.ground.rule,
        due_at=one.due_at,
        goes_at=one.goes_at,
        warned_at=one.warned_at,
        is_held=one.is_held,
    )
