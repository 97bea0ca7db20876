"""保存と削除: what will go when, the rules, the certificates, the bin; and all of it for one
meeting."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from meetings import entries
from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.retention import bin as meeting_bin
from minutes.retention import certificates, holds, plan, rules
from minutes.retention.rules import KeptFor
from models.meeting import Meeting, Series
from models.person import Person, Role
from models.retention import RULED_KINDS, CountedFrom, KeptKind, PeriodUnit
from web import access
from web.shared import retention
from web.shared.paging import page_number, paged
from web.shared.retention import STAFF
from web.transaction import config, database_session, reading_session, release
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("retention", __name__)
EVER, AS_CITY = "ever", "city"


@blueprint.get("/retention")
@access.with_role(*STAFF)
def index(person: Person) -> ResponseReturnValue:
    found = paged(retention.plan_for(person), page_number())
    return render_template(
        "retention/plan.html",
        found=found,
        tab="plan",
        warned_days=config().retention.warned_days,
        name_for=lambda meeting: retention.name_for(person, meeting, meeting.title),
    )


@blueprint.get("/retention/rules")
@access.with_role(Role.ADMINISTRATOR)
def city_rules(person: Person) -> ResponseReturnValue:
    return _city_page()


@blueprint.post("/retention/rules")
@access.with_role(Role.ADMINISTRATOR)
def set_city_rules(person: Person) -> ResponseReturnValue:
    try:
        _set_rules(person, None)
    except InvalidInput as problem:
        release()
        return _city_page(problem), 422
    flash("市の保存期間を決めました。削除の前に、主催者と書記に知らせます。", "done")
    return redirect(url_for(".city_rules"))


@blueprint.get("/retention/certificates")
@access.with_role(*STAFF)
def list_certificates(person: Person) -> ResponseReturnValue:
    found = paged(retention.deletions_for(person), page_number())
    return render_template("retention/certificates.html", found=found, tab="certificates")


@blueprint.get("/retention/certificates/<int:deletion_id>/file")
@access.with_role(Role.ORGANISER, Role.SECRETARY)
def certificate(person: Person, deletion_id: int) -> ResponseReturnValue:
    return retention.send_certificate(person, deletion_id, "json")


@blueprint.get("/retention/certificates/<int:deletion_id>/sheet")
@access.with_role(Role.ORGANISER, Role.SECRETARY)
def sheet(person: Person, deletion_id: int) -> ResponseReturnValue:
    return retention.send_certificate(person, deletion_id, "pdf")


@blueprint.get("/retention/bin")
@access.with_role(Role.ORGANISER)
def show_bin(person: Person) -> ResponseReturnValue:
    return render_template(
        "retention/bin.html",
        meetings=meeting_bin.removed_meetings(reading_session(), person),
        days=config().retention.bin_days,
        tab="bin",
    )


@blueprint.post("/retention/bin/<int:removed_id>/restoration")
@access.with_role(Role.ORGANISER)
def put_back(person: Person, removed_id: int) -> ResponseReturnValue:
    session = database_session()
    meeting = meeting_bin.removed_meeting(session, person, removed_id)
    meeting_bin.put_back(session, person, meeting)
    flash(f"会議「{meeting.title}」を元に戻しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


@blueprint.get("/meetings/<int:meeting_id>/retention")
@access.to(Meeting, Right.PREPARE)
def show(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _meeting_page(person, meeting)


@blueprint.post("/meetings/<int:meeting_id>/series/retention")
@access.to(Meeting, Right.PREPARE)
def set_series_rules(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        _set_rules(person, meeting.series)
    except InvalidInput as problem:
        release()
        return _meeting_page(person, meeting, problem), 422
    flash("この会議体の保存期間を決めました。削除の前に、主催者と書記に知らせます。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/holds")
@access.to(Meeting, Right.PREPARE)
def hold(person: Person, meeting: Meeting) -> ResponseReturnValue:
    what = meeting.series if request.form.get("scope") == "series" else meeting
    try:
        holds.place(database_session(), person, what, request.form.get("reason", ""))
    except InvalidInput as problem:
        release()
        return _meeting_page(person, meeting, problem, at="hold"), 422
    flash("保存を凍結しました。凍結を解くまで、何も削除しません。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/holds/<int:hold_id>/lifting")
@access.to(Meeting, Right.PREPARE)
def lift(person: Person, meeting: Meeting, hold_id: int) -> ResponseReturnValue:
    session = database_session()
    holds.lift(session, person, holds.hold_of(session, meeting, hold_id))
    flash("凍結を解きました。保存期間が終わったものは、もう一度知らせてから削除します。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/removal")
@access.to(Meeting, Right.PREPARE)
def remove(person: Person, meeting: Meeting) -> ResponseReturnValue:
    try:
        meeting_bin.remove(database_session(), person, meeting, request.form.get("why", ""))
    except InvalidInput as problem:
        release()
        return _meeting_page(person, meeting, problem, at="removal"), 422
    days = config().retention.bin_days
    flash(f"会議を削除しました。{days}日のあいだは、ここから元に戻せます。", "done")
    return redirect(url_for(".show_bin"))


def _set_rules(person: Person, series: Series | None) -> None:
    """Set what was chosen for every kind. Raises InvalidInput for the field of one that cannot
    be."""
    session = database_session()
    for kind in RULED_KINDS:
        unit = request.form.get(f"unit-{kind}", EVER)
        if series is not None and unit == AS_CITY:
            rules.follow_the_city(session, person, series, kind)
            continue
        try:
            rules.set_rule(session, person, series, kind, _typed(kind, unit))
        except InvalidInput as problem:
            raise InvalidInput(f"amount-{kind}", problem.message) from problem


def _typed(kind: KeptKind, unit: str) -> KeptFor:
    if unit not in list(PeriodUnit):
        return KeptFor()
    field, label = f"amount-{kind}", f"{kind.label}の保存期間"
    amount = entries.whole_number(field, label, request.form.get(field))
    if amount is None:
        raise InvalidInput(field, f"{label}を数字で入力するか、永年を選んでください。")
    event = request.form.get(f"from-{kind}", "")
    if event not in list(CountedFrom):
        raise InvalidInput(field, "起算を一覧から選んでください。")
    is_from_april = request.form.get(f"april-{kind}") == "yes"
    return KeptFor(amount, PeriodUnit(unit), CountedFrom(event), is_from_april)


def _city_page(problem: InvalidInput | None = None) -> str:
    return render_template(
        "retention/rules.html",
        rows=_rows(rules.in_force(reading_session(), None), problem, is_series=False),
        problem=problem,
        tab="rules",
        **_choices(is_series=False),
    )


def _meeting_page(
    person: Person, meeting: Meeting, problem: InvalidInput | None = None, at: str = ""
) -> str:
    session = reading_session()
    in_force = rules.in_force(session, meeting.series)
    going = {one.kind: one for one in plan.of_meeting(session, config().retention, meeting)}
    return render_template(
        "retention/meeting.html",
        meeting=meeting,
        head=meeting_head(person, meeting),
        going=going,
        in_force=in_force,
        rows=_rows(in_force, None if at else problem, is_series=True),
        problem=problem,
        problem_at=at,
        typed=request.form if problem else {},
        standing=holds.standing(session, meeting),
        gone=certificates.of_meeting(session, meeting),
        bin_days=config().retention.bin_days,
        longest_reason=holds.LONGEST_REASON,
        **_choices(is_series=True),
    )


def _choices(*, is_series: bool) -> dict[str, Any]:
    units = [(EVER, rules.FOR_EVER), *((unit.value, unit.label) for unit in PeriodUnit)]
    return {
        "units": [*([(AS_CITY, "市の定めのとおり")] if is_series else []), *units],
        "events": [(event.value, event.label) for event in CountedFrom],
    }


def _rows(
    in_force: dict[KeptKind, rules.RuleInForce], problem: InvalidInput | None, *, is_series: bool
) -> list[dict[str, Any]]:
    """Return for each kind what its fields hold: what was typed, where it could not be taken."""
    return [_row(kind, rule, problem, is_series=is_series) for kind, rule in in_force.items()]


def _row(
    kind: KeptKind, rule: rules.RuleInForce, problem: InvalidInput | None, *, is_series: bool
) -> dict[str, Any]:
    kept = rule.kept_for
    unit = kept.unit.value if kept.amount is not None else EVER
    values = {
        "unit": AS_CITY if is_series and not rule.is_own else unit,
        "amount": "" if kept.amount is None else str(kept.amount),
        "event": kept.counted_from.value,
        "april": kept.is_from_april,
    }
    if problem is not None:
        values = {
            "unit": request.form.get(f"unit-{kind}", ""),
            "amount": request.form.get(f"amount-{kind}", ""),
            "event": request.form.get(f"from-{kind}", ""),
            "april": f"april-{kind}" in request.form,
        }
    is_wrong = problem is not None and problem.field == f"amount-{kind}"
    error = problem.message if problem is not None and is_wrong else ""
    return {"kind": kind, "words": kept.words, "error": error, **values}


def _back(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for(".show", meeting_id=meeting.id))
