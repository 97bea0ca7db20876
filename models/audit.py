"""The audit table records who did what to which thing, and who looked at what is not public. Lines
are only ever added: triggers of the database link each to the one before, and refuse every other
change (migration 0043)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Sha256, When, now, word
from models.person import Person


class Way(StrEnum):
    """The ways in which somebody reaches the server."""

    UNKNOWN = ""  # lines from before it was noted
    SCREEN = "screen"
    SCRIPT = "script"
    COMMAND = "command"
    PROGRAM = "program"

    @property
    def label(self) -> str:
        return {
            Way.UNKNOWN: "",
            Way.SCREEN: "画面",
            Way.SCRIPT: "APIトークン",
            Way.COMMAND: "コマンド",
            Way.PROGRAM: "自動処理",
        }[self]


class Result(StrEnum):
    """What became of what somebody wanted: done, or refused and why."""

    DONE = "done"
    REFUSED = "refused"  # lines from before the reason was noted, and many in one
    NO_RIGHT = "no_right"
    MISTYPED = "mistyped"
    MUST_WAIT = "must_wait"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_NOW = "not_now"

    @property
    def reason(self) -> str:
        """Return why it was refused; "" where it was not, or nobody knows."""
        return {
            Result.DONE: "",
            Result.REFUSED: "",
            Result.NO_RIGHT: "権限がない",
            Result.MISTYPED: "パスワードか番号の誤り",
            Result.MUST_WAIT: "誤りが続いた",
            Result.NOT_SIGNED_IN: "使えないトークン",
            Result.NOT_NOW: "いまはできない",
        }[self]

    @property
    def label(self) -> str:
        if self is Result.DONE:
            return "済み"
        return f"拒否（{self.reason}）" if self.reason else "拒否"


class AuditLine(Base):
    """One line of the audit. It never holds spoken or written text."""

    __tablename__ = "audit_line"
    __table_args__ = (Index("ix_audit_line_refused", "id", sqlite_where=text("result <> 'done'")),)

    # The columns stand in the order in which they are hashed, the link last.
    id: Mapped[Id]
    at: Mapped[When] = mapped_column(default=now, index=True)
    # No foreign keys: a line outlives what it names.
    person_id: Mapped[int | None] = mapped_column(index=True)
    # Both are words of the code, such as `correct` and `segment`.
    verb: Mapped[str] = mapped_column(String(60), index=True)
    thing: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[int | None]
    meeting_id: Mapped[int | None] = mapped_column(index=True)
    way: Mapped[Way] = mapped_column(word(Way), default=Way.UNKNOWN, server_default="")
    # The terminal's; of a command the account of the machine.
    address: Mapped[str] = mapped_column(String(45), default="", server_default="", index=True)
    result: Mapped[Result] = mapped_column(word(Result), default=Result.DONE, server_default="done")
    # How often, since the last line alike, of what is refused many times within a minute.
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    # `models/audit_chain.py`; None only while the row is put in.
    link: Mapped[bytes | None] = mapped_column(LargeBinary(32), deferred=True)

    person: Mapped[Person | None] = relationship(
        primaryjoin="foreign(AuditLine.person_id) == Person.id", viewonly=True
    )


class AuditArchive(Base):
    """A file into which the oldest lines were moved. Only lines that an archive has may leave the
    table; the next line's predecessor is then `last_link`."""

    __tablename__ = "audit_archive"

    id: Mapped[Id]
    made_at: Mapped[When] = mapped_column(default=now)
    first_line: Mapped[int]
    last_line: Mapped[int]
    last_link: Mapped[bytes] = mapped_column(LargeBinary(32))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[Sha256]


class RefusalTally(Base):
    """How often the same was refused to the same within this minute, so that a thousand leave a
    dozen lines. It goes when its rest has been told in a line."""

    __tablename__ = "refusal_tally"

    id: Mapped[Id]
    minute: Mapped[When] = mapped_column(index=True)
    last_at: Mapped[When]
    person_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(String(60))
    way: Mapped[Way] = mapped_column(word(Way))
    address: Mapped[str] = mapped_column(String(45))
    result: Mapped[Result] = mapped_column(word(Result))
    times: Mapped[int]
    told: Mapped[int]

    def is_alike(self, other: "RefusalTally") -> bool:
        """Return whether the same was refused to the same person from the same place."""
        mine = (self.verb, self.address, self.person_id, self.way, self.result)
        return mine == (other.verb, other.address, other.person_id, other.way, other.result)


def minute_of(at: datetime) -> datetime:
    """Return the beginning of the minute."""
    return at.replace(second=0, microsecond=0)
