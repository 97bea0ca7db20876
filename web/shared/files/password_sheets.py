"""A link by which a person chooses a password, as it is handed over: on the screen, on a sheet of
paper, by mail."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr

import segno

from meetings import clean_text, dates
from meetings.invitations import mail as post
from meetings.people.password_links import PasswordWay
from models.person import Person
from web.transaction import config
from web.urls import address_of


@dataclass(frozen=True)
class PasswordSheet:
    """What stands on the sheet. `picture`: the link as a QR code, a data URI."""

    person: Person
    link: str
    picture: str
    until: str


def sheet_of(way: PasswordWay) -> PasswordSheet:
    link = address_of("passwords.form", token=way.token)
    picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2)
    return PasswordSheet(way.link.person, link, picture, dates.in_full(way.link.expires_at))


def mail(way: PasswordWay) -> str:
    """Send the link to its person at once: it is kept nowhere from where it could be sent later.
    Returns a sentence that says what became of it."""
    settings, sheet = config(), sheet_of(way)
    letter = EmailMessage()
    letter["Subject"] = "議事堂のパスワードを決めてください"
    letter["From"] = formataddr((f"{settings.city.name} 議事堂", settings.mail.sender))
    letter["To"] = formataddr((clean_text.line(sheet.person.name), sheet.person.email))
    letter.set_content(
        f"{sheet.person.name} 様\n\n"
        f"次のリンクを開いて、議事堂のパスワードを決めてください。\n{sheet.link}\n\n"
        f"利用者ID　{sheet.person.login}\n期限　{sheet.until}まで（1度だけ使えます）\n\n"
        "心当たりがないときは、開かずに管理者に知らせてください。\n"
    )
    problem, _ = post.send(settings.mail, letter)
    if problem:
        return f"メールは送れませんでした（{problem}）。この用紙を渡してください。"
    return f"{sheet.person.email} にメールで送りました。"
