"""The printed matter of a meeting as PDF: the notice to those who are invited (通知文) and the
agenda (次第)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from sqlalchemy.orm import Session

from meetings import agenda, dates
from meetings.config import Config
from meetings.documents.paper_numbers import paper_names
from meetings.pdf import typesetting
from models.base import now
from models.document import Document
from models.meeting import Invitation, Meeting

SENTENCE = "このことについて、次のとおり開催しますので、御出席くださるようお願いします。"
WAY_OF_PEOPLE = "出欠の回答と資料は、QRコードを読み取るか、下のアドレスを開いてください。"
WAY_OF_GUESTS = "QRコードを読み取り、番号を入力すると、会議の資料を開けます。"


@dataclass(frozen=True)
class InvitationLetter:
    """One page: to whom, and the way in. `number`: the code of a guest."""

    name: str
    title: str
    link: str
    number: str = ""


def letter_to(config: Config, invitation: Invitation) -> InvitationLetter:
    person = invitation.person
    return InvitationLetter(
        person.name, person.title, f"{config.address}/meetings/{invitation.meeting_id}"
    )


def notice(
    session: Session, config: Config, meeting: Meeting, letters: list[InvitationLetter]
) -> bytes:
    """Return 通知文 as a PDF, one page for each letter."""
    sender = meeting.created_by
    items = agenda.flat(agenda.tree(session, meeting))
    return typesetting.to_pdf(
        "notice",
        {
            "date": dates.in_full(now()).split("（")[0],
            "sender": f"{config.city.name} {meeting.department.full_name}　{sender.name}",
            "heading": f"{meeting.title}の開催について（通知）",
            "sentence": SENTENCE,
            "facts": [
                ["日時", dates.span_in_words(meeting.starts_at, meeting.ends_at)],
                ["場所", meeting.place],
                ["会議体", meeting.series.name],
            ],
            "agenda": [f"{node.number}　{node.entry.title}" for node in items],
            "letters": [_letter(letter) for letter in letters],
        },
    )


def programme(session: Session, config: Config, meeting: Meeting, shown: list[Document]) -> bytes:
    """Return 次第 as a PDF: the agenda in print, with those of the documents that may be shown."""
    names = paper_names(session, meeting)
    labels = {document.id: names[document.id].short for document in shown}
    return typesetting.to_pdf(
        "programme",
        {
            "title": meeting.title,
            "series": meeting.series.name,
            "when": dates.span_in_words(meeting.starts_at, meeting.ends_at),
            "place": meeting.place,
            "items": [_item(node, labels) for node in agenda.flat(agenda.tree(session, meeting))],
            "documents": [
                {
                    "name": names[document.id].number,
                    "title": names[document.id].rest,
                    "pages": document.current.page_count,
                }
                for document in shown
            ],
        },
    )


def unprintable(meeting: Meeting, invitations: Sequence[Invitation]) -> list[str]:
    """Return the letters of names and titles for which no font has a form, each once: they are
    boxes in what is printed of this meeting."""
    people = [invitation.person for invitation in invitations]
    words = [meeting.title, meeting.place, meeting.series.name]
    words += [item.title + item.presenter for item in meeting.agenda_items]
    words += [person.name + person.title for person in people]
    return typesetting.unprintable("".join(words))


def _item(node: agenda.Node, labels: dict[int, str]) -> dict[str, Any]:
    entry = node.entry
    return {
        "number": node.number,
        "title": entry.title,
        "level": node.level,
        "presenter": entry.presenter,
        "minutes": entry.planned_minutes or 0,
        "documents": [labels[d.id] for d in node.documents if d.id in labels],
    }


def _letter(letter: InvitationLetter) -> dict[str, str]:
    code = io.BytesIO()
    segno.make(letter.link, error="m").save(code, kind="svg", border=0, xmldecl=False)
    return {
        "name": letter.name,
        "title": letter.title,
        "link": letter.link,
        "number": letter.number,
        "way": WAY_OF_GUESTS if letter.number else WAY_OF_PEOPLE,
        "code": code.getvalue().decode(),
    }
