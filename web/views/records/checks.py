"""発言の確認: the secretary asks speakers to check their own words and decides about what they say;
the speakers, often on a phone, hear and answer."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from meetings import entries
from meetings.errors import GijidoError, InvalidInput, TooManyTries, WrongCode
from meetings.rights import Right
from minutes.checks import checks, links, settling
from minutes.checks.checks import CheckAccess, GivenAnswer
from minutes.records.content import content_of
from models.base import now
from models.minutes import MinutesRevision
from models.person import Person
from models.speech_check import CheckAnswer, CheckVerdict, SpeechCheck
from web import access
from web.audit_access import note_look
from web.door.costs import RequestLane, costs
from web.errors import status_of
from web.shared import checking
from web.transaction import database_session, engine_of, reading_session, release
from web.urls import address_of
from web.views.meetings._meeting_head import meeting_head

blueprint = Blueprint("checks", __name__)
USUAL_DAYS = 7


@blueprint.get("/revisions/<int:revision_id>/checks")
@access.to(MinutesRevision, Right.CORRECT)
def show(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    note_look(person, "look", revision)
    return _page(person, revision)


@blueprint.post("/revisions/<int:revision_id>/checks")
@access.to(MinutesRevision, Right.CORRECT)
def ask(person: Person, revision: MinutesRevision) -> ResponseReturnValue:
    form = request.form
    speaker, asked, day = (form.get(name, "") for name in ("speaker", "person_id", "until"))
    try:
        made = checking.ask(person, revision, speaker, asked, day)
    except InvalidInput as problem:
        release()
        return _page(person, revision, problem=problem.message), 422
    if made.token:
        return _page(person, revision, made=made)
    flash(f"{made.check.person.name}さんに、発言の確認をお願いしました。", "done")
    return redirect(url_for(".show", revision_id=revision.id))


@blueprint.post("/speech-checks/<int:speech_check_id>/ending")
@access.to(SpeechCheck, Right.CORRECT)
def end(person: Person, speech_check: SpeechCheck) -> ResponseReturnValue:
    checks.end(database_session(), person, speech_check)
    flash("確認を終わりにしました。もう開けません。", "done")
    return redirect(url_for(".show", revision_id=speech_check.revision.minutes.latest.id))


@blueprint.post("/check-answers/<int:check_answer_id>/taking")
@access.to(CheckAnswer, Right.CORRECT)
def take(person: Person, check_answer: CheckAnswer) -> ResponseReturnValue:
    revision = settling.take(database_session(), person, check_answer)
    flash(f"会議録に取り入れました（第{revision.number}版）。", "done")
    return redirect(url_for(".show", revision_id=revision.id))


@blueprint.post("/check-answers/<int:check_answer_id>/refusal")
@access.to(CheckAnswer, Right.CORRECT)
def refuse(person: Person, check_answer: CheckAnswer) -> ResponseReturnValue:
    settling.refuse(database_session(), person, check_answer)
    flash("処理済みにしました。会議録は変えていません。", "done")
    return redirect(url_for(".show", revision_id=check_answer.check.revision.minutes.latest.id))


@blueprint.get("/checks")
@access.signed_in
def mine(person: Person) -> ResponseReturnValue:
    waiting = checks.waiting_of(reading_session(), person)
    return render_template("records/checks_of_mine.html", waiting=waiting)


@blueprint.get("/checks/<int:check_id>")
@access.checker
def own(check: SpeechCheck) -> ResponseReturnValue:
    note_look(check.person, "look", check)
    return _own_page(check)


@blueprint.post("/checks/<int:check_id>")
@access.checker
def answer(check: SpeechCheck) -> ResponseReturnValue:
    own_words = checks.own_words(reading_session(), check)
    is_all_right = request.form.get("all") == CheckVerdict.RIGHT
    given = [_given(one.place, is_all_right=is_all_right) for one in own_words]
    sent = [one for one in given if one is not None]
    try:
        checks.answer(database_session(), check, sent)
    except InvalidInput as problem:
        release()
        return _own_page(check, problem), 422
    flash("回答を送りました。締切まで、開き直して変えられます。ありがとうございました。", "done")
    return redirect(url_for(".own", check_id=check.id))


@blueprint.get("/checks/<int:check_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.checker
@costs(lane=RequestLane.CLIPS)
def sound(check: SpeechCheck, section: int, paragraph: int) -> ResponseReturnValue:
    return checking.send_sound(check, section, paragraph)


@blueprint.get("/check-links/<token>")
@access.anyone
def door(token: str) -> ResponseReturnValue:
    links.check_of(reading_session(), token)
    return render_template("records/check_door.html", token=token)


@blueprint.post("/check-links/<token>")
@access.anyone
@costs(lane=RequestLane.SIGN_IN)
def enter(token: str) -> ResponseReturnValue:
    release()
    code, address = request.form.get("code", ""), request.remote_addr or ""
    try:
        check_id, key = links.enter(engine_of(current_app), token, code, address)
    except (WrongCode, TooManyTries) as problem:
        return _door_again(token, problem)
    cookie[access.CHECKS] = {**cookie.get(access.CHECKS, {}), str(check_id): key}
    return redirect(url_for(".own", check_id=check_id))


def _door_again(token: str, problem: GijidoError) -> tuple[str, int]:
    page = render_template("records/check_door.html", token=token, problem=problem)
    return page, status_of(problem)


def _given(place: tuple[int, int], *, is_all_right: bool) -> GivenAnswer | None:
    """Return what the form says of the paragraph; None where nothing was chosen."""
    if is_all_right:
        return GivenAnswer(place, CheckVerdict.RIGHT)
    word = request.form.get(f"verdict-{place[0]}-{place[1]}")
    if word not in set(CheckVerdict):
        return None
    return GivenAnswer(
        place, CheckVerdict(word), request.form.get(f"text-{place[0]}-{place[1]}", "")
    )


def _own_page(check: SpeechCheck, problem: InvalidInput | None = None) -> str:
    return render_template(
        "records/check.html",
        check=check,
        own=checks.own_words(reading_session(), check),
        verdicts=list(CheckVerdict),
        longest=checks.LONGEST_ANSWER,
        problem=problem,
        sent=request.form,
    )


def _page(
    person: Person, revision: MinutesRevision, problem: str = "", made: CheckAccess | None = None
) -> str:
    session, latest = reading_session(), revision.minutes.latest
    content = content_of(latest)
    known = [one for one in checks.checks_of(session, revision) if one.ended_at is None]
    return render_template(
        "records/checks.html",
        meeting=revision.meeting,
        head=meeting_head(person, revision.meeting),
        latest=latest,
        speakers=[(name, checks.person_for(latest, name)) for name in checks.speakers_in(content)],
        people=[(one.id, one.name) for one in checks.possible_people(latest)],
        checks=known,
        words={one.id: {w.place: w.said for w in checks.own_words(session, one)} for one in known},
        usual_day=entries.local_fields(now() + timedelta(days=USUAL_DAYS))[0],
        now=now(),
        problem=problem,
        made=made,
        link=address_of("checks.door", token=made.token) if made and made.token else "",
    )
