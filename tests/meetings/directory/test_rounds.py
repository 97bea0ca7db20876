"""Accounts that follow the city's directory, a real one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.dates import TOKYO
from meetings.directory import accounts, nightly, rounds
from meetings.directory.rounds import RoundStepKind
from meetings.errors import DirectoryUnreachable, NotPossibleNow
from meetings.people import people, sign_ins
from meetings.people.sign_ins import SignInPlace
from minutes import health
from minutes.health import Level
from models.audit import AuditLine
from models.outside import DirectoryRound
from models.person import AccountKeeper, Person, Role, SignInWay
from tests.cast import Cast
from tests.slapd import Slapd

ROLES = ("shoki -> secretary=財政課", "kacho -> approver=所属", "admins -> administrator")


@pytest.fixture
def city(config: Config, directory: Slapd) -> Config:
    """The settings of a city with a directory."""
    return replace(config, directory=replace(directory.settings, roles=ROLES))


@pytest.fixture
def do_round(city: Config, engine: Engine, session: Session) -> Callable[..., dict[str, str]]:
    def do(**how: bool) -> dict[str, str]:
        session.rollback()
        return {step.login: step.kind.value for step in rounds.run(city, engine, **how)}

    return do


def person_of(session: Session, login: str) -> Person:
    session.rollback()
    return session.scalars(select(Person).where(Person.login == login)).one()


def roles_of(person: Person) -> set[tuple[Role, str | None]]:
    return {(g.role, g.department.name if g.department else None) for g in person.grants}


def test_who_is_in_the_directory_has_an_account_with_the_roles_of_their_groups(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("Sato", cn="佐藤 花子", mail="sato@city.example.jp", title="主査")
    directory.add_group("kacho", directory.add_group("leaders", dn))
    assert do_round() == {"Sato": "add"}
    person = person_of(session, "sato")
    assert (person.name, person.title, person.email) == (
        "佐藤 花子",
        "主査",
        "sato@city.example.jp",
    )
    assert person.department.name == "財政課"
    assert roles_of(person) == {(Role.APPROVER, "財政課")}
    assert person.kept_by is AccountKeeper.DIRECTORY and not person.password_hash
    assert do_round() == {}


def test_what_changes_there_changes_here(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("sato", cn="佐藤 花子")
    group = directory.add_group("shoki", dn)
    directory.add_group("kacho", dn)
    do_round()
    person = person_of(session, "sato")
    people.grant_role(session, person, Role.ORGANISER)
    session.commit()
    directory.change(dn, cn="桐生 花子", ou="企画課")
    directory.remove(group)
    assert do_round() == {"sato": "change"}
    person = person_of(session, "sato")
    assert (person.name, person.department.name) == ("桐生 花子", "企画課")
    given_here = (Role.ORGANISER, None)
    assert roles_of(person) == {given_here, (Role.APPROVER, "企画課")}, "as the groups say now"


def test_who_is_called_otherwise_stays_the_same_person(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("sato")
    do_round()
    number = person_of(session, "sato").id
    with directory.opened() as connection:
        connection.modify_dn(dn, "uid=kiryu")
    assert do_round() == {"kiryu": "change"}
    assert person_of(session, "kiryu").id == number


def test_who_left_the_directory_is_signed_out_and_ended_and_who_returns_comes_back(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("sato")
    directory.add("suzuki")
    do_round()
    person = person_of(session, "sato")
    place = SignInPlace("10.0.0.1")
    entered = sign_ins.begin(session, person, SignInWay.DIRECTORY, place, hours=1)
    session.commit()
    directory.change(dn, userAccountControl="514")
    assert do_round() == {"sato": "end"}
    assert person_of(session, "sato").has_left
    assert sign_ins.signed_in(session, entered.token) is None
    directory.change(dn, userAccountControl="512")
    assert do_round() == {"sato": "reinstate"}
    assert not person_of(session, "sato").has_left


def test_who_was_ended_here_does_not_come_back_by_the_directory(
    directory: Slapd, session: Session, cast: Cast, do_round: Callable[..., dict[str, str]]
) -> None:
    directory.add("sato")
    do_round()
    people.end_person(session, cast.administrator, person_of(session, "sato"))
    session.commit()
    assert do_round() == {}
    assert person_of(session, "sato").has_left


def test_when_many_are_gone_at_once_nobody_ends_until_somebody_has_looked(
    directory: Slapd, city: Config, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dns = [directory.add(f"p{number}") for number in range(5)]
    do_round()
    for dn in dns[:3]:
        directory.remove(dn)
    assert set(do_round().values()) == {RoundStepKind.HOLD_BACK}
    assert not person_of(session, "p0").has_left
    [finding] = health.directory(city, session)
    assert finding.level is Level.WARNING and "一度に3人が消えました" in finding.sentence
    assert set(do_round(accept_leavers=True).values()) == {RoundStepKind.END}
    assert person_of(session, "p0").has_left
    [finding] = health.directory(city, session)
    assert finding.level is Level.FINE


def test_an_empty_answer_ends_nobody(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("sato")
    do_round()
    directory.remove(dn)
    assert do_round() == {"sato": "hold_back"}
    assert not person_of(session, "sato").has_left


def test_a_directory_that_does_not_answer_ends_nobody_and_is_told(
    directory: Slapd, city: Config, engine: Engine, session: Session
) -> None:
    directory.add("sato")
    rounds.run(city, engine)
    lost = replace(city, directory=replace(city.directory, bind_password="old"))
    with pytest.raises(DirectoryUnreachable):
        rounds.run(lost, engine)
    session.rollback()
    assert not person_of(session, "sato").has_left
    [finding] = health.directory(city, session)
    assert finding.level is Level.WARNING and "つながらない" in finding.sentence


def test_a_preview_changes_nothing(
    directory: Slapd, city: Config, engine: Engine, session: Session
) -> None:
    directory.add("sato")
    before = session.query(AuditLine).count()
    session.rollback()
    [step] = rounds.preview(city, engine)
    assert (step.kind, step.login) == (RoundStepKind.ADD, "sato")
    assert session.query(AuditLine).count() == before
    assert session.query(DirectoryRound).count() == 0


def test_an_account_of_before_is_taken_over_and_its_old_password_does_not_let_in(
    directory: Slapd, session: Session, cast: Cast, do_round: Callable[..., dict[str, str]]
) -> None:
    directory.add(cast.secretary.login, cn=cast.secretary.name)
    assert do_round() == {cast.secretary.login: "change"}
    person = person_of(session, cast.secretary.login)
    assert person.kept_by is AccountKeeper.DIRECTORY and not person.password_hash
    assert session.scalars(select(AuditLine.verb).where(AuditLine.verb == "bind_directory")).one()


def test_an_administrator_of_our_own_stays_our_own(
    directory: Slapd, session: Session, cast: Cast, do_round: Callable[..., dict[str, str]]
) -> None:
    directory.add(cast.administrator.login)
    assert do_round() == {cast.administrator.login: "refuse"}
    assert person_of(session, cast.administrator.login).kept_by is AccountKeeper.HERE


def test_a_login_that_passed_to_somebody_else_does_not_open_the_account_of_before(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    dn = directory.add("sato", cn="佐藤 花子")
    directory.add("suzuki")
    do_round()
    directory.remove(dn)
    directory.add("sato", cn="佐藤 次郎")
    assert do_round()["sato"] in ("refuse", "end")
    assert do_round()["sato"] == "refuse"
    person = person_of(session, "sato")
    assert person.name == "佐藤 花子" and person.has_left


def test_two_of_one_login_and_who_cannot_be_kept_are_left_and_counted(
    directory: Slapd, session: Session, do_round: Callable[..., dict[str, str]]
) -> None:
    directory.add("sato")
    directory.change(directory.add("other"), uid=["sato", "other"])
    directory.add("long", cn="長" * 201)
    done = do_round()
    assert done["long"] == "refuse" and "refuse" in done.values()
    last = rounds.last_round(session)
    assert last is not None and last.refused == 3


def test_what_the_directory_keeps_is_changed_there_alone(
    directory: Slapd, session: Session, cast: Cast, do_round: Callable[..., dict[str, str]]
) -> None:
    directory.add("sato")
    do_round()
    person, by = person_of(session, "sato"), cast.administrator
    with pytest.raises(NotPossibleNow, match="職員のディレクトリーで管理"):
        people.change_person(session, by, person, name="別の名前")
    with pytest.raises(NotPossibleNow, match="職員のディレクトリーで管理"):
        people.move_person(session, by, person, cast.outsider.department)
    people.change_person(session, by, person, phone="内線 1234")
    accounts.release(session, by, person)
    people.change_person(session, by, person, name="別の名前")
    assert person.name == "別の名前"


def test_a_round_is_due_once_a_night_and_again_after_an_hour_without_an_answer(
    directory: Slapd,
    city: Config,
    engine: Engine,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = [datetime(2026, 11, 30, 2, 0, tzinfo=TOKYO)]
    monkeypatch.setattr(rounds, "now", lambda: at[0])
    deaf = replace(city, directory=replace(city.directory, bind_password="old"))
    [task], [in_vain] = (nightly.periodic_tasks(one, engine) for one in (city, deaf))

    def is_due() -> bool:
        session.rollback()
        return rounds.is_due(city, session)

    assert is_due()
    task.act()
    assert not is_due()
    at[0] += timedelta(hours=2)
    assert is_due(), "it is past three"
    in_vain.act()
    assert not is_due()
    at[0] += timedelta(hours=2)
    assert is_due()
    task.act()
    assert not is_due()


def test_without_a_directory_the_worker_asks_none(config: Config, engine: Engine) -> None:
    assert nightly.periodic_tasks(config, engine) == []
