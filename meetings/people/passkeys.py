"""Passkeys (WebAuthn): a device signs, after it has checked by fingerprint, face or PIN who holds
it. Beside a password it is the second factor; by itself it is two, and needs no password."""

import hashlib
import hmac
import ipaddress
import json
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from meetings import audit, entries
from meetings.errors import InvalidInput, NotFound, NotPossibleNow, SecondFactorWrong
from meetings.people import second_step, sign_ins, throttling
from meetings.people.sign_ins import Entered, SignInPlace
from models.audit import Result
from models.base import now
from models.database import reading, writing
from models.factor import Passkey, SignInStep
from models.person import FactorKind, Person, SignInWay

MOST = 20
"""Passkeys of one person."""
REQUIRED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class PasskeySite:
    """The address for which passkeys are made: a name, reached over HTTPS or on the same
    machine. Browsers know no passkeys for bare IP addresses."""

    origin: str
    name: str
    city: str

    @classmethod
    def of(cls, address: str, city: str) -> Self | None:
        """Return the site at the server's own address; None where there can be no passkeys."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_secure = parts.scheme == "https" or host == "localhost"
        if not is_secure or not host or _is_ip(host):
            return None
        return cls(f"{parts.scheme}://{parts.netloc}".lower(), host, city)


@dataclass(frozen=True)
class PasskeyRequest:
    """What a browser is asked: `options` go to `navigator.credentials`. The token is kept nowhere
    else."""

    token: str
    options: dict[str, Any]


def ask_to_make(session: Session, person: Person, site: PasskeySite, key: bytes) -> PasskeyRequest:
    """Return what a browser needs to make a passkey for this person. Raises NotPossibleNow for
    somebody who has too many."""
    known = of_person(session, person)
    if len(known) >= MOST:
        raise NotPossibleNow(f"パスキーは1人{MOST}個までです。使っていないものを外してください。")
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=f"議事堂 {site.city}",
        user_name=person.login,
        user_display_name=person.name,
        user_id=hmac.new(key, f"passkeys of {person.id}".encode(), hashlib.sha256).digest(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[_descriptor(one) for one in known],
    )
    return _request(session, options.challenge, options)


def add(
    session: Session,
    person: Person,
    site: PasskeySite,
    token: str,
    credential: dict[str, Any],
    name: str,
) -> Passkey:
    """Keep the passkey that a browser made. Raises InvalidInput for one that does not answer what
    was asked, StepOver when that is too long ago."""
    step = second_step.step_with(session, token)
    try:
        made = webauthn.verify_registration_response(
            credential=json.dumps(credential),
            expected_challenge=base64url_to_bytes(step.challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as problem:
        raise InvalidInput(
            "credential", "パスキーを確かめられませんでした。もう一度登録してください。"
        ) from problem
    session.delete(step)
    passkey = Passkey(
        person=person,
        name=entries.text("name", "名前", name or "パスキー", 60),
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )
    session.add(passkey)
    audit.note(session, person, "add", passkey)
    return passkey


def ask_to_sign(session: Session, site: PasskeySite, token: str | None) -> PasskeyRequest:
    """Return what a browser needs to sign with a passkey: one of the person's in the step with this
    token, or without one any that it has for this site."""
    if token is None:
        options = webauthn.generate_authentication_options(
            rp_id=site.name, user_verification=REQUIRED
        )
        return _request(session, options.challenge, options)
    step, person = second_step.open_step(session, token)
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        user_verification=REQUIRED,
        allow_credentials=[_descriptor(one) for one in of_person(session, person)],
    )
    step.challenge = bytes_to_base64url(options.challenge)
    return PasskeyRequest(token, options_to_json_dict(options))


def enter(
    engine: Engine,
    token: str,
    credential: dict[str, Any],
    site: PasskeySite,
    place: SignInPlace,
    *,
    key: bytes,
    hours: int,
) -> Entered:
    """Sign in whoever's passkey signed what was asked in the step with this token. Raises
    SecondFactorWrong, TooManyTries while one must wait, StepOver when the step took too long."""
    with reading(engine) as session:
        step = second_step.step_with(session, token)
        passkey = _named(session, credential)
        if passkey is None or step.person_id not in (None, passkey.person_id):
            raise SecondFactorWrong()
        subject = second_step.subject_of(session, passkey.person, place, key)
        second_step.check_wait(session, subject)
        count = _verified(step, passkey, credential, site) if step.challenge else None
    with writing(engine) as session, session.begin():
        if count is None:
            throttling.count_wrong(session, subject)
            audit.note_refusal(
                session,
                "second_factor",
                place.address,
                passkey.person_id,
                result=Result.MISTYPED,
            )
        else:
            return _taken(session, token, passkey.id, count, place, hours)
    raise SecondFactorWrong()


def of_person(session: Session, person: Person) -> list[Passkey]:
    """Return the passkeys of this person, the oldest first."""
    wanted = select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)
    return list(session.scalars(wanted))


def one_of(session: Session, person: Person, passkey_id: int) -> Passkey:
    """Return the passkey of this person with this number. Raises NotFound."""
    found = next((one for one in of_person(session, person) if one.id == passkey_id), None)
    if found is None:
        raise NotFound()
    return found


def _request(session: Session, challenge: bytes, options: Any) -> PasskeyRequest:
    asked = bytes_to_base64url(challenge)
    token = sign_ins.begin_step(session, None, SignInWay.PASSKEY, asked)
    return PasskeyRequest(token, options_to_json_dict(options))


def _named(session: Session, credential: dict[str, Any]) -> Passkey | None:
    identity = str(credential.get("id", ""))
    found = session.scalar(select(Passkey).where(Passkey.credential_id == identity))
    return found if found is not None and not found.person.has_left else None


def _verified(
    step: SignInStep, passkey: Passkey, credential: dict[str, Any], site: PasskeySite
) -> int | None:
    """Return how often the device says the passkey was used by now; None where what it signed is
    not what was asked, or the count went back, as that of a copy does."""
    try:
        signed = webauthn.verify_authentication_response(
            credential=json.dumps(credential),
            expected_challenge=base64url_to_bytes(step.challenge),
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    return signed.new_sign_count


def _taken(
    session: Session, token: str, passkey_id: int, count: int, place: SignInPlace, hours: int
) -> Entered:
    step, passkey = second_step.step_with(session, token), session.get(Passkey, passkey_id)
    if passkey is None:
        raise SecondFactorWrong()
    passkey.sign_count, passkey.used_at = count, now()
    return second_step.finish(session, step, passkey.person, place, FactorKind.PASSKEY, hours=hours)


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
