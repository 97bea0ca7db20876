"""Signing in by the password of the city's directory, a real one."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.directory import turns
from meetings.directory.passwords import DirectoryPasswords
from meetings.errors import DirectoryUnreachable, NotPossibleNow, SignInRefused, TooManyTries
from meetings.people import password_links, people, sign_ins
from meetings.people.passwords import PasswordRule
from meetings.people.sign_ins import Attempt, Entered, SignInPlace
from models.audit import AuditLine
from models.person import Person, SignIn, SignInWay
from tests.cast import Cast
from tests.slapd import PASSWORD, Slapd
from web.demo.people import PASSWORD as OWN_PASSWORD

PLACE = SignInPlace("192.0.2.7")
SignInBy = Callable[[str, str], Entered]


@pytest.fixture
def city(config: Config, directory: Slapd) -> Config:
    return replace(config, directory=directory.settings)


def entering(engine: Engine, config: Config) -> SignInBy:
    outside = DirectoryPasswords(config)

    def enter(login: str, password: str) -> Entered:
        attempt = Attempt(login, password, PLACE, b"key", outside)
        entered = sign_ins.sign_in(engine, attempt, hours=1)
        assert isinstance(entered, Entered)
        return entered

    return enter


@pytest.fixture
def enter(engine: Engine, city: Config, session: Session) -> SignInBy:
    session.rollback()
    return entering(engine, city)


def entered_as(session: Session, entered: Entered) -> Person:
    session.rollback()
    return session.get_one(Person, entered.person_id)


def test_who_was_never_here_gets_in_by_the_directorys_password_which_is_not_kept(
    directory: Slapd, session: Session, enter: SignInBy
) -> None:
    directory.add("sato", cn="佐藤 花子")
    entered = enter("Ｓａｔｏ ", PASSWORD)
    person = session.get_one(Person, entered.person_id)
    assert (person.login, person.name, person.password_hash) == ("sato", "佐藤 花子", "")
    entry = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).one()
    assert (entry.way, entry.address) == (SignInWay.DIRECTORY, "192.0.2.7")
    verbs = session.scalars(select(AuditLine.verb).where(AuditLine.person_id == person.id)).all()
    assert "sign_in" in verbs


def test_a_domain_before_the_login_is_the_same_login_and_the_same_guess(
    directory: Slapd, enter: SignInBy
) -> None:
    directory.add("sato")
    assert enter("CITY\\sato", PASSWORD)
    for domain in "abcde":
        with pytest.raises(SignInRefused):
            enter(f"{domain}\\sato", "wrong")
    with pytest.raises(TooManyTries):
        enter("sato", PASSWORD)


def test_a_wrong_or_empty_password_is_refused_and_noted_with_its_address(
    directory: Slapd, session: Session, enter: SignInBy
) -> None:
    directory.add("sato")
    for password in ("wrong", ""):
        with pytest.raises(SignInRefused):
            enter("sato", password)
    lines = session.scalars(select(AuditLine).where(AuditLine.verb == "refused_sign_in")).all()
    assert {line.address for line in lines} == {"192.0.2.7"}
    assert sum(line.times for line in lines) == 2


def test_an_account_kept_here_is_opened_by_its_own_password_alone(
    directory: Slapd, enter: SignInBy, cast: Cast, session: Session
) -> None:
    login = cast.secretary.login
    session.rollback()
    directory.add(login)
    assert enter(login, OWN_PASSWORD)
    with pytest.raises(SignInRefused):
        enter(login, PASSWORD)


def test_who_was_ended_here_is_refused_though_the_directory_knows_them(
    directory: Slapd, enter: SignInBy, session: Session, cast: Cast
) -> None:
    directory.add("sato")
    person = entered_as(session, enter("sato", PASSWORD))
    people.end_person(session, cast.administrator, person)
    session.commit()
    with pytest.raises(SignInRefused):
        enter("sato", PASSWORD)


def test_a_password_of_the_directory_is_changed_there_alone(
    directory: Slapd, enter: SignInBy, session: Session, cast: Cast, engine: Engine, city: Config
) -> None:
    directory.add("sato")
    person = entered_as(session, enter("sato", PASSWORD))
    with pytest.raises(NotPossibleNow, match="で管理しています"):
        password_links.make(session, cast.administrator, person)
    session.rollback()
    own = Attempt("sato", PASSWORD, PLACE, b"key", DirectoryPasswords(city))
    with pytest.raises(NotPossibleNow, match="そこで変えてください"):
        sign_ins.change_password(engine, own, "another long sentence", PasswordRule(8), keep=0)


@pytest.mark.slow
def test_while_the_directory_says_nothing_those_kept_here_get_in_and_others_are_told_at_once(
    config: Config, engine: Engine, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = cast.secretary.login
    session.rollback()
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"ldaps://127.0.0.1:{silent.getsockname()[1]}"
        asked = replace(
            config.directory, addresses=(address,), base="dc=x", certificate_authority="", seconds=1
        )
        enter = entering(engine, replace(config, directory=asked))
        counting = threading.Thread(target=lambda: connections.append(silent.accept()), daemon=True)
        counting.start()
        for _ in range(3):
            with pytest.raises(DirectoryUnreachable):
                enter("sato", "a password")
        assert enter(login, OWN_PASSWORD)
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()
    assert len(connections) == 1, "it was waited for once, and then given a rest"
    monkeypatch.setattr(turns, "REST_SECONDS", 0.0)
    with pytest.raises(DirectoryUnreachable):
        enter("sato", "a password")
