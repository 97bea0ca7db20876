"""発言者確認: own words alone, until a date; what is proposed becomes a revision or not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meetings.errors import (
    CheckClosed,
    InvalidInput,
    NotFound,
    NotPossibleNow,
    TooManyTries,
    WrongCode,
)
from meetings.invitations import guests
from meetings.invitations.guests import Code
from minutes.checks import checks, links, settling
from minutes.checks.checks import CheckAccess, GivenAnswer
from minutes.records import records
from minutes.records.content import content_of
from minutes.speakers import naming
from models.base import now
from models.minutes import MinutesRevision
from models.notice import Notice, NoticeKind
from models.person import Person
from models.speech_check import CheckVerdict, SpeechCheck
from models.transcript import Transcript
from tests.conftest import Browser, Cast
from tests.web.test_access import closed_routes, url_of
from tests.world import HEARD
from web.access import policy_of

RIGHT, CORRECTION, COMMENT = CheckVerdict
Browse = Callable[[Person], Browser]


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    """The attendee says the first of three sentences, somebody else the second."""
    first, second, _ = transcript.segments
    naming.name_speaker(session, cast.secretary, first, cast.attendee.name)
    naming.name_speaker(session, cast.secretary, second, "別の 発言者")
    cast.attendee.email = "okuma@city.example.jp"
    drafted = records.draft(session, cast.secretary, transcript)
    records.leave_rest_out(session, cast.secretary, drafted)
    session.commit()
    return drafted.minutes.latest


@pytest.fixture
def code() -> Code:
    return guests.new_code()


@pytest.fixture
def ask(
    session: Session, cast: Cast, revision: MinutesRevision, code: Code
) -> Callable[..., CheckAccess]:
    def asking(person: Person, days: int = 7) -> CheckAccess:
        until = now() + timedelta(days=days)
        made = checks.ask(
            session, cast.secretary, revision, cast.attendee.name, person, until, code
        )
        session.commit()
        return made

    return asking


@pytest.fixture
def check(ask: Callable[..., CheckAccess], cast: Cast) -> SpeechCheck:
    return ask(cast.attendee).check


def guest(session: Session, cast: Cast, revision: MinutesRevision) -> Person:
    way = guests.add_guest(
        session, cast.organiser, revision.meeting, guests.new_code(), name="外部 委員"
    )
    return way.guest_pass.person


def place_of(session: Session, check: SpeechCheck) -> tuple[int, int]:
    (own,) = checks.own_words(session, check)
    return own.place


def told(session: Session) -> list[tuple[NoticeKind, str]]:
    return [(n.kind, n.person.name) for n in session.scalars(select(Notice).order_by(Notice.id))]


def test_a_speaker_is_asked_by_mail_and_sees_their_own_words_alone(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    assert told(session)[-1] == (NoticeKind.CHECK_ASKED, cast.attendee.name)
    (own,) = checks.own_words(session, check)
    assert own.said.text.startswith(HEARD[0].text) and own.heard_until == 8.6


def test_only_people_of_the_meeting_are_asked_about_speakers_of_its_text(
    session: Session, cast: Cast, revision: MinutesRevision, code: Code
) -> None:
    week = now() + timedelta(days=7)
    wrong = [
        ("だれか", cast.attendee, week),
        (cast.attendee.name, cast.outsider, week),
        (cast.attendee.name, cast.attendee, now() - timedelta(days=1)),
        (cast.attendee.name, cast.attendee, now() + timedelta(days=9999)),
    ]
    for speaker, person, until in wrong:
        with pytest.raises(InvalidInput):
            checks.ask(session, cast.secretary, revision, speaker, person, until, code)


def test_a_correction_becomes_a_revision_when_the_secretary_takes_it(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    place = place_of(session, check)
    with pytest.raises(InvalidInput, match="文を入力"):
        checks.answer(session, check, [GivenAnswer(place, CORRECTION)])
    checks.answer(session, check, [GivenAnswer(place, CORRECTION, "定刻となりましたので。")])
    session.flush()
    (answer,) = check.answers
    made = settling.take(session, cast.secretary, answer)
    said = content_of(made).sections[place[0]].paragraphs[place[1]]
    assert said.text == "定刻となりましたので。" and made.number == check.revision.number + 1
    with pytest.raises(NotPossibleNow, match="すでに"):
        settling.refuse(session, cast.secretary, answer)


def test_a_refused_answer_leaves_the_minutes_as_they_are(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    checks.answer(session, check, [GivenAnswer(place_of(session, check), COMMENT, "早口でした")])
    session.flush()
    (answer,) = check.answers
    with pytest.raises(NotPossibleNow, match="直した文のある"):
        settling.take(session, cast.secretary, answer)
    settling.refuse(session, cast.secretary, answer)
    assert answer.is_taken is False and check.revision is check.revision.minutes.latest


def test_a_correction_of_a_sentence_that_was_rewritten_since_is_not_put_over_it(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    place = place_of(session, check)
    checks.answer(session, check, [GivenAnswer(place, CORRECTION, "直した文。")])
    session.flush()
    content = content_of(check.revision)
    content.sections[place[0]].paragraphs[place[1]].text = "書記が直した文。"
    minutes = check.revision.minutes
    records.revise(session, cast.secretary, minutes, content, based_on=minutes.latest.number)
    with pytest.raises(NotPossibleNow, match="書き直されています"):
        settling.take(session, cast.secretary, check.answers[0])


def test_nobody_answers_for_words_that_are_not_theirs_or_after_the_date(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    with pytest.raises(InvalidInput, match="ご自身の発言ではない"):
        checks.answer(session, check, [GivenAnswer((99, 0), RIGHT)])
    check.until = now() - timedelta(seconds=1)
    with pytest.raises(CheckClosed, match="この発言の確認は終わりました"):
        checks.answer(session, check, [GivenAnswer(place_of(session, check), RIGHT)])


def test_who_does_not_answer_is_reminded_once_before_the_end(
    session: Session, cast: Cast, check: SpeechCheck
) -> None:
    assert checks.remind(session) == 0
    check.until = now() + timedelta(days=1)
    assert (checks.remind(session), checks.remind(session)) == (1, 0)
    assert told(session)[-1] == (NoticeKind.CHECK_REMINDED, cast.attendee.name)


def test_a_guest_comes_by_link_and_code_and_guessing_is_slowed(
    session: Session,
    cast: Cast,
    engine: Engine,
    revision: MinutesRevision,
    ask: Callable[..., CheckAccess],
) -> None:
    made = ask(guest(session, cast, revision))
    session.commit()
    check_id, key = links.enter(engine, made.token, made.code, "")
    assert (check_id, key) == (made.check.id, links.key_of(made.check))
    with pytest.raises(NotFound):
        links.enter(engine, "no-such-link", made.code, "")
    with pytest.raises(TooManyTries):
        for _ in range(20):
            with pytest.raises(WrongCode):
                links.enter(engine, made.token, "000000x", "")


def test_the_check_opens_its_own_pages_and_every_other_route_refuses(
    app: Flask,
    session: Session,
    cast: Cast,
    revision: MinutesRevision,
    citizen: Browser,
    ask: Callable[..., CheckAccess],
) -> None:
    made = ask(guest(session, cast, revision))
    other = ask(cast.attendee)  # of somebody else; it ends the guest's
    made.check.ended_at = None
    session.commit()
    page = f"/checks/{made.check.id}"
    assert citizen.get(page).status_code == 302, "first the code"
    entered = citizen.post(f"/check-links/{made.token}", data={"code": made.code})
    assert entered.status_code == 302 and entered.location.endswith(page)
    shown = citizen.get(page)
    assert shown.status_code == 200 and HEARD[0].text in shown.text
    assert HEARD[1].text not in shown.text and HEARD[2].text not in shown.text
    section, paragraph = place_of(session, made.check)
    sound = f"{page}/sentences/{section}/{{}}/sound"
    assert citizen.get(sound.format(paragraph)).status_code == 200
    assert citizen.get(sound.format(paragraph + 1)).status_code == 404
    json = {"Accept": "application/json"}
    assert citizen.get(f"/checks/{other.check.id}", headers=json).status_code == 401
    world = Numbers()
    for rule, method in closed_routes(app):
        if (policy_of(app.view_functions[rule.endpoint]) or "") != "checker":
            answer = citizen.open(url_of(rule, world), method=method, headers=json)  # type: ignore[arg-type]
            assert answer.status_code in (401, 404), f"{method} {rule}: {answer.status}"


class Numbers:
    """Stands for the first of everything in a URL."""

    def argument(self, name: str) -> str:
        return "1"


def test_a_link_after_its_date_and_one_of_somebody_else_get_a_page_that_says_so(
    session: Session, cast: Cast, check: SpeechCheck, browse: Browse
) -> None:
    page = f"/checks/{check.id}"
    other = browse(cast.secretary).get(page)
    assert other.status_code == 403 and "別の方にお願いしたもの" in other.text
    mine = browse(cast.attendee)
    assert "ご自身の発言の確認" in mine.get("/today").text
    assert mine.get(page).status_code == 200
    answered = mine.post(page, data={"all": "right"})
    session.refresh(check)
    assert answered.status_code == 302 and check.answered_at is not None
    check.until = now() - timedelta(days=1)
    session.commit()
    late = mine.get(page)
    assert late.status_code == 410 and "この発言の確認は終わりました" in late.text
