"""監査の記録: who may read it, what it shows, what leaves the house."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.people import passwords, people
from models.audit import AuditLine
from models.meeting import Meeting
from models.person import Person, Role
from tests.conftest import Browser, Cast, Script
from tests.world import World
from web.demo.people import PASSWORD

Browse = Callable[[Person], Browser]


@pytest.fixture
def auditor(session: Session, cast: Cast) -> Person:
    made = people.add_person(
        session,
        login="kansa",
        name="監査 一郎",
        department=cast.secretary.department,
        password=passwords.hashed(PASSWORD),
    )
    people.grant_role(session, made, Role.AUDITOR)
    session.commit()
    return made


def verbs_of(session: Session, person: Person) -> list[tuple[str, str]]:
    session.rollback()
    lines = select(AuditLine).where(AuditLine.person_id == person.id).order_by(AuditLine.id)
    return [(line.verb, line.thing) for line in session.scalars(lines)]


def test_the_auditor_reads_who_did_what_from_where_and_nothing_else(
    session: Session, browse: Browse, cast: Cast, auditor: Person, meeting: Meeting
) -> None:
    title, meeting_id = meeting.title, meeting.id
    browse(cast.attendee).get(f"/meetings/{meeting_id}")
    browse(cast.outsider).get(f"/meetings/{meeting_id}")
    client = browse(auditor)
    shown = client.get("/audit").text
    assert title in shown and cast.attendee.name in shown and "127.0.0.1" in shown
    assert "権限がない" in shown
    refused = client.get("/audit?result=refused&login=outsider").text
    assert "outsider" in refused and cast.attendee.name not in refused
    line = session.scalars(select(AuditLine.id).order_by(AuditLine.id.desc()).limit(1)).one()
    assert "鎖" in client.get(f"/audit/lines/{line}").text
    assert client.get("/audit/lines/999999").status_code == 404
    assert client.get("/audit?from=2026-13-01").status_code == 422
    for closed in (f"/meetings/{meeting_id}", "/statistics", "/administration"):
        assert client.get(closed).status_code == 404, closed
    assert "/statistics" in client.get("/audit?login=kansa").text, "what was wanted"


def test_that_the_audit_was_read_and_taken_out_is_noted(
    session: Session, browse: Browse, auditor: Person, script: Callable[[Person], Script]
) -> None:
    client = browse(auditor)
    client.get("/audit")
    client.get("/audit?q=x")
    answer = client.get("/audit/lines.csv")
    assert (
        "監査 一郎" in answer.text and "gijido-audit.csv" in answer.headers["Content-Disposition"]
    )
    noted = [("sign_in", "sign_in"), ("look", "audit_line"), ("export", "audit_line")]
    assert verbs_of(session, auditor) == noted
    api = script(auditor)
    lines = api.get("/audit/lines?login=kansa")["lines"]
    assert [line["verb_words"] for line in lines] == [
        "サインイン",
        "書き出し",
        "閲覧",
        "サインイン",
    ]
    assert [line["way"] for line in lines] == ["screen"] * 4
    assert api.get(f"/audit/lines/{lines[0]['id']}")["link"] == lines[0]["link"]
    newest = api.get("/audit/lines.json?login=kansa")["lines"][0]
    assert (newest["操作"], newest["経路"]) == ("書き出し", "APIトークン")


def test_the_administrator_reads_it_without_the_titles_of_meetings(
    browse: Browse, cast: Cast, meeting: Meeting
) -> None:
    title, meeting_id = meeting.title, meeting.id
    browse(cast.attendee).get(f"/meetings/{meeting_id}")
    client = browse(cast.administrator)
    shown = client.get("/audit").text
    assert cast.attendee.name in shown and title not in shown
    assert title not in client.get("/audit/lines.csv").text


def test_what_cannot_be_done_now_is_noted_with_its_route_and_meeting(
    session: Session, script: Callable[[Person], Script], cast: Cast, world: World
) -> None:
    revision = world.argument("revision_id")
    meeting_id = world.unpublished.id
    script(cast.approver).call("POST", f"/revisions/{revision}/publication", status=409)
    session.rollback()
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (line.verb, line.result, line.person) == ("refused_change", "not_now", cast.approver)
    assert (line.meeting_id, line.way, line.thing_id) == (meeting_id, "script", revision)
    assert line.thing == "/api/revisions/<int:revision_id>/publication"


def test_nobody_else_reads_it(browse: Browse, cast: Cast, citizen: Browser) -> None:
    for person in (cast.secretary, cast.organiser, cast.approver, cast.attendee):
        assert browse(person).get("/audit").status_code == 404
    assert citizen.get("/audit").status_code == 302


def test_an_auditor_has_no_other_role_and_audits_the_whole_city(
    session: Session, cast: Cast, auditor: Person
) -> None:
    with pytest.raises(NotPossibleNow, match="監査担当とほかの役割"):
        people.grant_role(session, auditor, Role.ADMINISTRATOR)
    with pytest.raises(NotPossibleNow, match="監査担当とほかの役割"):
        people.grant_role(session, cast.administrator, Role.AUDITOR)
    with pytest.raises(InvalidInput, match="全庁"):
        people.grant_role(session, cast.attendee, Role.AUDITOR, cast.attendee.department)
