"""発言者確認: asking speakers to check their own words, their answers, and what becomes of them."""

from datetime import datetime

from flask import Blueprint, Response
from pydantic import Field

from meetings.rights import Right
from minutes.checks import checks, settling
from minutes.checks.checks import CheckAccess, GivenAnswer
from models.minutes import MinutesRevision
from models.person import Person
from models.speech_check import CheckAnswer, CheckVerdict, SpeechCheck
from web import access
from web.api.operations import Identity, PlaceInText, Shape, ShortText, operation
from web.api.shapes import PersonAnswer
from web.audit_access import note_look
from web.shared import checking
from web.transaction import database_session, reading_session
from web.urls import address_of

blueprint = Blueprint("api_checks", __name__)


class CheckBody(Shape):
    speaker: ShortText = Field(description="改訂の文にある発言者の名前")
    person_id: Identity = Field(description="確認をお願いする人。会議に招集された人")
    until: str = Field(max_length=10, description="締切の日。2026-11-23 の形")


class SaidOfWords(Shape):
    """発言への回答"""

    id: int
    section: int
    paragraph: int
    verdict: CheckVerdict = Field(description="right、correction（直した文）、comment")
    text: str
    is_taken: bool | None = Field(description="会議録に取り入れたか。まだなら null")

    @classmethod
    def of(cls, answer: CheckAnswer) -> "SaidOfWords":
        return cls(
            id=answer.id,
            section=answer.section,
            paragraph=answer.paragraph,
            verdict=CheckVerdict(answer.verdict),
            text=answer.text,
            is_taken=answer.is_taken,
        )


class CheckState(Shape):
    """発言の確認のお願い"""

    id: int
    revision_id: int
    speaker: str
    person: PersonAnswer
    until: datetime
    answered_at: datetime | None = Field(description="まだなら null")
    ended_at: datetime | None
    link: str = Field(description="外部委員のリンク。お願いしたときにだけ分かる")
    code: str = Field(description="その番号。お願いしたときにだけ分かる")
    answers: list[SaidOfWords]

    @classmethod
    def of(cls, check: SpeechCheck, made: CheckAccess | None = None) -> "CheckState":
        return cls(
            id=check.id,
            revision_id=check.revision_id,
            speaker=check.speaker,
            person=PersonAnswer.of(check.person),
            until=check.until,
            answered_at=check.answered_at,
            ended_at=check.ended_at,
            link=address_of("checks.door", token=made.token) if made and made.token else "",
            code=made.code if made else "",
            answers=[SaidOfWords.of(one) for one in check.answers],
        )


class ChecksState(Shape):
    checks: list[CheckState]


class OwnWordsAnswer(Shape):
    """自分の発言の1つ"""

    section: int
    paragraph: int
    text: str
    may_be_heard: bool
    answer: SaidOfWords | None


class OwnCheckAnswer(Shape):
    """確認をお願いされた、自分の発言"""

    id: int
    title: str
    until: datetime
    words: list[OwnWordsAnswer]


class GivenBody(Shape):
    section: PlaceInText
    paragraph: PlaceInText
    verdict: CheckVerdict
    text: str = Field("", max_length=checks.LONGEST_ANSWER)


class AnswersBody(Shape):
    answers: list[GivenBody] = Field(max_length=20_000)


@blueprint.get("/revisions/<int:revision_id>/checks")
@access.to(MinutesRevision, Right.CORRECT)
@operation("発言者による確認の一覧", answers=ChecksState)
def list_checks(person: Person, revision: MinutesRevision) -> ChecksState:
    note_look(person, "look", revision)
    found = checks.checks_of(database_session(), revision)
    return ChecksState(checks=[CheckState.of(one) for one in found])


@blueprint.post("/revisions/<int:revision_id>/checks")
@access.to(MinutesRevision, Right.CORRECT)
@operation("発言者に確認をお願いする", answers=CheckState, status=201, body=CheckBody)
def ask(person: Person, revision: MinutesRevision, body: CheckBody) -> CheckState:
    made = checking.ask(person, revision, body.speaker, body.person_id, body.until)
    return CheckState.of(made.check, made)


@blueprint.delete("/speech-checks/<int:speech_check_id>")
@access.to(SpeechCheck, Right.CORRECT)
@operation("確認を締切の前に終わりにする", answers=CheckState)
def end(person: Person, speech_check: SpeechCheck) -> CheckState:
    checks.end(database_session(), person, speech_check)
    return CheckState.of(speech_check)


@blueprint.post("/check-answers/<int:check_answer_id>/taking")
@access.to(CheckAnswer, Right.CORRECT)
@operation("回答の直した文を会議録に取り入れる（新しい改訂になる）", answers=SaidOfWords)
def take(person: Person, check_answer: CheckAnswer) -> SaidOfWords:
    settling.take(database_session(), person, check_answer)
    return SaidOfWords.of(check_answer)


@blueprint.post("/check-answers/<int:check_answer_id>/refusal")
@access.to(CheckAnswer, Right.CORRECT)
@operation("回答を取り入れない、または読んだことにする", answers=SaidOfWords)
def refuse(person: Person, check_answer: CheckAnswer) -> SaidOfWords:
    settling.refuse(database_session(), person, check_answer)
    return SaidOfWords.of(check_answer)


@blueprint.get("/checks/<int:check_id>")
@access.checker
@operation("確認をお願いされた自分の発言", answers=OwnCheckAnswer)
def own(check: SpeechCheck) -> OwnCheckAnswer:
    note_look(check.person, "look", check)
    return _own(check)


@blueprint.put("/checks/<int:check_id>")
@access.checker
@operation("自分の発言の確認に答える", answers=OwnCheckAnswer, body=AnswersBody)
def answer(check: SpeechCheck, body: AnswersBody) -> OwnCheckAnswer:
    given = [
        GivenAnswer((one.section, one.paragraph), one.verdict, one.text) for one in body.answers
    ]
    checks.answer(database_session(), check, given)
    return _own(check)


@blueprint.get("/checks/<int:check_id>/sentences/<int:section>/<int:paragraph>/sound")
@access.checker
@operation("自分の発言の音（MP3）", file="audio/mpeg")
def sound(check: SpeechCheck, section: int, paragraph: int) -> Response:
    return checking.send_sound(check, section, paragraph)


def _own(check: SpeechCheck) -> OwnCheckAnswer:
    return OwnCheckAnswer(
        id=check.id,
        title=check.meeting.title,
        until=check.until,
        words=[
            OwnWordsAnswer(
                section=one.place[0],
                paragraph=one.place[1],
                text=one.said.text,
                may_be_heard=one.heard_until is not None,
                answer=SaidOfWords.of(one.answer) if one.answer else None,
            )
            for one in checks.own_words(reading_session(), check)
        ],
    )
