"""出席: the people who are invited, what they answered, the roster, guests, and what they are
told."""

import base64
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from meetings import finding
from meetings.documents import printing
from meetings.entries import plain_number
from meetings.errors import GijidoError, InvalidInput, NotFound
from meetings.invitations import guests, notices, roster
from meetings.invitations.calendar import calendar_of
from meetings.invitations.invitations import (
    answer_invitation,
    invitation_of,
    invite,
    invite_as_before,
    invited,
    people_of_before,
    set_role,
    shift_invitation,
    withdraw_invitation,
)
from meetings.rights import Right, may_read_note, rights
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting, RosterEntry
from models.person import Person
from web import access
from web.door.costs import RequestLane, costs
from web.shared.files.named_files import send_named
from web.shared.paging import paged_from
from web.transaction import config, database_session, reading_session, release, settle
from web.urls import address_of
from web.views.meetings._meeting_head import meeting_head
from web.views.meetings.meetings import RefusedForm, meeting_page
from web.views.meetings.series import choices_for_series

blueprint = Blueprint("invitations", __name__)
MOST_PEOPLE, LONGEST_WORDS = 50, 200


@dataclass(frozen=True)
class PeopleFound:
    """The `shown` of the `total` people whose names have the `words`, by department."""

    words: str
    groups: list[tuple[str, list[Person]]]
    total: int
    shown: int


@blueprint.get("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.SEE)
def index(person: Person, meeting: Meeting) -> ResponseReturnValue:
    return _page(person, meeting)


def _page(
    person: Person,
    meeting: Meeting,
    problem: InvalidInput | None = None,
    role_of: int | None = None,
) -> str:
    """Show the page; with `problem`, a form again as it was sent: that of the role of the
    invitation with the id `role_of`, or the one for a guest."""
    session, invitations = reading_session(), invited(meeting)
    head = meeting_head(person, meeting)
    may_prepare = Right.PREPARE in head.rights
    passes = guests.guests_of(session, meeting) if may_prepare else []
    return render_template(
        "meetings/invitations.html",
        problem=None if role_of else problem,
        role_problem=problem,
        role_of=role_of,
        meeting=meeting,
        head=head,
        invitations=invitations,
        counts=_counts(invitations),
        notices=notices.last_of(session, meeting) if may_prepare else {},
        has_mail=bool(config().mail.smtp_host),
        unprintable=printing.unprintable(meeting, invitations) if may_prepare else [],
        passes={p.person_id: guests.is_being_guessed(p) for p in passes},
        others=_others({invitation.person_id for invitation in invitations}),
        kinds=list(InvitationKind),
        roster_count=_missing_of_roster(meeting, invitations),
        of_before=people_of_before(session, meeting) if may_prepare else [],
        has_address=bool(config().server.address),
        address=config().address,
        with_note={i.id for i in invitations if may_read_note(head.rights, person, i)},
        mine=next((i for i in invitations if i.person_id == person.id), None),
    )


@blueprint.post("/meetings/<int:meeting_id>/invitations")
@access.to(Meeting, Right.PREPARE)
def add(person: Person, meeting: Meeting) -> ResponseReturnValue:
    session, kind, found = database_session(), _kind(), _chosen()
    for somebody in found:
        invite(session, person, meeting, somebody, kind)
    if found:
        flash(f"{len(found)}人を招集しました。", "done")
    else:
        flash("招集する人を選んでください。", "error")
    return _back(meeting)


@blueprint.post("/invitations/<int:invitation_id>/withdrawal")
@access.to(Invitation, Right.PREPARE)
def withdraw(person: Person, invitation: Invitation) -> ResponseReturnValue:
    session, meeting = database_session(), invitation.meeting
    withdraw_invitation(session, person, invitation)
    flash(f"{invitation.person.name}さんの招集を取り消しました。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/invitations/as-before")
@access.to(Meeting, Right.PREPARE)
def add_as_before(person: Person, meeting: Meeting) -> ResponseReturnValue:
    made = invite_as_before(database_session(), person, meeting)
    flash(f"前の会議で招集した{len(made)}人を招集し、お知らせを出しました。", "done")
    return _back(meeting)


@blueprint.post("/invitations/<int:invitation_id>/position")
@access.to(Invitation, Right.PREPARE)
def shift(person: Person, invitation: Invitation) -> ResponseReturnValue:
    shift_invitation(database_session(), person, invitation, request.form.get("way", ""))
    target = url_for("invitations.index", meeting_id=invitation.meeting_id)
    return redirect(f"{target}#invitation-{invitation.id}")


@blueprint.post("/invitations/<int:invitation_id>/role")
@access.to(Invitation, Right.RUN)
def change_role(person: Person, invitation: Invitation) -> ResponseReturnValue:
    office = request.form.get("office", "")
    try:
        set_role(database_session(), person, invitation, _kind(), office)
    except InvalidInput as problem:
        release()
        return _page(person, invitation.meeting, problem, role_of=invitation.id), 422
    flash(f"{invitation.person.name}さんの区分と職名を記録しました。", "done")
    target = url_for("invitations.index", meeting_id=invitation.meeting_id)
    return redirect(f"{target}#invitation-{invitation.id}")


@blueprint.post("/meetings/<int:meeting_id>/answer")
@access.to(Meeting, Right.ANSWER)
def answer(person: Person, meeting: Meeting) -> ResponseReturnValue:
    given = request.form.get("answer")
    if given not in list(AnswerWord):
        raise InvalidInput("answer", "出席、欠席、代理のどれかを選んでください。")
    word = AnswerWord(given)
    try:
        answer_invitation(
            database_session(),
            person,
            meeting,
            word,
            proxy_name=request.form.get("proxy_name", ""),
            note=request.form.get("note", ""),
        )
    except InvalidInput as problem:
        release()
        return meeting_page(person, meeting, RefusedForm(None, request.form, problem)), 422
    flash(f"{word.label}で回答しました。", "done")
    return redirect(url_for("meetings.show", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/reminders")
@access.to(Meeting, Right.PREPARE)
def urge(person: Person, meeting: Meeting) -> ResponseReturnValue:
    count = notices.urge(database_session(), meeting)
    flash(
        f"未回答の{count}人に、回答をお願いするお知らせを出しました。"
        if count
        else "未回答の人はいません。",
        "done",
    )
    return _back(meeting)


@blueprint.get("/meetings/<int:meeting_id>/calendar.ics")
@access.to(Meeting, Right.ANSWER)
def calendar(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Send one's own invitation, for the calendar program."""
    found = invitation_of(database_session(), meeting, person)
    assert found is not None
    return send_named(calendar_of(config(), found), "text/calendar", "invite.ics")


@blueprint.get("/meetings/<int:meeting_id>/notice.pdf")
@access.to(Meeting, Right.PREPARE)
@costs(lane=RequestLane.FILES)
def notice(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Send 通知文 for everybody who has an account, or with `?person=N` for one of them."""
    wanted = request.args.get("person", "")
    letters = [
        printing.letter_to(config(), entry)
        for entry in invited(meeting)
        if not entry.person.is_guest and wanted in ("", str(entry.person_id))
    ]
    if not letters:
        raise NotFound()
    return _pdf(printing.notice(database_session(), config(), meeting, letters), "通知文.pdf")


@blueprint.get("/meetings/<int:meeting_id>/roster")
@access.to(Meeting, Right.PREPARE)
def show_roster(person: Person, meeting: Meeting) -> ResponseReturnValue:
    entries = roster.standing(meeting.series)
    return render_template(
        "meetings/roster.html",
        meeting=meeting,
        entries=entries,
        others=_others({entry.person_id for entry in entries}),
        kinds=list(InvitationKind),
        speech_models=choices_for_series(meeting.series),
        may_hear=Right.HEAR in rights(database_session(), person, meeting),
    )


@blueprint.post("/meetings/<int:meeting_id>/roster")
@access.to(Meeting, Right.PREPARE)
def add_to_roster(person: Person, meeting: Meeting) -> ResponseReturnValue:
    kind, found = _kind(), _chosen()
    for somebody in found:
        roster.add(database_session(), person, meeting.series, somebody, kind)
    flash(f"名簿に{len(found)}人を加えました。", "done")
    return redirect(url_for("invitations.show_roster", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/roster/<int:entry_id>/removal")
@access.to(Meeting, Right.PREPARE)
def remove_from_roster(person: Person, meeting: Meeting, entry_id: int) -> ResponseReturnValue:
    entry = next((e for e in roster.standing(meeting.series) if e.id == entry_id), None)
    if entry is not None:
        roster.remove(database_session(), person, entry)
        flash(
            f"{entry.person.name}さんを名簿から外しました。戻すときは、下の一覧から加えてください。",
            "done",
        )
    return redirect(url_for("invitations.show_roster", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/roster/invitations")
@access.to(Meeting, Right.PREPARE)
def invite_roster(person: Person, meeting: Meeting) -> ResponseReturnValue:
    count = roster.invite_all(database_session(), person, meeting)
    flash(f"名簿の{count}人を招集しました。", "done")
    return _back(meeting)


@blueprint.post("/meetings/<int:meeting_id>/roster/keeping")
@access.to(Meeting, Right.PREPARE)
def keep_as_roster(person: Person, meeting: Meeting) -> ResponseReturnValue:
    """Put those who are invited here on the roster."""
    roster.keep(database_session(), person, meeting)
    flash("招集した人を会議体の名簿に加えました。", "done")
    return redirect(url_for("invitations.show_roster", meeting_id=meeting.id))


@blueprint.post("/meetings/<int:meeting_id>/guests")
@access.to(Meeting, Right.PREPARE)
def add_guest(person: Person, meeting: Meeting) -> ResponseReturnValue:
    code = guests.new_code()
    try:
        way = guests.add_guest(
            database_session(),
            person,
            meeting,
            code,
            name=request.form.get("name", ""),
            title=request.form.get("title", ""),
            email=request.form.get("email", ""),
            kind=_kind(),
        )
    except InvalidInput as problem:
        release()
        return _page(person, meeting, problem), 422
    except GijidoError as problem:
        release()
        flash(problem.message, "error")
        return _back(meeting)
    return _show_way(way)


@blueprint.post("/invitations/<int:invitation_id>/pass")
@access.to(Invitation, Right.PREPARE)
def renew_pass(person: Person, invitation: Invitation) -> ResponseReturnValue:
    """Give a guest a new link and code; the old ones end."""
    code = guests.new_code()
    meeting, guest = invitation.meeting, invitation.person
    return _show_way(guests.make_pass(database_session(), person, meeting, guest, code))


def _show_way(way: guests.GuestAccess) -> str:
    """Show link and code, once, with the paper that carries them: it is set when the pass is on
    disk and others may write again."""
    settle()
    meeting, guest = way.guest_pass.meeting, way.guest_pass.person
    link = address_of("guests.door", token=way.token)
    letter = printing.InvitationLetter(guest.name, guest.title, link, way.code)
    paper = printing.notice(reading_session(), config(), meeting, [letter])
    return render_template(
        "meetings/guest_pass.html", meeting=meeting, guest=guest, link=link, code=way.code,
        has_address=bool(config().server.address), address=config().address,
        paper=_data_uri(paper),
    )  # fmt: skip


def _data_uri(pdf: bytes) -> str:
    return "data:application/pdf;base64," + base64.b64encode(pdf).decode()


def _counts(invitations: list[Invitation]) -> Counter[str]:
    return Counter(
        AnswerWord(entry.answer.word).label if entry.answer else "未回答" for entry in invitations
    )


def _missing_of_roster(meeting: Meeting, invitations: list[Invitation]) -> int:
    known = {entry.person_id for entry in invitations}
    entries: list[RosterEntry] = roster.standing(meeting.series)
    return sum(entry.person_id not in known for entry in entries)


def _kind() -> InvitationKind:
    kind = request.form.get("kind", InvitationKind.ATTENDEE)
    if kind not in list(InvitationKind):
        raise InvalidInput("kind", "区分を一覧から選んでください。")
    return InvitationKind(kind)


def _chosen() -> list[Person]:
    ids = [number for i in request.form.getlist("person_ids") if (number := plain_number(i))]
    wanted = select(Person).where(Person.id.in_(ids), ~Person.is_guest)
    return list(database_session().scalars(wanted))


def _others(known_ids: set[int]) -> PeopleFound:
    """Return the other people of the city whose names have the words that were looked for; without
    any words, everybody, where these are few."""
    words = " ".join(request.args.get("find", "")[:LONGEST_WORDS].split())
    chosen = finding.people_named(words).where(Person.id.not_in(known_ids))
    found = paged_from(reading_session(), chosen, 1, MOST_PEOPLE)
    people = found.entries if words or not found.others else []
    by_department = sorted(people, key=lambda person: person.department.full_name)
    groups = [
        (name, list(them))
        for name, them in groupby(by_department, key=lambda person: person.department.full_name)
    ]
    return PeopleFound(words, groups, found.total, len(people))


def _pdf(content: bytes, name: str) -> Response:
    return send_named(content, "application/pdf", name, as_attachment=False)


def _back(meeting: Meeting) -> ResponseReturnValue:
    return redirect(url_for("invitations.index", meeting_id=meeting.id))
