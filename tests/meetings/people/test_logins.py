"""One login, however a keyboard writes it."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, SignInRefused, TooManyTries
from meetings.people import logins, people, sign_ins, throttling
from models.person import Person
from tests.conftest import Cast
from web.demo.people import PASSWORD

WAYS_TO_WRITE = [
    "okuma",
    "Okuma",
    "OKUMA",
    "ｏｋｕｍａ",
    "Ｏｋｕｍａ",
    " okuma ",
    "okuma　",
    "oku ma",
]


def attempt(login: str, password: str) -> sign_ins.Attempt:
    return sign_ins.Attempt(login, password, sign_ins.SignInPlace("192.0.2.7"), b"key")


@pytest.mark.parametrize("typed", WAYS_TO_WRITE)
def test_whoever_a_login_belongs_to_signs_in_however_it_is_written(
    engine: Engine, cast: Cast, typed: str
) -> None:
    entered = sign_ins.sign_in(engine, attempt(typed, PASSWORD), hours=1)
    assert entered.person_id == cast.attendee.id


@pytest.mark.parametrize("typed", WAYS_TO_WRITE)
def test_no_second_login_is_made_that_reads_the_same(
    session: Session, cast: Cast, typed: str
) -> None:
    with pytest.raises(InvalidInput, match="「okuma」はすでに使われています"):
        people.add_person(
            session, login=typed, name="大熊 別人", department=cast.attendee.department
        )


def test_a_new_login_is_kept_in_its_one_form(session: Session, cast: Cast) -> None:
    made = people.add_person(
        session, login="Ｓａｔｏ　01", name="佐藤", department=cast.attendee.department
    )
    assert made.login == "sato01"
    assert people.person_with(session, "SATO01") is made


def test_another_way_to_write_a_login_is_no_further_guess(engine: Engine) -> None:
    for typed in WAYS_TO_WRITE[: throttling.HERE.free]:
        with pytest.raises(SignInRefused):
            sign_ins.sign_in(engine, attempt(typed, "wrong"), hours=1)
    with pytest.raises(TooManyTries):
        sign_ins.sign_in(engine, attempt(WAYS_TO_WRITE[-1], "wrong"), hours=1)


def test_two_logins_of_before_that_read_the_same_stay_two(session: Session, cast: Cast) -> None:
    session.execute(
        text("UPDATE person SET login = 'Okuma' WHERE id = :id"), {"id": cast.presenter.id}
    )
    session.expire_all()
    found = [logins.person_of(session, typed) for typed in ("Okuma", "okuma", "OKUMA")]
    assert found == [cast.presenter, cast.attendee, cast.attendee]
    assert all(isinstance(person, Person) for person in found)
