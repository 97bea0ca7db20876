"""The secretary's decision about what a speaker proposes: taken over as a new revision, or not."""

from sqlalchemy.orm import Session

from meetings import audit
from meetings.errors import NotPossibleNow
from minutes.records import records
from minutes.records.content import content_of, paragraphs_by_place
from models.base import now
from models.minutes import MinutesRevision
from models.person import Person
from models.speech_check import CheckAnswer, CheckVerdict


def take(session: Session, by: Person, answer: CheckAnswer) -> MinutesRevision:
    """Put the proposed text into the minutes, as a new revision, and return it.

    Raises NotPossibleNow for what is no correction, was decided before, or whose sentence was
    rewritten since, and while approval is awaited.
    """
    _refuse_settled(answer)
    if answer.verdict != CheckVerdict.CORRECTION:
        raise NotPossibleNow("直した文のある回答だけを、会議録に取り入れられます。")
    minutes = answer.check.revision.minutes
    seen = content_of(answer.check.revision)
    said = seen.sections[answer.section].paragraphs[answer.paragraph]
    content = content_of(minutes.latest)
    current = paragraphs_by_place(content).get(said.place)
    if current is None or current.text != said.text:
        raise NotPossibleNow(
            "この発言は、確認をお願いしたあとで書き直されています。会議録の「文を編集」で直し、"
            "この回答は「取り入れない」にしてください。"
        )
    current.text = answer.text
    revision = records.revise(session, by, minutes, content, based_on=minutes.latest.number)
    _settle(session, by, answer, is_taken=True)
    return revision


def refuse(session: Session, by: Person, answer: CheckAnswer) -> None:
    """Leave the minutes as they are: a correction is refused, a comment has been read. Raises
    NotPossibleNow for what was decided before.
    """
    _refuse_settled(answer)
    _settle(session, by, answer, is_taken=False)


def _refuse_settled(answer: CheckAnswer) -> None:
    if answer.is_taken is not None:
        who = answer.settled_by.name if answer.settled_by else ""
        raise NotPossibleNow(
            f"この回答は、すでに{who}さんが処理しました。画面を開き直してください。"
        )


def _settle(session: Session, by: Person, answer: CheckAnswer, *, is_taken: bool) -> None:
    answer.is_taken, answer.settled_by, answer.settled_at = is_taken, by, now()
    audit.note(session, by, "take" if is_taken else "refuse", answer)
