"""利用者 and アカウント: on the screens, and the same over the API."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.people import people
from models.audit import AuditLine
from models.base import now
from models.person import Person, Role, SignIn
from tests import pages
from tests.conftest import Browser, Cast, Script
from tests.web.conftest import Watching
from web.demo.people import PASSWORD
from web.streams.live import Hub

Browse = Callable[[Person], Browser]
LIST = "/administration/people"
NEW = "a sentence of my own"


def given_in(page: str) -> str:
    """The path of the link that was made."""
    (link,) = pages.texts(page, '//*[@class="spelled"]')
    return "/password/" + link.rsplit("/", 1)[1]


def enter(client: Browser, login: str, password: str) -> int:
    return client.post("/sign-in", data={"login": login, "password": password}).status_code


def test_people_are_listed_with_their_roles_fifty_to_a_page(
    browse: Browse, cast: Cast, session: Session
) -> None:
    for number in range(60):
        people.add_person(
            session,
            login=f"z{number:02}",
            name=f"職員 {number}",
            department=cast.outsider.department,
        )
    client = browse(cast.administrator)
    first = client.get(LIST).text
    assert "68人" in first and "1／2頁" in first and "書記（市民局 市民課）" in first
    assert "z59" not in first and "z59" in client.get(f"{LIST}?page=2").text
    assert "z59" in client.get(f"{LIST}?page=99").text
    narrowed = client.get(f"{LIST}?q=もりした").text
    assert "1人" in narrowed and "morishita" in narrowed and "koga" not in narrowed
    section = cast.outsider.department_id
    assert "61人" in client.get(f"{LIST}?department={section}").text


def test_somebody_is_added_changed_and_given_a_second_department_on_the_screen(
    browse: Browse, cast: Cast, session: Session
) -> None:
    client, section = browse(cast.administrator), cast.outsider.department_id
    form = {"login": "Tanaka", "name": "田中 一郎", "phone": "内線 21", "email": "wrong"}
    form |= {"department": str(section), "title": "主事", "kana": "たなか"}
    refused = client.post(LIST, data=form)
    assert refused.status_code == 422 and "形が正しくありません" in refused.text
    assert "田中 一郎" in refused.text  # what was typed stays
    added = client.post(LIST, data=form | {"email": "tanaka@city.example.jp"})
    assert added.status_code == 302
    session.commit()
    tanaka = people.person_with(session, "tanaka")
    place = f"{LIST}/{tanaka.id}"
    assert "内線 21" in client.get(place).text
    assert client.get(f"{place}/change").status_code == 200
    client.post(f"{place}/change", data=form | {"email": "", "title": "主査"})
    other = str(cast.secretary.department_id)
    client.post(f"{place}/posts", data={"department": other, "title": "主幹"})
    role = {"role": "approver", "for": other, "from": "2199-04-01", "until": "2199-04-30"}
    client.post(f"{place}/roles", data=role)
    client.post(f"{place}/ending", data={"on": "2199-05-01"})
    page = client.get(place).text
    assert "主幹" in page and "2199-04-30まで" in page and "まだ始まっていません" in page
    assert "終わりの予定を取りやめる" in page
    assert "兼 " in client.get(f"{LIST}?q=tanaka").text
    client.post(f"{place}/posts/removal", data={"department": other})
    client.post(f"{place}/reinstatement")
    session.commit()
    session.expire_all()
    assert (tanaka.title, tanaka.posts, tanaka.ended_at) == ("主査", [], None)


def test_only_the_administrator_sees_people(browse: Browse, cast: Cast, citizen: Browser) -> None:
    for person in (cast.organiser, cast.secretary, cast.approver, cast.attendee):
        client = browse(person)
        assert client.get(LIST).status_code == 404
        assert client.post(f"{LIST}/1/ending").status_code == 404
        assert client.get("/api/people").status_code == 404
    assert citizen.get(LIST).status_code == 302


def test_by_a_link_one_chooses_a_password_once_and_is_in(
    browse: Browse, citizen: Browser, cast: Cast, session: Session, watching: Watching
) -> None:
    attendee = browse(cast.attendee)
    before = watching.seen
    administrator = browse(cast.administrator)
    place = f"{LIST}/{cast.attendee.id}/password-links"
    former, link = (given_in(administrator.post(place).text) for _ in range(2))
    assert watching.seen > before
    assert attendee.get("/today").status_code == 302  # signed out
    assert enter(citizen, "okuma", PASSWORD) == 401
    assert citizen.get(former).status_code == 409  # a newer one was made
    assert "大隈 千鶴" in citizen.get(link).text
    for wrong, again in (("okuma123", "okuma123"), (NEW, "okuma123")):
        answer = citizen.post(link, data={"new_password": wrong, "again": again})
        assert answer.status_code == 422 and "okuma123" not in answer.text
    assert citizen.post(link, data={"new_password": NEW, "again": NEW}).status_code == 302
    assert citizen.get("/today").status_code == 200
    assert enter(browse(cast.secretary), "okuma", NEW) == 302
    for used in (citizen.get(link), citizen.post(link, data={"new_password": NEW, "again": NEW})):
        assert used.status_code == 409 and "管理者に、新しいリンクを" in used.text
    session.commit()
    refused = select(AuditLine).where(AuditLine.verb == "refused_password_link")
    assert session.scalars(refused).first()


def test_a_new_password_of_ones_own_signs_out_everywhere_else(
    browse: Browse, cast: Cast, watching: Watching
) -> None:
    mine, other = browse(cast.secretary), browse(cast.secretary)
    before = watching.seen
    form = {"password": PASSWORD, "new_password": NEW, "again": NEW}
    assert mine.post("/account/password", data=form).status_code == 302
    assert watching.seen >= before + 2
    assert mine.get("/today").status_code == 200 and other.get("/today").status_code == 302


def test_one_changes_ones_own_reading_address_and_telephone_and_nothing_else(
    browse: Browse, script: Callable[[Person], Script], cast: Cast, session: Session
) -> None:
    client, before = browse(cast.attendee), cast.attendee.name
    form = {
        "kana": "おおくま",
        "email": "wrong",
        "phone": "内線 5",
        "name": "別人",
        "title": "市長",
    }
    refused = client.post("/account/details", data=form)
    assert refused.status_code == 422 and "内線 5" in refused.text
    client.post("/account/details", data=form | {"email": "okuma@city.example.jp"})
    session.commit()
    mine = cast.attendee
    assert (mine.kana, mine.phone, mine.name) == ("おおくま", "内線 5", before)
    assert mine.title != "市長"
    script(cast.attendee).call("PATCH", "/me", {"phone": "内線 6"}, status=204)
    script(cast.attendee).call("PATCH", "/me", {"title": "市長"}, status=422)
    session.commit()
    assert mine.phone == "内線 6"


def test_one_sees_and_ends_ones_own_sign_ins_and_nobody_elses(
    browse: Browse, cast: Cast, session: Session
) -> None:
    mine, lost, somebody = browse(cast.secretary), browse(cast.secretary), browse(cast.organiser)
    assert mine.get("/account").text.count("サインアウトする</button>") == 1
    theirs = session.query(SignIn).filter(SignIn.person_id == cast.organiser.id).one().id
    session.commit()
    assert mine.post(f"/account/sign-ins/{theirs}/ending").status_code == 404
    assert somebody.get("/today").status_code == 200
    assert mine.post("/account/sign-ins/endings").status_code == 302
    assert mine.get("/today").status_code == 200 and lost.get("/today").status_code == 302


def test_ending_somebody_on_the_screen_ends_browser_and_script_at_once(
    browse: Browse, script: Callable[[Person], Script], cast: Cast, session: Session
) -> None:
    client, scripted = browse(cast.secretary), script(cast.secretary)
    administrator = browse(cast.administrator)
    place = f"{LIST}/{cast.secretary.id}"
    assert "2" in administrator.get(place).text
    assert administrator.post(f"{place}/ending").status_code == 302
    assert client.get("/today").status_code == 302
    scripted.get("/me", status=401)
    assert "利用を終わりにしました" in administrator.get(place).text
    assert administrator.post(f"{place}/password-links").status_code == 409
    assert administrator.post(f"{place}/reinstatement").status_code == 302
    link = given_in(administrator.post(f"{place}/password-links").text)
    assert client.post(link, data={"new_password": NEW, "again": NEW}).status_code == 302


def test_whatever_takes_a_right_away_ends_the_event_streams_of_that_person(
    browse: Browse, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the commit: whoever comes back before it would be let in."""
    browse(cast.secretary)
    administrator, ended = browse(cast.administrator), []
    place, person_id = f"/people/{cast.secretary.id}", cast.secretary.id

    def end(_hub: Hub, person: int, _sign_in: int | None) -> None:
        with Session(session.get_bind()) as another:  # sees only what is committed
            last = another.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
            assert last is not None
            ended.append((person, last.verb))

    monkeypatch.setattr(Hub, "end", end)
    for way, form in (
        ("sign-ins/endings", {}),
        ("roles/removal", {"role": "secretary", "for": ""}),
        ("password-links", {}),
        ("ending", {}),
    ):
        if way == "roles/removal":
            browse(cast.secretary)  # which the new password ends
        answer = administrator.post(f"/administration{place}/{way}", data=form)
        assert answer.status_code in (200, 302)
    assert ended == [
        (person_id, verb) for verb in ("sign_out", "revoke_secretary", "make_password_link", "end")
    ]


def test_a_role_is_given_and_taken_on_the_screen_and_never_by_mistake_for_the_whole_city(
    browse: Browse, cast: Cast, session: Session
) -> None:
    administrator, place = browse(cast.administrator), f"{LIST}/{cast.attendee.id}/roles"
    section = people.department_named(session, "財政課")
    form = {"role": "secretary", "for": str(section.id)}
    session.commit()
    for odd in ("999999", "x", "1e3"):
        assert administrator.post(place, data=form | {"for": odd}).status_code == 422
    assert administrator.post(place, data=form).status_code == 302
    session.commit()
    (grant,) = cast.attendee.grants
    assert (grant.role, grant.department_id) == (Role.SECRETARY, section.id)
    session.commit()
    assert administrator.post(f"{place}/removal", data=form).status_code == 302
    session.commit()
    session.expire_all()
    assert cast.attendee.grants == []


def test_the_last_administrator_stays(browse: Browse, cast: Cast) -> None:
    client, place = browse(cast.administrator), f"{LIST}/{cast.administrator.id}"
    assert client.post(f"{place}/ending").status_code == 409
    removal = client.post(f"{place}/roles/removal", data={"role": "administrator", "for": ""})
    assert removal.status_code == 409 and "最後の管理者" in removal.text
    assert client.get(LIST).status_code == 200


def test_the_api_does_what_the_screens_do(
    script: Callable[[Person], Script], citizen: Browser, cast: Cast, session: Session
) -> None:
    administrator, secretary = script(cast.administrator), script(cast.secretary)
    place = f"/people/{cast.secretary.id}"
    found = administrator.get("/people?q=morishita")
    assert (found["total"], found["people"][0]["login"]) == (1, "morishita")
    departments = administrator.get("/departments")["departments"]
    section = next(d["id"] for d in departments if d["name"] == "財政局 財政課")
    moved = administrator.call("PUT", f"{place}/department", {"department_id": section})
    assert moved["department"]["id"] == section
    role = {"role": "approver", "department_id": section}
    assert len(administrator.call("POST", f"{place}/roles", role)["roles"]) == 2
    assert len(administrator.call("DELETE", f"{place}/roles", role)["roles"]) == 1
    administrator.call("POST", f"{place}/roles", role | {"department_id": 10**6}, status=422)
    (entry,) = administrator.get(f"{place}/sign-ins")["sign_ins"]
    assert entry["is_script"] and not entry["is_mine"] and entry["address"] == "127.0.0.1"
    (entry,) = secretary.get("/me/sign-ins")["sign_ins"]
    assert entry["is_mine"]
    assert administrator.call("DELETE", f"{place}/sign-ins")["count"] == 1
    secretary.get("/me", status=401)
    link = administrator.call("POST", f"{place}/password-links", status=201)["link"]
    chosen = {"new_password": NEW, "again": NEW}
    citizen.post("/password/" + link.rsplit("/", 1)[1], data=chosen)
    login = {"login": "morishita", "password": NEW}
    token = citizen.post("/api/tokens", json=login).get_json()["token"]
    renewed = Script(citizen, token)
    own = {"password": NEW, "new_password": NEW + "!"}
    renewed.call("PUT", "/me/password", own | {"new_password": "password"}, status=422)
    renewed.call("PUT", "/me/password", own, status=204)
    renewed.get("/meetings")
    posts = {"posts": [{"department_id": cast.outsider.department_id, "title": "主幹"}]}
    assert administrator.call("PUT", f"{place}/posts", posts)["posts"][0]["title"] == "主幹"
    timed = role | {"from_on": "2199-04-01", "until_on": "2199-04-30"}
    granted = administrator.call("POST", f"{place}/roles", timed)["roles"][-1]
    assert (granted["until_on"], granted["is_in_force"]) == ("2199-04-30", False)
    assert administrator.call("PATCH", place, {"phone": "内線 21"})["phone"] == "内線 21"
    assert administrator.call("PUT", f"{place}/ending", {"on": "2199-04-01"})["ended_at"]
    renewed.get("/me")
    assert administrator.call("PUT", f"{place}/ending", {})["ended_at"]
    renewed.get("/me", status=401)
    back = administrator.call("DELETE", f"{place}/ending")
    assert back["ended_at"] is None and not back["has_password"]


def test_a_sign_in_that_nobody_uses_ends_and_one_in_use_stays(
    browse: Browse, app: Flask, config: Config, cast: Cast, session: Session
) -> None:
    assert config.server.sign_in_idle_hours == 4
    client = browse(cast.secretary)
    entry = session.query(SignIn).one()
    entry.seen_at = now() - timedelta(hours=3)
    session.commit()
    assert client.get("/today").status_code == 200
    session.commit()
    assert entry.seen_at > now() - timedelta(minutes=1)
    entry.seen_at = now() - timedelta(hours=5)
    session.commit()
    assert client.get("/today").status_code == 302
    off = replace(config, server=replace(config.server, sign_in_idle_hours=0))
    app.extensions["config"] = off
    client.sign_in(cast.secretary)
    session.commit()
    for known in session.query(SignIn):
        known.seen_at = now() - timedelta(hours=5)
    session.commit()
    assert client.get("/today").status_code == 200


def test_the_printed_password_is_warned_of_where_others_reach_the_server(
    browse: Browse, app: Flask, config: Config, cast: Cast
) -> None:
    client = browse(cast.administrator)
    assert "公開されているパスワード" not in client.get("/administration").text
    for server in (
        replace(config.server, host="0.0.0.0"),
        replace(config.server, address="https://gijido.city.example.jp"),
    ):
        app.extensions["config"] = replace(config, server=server)
        page = client.get("/administration").text
        assert "koga、matsunaga、morishita、nagano、okuma、shimada、yasunaga" in page
        assert "公開されているパスワード" in page
    client.post(f"{LIST}/{cast.organiser.id}/password-links")
    client.post(f"{LIST}/{cast.attendee.id}/ending")
    assert (
        "（matsunaga、morishita、nagano、shimada、yasunaga）" in client.get("/administration").text
    )
