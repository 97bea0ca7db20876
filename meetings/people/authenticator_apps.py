"""Codes of an app (TOTP, RFC 6238): six figures that change every thirty seconds. A code counts
once, and one of the thirty seconds before or after is taken too, for clocks that differ."""

import base64
import hashlib
import hmac
import secrets
import unicodedata

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import InvalidInput, NotPossibleNow
from models.base import now
from models.factor import AuthenticatorApp
from models.person import Person

SKEW = 1
"""Periods of thirty seconds by which a clock may be wrong."""
SECRET_BYTES = 20
FIGURES = 6
LONGEST_TYPED = 100


def propose(session: Session, person: Person, key: bytes) -> AuthenticatorApp:
    """Make the secret that an app shall keep; it counts once a code was typed (`confirm`). One that
    was not confirmed is replaced. Raises NotPossibleNow where the person has an app."""
    known = of_person(session, person)
    if known is not None and known.confirmed_at is not None:
        raise NotPossibleNow(
            "認証アプリはもう登録してあります。別のアプリにするときは、先にいまのものを外して"
            "ください。"
        )
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id))
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    app = AuthenticatorApp(
        person=person, sealed_secret=_seal(key).encrypt(secret.encode()).decode()
    )
    session.add(app)
    session.flush()
    return app


def confirm(session: Session, person: Person, key: bytes, code: str) -> AuthenticatorApp:
    """Take the app into use, because it shows the right code. Raises InvalidInput for another one,
    NotPossibleNow where none was proposed."""
    app = proposed(session, person)
    if not use(app, key, code):
        raise InvalidInput(
            "code",
            "コードが違います。アプリにいま出ている6桁を入力してください。端末の時刻が合って"
            "いるかも確かめてください。",
        )
    app.confirmed_at = now()
    audit.note(session, person, "add", app)
    return app


def use(app: AuthenticatorApp, key: bytes, code: str) -> bool:
    """Return whether the code is right now and was not taken before; from then on it is."""
    period = _period_of(app, key, code)
    if period is None:
        return False
    app.last_period, app.used_at = period, now()
    return True


def of_person(session: Session, person: Person) -> AuthenticatorApp | None:
    """Return the app of this person, also one that is not confirmed yet."""
    return session.scalar(select(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id))


def proposed(session: Session, person: Person) -> AuthenticatorApp:
    """Return the app that was proposed to this person and is not confirmed yet. Raises
    NotPossibleNow where there is none."""
    app = of_person(session, person)
    if app is None or app.confirmed_at is not None:
        raise NotPossibleNow("登録の途中の認証アプリがありません。初めからやり直してください。")
    return app


def secret_of(app: AuthenticatorApp, key: bytes) -> str:
    """Return the secret as a person types it into an app (base32). Raises NotPossibleNow where the
    key of the home is not the one of before."""
    try:
        return _seal(key).decrypt(app.sealed_secret.encode()).decode()
    except InvalidToken as problem:
        raise NotPossibleNow(
            "サーバーの鍵が替わったため、この認証アプリは使えません。回復コードでサインインするか、"
            "管理者に二要素認証を外してもらい、登録し直してください。"
        ) from problem


def address(app: AuthenticatorApp, key: bytes, city: str) -> str:
    """Return the address (otpauth://) that an app reads from a QR code."""
    totp = pyotp.TOTP(secret_of(app, key))
    return totp.provisioning_uri(name=app.person.login, issuer_name=f"議事堂 {city}")


def is_code(typed: str) -> bool:
    """Return whether this is written like a code of an app, and not like a recovery code."""
    return len(plain(typed)) == FIGURES and plain(typed).isdecimal()


def plain(typed: str) -> str:
    """Return a code however it was typed: half width, small letters, without spaces and hyphens."""
    narrow = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).casefold()
    return "".join(narrow.split()).replace("-", "")


def _period_of(app: AuthenticatorApp, key: bytes, code: str) -> int | None:
    totp, typed = pyotp.TOTP(secret_of(app, key)), plain(code)
    current = totp.timecode(now())
    for period in range(current - SKEW, current + SKEW + 1):
        right = totp.generate_otp(period)
        if hmac.compare_digest(right.encode(), typed.encode()) and period > app.last_period:
            return period
    return None


def _seal(key: bytes) -> Fernet:
    own = hmac.new(key, b"secrets of authenticator apps", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(own))
