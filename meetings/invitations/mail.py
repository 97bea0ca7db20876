"""Sends notices by mail; they are kept and tried again while the mail server is away."""

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from meetings import clean_text, dates, entries, setbacks
from meetings.config import Config
from meetings.invitations.calendar import calendar_of, link
from meetings.invitations.notices import add_reminders, still_holds
from meetings.settings.work import MailSettings
from models.base import now
from models.database import reading, writing
from models.notice import Notice, NoticeKind

WAIT_SECONDS = 30
GIVE_UP_AFTER = timedelta(days=3)
"""News that is older is none; it stood on the screen all the while."""

SET_ASIDE_AT_ONCE = 500
LONGEST_REASON = 300
UNFINISHED = "送信が途中で止まりました。"
BAD_ADDRESS = (
    "メールアドレスの形が正しくありません。半角の英数字の正しいアドレスに直してください"
    "（次のお知らせから届きます）。"
)
TOO_LATE = "会議が終わっているため、送りませんでした。"
NO_LONGER_TRUE = "会議が中止になったか、回答がすでにあるため、送りませんでした。"
TOO_OLD = "3日より前のお知らせのため、送りませんでした。"


def send_some(engine: Engine, config: Config) -> bool:
    """Send the next notice that is due; False when there is none or no mail server is named.

    The letter is sent outside any transaction. When the answer of the mail server is lost, it is
    sent once more: rather twice than never. The try is counted before it is made: a letter of which
    something breaks, whatever it is, rests, and the next one goes out.
    """
    if not config.mail.smtp_host:
        return False
    with reading(engine) as session:
        if _next(session) is None:
            return False
    with writing(engine) as session, session.begin():
        notice_id = _take(session)
    if notice_id is None:
        return True
    with reading(engine) as session:
        letter = compose(config, session.get_one(Notice, notice_id))
    problem, is_final = send(config.mail, letter)
    with writing(engine) as session, session.begin():
        _note(session.get_one(Notice, notice_id), problem, is_final)
    return True


def remind(engine: Engine, config: Config) -> bool:
    """Write the reminders that are due. Never more to do at once."""
    if config.mail.reminder_days:
        with writing(engine) as session, session.begin():
            add_reminders(session, config.mail.reminder_days)
    return False


def compose(config: Config, notice: Notice) -> EmailMessage:
    """Return the letter: plain text, the calendar entry as its alternative, and once more as a
    file, because each of the common programs takes one of them."""
    kind = NoticeKind(notice.kind)
    letter = EmailMessage()
    letter["Subject"] = clean_text.line(_subject(config, notice))
    letter["From"] = formataddr((f"{config.city.name} 議事堂", config.mail.sender))
    letter["To"] = formataddr((clean_text.line(notice.person.name), notice.address))
    letter["Date"] = format_datetime(notice.created_at)
    letter["Message-ID"] = make_msgid(f"notice-{notice.id}", domain="gijido")
    letter.set_content(clean_text.lines(_body(config, notice)))
    if notice.invitation is not None and kind.changes_calendar:
        calendar = calendar_of(config, notice.invitation)
        method = "CANCEL" if b"METHOD:CANCEL" in calendar else "REQUEST"
        letter.add_alternative(
            calendar.decode(), subtype="calendar", charset="utf-8", params={"method": method}
        )
        letter.add_attachment(
            calendar, maintype="application", subtype="ics", filename="invite.ics"
        )
    return letter


def _subject(config: Config, notice: Notice) -> str:
    label = NoticeKind(notice.kind).label
    if notice.is_of_account or notice.is_of_house:
        return f"【{label}】{config.city.name} 議事堂"
    return f"【{label}】{notice.meeting.title}　{dates.in_full(notice.meeting.starts_at)}"


def _body(config: Config, notice: Notice) -> str:
    if notice.is_of_account or notice.is_of_house:
        way = f"{config.address}/{'account' if notice.is_of_account else 'administration'}"
        return f"{notice.person.name} 様\n\n{notice.words}\n\n{way}\n\n{config.city.name}\n"
    meeting, person = notice.meeting, notice.person
    ways: tuple[str, ...]
    way = link(config, meeting)
    if notice.kind in (NoticeKind.CHECK_ASKED, NoticeKind.CHECK_REMINDED):
        ways = _ways_to_check(config, notice)
    elif notice.kind in (NoticeKind.APPROVAL_ASKED, NoticeKind.APPROVAL_LATE):
        today = f"{config.address}/today"  # also for those who may see nothing else of the meeting
        ways = ("承認を待つ会議録の一覧はこちらです（庁内ネットワークから開けます）。", today)
    elif notice.invitation is None:
        ways = ("会議録はこちらです（庁内ネットワークから開けます）。", f"{way}/minutes")
    else:
        ways = ("資料と出欠の回答はこちらです（庁内ネットワークから開けます）。", way)
    return "\n".join(
        (
            f"{person.name} 様",
            "",
            notice.words,
            "",
            f"会議　{meeting.full_title}",
            f"日時　{dates.span_in_words(meeting.starts_at, meeting.ends_at)}",
            f"場所　{meeting.place}",
            "",
            *ways,
            "",
            f"{config.city.name} {meeting.department.full_name}　{meeting.created_by.name}",
            "",
        )
    )


def _ways_to_check(config: Config, notice: Notice) -> tuple[str, ...]:
    """Return where one's own words are checked; a guest has the link already."""
    if notice.person.is_guest:
        return ()
    return ("確認の画面はこちらです（庁内ネットワークから開けます）。", f"{config.address}/checks")


def _next(session: Session) -> Notice | None:
    return session.scalar(_due().limit(1))


def given_up(since: datetime) -> Select[Notice]:
    """Select what did not go out, given up since then, the newest last tried first."""
    return (
        select(Notice)
        .where(Notice.next_try_at > since, Notice.given_up_at.is_not(None))  # by the index of tries
        .order_by(Notice.next_try_at.desc())
    )


def _due() -> Select[Notice]:
    return (
        select(Notice)
        .where(
            Notice.address != "",
            Notice.sent_at.is_(None),
            Notice.given_up_at.is_(None),
            Notice.next_try_at <= now(),
        )
        .order_by(Notice.next_try_at, Notice.id)
    )


def _take(session: Session) -> int | None:
    """Return the id of the next notice that may go out, its try counted; None while only such were
    found that never will, which are set aside."""
    for notice in session.scalars(_due().limit(SET_ASIDE_AT_ONCE)):
        reason = _why_never(notice)
        if not reason:
            notice.attempts += 1
            notice.next_try_at = now() + setbacks.pause_after(notice.attempts)
            notice.problem = notice.problem or UNFINISHED
            return notice.id
        notice.given_up_at, notice.problem = now(), reason
        notice.next_try_at = notice.given_up_at
    return None


def _why_never(notice: Notice) -> str:
    if not entries.is_address(notice.address):
        return BAD_ADDRESS
    if notice.invitation is not None and notice.meeting.ends_at <= now():
        return TOO_LATE
    if not still_holds(notice):
        return NO_LONGER_TRUE
    if now() - notice.created_at > GIVE_UP_AFTER:
        return notice.problem or TOO_OLD
    return ""


def send(mail: MailSettings, letter: EmailMessage) -> tuple[str, bool]:
    """Send the letter, and return the problem ("" when it went out), and whether it makes no sense
    to try again."""
    try:
        with _connected(mail) as server:
            if mail.smtp_user:
                server.login(mail.smtp_user, mail.smtp_password)
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as problem:
        code, words = next(iter(problem.recipients.values()))
        return f"宛先が受け取られませんでした（{code} {_text(words)}）。", code >= 500
    except smtplib.SMTPResponseException as problem:
        reason = f"{problem.smtp_code} {_text(problem.smtp_error)}"
        return f"メールサーバーが断りました（{reason}）。", False
    except (OSError, smtplib.SMTPException) as problem:
        return f"メールサーバーにつながりません（{_text(str(problem))}）。", False
    except (ValueError, UnicodeError) as problem:  # this letter, not the server
        return f"この1通を組み立てられませんでした（{type(problem).__name__}）。", True
    return "", False


def _connected(mail: MailSettings) -> smtplib.SMTP:
    if mail.security == "tls":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            mail.smtp_host, mail.smtp_port, timeout=WAIT_SECONDS, context=trusted
        )
    server = smtplib.SMTP(mail.smtp_host, mail.smtp_port, timeout=WAIT_SECONDS)
    if mail.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _note(notice: Notice, problem: str, is_final: bool) -> None:
    notice.problem = problem
    if not problem:
        notice.sent_at = now()
    elif is_final or now() - notice.created_at > GIVE_UP_AFTER:
        notice.given_up_at = now()
    else:
        notice.next_try_at = now() + setbacks.pause_after(notice.attempts)


def _text(words: bytes | str) -> str:
    """Return what a server says, in one line."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return clean_text.line(said)[:LONGEST_REASON]
