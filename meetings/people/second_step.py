"""The step between a first proof and a sign-in: a code of an app or a recovery code. (A passkey:
`meetings/people/passkeys.py`.) Wrong codes make wait like wrong passwords, but sooner: whoever
types one has the password already."""

import logging
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import SecondFactorWrong, StepOver, TooManyTries
from meetings.people import authenticator_apps, factors, recovery_codes, sign_ins, throttling
from meetings.people.sign_ins import Entered, SignInPlace
from models.audit import Result
from models.base import now
from models.database import reading, writing
from models.factor import SignInStep
from models.person import FactorKind, Person, SignInWay

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _StepAsked:
    subject: throttling.Subject
    person_id: int
    hashes: dict[int, str]


def show_code(
    engine: Engine, token: str, code: str, place: SignInPlace, *, key: bytes, hours: int
) -> Entered:
    """Sign in whoever is in the step with this token and shows the right code. Raises
    SecondFactorWrong, TooManyTries while one must wait, StepOver when the step took too long."""
    with reading(engine) as session:
        asked = _ask(session, token, place, key)
        check_wait(session, asked.subject)
    is_of_app = authenticator_apps.is_code(code)
    code_id = None if is_of_app else recovery_codes.matching(asked.hashes, code)
    with writing(engine) as session, session.begin():
        step, person = open_step(session, token)
        check_wait(session, asked.subject)
        kind = _shown(session, person, key, code, code_id)
        if kind is not None:
            throttling.forget(session, asked.subject)
            return finish(session, step, person, place, kind, hours=hours)
        throttling.count_wrong(session, asked.subject)
        audit.note_refusal(
            session, "second_factor", place.address, person.id, result=Result.MISTYPED
        )
    LOG.warning("second factor refused: person %s from %s", asked.person_id, place.address)
    raise SecondFactorWrong()


def kinds_of_step(session: Session, token: str) -> frozenset[FactorKind]:
    """Return what may be shown in the step with this token. Raises StepOver."""
    return factors.kinds_of(session, open_step(session, token)[1])


def open_step(session: Session, token: str) -> tuple[SignInStep, Person]:
    """Return the step with this token, and whose it is. Raises StepOver where there is none."""
    step = step_with(session, token)
    if step.person is None or step.person.has_left:
        raise StepOver()
    return step, step.person


def step_with(session: Session, token: str) -> SignInStep:
    """Return the step with this token, also where nobody is known yet. Raises StepOver."""
    is_it = SignInStep.token_sha256 == sign_ins.hash_of(token)
    step = session.scalar(select(SignInStep).where(is_it))
    if step is None or step.expires_at < now():
        raise StepOver()
    return step


def finish(
    session: Session,
    step: SignInStep,
    person: Person,
    place: SignInPlace,
    kind: FactorKind,
    *,
    hours: int,
) -> Entered:
    """End the step, and begin the sign-in that it led to. A passkey by itself is no second factor
    but both."""
    way = step.way
    session.delete(step)
    second = None if way is SignInWay.PASSKEY else kind
    entered = sign_ins.begin(session, person, way, place, hours=hours, second_factor=second)
    assert isinstance(entered, Entered)
    return entered


def subject_of(
    session: Session, person: Person, place: SignInPlace, key: bytes
) -> throttling.Subject:
    """Return what is counted for the second factors of this person from there."""
    known = place.browser if sign_ins.came_from(session, person, place.browser) else ""
    return throttling.subject(key, f"second factor of {person.login}", place.address, known)


def check_wait(session: Session, subject: throttling.Subject) -> None:
    """Raise TooManyTries while one must wait."""
    left = throttling.time_left(session, subject, anywhere=throttling.CODE)
    if left:
        raise TooManyTries(
            throttling.whole_seconds(left),
            f"コードの間違いが続いたため、あと{throttling.in_words(left)}は受け付けません。"
            "そのあとで、もう一度入力してください。",
        )


def _ask(session: Session, token: str, place: SignInPlace, key: bytes) -> _StepAsked:
    _, person = open_step(session, token)
    hashes = recovery_codes.unused(session, person)
    return _StepAsked(subject_of(session, person, place, key), person.id, hashes)


def _shown(
    session: Session, person: Person, key: bytes, code: str, code_id: int | None
) -> FactorKind | None:
    """Return what this code is; None for nothing that counts."""
    if code_id is not None and recovery_codes.use(session, code_id):
        return FactorKind.RECOVERY_CODE
    app = authenticator_apps.of_person(session, person)
    is_right = app is not None and app.confirmed_at is not None
    if app is not None and is_right and authenticator_apps.use(app, key, code):
        return FactorKind.APP
    return None
