"""Notices (お知らせ), on the screen and by mail: to invited people about a meeting, and to those
who make its minutes."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, LongText, Name, When, now, word
from models.meeting import Invitation, Meeting
from models.person import Person


class NoticeKind(StrEnum):
    INVITATION = "invitation"
    CHANGE = "change"
    WITHDRAWAL = "withdrawal"
    CALLED_OFF = "called_off"
    REINSTATED = "reinstated"
    REMINDER = "reminder"
    URGED = "urged"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_TAKEN_BACK = "approval_taken_back"
    APPROVAL_LATE = "approval_late"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    CHECK_ASKED = "check_asked"
    CHECK_REMINDED = "check_reminded"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    WILL_BE_DELETED = "will_be_deleted"
    ACCOUNT = "account"
    BACKUP_FAILED = "backup_failed"

    @property
    def label(self) -> str:
        return {
            NoticeKind.INVITATION: "開催のお知らせ",
            NoticeKind.CHANGE: "変更のお知らせ",
            NoticeKind.WITHDRAWAL: "招集取消しのお知らせ",
            NoticeKind.CALLED_OFF: "中止のお知らせ",
            NoticeKind.REINSTATED: "中止取消しのお知らせ",
            NoticeKind.REMINDER: "開催が近づいたお知らせ",
            NoticeKind.URGED: "出欠回答のお願い",
            NoticeKind.APPROVAL_ASKED: "会議録の承認のお願い",
            NoticeKind.APPROVAL_TAKEN_BACK: "承認依頼を取り下げたお知らせ",
            NoticeKind.APPROVAL_LATE: "会議録の承認が進んでいないお知らせ",
            NoticeKind.APPROVED: "会議録の承認のお知らせ",
            NoticeKind.SENT_BACK: "会議録の差戻しのお知らせ",
            NoticeKind.CHECK_ASKED: "発言の確認のお願い",
            NoticeKind.CHECK_REMINDED: "発言の確認の締切が近いお知らせ",
            NoticeKind.REPLACED: "公開会議録の差替えのお知らせ",
            NoticeKind.WITHDRAWN: "公開会議録の取下げのお知らせ",
            NoticeKind.WILL_BE_DELETED: "保存期間の終わりが近いお知らせ",
            NoticeKind.ACCOUNT: "アカウントのお知らせ",
            NoticeKind.BACKUP_FAILED: "バックアップの失敗",
        }[self]

    @property
    def changes_calendar(self) -> bool:
        """Return whether a calendar program has something to take over from this notice."""
        return self in (
            NoticeKind.INVITATION,
            NoticeKind.CHANGE,
            NoticeKind.WITHDRAWAL,
            NoticeKind.CALLED_OFF,
            NoticeKind.REINSTATED,
        )


class Notice(Base):
    """A notice to an invited person or, without an `invitation`, to somebody who works on the
    minutes; one without a meeting is about the person's account."""

    __tablename__ = "notice"
    __table_args__ = (
        # What waits for the mail server, among many years' that it took.
        Index(
            "ix_notice_to_send",
            "next_try_at",
            sqlite_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
        # The few that 「運用」 tells of.
        Index("ix_notice_given_up", "given_up_at", sqlite_where=text("given_up_at IS NOT NULL")),
    )

    id: Mapped[Id]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind))
    words: Mapped[LongText]
    # The invitation's `sequence` at that time.
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[When] = mapped_column(default=now)
    seen_at: Mapped[When | None]
    # The mail address; empty where it is shown on the screen only.
    address: Mapped[Name] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[When | None] = mapped_column(default=now)
    # When the mail server took it; when it was decided that it never will; and why.
    sent_at: Mapped[When | None]
    given_up_at: Mapped[When | None]
    problem: Mapped[LongText] = mapped_column(default="")

    invitation: Mapped[Invitation | None] = relationship()
    of_person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    of_meeting: Mapped[Meeting | None] = relationship(foreign_keys=meeting_id)

    @property
    def is_of_account(self) -> bool:
        return self.kind is NoticeKind.ACCOUNT

    @property
    def is_of_house(self) -> bool:
        """Return whether it is about the server, for who runs it."""
        return self.kind is NoticeKind.BACKUP_FAILED

    @property
    def meeting(self) -> Meeting:
        found = self.invitation.meeting if self.invitation else self.of_meeting
        assert found is not None
        return found

    @property
    def person(self) -> Person:
        found = self.invitation.person if self.invitation else self.of_person
        assert found is not None
        return found
