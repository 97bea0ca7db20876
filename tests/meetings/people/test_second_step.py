"""The second factor: what counts, how often, and who must wait."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, SecondFactorWrong, StepOver, TooManyTries
from meetings.people import authenticator_apps, enrolment, recovery_codes, second_step, sign_ins
from meetings.people.sign_ins import Attempt, Entered, Halfway, SignInPlace
from models.audit import AuditLine
from models.base import now
from models.factor import AuthenticatorApp, SignInStep
from models.person import FactorKind, Person, SignIn, SignInWay
from tests.conftest import Cast
from web.demo.people import PASSWORD

KEY = b"key of the home"
HERE, ELSEWHERE = SignInPlace("192.0.2.7"), SignInPlace("192.0.2.8")
LOGIN = "morishita"

Given = tuple[pyotp.TOTP, tuple[str, ...]]


@pytest.fixture
def given(session: Session, cast: Cast) -> Given:
    """The app of somebody who has one, as on their telephone, and their recovery codes."""
    person = session.scalars(select(Person).where(Person.login == LOGIN)).one()
    _, entry = sign_ins.begin_sign_in(session, person, now() + timedelta(hours=1), HERE)
    proposed = authenticator_apps.propose(session, person, KEY)
    totp = pyotp.TOTP(authenticator_apps.secret_of(proposed, KEY))
    # Long ago, so that all codes of today are new.
    code = totp.at(now())
    codes = enrolment.confirm_app(session, person, entry, KEY, code, recovery_codes.fresh())
    proposed.last_period = 0
    session.commit()
    return totp, codes


def halfway(engine: Engine, place: SignInPlace = HERE) -> Halfway:
    outcome = sign_ins.sign_in(engine, Attempt(LOGIN, PASSWORD, place, KEY), hours=12)
    assert isinstance(outcome, Halfway)
    return outcome


def show(engine: Engine, token: str, code: str, place: SignInPlace = HERE) -> Entered:
    return second_step.show_code(engine, token, code, place, key=KEY, hours=12)


def test_the_password_alone_opens_nothing_and_the_code_opens_it(
    session: Session, engine: Engine, given: Given
) -> None:
    step = halfway(engine)
    assert step.kinds == {FactorKind.APP, FactorKind.RECOVERY_CODE}
    assert sign_ins.signed_in(session, step.token) is None
    totp, _ = given
    entered = show(engine, step.token, f" {totp.now()[:3]} {totp.now()[3:]} ")
    session.rollback()
    entry = sign_ins.signed_in(session, entered.token)
    assert entry is not None
    assert (entry.way, entry.second_factor) == (SignInWay.PASSWORD, FactorKind.APP)
    with pytest.raises(StepOver):
        show(engine, step.token, totp.now())


def test_a_code_counts_once_also_for_whoever_read_it_over_a_shoulder(
    engine: Engine, given: Given
) -> None:
    totp, _ = given
    code = totp.now()
    show(engine, halfway(engine).token, code)
    with pytest.raises(SecondFactorWrong):
        show(engine, halfway(engine).token, code)


@pytest.mark.parametrize(("periods", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_thirty_seconds(
    engine: Engine, given: Given, monkeypatch: pytest.MonkeyPatch, periods: int, is_taken: bool
) -> None:
    at = now()  # the clock stands, so that no thirty seconds end between two lines
    monkeypatch.setattr(authenticator_apps, "now", lambda: at)
    code, step = given[0].at(at + timedelta(seconds=30 * periods)), halfway(engine)
    if is_taken:
        assert show(engine, step.token, code)
    else:
        with pytest.raises(SecondFactorWrong):
            show(engine, step.token, code)


def test_a_recovery_code_counts_once_however_it_is_typed(engine: Engine, given: Given) -> None:
    code = given[1][3]
    assert show(engine, halfway(engine).token, code.upper().replace("-", " "))
    with pytest.raises(SecondFactorWrong):
        show(engine, halfway(engine).token, code)


def test_wrong_codes_make_wait_at_this_place_and_soon_everywhere_and_leave_lines(
    session: Session, engine: Engine, given: Given
) -> None:
    step = halfway(engine)
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            show(engine, step.token, "000000", ELSEWHERE)
    with pytest.raises(TooManyTries):
        show(engine, step.token, given[0].now(), ELSEWHERE)
    for number in range(5):
        with pytest.raises(SecondFactorWrong):
            show(engine, step.token, "000000", SignInPlace(f"198.51.100.{number}"))
    with pytest.raises(TooManyTries, match="1分"):
        show(engine, step.token, given[0].now(), HERE)
    refused = select(AuditLine).where(AuditLine.verb == "refused_second_factor")
    addresses = {line.address for line in session.scalars(refused)}
    assert len(addresses) == 6


def test_a_step_ends_after_ten_minutes_and_with_the_account(
    session: Session, engine: Engine, given: Given
) -> None:
    late, left = halfway(engine), halfway(engine)
    hashed = sign_ins.hash_of(late.token)
    step = session.scalars(select(SignInStep).where(SignInStep.token_sha256 == hashed)).one()
    step.expires_at = now() - timedelta(seconds=1)
    session.commit()
    with pytest.raises(StepOver):
        show(engine, late.token, given[0].now())
    session.get_one(Person, left.person_id).ended_at = now()
    session.commit()
    with pytest.raises(StepOver):
        show(engine, left.token, given[0].now())


def test_an_app_protects_only_after_it_has_shown_a_code(
    session: Session, engine: Engine, cast: Cast
) -> None:
    person = session.scalars(select(Person).where(Person.login == LOGIN)).one()
    authenticator_apps.propose(session, person, KEY)
    with pytest.raises(InvalidInput):
        authenticator_apps.confirm(session, person, KEY, "000000")
    session.commit()
    outcome = sign_ins.sign_in(engine, Attempt(LOGIN, PASSWORD, HERE, KEY), hours=12)
    assert isinstance(outcome, Entered)


def test_the_database_alone_gives_no_codes(session: Session, given: Given) -> None:
    app = session.scalars(select(AuthenticatorApp)).one()
    assert given[0].secret not in app.sealed_secret


def test_with_the_first_second_factor_every_sign_in_of_before_ends(
    session: Session, cast: Cast
) -> None:
    person, until = cast.secretary, now() + timedelta(hours=1)
    old, _ = sign_ins.begin_sign_in(session, person, until, ELSEWHERE)
    new, entry = sign_ins.begin_sign_in(session, person, until, HERE)
    totp = pyotp.TOTP(
        authenticator_apps.secret_of(authenticator_apps.propose(session, person, KEY), KEY)
    )
    enrolment.confirm_app(session, person, entry, KEY, totp.at(now()), recovery_codes.fresh())
    assert sign_ins.signed_in(session, old) is None
    assert sign_ins.signed_in(session, new) is entry and entry.has_two_factors


def test_whoever_loses_a_factor_is_told_and_signed_out(
    session: Session, engine: Engine, cast: Cast, given: Given
) -> None:
    person = session.scalars(select(Person).where(Person.login == LOGIN)).one()
    enrolment.remove_all(session, cast.administrator, person)
    session.commit()
    live = select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    assert session.scalars(live).all() == []
    assert isinstance(
        sign_ins.sign_in(engine, Attempt(LOGIN, PASSWORD, HERE, KEY), hours=12), Entered
    )
    line = session.scalars(select(AuditLine).where(AuditLine.verb == "remove_second_factors")).one()
    assert (line.person_id, line.thing_id) == (cast.administrator.id, person.id)
