"""The second factors of a person, and the step between a first proof and a sign-in."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now, word
from models.person import Person, SignInWay


class AuthenticatorApp(Base):
    """An app of the person's that shows a new code of six figures every thirty seconds (TOTP)."""

    __tablename__ = "authenticator_app"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    # Encrypted by a key of the home: the database alone gives no codes.
    sealed_secret: Mapped[str] = mapped_column(String(200))
    # The number of the thirty seconds whose code was taken last: it is not taken again.
    last_period: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[When] = mapped_column(default=now)
    # Until a code was typed once it proves nothing and protects nothing.
    confirmed_at: Mapped[When | None]
    used_at: Mapped[When | None]

    person: Mapped[Person] = relationship()


class Passkey(Base):
    """A key pair of WebAuthn in a device of the person's: only the public half is here."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name]
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often the device says it was used; devices that share their keys say 0.
    sign_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[When] = mapped_column(default=now)
    used_at: Mapped[When | None]

    person: Mapped[Person] = relationship()


class RecoveryCode(Base):
    """A code for the day on which the other second factors are lost; it works once."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[When] = mapped_column(default=now)
    used_at: Mapped[When | None]

    person: Mapped[Person] = relationship()


class SignInStep(Base):
    """A browser between two proofs: what it has shown, and what it was asked. It opens nothing."""

    __tablename__ = "sign_in_step"

    id: Mapped[Id]
    # Known to this browser alone.
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    # Nobody's where a passkey shall say who it is.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    way: Mapped[SignInWay] = mapped_column(word(SignInWay))
    # What a passkey was given to sign; it counts once.
    challenge: Mapped[str] = mapped_column(String(100), default="")
    expires_at: Mapped[When] = mapped_column(index=True)

    person: Mapped[Person | None] = relationship()
