"""Asks speakers of a revision to check their own words, and takes their answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import audit, dates, entries
from meetings.errors import CheckClosed, InvalidInput, NotPossibleNow
from meetings.invitations import notices
from meetings.invitations.guests import Code
from meetings.people import sign_ins, tokens
from minutes.records import audible
from minutes.records.audible import SentencePlace
from minutes.records.content import Content, Paragraph, content_of
from models.base import now
from models.minutes import MinutesRevision
from models.notice import NoticeKind
from models.person import Person
from models.speech_check import CheckAnswer, CheckVerdict, SpeechCheck

LONGEST_ANSWER = 20_000
LONGEST_WAIT = timedelta(days=366)
REMINDED_BEFORE = timedelta(days=2)


@dataclass(frozen=True)
class CheckAccess:
    """A check, with link token and code for a guest, shown once: they are kept nowhere. Both are
    empty for whoever has an account."""

    check: SpeechCheck
    token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class OwnWords:
    """A paragraph of the speaker with its place. `heard_until` is the second up to which it may be
    heard; None where it may not."""

    place: SentencePlace
    said: Paragraph
    heard_until: float | None
    answer: CheckAnswer | None


@dataclass(frozen=True)
class GivenAnswer:
    """What the speaker says of the paragraph at `place`; `text` is the proposed text or the
    comment."""

    place: SentencePlace
    verdict: CheckVerdict
    text: str = ""


def speakers_in(content: Content) -> list[str]:
    """Return the names of those who speak in the text, in the order in which they begin."""
    said = (paragraph.speaker for _, paragraph in audible.sentences(content))
    return list(dict.fromkeys(name for name in said if name))


def ask(
    session: Session,
    by: Person,
    revision: MinutesRevision,
    speaker: str,
    person: Person,
    until: datetime,
    code: Code,
) -> CheckAccess:
    """Ask this person to check until then what `speaker` says in the revision. One of before for
    the same speaker ends. They are told by mail; a guest gets a link and the code.

    Raises InvalidInput for a speaker who says nothing in it, a person who has left, a date that is
    over or too far; NotPossibleNow for a revision that is not the latest.
    """
    if revision is not revision.minutes.latest:
        raise NotPossibleNow("より新しい版があります。最新の版で確認をお願いしてください。")
    if speaker not in speakers_in(content_of(revision)):
        raise InvalidInput("speaker", "その発言者はこの版にいません。一覧から選んでください。")
    if person not in possible_people(revision):
        raise InvalidInput(
            "person_id",
            f"{person.name}さんは、この会議に招集されていないか、もう利用者ではありません。",
        )
    if not now() < until <= now() + LONGEST_WAIT:
        raise InvalidInput("until", "締切には、明日から1年先までの日付を選んでください。")
    for known in checks_of(session, revision):
        if known.speaker == speaker and known.ended_at is None:
            known.ended_at = now()
    token = tokens.new_token() if person.is_guest else ""
    check = SpeechCheck(
        revision=revision,
        speaker=speaker,
        person=person,
        asked_by=by,
        until=until,
        token_sha256=sign_ins.hash_of(tokens.plain_token(token)) if token else None,
        code_hash=code.hash if token else None,
    )
    session.add(check)
    audit.note(session, by, "ask", check)
    _tell(session, check, NoticeKind.CHECK_ASKED, "ご自身の発言の記録を確かめてください。")
    return CheckAccess(check, token, code.digits if token else "")


def person_for(revision: MinutesRevision, speaker: str) -> Person | None:
    """Return who of the invited people bears the speaker's name, as the likely one to ask."""
    plain = "".join(speaker.split())
    invited = possible_people(revision)
    return next((one for one in invited if "".join(one.name.split()) == plain), None)


def possible_people(revision: MinutesRevision) -> list[Person]:
    """Return whom the secretary may ask: those who are invited to the meeting, guests too."""
    invited = (i.person for i in revision.meeting.invitations if i.withdrawn_at is None)
    return [one for one in invited if one.ended_at is None]


def end(session: Session, by: Person, check: SpeechCheck) -> None:
    """End the check before its date: the link and the page are closed."""
    check.ended_at = check.ended_at or now()
    audit.note(session, by, "end", check)


def refuse_closed(check: SpeechCheck) -> None:
    """Raise CheckClosed after the date of the check, or when it was ended."""
    if not check.is_open(now()):
        raise CheckClosed(dates.in_full(check.until), check.meeting.department.full_name)


def own_words(session: Session, check: SpeechCheck) -> list[OwnWords]:
    """Return what the speaker said in the check's revision, and nothing else of it."""
    content = content_of(check.revision)
    heard = audible.heard_until(session, check.revision, content)
    given = {(one.section, one.paragraph): one for one in check.answers}
    return [
        OwnWords(place, said, heard.get(place), given.get(place))
        for place, said in audible.sentences(content)
        if said.speaker == check.speaker
    ]


def answer(session: Session, check: SpeechCheck, given: Sequence[GivenAnswer]) -> None:
    """Keep the speaker's answers; those of before to the same paragraphs are replaced, unless the
    secretary has decided about them.

    Raises CheckClosed, InvalidInput for words that are not theirs and for a correction or comment
    without a text.
    """
    refuse_closed(check)
    own = {one.place: one for one in own_words(session, check)}
    for one in given:
        if one.place not in own:
            raise InvalidInput("place", "ご自身の発言ではないところには、答えられません。")
        text = entries.long_text("text", "直した文・伝えたいこと", one.text, LONGEST_ANSWER)
        if one.verdict is not CheckVerdict.RIGHT and not text:
            raise InvalidInput(
                f"text-{one.place[0]}-{one.place[1]}",
                "「直してほしい」「伝えたいことがある」を選んだ発言に、文を入力してください。",
            )
        _keep(session, check, own[one.place], one, text)
    check.answered_at = now()
    audit.note(session, check.person, "answer", check)


def checks_of(session: Session, revision: MinutesRevision) -> Sequence[SpeechCheck]:
    """Return the checks of all revisions of these minutes, the oldest first."""
    wanted = (
        select(SpeechCheck)
        .join(MinutesRevision)
        .where(MinutesRevision.minutes_id == revision.minutes_id)
    )
    return session.scalars(wanted.order_by(SpeechCheck.id)).all()


def waiting_of(session: Session, person: Person) -> Sequence[SpeechCheck]:
    """Return the open checks that wait for this person's answer."""
    wanted = select(SpeechCheck).where(
        SpeechCheck.person_id == person.id,
        SpeechCheck.ended_at.is_(None),
        SpeechCheck.answered_at.is_(None),
        SpeechCheck.until > now(),
    )
    return session.scalars(wanted.order_by(SpeechCheck.until)).all()


def remind(session: Session) -> int:
    """Remind everybody who has not answered two days before the end, once. Returns how many."""
    due = session.scalars(
        select(SpeechCheck).where(
            SpeechCheck.ended_at.is_(None),
            SpeechCheck.answered_at.is_(None),
            SpeechCheck.reminded_at.is_(None),
            SpeechCheck.until > now(),
            SpeechCheck.until <= now() + REMINDED_BEFORE,
        )
    ).all()
    for check in due:
        check.reminded_at = now()
        _tell(session, check, NoticeKind.CHECK_REMINDED, "発言の確認をまだいただいていません。")
    return len(due)


def _keep(
    session: Session, check: SpeechCheck, own: OwnWords, given: GivenAnswer, text: str
) -> None:
    row = own.answer
    if row is None:
        row = CheckAnswer(check=check, section=given.place[0], paragraph=given.place[1])
        session.add(row)
    elif row.is_taken is not None:
        return
    is_right = given.verdict is CheckVerdict.RIGHT
    row.verdict, row.text, row.answered_at = given.verdict, "" if is_right else text, now()


def _tell(session: Session, check: SpeechCheck, kind: NoticeKind, words: str) -> None:
    until = dates.in_full(check.until)
    way = "お渡しするリンクと番号で開けます。" if check.token_sha256 else ""
    notices.tell(session, check.person, check.meeting, kind, f"{words}締切は{until}です。{way}")
