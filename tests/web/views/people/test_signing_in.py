"""The doors, as a browser and a script see them: nobody waits for a hash, guessing waits, refusals
leave a line."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.documents import printing
from meetings.invitations import guests, invitations
from meetings.people import passwords
from models.audit import AuditLine
from models.meeting import Invitation, Meeting
from models.person import Person
from tests.conftest import Browser, Cast
from tests.web.conftest import Watching
from web import refusals
from web.demo.people import PASSWORD

pytestmark = pytest.mark.hostile

Browse = Callable[[Person], Browser]


@pytest.fixture
def guest_pass(session: Session, cast: Cast, meeting: Meeting) -> guests.GuestAccess:
    made = guests.add_guest(session, cast.organiser, meeting, guests.new_code(), name="山本 太郎")
    session.commit()
    return made


def test_others_write_while_a_password_or_code_is_hashed(
    browse: Browse,
    citizen: Browser,
    cast: Cast,
    session: Session,
    meeting: Meeting,
    guest_pass: guests.GuestAccess,
    watching: Watching,
) -> None:
    found = invitations.invitation_of(session, meeting, guest_pass.guest_pass.person)
    assert found is not None
    guest_id, organiser = found.id, browse(cast.organiser)
    ways: list[tuple[Browser, str, dict[str, Any], int]] = [
        (citizen, "/sign-in", {"data": {"login": "koga", "password": PASSWORD}}, 302),
        (citizen, "/sign-in", {"data": {"login": "koga", "password": "wrong"}}, 401),
        (citizen, "/api/tokens", {"json": {"login": "koga", "password": PASSWORD}}, 201),
        (citizen, "/api/tokens", {"json": {"login": "nobody", "password": "x"}}, 401),
        (citizen, f"/guest/{guest_pass.token}", {"data": {"code": "1"}}, 401),
        (citizen, f"/guest/{guest_pass.token}", {"data": {"code": guest_pass.code}}, 302),
        (organiser, f"/meetings/{meeting.id}/guests", {"data": {"name": "佐藤"}}, 200),
        (organiser, f"/api/meetings/{meeting.id}/guests", {"json": {"name": "佐藤"}}, 201),
        (organiser, f"/invitations/{guest_id}/pass", {}, 200),
    ]
    for client, url, sent, status in ways:
        before = watching.seen
        assert client.post(url, **sent).status_code == status, url
        assert watching.seen > before, url


def test_others_write_while_the_letter_of_a_guest_is_set(
    browse: Browse, cast: Cast, meeting: Meeting, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_letter, watching = printing.notice, Watching(config, passwords.HASHER)

    def notice(*parts: Any) -> bytes:
        watching.look()
        return set_letter(*parts)

    monkeypatch.setattr(printing, "notice", notice)
    made = browse(cast.organiser).post(f"/meetings/{meeting.id}/guests", data={"name": "佐藤"})
    assert made.status_code == 200 and watching.seen == 1


def test_guessing_waits_on_page_and_api_and_says_how_long(
    citizen: Browser, cast: Cast, session: Session
) -> None:
    session.commit()
    wrong = {"login": cast.secretary.login, "password": "wrong"}
    assert [citizen.post("/sign-in", data=wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    page = citizen.post("/sign-in", data=wrong | {"password": PASSWORD})
    assert page.status_code == 429 and 0 < int(page.headers["Retry-After"]) <= 10
    assert "間違いが続いたため" in page.text and cast.secretary.login in page.text
    answer = citizen.post("/api/tokens", json=wrong)
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 10
    assert "管理者に新しい" in answer.get_json()["message"]


def test_a_guest_waits_after_ten_wrong_codes_and_the_organiser_sees_it(
    citizen: Browser, browse: Browse, cast: Cast, meeting: Meeting, guest_pass: guests.GuestAccess
) -> None:
    door, wrong = f"/guest/{guest_pass.token}", {"code": "12345"}
    assert [citizen.post(door, data=wrong).status_code for _ in range(11)] == [401] * 10 + [429]
    page = citizen.post(door, data={"code": guest_pass.code})
    assert page.status_code == 429 and "主催者に新しい" in page.text
    assert citizen.get(door).status_code == 200
    assert (
        "番号の間違いが続いています"
        in browse(cast.organiser).get(f"/meetings/{meeting.id}/invitations").text
    )


def test_withdrawing_a_guest_over_the_api_ends_the_pass_and_shows_out(
    citizen: Browser,
    browse: Browse,
    cast: Cast,
    session: Session,
    meeting: Meeting,
    guest_pass: guests.GuestAccess,
) -> None:
    door = f"/guest/{guest_pass.token}"
    citizen.post(door, data={"code": guest_pass.code})
    assert citizen.get(f"/meetings/{meeting.id}").status_code == 200
    session.commit()
    wanted = select(Invitation.id).where(Invitation.person_id == guest_pass.guest_pass.person_id)
    number = session.scalars(wanted).one()
    session.commit()
    assert browse(cast.organiser).delete(f"/api/invitations/{number}").status_code == 204
    assert citizen.get(f"/meetings/{meeting.id}").status_code == 302
    assert citizen.get(door).status_code == 404


def refused_looks(session: Session) -> list[AuditLine]:
    session.commit()
    return list(session.scalars(select(AuditLine).where(AuditLine.verb == "refused_look")))


def test_a_look_at_what_is_closed_leaves_a_line_and_a_thousand_leave_few(
    browse: Browse, cast: Cast, session: Session, meeting: Meeting
) -> None:
    client, meeting_id = browse(cast.outsider), meeting.id
    assert client.get(f"/meetings/{meeting_id}").status_code == 404
    (line,) = refused_looks(session)
    assert (line.person_id, line.meeting_id) == (cast.outsider.id, meeting_id)
    assert (line.times, line.address) == (1, "127.0.0.1")
    session.commit()
    for _ in range(40):
        client.get(f"/meetings/{meeting_id}")
        client.post(f"/meetings/{meeting_id}/agenda-items", data={"title": "x"})
    lines = refused_looks(session)
    assert len(lines) <= 10 and 30 <= sum(line.times for line in lines) <= 81
    session.commit()
    assert client.get("/meetings/99999").status_code == 404  # nothing is there
    assert client.get("/administration").status_code == 404
    assert sum(line.times for line in refused_looks(session)) <= 83


def test_refusals_are_written_at_each_doubling() -> None:
    counts = refusals.RefusalCounts()
    due = [counts.due((1, "192.0.2.1", "look")) for _ in range(1000)]
    assert sum(due[:512]) == 512 and sum(times > 0 for times in due) <= 11


def test_signing_in_as_somebody_else_ends_the_former_sign_in_on_the_server(
    browse: Browse, cast: Cast
) -> None:
    client = browse(cast.organiser)
    kept = client.get_cookie("gijido")
    assert kept is not None
    client.sign_in(cast.attendee)
    client.set_cookie("gijido", kept.value)
    assert client.get("/today").status_code == 302
