"""Signing in: who gets in, who must wait, and what is written down of the others."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from meetings.config import Config
from meetings.errors import InvalidInput, SignInRefused, TooManyTries, TryAgain
from meetings.people import passwords, people, sign_ins, throttling
from meetings.people.passwords import PasswordRule
from meetings.people.sign_ins import Attempt, Entered, SignInPlace
from models.audit import AuditLine
from models.base import now
from models.person import SignIn, WrongTries
from tests.conftest import Cast
from web.demo.people import PASSWORD

pytestmark = pytest.mark.hostile

RULE = PasswordRule(8)
HERE, ELSEWHERE = SignInPlace("192.0.2.7"), SignInPlace("192.0.2.8")
OWN_BROWSER = SignInPlace("192.0.2.7", browser="secret of the browser")


def enter(
    engine: Engine, login: str, password: str = PASSWORD, place: SignInPlace = HERE
) -> Entered:
    outcome = sign_ins.sign_in(engine, Attempt(login, password, place, b"key"), hours=12)
    assert isinstance(outcome, Entered)
    return outcome


def guess(engine: Engine, login: str, times: int, place: SignInPlace = HERE) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            enter(engine, login, "wrong", place)


def later(session: Session, passed: timedelta) -> None:
    """As if the wrong tries so far were so long ago."""
    for tries in session.scalars(select(WrongTries)):
        tries.last_at -= passed
    session.commit()


def test_after_five_wrong_passwords_the_right_one_waits_too_and_then_lets_in(
    session: Session, engine: Engine
) -> None:
    guess(engine, "morishita", 5)
    for password in (PASSWORD, "wrong"):
        with pytest.raises(TooManyTries, match="あと10秒") as problem:
            enter(engine, "morishita", password)
        assert problem.value.seconds == 10
    later(session, timedelta(seconds=10))
    assert enter(engine, "morishita")
    guess(engine, "morishita", 5)  # who got in begins anew


def test_the_wait_doubles_and_ends_at_a_quarter_of_an_hour(
    session: Session, engine: Engine
) -> None:
    guess(engine, "morishita", 5)
    seconds = []
    for _ in range(9):
        with pytest.raises(TooManyTries) as problem:
            enter(engine, "morishita")
        seconds.append(problem.value.seconds)
        later(session, timedelta(seconds=problem.value.seconds))
        guess(engine, "morishita", 1)
    assert seconds == [10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_of_forty_guesses_at_once_five_are_tried(engine: Engine) -> None:
    def one(_number: int) -> str:
        try:
            enter(engine, "morishita", "wrong")
        except (SignInRefused, TooManyTries) as problem:
            return type(problem).__name__
        return "let in"

    with ThreadPoolExecutor(40) as pool:
        told = Counter(pool.map(one, range(40)))
    assert told == {"SignInRefused": 5, "TooManyTries": 35}


def test_who_guesses_elsewhere_does_not_lock_out_the_rightful(engine: Engine) -> None:
    guess(engine, "morishita", 5, ELSEWHERE)
    with pytest.raises(TooManyTries):
        enter(engine, "morishita", place=ELSEWHERE)
    assert enter(engine, "morishita", place=HERE)


def test_a_browser_that_signed_in_before_gets_in_whatever_others_guess(
    session: Session, engine: Engine
) -> None:
    """Even from the same address, and with every address trying."""
    enter(engine, "morishita", place=OWN_BROWSER)
    guess(engine, "morishita", 5, HERE)
    for number in range(60):
        place = SignInPlace(f"198.51.100.{number}")
        session.add(_tries("morishita", place, 5))
    session.commit()
    with pytest.raises(TooManyTries):
        enter(engine, "morishita", place=SignInPlace("203.0.113.1"))
    assert enter(engine, "morishita", place=OWN_BROWSER)
    another = replace(OWN_BROWSER, browser="secret of another browser")
    with pytest.raises(TooManyTries):
        enter(engine, "morishita", place=another)


def test_one_address_with_many_logins_waits_too(session: Session, engine: Engine) -> None:
    for number in range(25):
        session.add(_tries(f"person-{number}", ELSEWHERE, 4))
    session.commit()
    with pytest.raises(TooManyTries):
        enter(engine, "koga", place=ELSEWHERE)
    assert enter(engine, "koga", place=HERE)


def test_terminals_of_one_ipv6_network_are_one_place(engine: Engine) -> None:
    for number in range(5):
        guess(engine, "morishita", 1, SignInPlace(f"2001:db8::{number}"))
    with pytest.raises(TooManyTries):
        enter(engine, "morishita", place=SignInPlace("2001:db8::99"))
    assert enter(engine, "morishita", place=SignInPlace("2001:db8:0:1::1"))


def test_a_login_that_does_not_exist_is_refused_and_waits_alike(engine: Engine) -> None:
    told = []
    for login in ("morishita", "nobody-here"):
        words = set()
        for _ in range(7):
            with pytest.raises((SignInRefused, TooManyTries)) as problem:
                enter(engine, login, "wrong")
            words.add(problem.value.message)
        told.append(words)
    assert told[0] == told[1] and len(told[0]) == 2


def test_a_clock_that_was_put_back_makes_nobody_wait(session: Session, engine: Engine) -> None:
    guess(engine, "morishita", 5)
    later(session, -timedelta(hours=2))
    assert enter(engine, "morishita")


def test_wrong_tries_are_forgotten_after_a_day(session: Session, engine: Engine) -> None:
    guess(engine, "morishita", 5)
    later(session, timedelta(hours=25))
    guess(engine, "koga", 1)
    assert session.query(WrongTries).count() == 1


def test_wrong_sign_ins_are_one_audit_line_a_minute_and_nothing_typed_is_stored(
    session: Session, engine: Engine, cast: Cast
) -> None:
    session.commit()
    typed = "Mistyped-Password-7"
    guess(engine, "morishita", 3)
    guess(engine, typed, 2)
    wanted = select(AuditLine).where(AuditLine.verb == "refused_sign_in")
    lines = {line.person_id: line for line in session.scalars(wanted)}
    counted = {person_id: (line.times, line.address) for person_id, line in lines.items()}
    assert set(counted) == {cast.secretary.id, None}
    # Two lines where a minute ended meanwhile.
    assert counted[cast.secretary.id][0] in (1, 2, 3) and counted[None][1] == HERE.address
    assert typed not in _everything(engine)


def test_however_many_addresses_are_refused_the_lines_of_a_minute_are_bounded(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = now()
    monkeypatch.setattr("meetings.audit.now", lambda: moment)
    for number in range(300):
        sign_ins.audit.note_refusal(session, "sign_in", f"192.0.{number // 250}.{number % 250}")
        session.flush()
    refused = select(AuditLine).where(AuditLine.verb.startswith("refused"))
    assert len(session.scalars(refused).all()) == 100 + 8, "the many at each doubling"
    monkeypatch.setattr("meetings.audit.now", lambda: moment + timedelta(minutes=1))
    sign_ins.audit.tell_rest(session)
    session.flush()
    assert sum(line.times for line in session.scalars(refused)) == 300


def test_a_hash_of_before_lets_in_and_is_made_anew(session: Session, engine: Engine) -> None:
    person = people.person_with(session, "morishita")
    person.password_hash = PasswordHasher(time_cost=3, memory_cost=32).hash(PASSWORD)
    session.commit()
    before = person.password_hash
    session.commit()
    with ThreadPoolExecutor(4) as pool:  # several of their terminals at once
        assert all(pool.map(lambda _: enter(engine, "morishita"), range(4)))
    session.commit()
    assert person.password_hash != before
    assert not passwords.HASHER.check_needs_rehash(person.password_hash)


def test_signing_in_as_somebody_else_in_the_same_browser_ends_the_former_sign_in(
    session: Session, engine: Engine
) -> None:
    former = enter(engine, "koga", place=OWN_BROWSER)
    enter(engine, "morishita", place=replace(OWN_BROWSER, former=former.token))
    assert sign_ins.signed_in(session, former.token) is None


def test_a_password_of_ones_own_ends_every_other_sign_in(session: Session, engine: Engine) -> None:
    kept, other = enter(engine, "morishita", place=OWN_BROWSER), enter(engine, "morishita")
    entry = sign_ins.signed_in(session, kept.token)
    assert entry is not None
    keep = entry.id
    session.commit()
    old = Attempt("morishita", "not the old one", OWN_BROWSER, b"key")
    with pytest.raises(SignInRefused):
        sign_ins.change_password(engine, old, "a new sentence", RULE, keep=keep)
    old = replace(old, password=PASSWORD)
    sign_ins.change_password(engine, old, "a new sentence", RULE, keep=keep)
    assert sign_ins.signed_in(session, kept.token) and not sign_ins.signed_in(session, other.token)
    session.rollback()
    assert enter(engine, "morishita", "a new sentence")
    guess(engine, "morishita", 1)


@pytest.mark.parametrize(
    "password",
    [
        "short", "x" * 1001, "12345678", "abababababab",
        "Morishita", "morishita2026", "ｍｏｒｉｓｈｉｔａ!", "もりした 2027", "森下1234567",
        "若葉市2026", "Gijido!2026", "gijido123",
        "PASSWORD1", "P@ssw0rd!", "qwertyuiop", "sakura2024!", "1q2w3e4r5t",
    ],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(
    session: Session, config: Config, password: str
) -> None:
    person = people.person_with(session, "morishita")
    with pytest.raises(InvalidInput):
        passwords.new(password, passwords.rule_for(config, person))


@pytest.mark.parametrize(
    "password", ["a sentence of my own", "ひみつのことばです", "k7mqx2fd", " w1 o " * 9]
)
def test_any_letters_make_a_password_and_none_must_be_of_some_kind(
    config: Config, password: str
) -> None:
    assert passwords.new(password, passwords.rule(config, "morishita"))


def test_the_city_may_want_longer_ones(config: Config) -> None:
    longer = replace(config, server=replace(config.server, shortest_password=15))
    with pytest.raises(InvalidInput, match="15文字以上"):
        passwords.new("k7mqx2fd", passwords.rule(longer, "morishita"))


def test_nobody_gets_in_where_no_password_was_set(session: Session, engine: Engine) -> None:
    people.person_with(session, "morishita").password_hash = ""
    session.commit()
    for password in ("", PASSWORD):
        with pytest.raises(SignInRefused):
            enter(engine, "morishita", password)


def test_who_finds_no_slot_for_the_hash_is_told_when_to_come_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "LONGEST_WAIT_SECONDS", 0.01)
    for _ in range(passwords.AT_ONCE):
        passwords._SLOTS.acquire()
    try:
        with pytest.raises(TryAgain, match="混み合って"):
            enter(engine, "morishita")
    finally:
        for _ in range(passwords.AT_ONCE):
            passwords._SLOTS.release()
    assert enter(engine, "morishita")


def test_who_left_is_signed_out_everywhere_and_does_not_come_back(
    session: Session, engine: Engine, cast: Cast
) -> None:
    by_browser = enter(engine, "morishita", place=OWN_BROWSER)
    by_script = enter(engine, "morishita", place=replace(HERE, is_script=True))
    session.commit()
    people.end_person(session, cast.administrator, cast.secretary)
    session.commit()
    for entered in (by_browser, by_script):
        assert sign_ins.signed_in(session, entered.token) is None
    assert session.query(SignIn).filter(SignIn.ended_at.is_(None)).count() == 0
    session.rollback()
    guess(engine, "morishita", 1)
    session.commit()
    people.reinstate_person(session, cast.administrator, cast.secretary)
    session.commit()
    guess(engine, "morishita", 1)  # only with a new password


def _tries(login: str, place: SignInPlace, count: int) -> WrongTries:
    asked = throttling.subject(b"key", login, place.address)
    return WrongTries(
        login_hash=asked.login_hash, place_hash=asked.place_hash, count=count, last_at=now()
    )


def _everything(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return "".join(
            str(connection.execute(text(f"SELECT * FROM {name}")).all()) for (name,) in tables.all()
        )
