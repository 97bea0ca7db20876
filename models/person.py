"""Departments, the people in them, their roles, and how they signed in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Name, Sha256, When, now, word


class Role(StrEnum):
    """What a person may do: for a department and those below it or, without one, for the city."""

    ORGANISER = "organiser"
    SECRETARY = "secretary"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return {
            Role.ORGANISER: "主催者",
            Role.SECRETARY: "書記",
            Role.APPROVER: "承認者",
            Role.ADMINISTRATOR: "管理者",
            Role.AUDITOR: "監査担当",
        }[self]


STAFF = tuple(role for role in Role if role is not Role.AUDITOR)
"""The roles of those who work with meetings; an auditor reads the audit and nothing else."""


class SignInWay(StrEnum):
    """The ways in which somebody proves who they are."""

    PASSWORD = "password"  # noqa: S105 – a word, no secret
    PASSKEY = "passkey"
    GUEST = "guest"
    DIRECTORY = "directory"
    OIDC = "oidc"
    PROXY = "proxy"

    @property
    def label(self) -> str:
        return {
            SignInWay.PASSWORD: "パスワード",
            SignInWay.PASSKEY: "パスキー",
            SignInWay.GUEST: "通知文のリンクと番号",
            SignInWay.DIRECTORY: "庁内ディレクトリーのパスワード",
            SignInWay.OIDC: "シングルサインオン",
            SignInWay.PROXY: "認証プロキシ",
        }[self]


class FactorKind(StrEnum):
    """The kinds of what is shown beside a password."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    ELSEWHERE = "elsewhere"  # the city's single sign-on says that it asked for one

    @property
    def label(self) -> str:
        return {
            FactorKind.APP: "認証アプリ",
            FactorKind.PASSKEY: "パスキー",
            FactorKind.RECOVERY_CODE: "回復コード",
            FactorKind.ELSEWHERE: "認証基盤の二要素認証",
        }[self]


class AccountKeeper(StrEnum):
    """Where an account is kept: who says what somebody is called, where they work and, but for
    those of a single sign-on, by which password they come in."""

    HERE = "here"
    DIRECTORY = "directory"
    OIDC = "oidc"

    @property
    def label(self) -> str:
        return {
            AccountKeeper.HERE: "議事堂",
            AccountKeeper.DIRECTORY: "職員のディレクトリー",
            AccountKeeper.OIDC: "シングルサインオン",
        }[self]


class Department(Base):
    """A 局 (without a parent) or a 課 (its parent is a 局): a tree of two levels."""

    __tablename__ = "department"

    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    name: Mapped[Name] = mapped_column(unique=True)

    # Read with whoever belongs to it: lists of people say where each of them works.
    parent: Mapped["Department | None"] = relationship(
        remote_side="Department.id", lazy="joined", join_depth=1
    )

    @property
    def full_name(self) -> str:
        return f"{self.parent.name} {self.name}" if self.parent else self.name


class Person(Base):
    """A person of the city's list, or a guest."""

    __tablename__ = "person"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Name]
    kana: Mapped[Name] = mapped_column(default="")
    title: Mapped[Name] = mapped_column(default="")
    email: Mapped[Name] = mapped_column(default="")
    phone: Mapped[Name] = mapped_column(default="", server_default="")
    # 外部委員: let in to one meeting by a personal link (`models/guest.py`), never by password.
    is_guest: Mapped[bool] = mapped_column(default=False)
    kept_by: Mapped[AccountKeeper] = mapped_column(
        word(AccountKeeper), default=AccountKeeper.HERE, server_default="here"
    )
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    # "": nobody can sign in as this person until they choose one by a link.
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[When] = mapped_column(default=now)
    # From when on the person may not sign in any more; it may be a day to come.
    ended_at: Mapped[When | None]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)
    # Those of a time past or to come, too.
    all_grants: Mapped[list["RoleGrant"]] = relationship(back_populates="person")
    posts: Mapped[list["AdditionalPost"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="AdditionalPost.id"
    )

    @hybrid_property
    def has_left(self) -> bool:
        """Return whether the account has ended by now."""
        return self.ended_at is not None and self.ended_at <= now()

    @has_left.inplace.expression
    @classmethod
    def _has_left(cls) -> ColumnElement[bool]:
        return and_(cls.ended_at.is_not(None), cls.ended_at <= now())

    @property
    def grants(self) -> list["RoleGrant"]:
        """Return the roles that the person has now."""
        return [grant for grant in self.all_grants if grant.is_in_force]

    def has_role(self, role: Role) -> bool:
        return any(grant.role == role for grant in self.grants)

    def has_role_for(self, role: Role, department: Department) -> bool:
        """Return whether the person has the role for this department: by a grant for it, for the
        department above it, or for the whole city."""
        covered = {None, department.id, department.parent_id or department.id}
        return any(grant.role == role and grant.department_id in covered for grant in self.grants)


class AdditionalPost(Base):
    """兼務: another department in which a person works beside their own, and as what."""

    __tablename__ = "additional_post"
    __table_args__ = (UniqueConstraint("person_id", "department_id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    title: Mapped[Name] = mapped_column(default="")

    person: Mapped[Person] = relationship(back_populates="posts")
    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class RoleGrant(Base):
    """A role that a person has in a department; without one, in the whole city. Where it is for a
    time only (代理), it is in force from `from_at` and no longer at `until_at`."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "department_id"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    from_at: Mapped[When | None]
    until_at: Mapped[When | None]

    person: Mapped[Person] = relationship(back_populates="all_grants")
    department: Mapped[Department | None] = relationship()

    @hybrid_property
    def is_in_force(self) -> bool:
        """Return whether the person has the role now."""
        at = now()
        has_begun = self.from_at is None or self.from_at <= at
        return has_begun and (self.until_at is None or at < self.until_at)

    @property
    def has_lapsed(self) -> bool:
        """Return whether the time is over for which the role was given."""
        return self.until_at is not None and self.until_at <= now()

    @is_in_force.inplace.expression
    @classmethod
    def _is_in_force(cls) -> ColumnElement[bool]:
        at = now()
        return and_(
            or_(cls.from_at.is_(None), cls.from_at <= at),
            or_(cls.until_at.is_(None), cls.until_at > at),
        )


class SignIn(Base):
    """One browser or script that signed in. Only the hash of its token is kept."""

    __tablename__ = "sign_in"
    # Of somebody's thousands those that have not run out.
    __table_args__ = (Index("ix_sign_in_person_id", "person_id", "expires_at"),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    # It has a token of the API instead of a browser's cookie.
    is_script: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[When] = mapped_column(default=now)
    seen_at: Mapped[When | None]  # the last request, to ten minutes
    expires_at: Mapped[When]
    ended_at: Mapped[When | None]
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    # The browser that it came from, known again by a secret of its own; a script has none.
    device_sha256: Mapped[str | None] = mapped_column(String(64))
    # In words, as it says itself: 「iPad（Safari）」.
    device: Mapped[str] = mapped_column(String(100), default="", server_default="")
    way: Mapped[SignInWay] = mapped_column(
        word(SignInWay), default=SignInWay.PASSWORD, server_default="password"
    )
    # What was shown beside it; a passkey by itself is two.
    second_factor: Mapped[FactorKind | None] = mapped_column(word(FactorKind))
    # When the person last showed that it is still them.
    proved_at: Mapped[When | None]

    person: Mapped[Person] = relationship()

    def is_live(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at and not self.person.has_left

    @property
    def has_two_factors(self) -> bool:
        return self.second_factor is not None or self.way is SignInWay.PASSKEY


class WrongTries(Base):
    """How often lately one login was tried in vain from one place, an address or a known browser.
    Both are keyed hashes: somebody may have typed a password where the login belongs."""

    __tablename__ = "wrong_tries"
    __table_args__ = (UniqueConstraint("login_hash", "place_hash"),)

    id: Mapped[Id]
    login_hash: Mapped[Sha256]
    place_hash: Mapped[Sha256] = mapped_column(index=True)
    count: Mapped[int]
    last_at: Mapped[When] = mapped_column(index=True)
