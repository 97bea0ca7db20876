"""Asking people to come: letters by a real mail server, calendars read by another parser,
rosters, proxies, guests."""

import asyncio
import email
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default

import pypdfium2 as pdfium
import pytest
import vobject
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from meetings import agenda, dates, setting_up
from meetings.config import Config
from meetings.documents import printing
from meetings.errors import InvalidInput, NotFound, NotPossibleNow, TooManyTries, WrongCode
from meetings.invitations import guests, invitations, mail, notices, roster
from meetings.invitations.calendar import calendar_of
from meetings.people import sign_ins
from meetings.people.sign_ins import SignInPlace
from meetings.rights import Right, rights
from meetings.settings.work import MailSettings
from minutes import health
from models.base import now
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting
from models.notice import Notice, NoticeKind
from models.person import SignIn
from tests.conftest import Cast

AT_HOME = SignInPlace("192.0.2.7")


class Letters(Message):
    """A mail server that keeps what it is given, and refuses what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[EmailMessage] = []
        self.refused: str = ""

    def prepare_message(self, session: object, envelope: object) -> EmailMessage:
        message = email.message_from_bytes(envelope.content, policy=default)  # type: ignore[attr-defined]
        assert isinstance(message, EmailMessage)
        return message

    def handle_message(self, message: object) -> None:
        assert isinstance(message, EmailMessage)
        self.received.append(message)

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        await asyncio.sleep(0)
        if address == self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def post(letters: Letters, port: int) -> Iterator[Controller]:
    """The mail server, not started yet."""
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    yield controller
    if controller.server is not None:
        controller.stop()


@pytest.fixture
def mailing(config: Config, port: int) -> Config:
    sender = "gijido@city.example.jp"
    return replace(config, mail=MailSettings(smtp_host="127.0.0.1", smtp_port=port, sender=sender))


@pytest.fixture
def coming(session: Session, cast: Cast) -> Meeting:
    """A meeting in two days with one attendee."""
    series = setting_up.series_named(session, "懇話会", cast.organiser.department)
    starts_at = now() + timedelta(days=2)
    meeting = setting_up.set_up_meeting(
        session,
        cast.organiser,
        series=series,
        department=cast.organiser.department,
        title="第2回懇話会",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="第3会議室",
        access_days=None,
    )
    session.flush()
    invitations.invite(session, cast.organiser, meeting, cast.attendee)
    session.commit()
    return meeting


def send_all(engine: Engine, config: Config) -> None:
    while mail.send_some(engine, config):
        pass


def change_place(session: Session, by: Cast, meeting: Meeting, place: str) -> None:
    setting_up.change_meeting(
        session,
        by.organiser,
        meeting,
        title=meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=place,
        based_on=meeting.revision,
    )
    session.commit()


def calendars(letter: EmailMessage) -> list[vobject.base.Component]:
    parts = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    return [vobject.readOne(part.get_content()) for part in parts]


def test_an_invitation_goes_out_once_with_a_calendar_that_others_read(
    post: Controller, letters: Letters, engine: Engine, mailing: Config, coming: Meeting, cast: Cast
) -> None:
    post.start()
    send_all(engine, mailing)
    send_all(engine, mailing)
    (letter,) = letters.received
    assert letter["To"].addresses[0].addr_spec == cast.attendee.email
    assert "第2回懇話会" in letter["Subject"]
    body = letter.get_body(("plain",))
    assert body and "第3会議室" in body.get_content()
    assert f"/meetings/{coming.id}" in body.get_content()
    (calendar,) = calendars(letter)
    event = calendar.vevent
    assert calendar.method.value == "REQUEST"
    assert event.summary.value == "第2回懇話会" and event.location.value == "第3会議室"
    assert event.dtstart.value == coming.starts_at.replace(microsecond=0)
    assert event.attendee.value == f"mailto:{cast.attendee.email}"
    assert event.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert [p.get_filename() for p in letter.iter_attachments()] == ["invite.ics"]


def test_updates_and_cancellation_are_the_same_entry_with_growing_sequence(
    post: Controller, letters: Letters, engine: Engine, session: Session, mailing: Config,
    coming: Meeting, cast: Cast,
) -> None:  # fmt: skip
    post.start()
    send_all(engine, mailing)
    change_place(session, cast, coming, "大会議室")
    send_all(engine, mailing)
    setting_up.call_off(session, cast.organiser, coming, "台風のため")
    session.commit()
    send_all(engine, mailing)
    found = [calendars(letter)[0] for letter in letters.received]
    assert [c.method.value for c in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(c.vevent.sequence.value) for c in found] == [0, 1, 2]
    assert len({c.vevent.uid.value for c in found}) == 1
    assert found[1].vevent.location.value == "大会議室"
    assert found[2].vevent.status.value == "CANCELLED"
    body = letters.received[2].get_body(("plain",))
    assert body and "台風のため" in body.get_content()


def test_calendar_lines_are_folded_and_end_as_the_standard_says(
    config: Config, session: Session, coming: Meeting
) -> None:
    coming.title = "とても長い会議名" * 12
    written = calendar_of(config, invitations.invited(coming)[0])
    assert written.count(b"\n") == written.count(b"\r\n")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert vobject.readOne(written.decode()).vevent.summary.value == coming.title


def test_letters_wait_for_a_mail_server_that_is_away(
    post: Controller, letters: Letters, engine: Engine, session: Session, mailing: Config,
    coming: Meeting,
) -> None:  # fmt: skip
    send_all(engine, mailing)
    session.expire_all()
    notice = session.query(Notice).one()
    assert notice.attempts == 1 and "つながりません" in notice.problem
    assert notice.sent_at is None and notice.next_try_at and notice.next_try_at > now()
    notice.next_try_at = now()
    session.commit()
    post.start()
    send_all(engine, mailing)
    session.expire_all()
    assert len(letters.received) == 1 and notice.sent_at is not None and notice.problem == ""


def test_one_who_is_refused_does_not_hold_up_the_others(
    post: Controller, letters: Letters, engine: Engine, session: Session, mailing: Config,
    coming: Meeting, cast: Cast,
) -> None:  # fmt: skip
    letters.refused = cast.attendee.email
    invitations.invite(session, cast.organiser, coming, cast.presenter)
    session.commit()
    post.start()
    send_all(engine, mailing)
    assert [m["To"].addresses[0].addr_spec for m in letters.received] == [cast.presenter.email]
    session.expire_all()
    refused = session.query(Notice).filter(Notice.given_up_at.is_not(None)).one()
    assert "550" in refused.problem


def test_reminders_are_written_once(session: Session, coming: Meeting) -> None:
    assert notices.add_reminders(session, 1) == 0
    for invitation in coming.invitations:
        invitation.invited_at = now() - timedelta(days=30)
    coming.starts_at = now() + timedelta(hours=20)
    session.flush()
    assert notices.add_reminders(session, 1) == 1
    session.flush()
    assert notices.add_reminders(session, 1) == 0


def test_changes_stand_on_the_first_screen_until_they_are_read(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    assert notices.unseen(session, cast.attendee) == []
    change_place(session, cast, coming, "大会議室")
    (notice,) = notices.unseen(session, cast.attendee)
    assert notice.kind == NoticeKind.CHANGE
    assert "「第3会議室」から「大会議室」に変わりました" in notice.words
    notices.mark_seen(session, cast.attendee)
    session.flush()
    assert notices.unseen(session, cast.attendee) == []


def test_a_change_that_concerns_nobody_is_not_told(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    change_place(session, cast, coming, coming.place)
    assert session.query(Notice).count() == 1


def test_a_meeting_of_the_past_tells_nobody(session: Session, cast: Cast, coming: Meeting) -> None:
    coming.starts_at, coming.ends_at = now() - timedelta(days=2), now() - timedelta(days=1)
    invitations.invite(session, cast.organiser, coming, cast.presenter)
    session.flush()
    assert session.query(Notice).count() == 1


def test_a_proxy_has_a_name(session: Session, cast: Cast, coming: Meeting) -> None:
    with pytest.raises(InvalidInput, match="代理の人"):
        invitations.answer_invitation(session, cast.attendee, coming, AnswerWord.PROXY)
    invitations.answer_invitation(
        session, cast.attendee, coming, AnswerWord.PROXY, proxy_name="課長　山本 太郎"
    )
    session.flush()
    session.expire_all()
    given = invitations.invited(coming)[0].answer
    assert given and (given.word, given.proxy_name) == (AnswerWord.PROXY, "課長　山本 太郎")


def test_a_meeting_that_was_called_off_takes_no_answers_and_no_guests(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    setting_up.call_off(session, cast.organiser, coming, "")
    with pytest.raises(NotPossibleNow, match="中止"):
        invitations.answer_invitation(session, cast.attendee, coming, AnswerWord.COMING)
    with pytest.raises(NotPossibleNow, match="中止"):
        guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="山本 太郎")
    with pytest.raises(NotPossibleNow, match="すでに中止"):
        setting_up.call_off(session, cast.organiser, coming, "")


def test_whoever_is_told_that_a_meeting_is_off_is_told_which_one(
    post: Controller,
    letters: Letters,
    engine: Engine,
    mailing: Config,
    session: Session,
    cast: Cast,
    coming: Meeting,
) -> None:
    """Another meeting may have the same name and run right now."""
    setting_up.call_off(session, cast.organiser, coming, "大雨のため")
    session.commit()
    when = dates.span_in_words(coming.starts_at, coming.ends_at)
    (told,) = notices.unseen(session, cast.attendee)
    assert f"{when}、第3会議室" in told.words and "中止" in told.words and "大雨" in told.words
    post.start()
    send_all(engine, mailing)
    off = letters.received[-1]
    assert "中止" in off["Subject"] and dates.in_full(coming.starts_at) in off["Subject"]


def test_calling_off_can_be_taken_back_and_calendars_follow(
    post: Controller,
    letters: Letters,
    engine: Engine,
    mailing: Config,
    session: Session,
    cast: Cast,
    coming: Meeting,
) -> None:
    invitations.answer_invitation(session, cast.attendee, coming, AnswerWord.COMING)
    with pytest.raises(NotPossibleNow, match="中止になっていません"):
        setting_up.reinstate(session, cast.organiser, coming)
    setting_up.call_off(session, cast.organiser, coming, "大雨のため")
    session.commit()
    post.start()
    send_all(engine, mailing)
    setting_up.reinstate(session, cast.organiser, coming)
    session.commit()
    send_all(engine, mailing)
    assert [n.kind for n in notices.unseen(session, cast.attendee)] == [
        NoticeKind.CALLED_OFF,
        NoticeKind.REINSTATED,
    ]
    off, on = [calendars(letter)[0] for letter in letters.received[-2:]]
    assert (off.method.value, on.method.value) == ("CANCEL", "REQUEST")
    assert on.vevent.status.value == "CONFIRMED" and on.vevent.uid.value == off.vevent.uid.value
    assert int(on.vevent.sequence.value) > int(off.vevent.sequence.value)
    answer = invitations.invited(coming)[0].answer
    assert answer and answer.word == AnswerWord.COMING, "an answer outlives it"


def test_nobody_is_asked_for_what_is_not_wanted_any_more(
    engine: Engine, mailing: Config, session: Session, cast: Cast, coming: Meeting
) -> None:
    invitations.invite(session, cast.organiser, coming, cast.presenter)
    session.flush()
    assert notices.urge(session, coming) == 2
    session.flush()
    (asked,) = notices.unseen(session, cast.attendee)
    assert asked.kind == NoticeKind.URGED and "お願い" in asked.kind.label
    invitations.answer_invitation(session, cast.attendee, coming, AnswerWord.COMING)
    session.flush()
    session.expire_all()
    assert notices.unseen(session, cast.attendee) == []
    setting_up.call_off(session, cast.organiser, coming, "")
    session.flush()
    assert [n.kind for n in notices.unseen(session, cast.presenter)] == [NoticeKind.CALLED_OFF]
    with pytest.raises(NotPossibleNow, match="中止"):
        notices.urge(session, coming)


def test_the_roster_is_invited_at_once_and_nobody_twice(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    roster.add(session, cast.organiser, coming.series, cast.attendee, InvitationKind.ATTENDEE)
    entry = roster.add(
        session, cast.organiser, coming.series, cast.presenter, InvitationKind.PRESENTER
    )
    session.flush()
    session.expire_all()
    assert roster.invite_all(session, cast.organiser, coming) == 1
    session.flush()
    assert {i.person_id for i in session.query(Invitation)} == {
        cast.attendee.id, cast.presenter.id,
    }  # fmt: skip
    roster.remove(session, cast.organiser, entry)
    session.flush()
    assert [e.person_id for e in roster.standing(coming.series)] == [cast.attendee.id]


def test_a_copied_meeting_has_the_agenda_and_asks_nobody_before_the_organiser_says_so(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    first = agenda.add_agenda_item(
        session, cast.organiser, coming, title="報告", presenter="古賀", planned_minutes=20
    )
    session.flush()
    agenda.add_agenda_item(session, cast.organiser, coming, title="詳細", parent=first)
    invitations.invite(session, cast.organiser, coming, cast.presenter, InvitationKind.CHAIR)
    invitations.answer_invitation(session, cast.attendee, coming, AnswerWord.ABSENT)
    guest = guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="客員 一郎")
    session.flush()
    copy = setting_up.copy_meeting(
        session,
        cast.organiser,
        coming,
        title="第3回懇話会",
        starts_at=coming.starts_at + timedelta(days=30),
        ends_at=coming.ends_at + timedelta(days=30),
        place=coming.place,
    )
    session.commit()
    nodes = list(agenda.flat(agenda.tree(session, copy)))
    assert [(n.number, n.entry.title) for n in nodes] == [("1", "報告"), ("1-1", "詳細")]
    assert copy.invitations == [] and rights(session, cast.attendee, copy) == frozenset()
    told = session.query(Notice).count()
    before = invitations.people_of_before(session, copy)
    assert [i.person.name for i in before if i.person.is_guest] == ["客員 一郎"], (
        "told of, not asked"
    )
    made = invitations.invite_as_before(session, cast.organiser, copy)
    session.flush()
    assert [(i.person_id, i.kind, i.answer) for i in made] == [
        (cast.presenter.id, InvitationKind.CHAIR, None),
        (cast.attendee.id, InvitationKind.ATTENDEE, None),
    ]
    assert session.query(Notice).count() == told + 2
    session.expire_all()
    assert {i.person_id for i in invitations.people_of_before(session, copy)} == {
        guest.guest_pass.person_id
    }


def test_people_stand_by_kind_and_then_as_the_organiser_wants(
    session: Session, cast: Cast, coming: Meeting
) -> None:
    invite = invitations.invite
    for person, kind in (
        (cast.secretary, InvitationKind.STAFF),
        (cast.presenter, InvitationKind.PRESENTER),
        (cast.outsider, InvitationKind.ATTENDEE),
        (cast.administrator, InvitationKind.AUDIENCE),
        (cast.approver, InvitationKind.CHAIR),
    ):
        invite(session, cast.organiser, coming, person, kind)
        session.flush()

    def names() -> list[str]:
        session.flush()
        session.expire_all()
        return [i.person.login for i in invitations.invited(coming)]

    usual = [
        cast.approver, cast.attendee, cast.outsider, cast.presenter, cast.secretary,
        cast.administrator,
    ]  # fmt: skip
    assert names() == [person.login for person in usual]
    outsiders = invitations.invitation_of(session, coming, cast.outsider)
    assert outsiders
    invitations.shift_invitation(session, cast.organiser, outsiders, "up")
    swapped = [usual[0], usual[2], usual[1], *usual[3:]]
    assert names() == [person.login for person in swapped]
    invitations.shift_invitation(session, cast.organiser, outsiders, "up")
    assert names() == [person.login for person in swapped], "the chair stays first"
    roster.keep(session, cast.organiser, coming)
    session.flush()
    session.expire_all()
    assert [e.person.login for e in roster.standing(coming.series)] == names()


def test_whoever_sends_somebody_else_is_told_to_calendars_with_both_names(
    session: Session, config: Config, cast: Cast, coming: Meeting
) -> None:
    """RFC 5545, 3.2.5: DELEGATED says to whom."""
    invitations.answer_invitation(
        session, cast.attendee, coming, AnswerWord.PROXY, proxy_name="課長　山本 太郎"
    )
    session.flush()
    session.expire_all()
    (invitation,) = invitations.invited(coming)
    event = vobject.readOne(calendar_of(config, invitation).decode()).vevent
    sender, proxy = event.attendee_list
    assert sender.params["PARTSTAT"] == ["DELEGATED"]
    assert sender.params["DELEGATED-TO"] == [proxy.value]
    assert proxy.params["DELEGATED-FROM"] == [sender.value]
    assert "山本 太郎" in proxy.params["CN"][0] and proxy.params["PARTSTAT"] == ["ACCEPTED"]


def test_a_guests_link_is_read_from_paper(
    session: Session, engine: Engine, cast: Cast, coming: Meeting
) -> None:
    way = guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="客員 一郎")
    session.commit()
    assert not set(way.token) & set("_01oil") and way.token.islower()
    assert {len(group) for group in way.token.split("-")} == {5}
    typed = way.token.replace("-", "").upper()
    assert guests.pass_of(session, typed) is way.guest_pass
    assert come_in(session, engine, typed, way.code)
    with pytest.raises(NotFound):
        guests.pass_of(session, way.token[:-1])


def come_in(session: Session, engine: Engine, token: str, code: str) -> SignIn:
    """Through the guests' door; the sign-in that begins."""
    session.commit()
    entered, _ = guests.let_in(engine, token, code, AT_HOME)
    found = sign_ins.signed_in(session, entered.token)
    assert found is not None
    return found


def another(code: str) -> str:
    return "999999" if code != "999999" else "111111"


def test_a_guest_comes_in_by_link_and_code_to_this_meeting_alone(
    session: Session, engine: Engine, cast: Cast, coming: Meeting, meeting: Meeting
) -> None:
    code = guests.new_code()
    way = guests.add_guest(session, cast.organiser, coming, code, name="山本 太郎", title="弁護士")
    guest = way.guest_pass.person
    with pytest.raises(WrongCode):
        come_in(session, engine, way.token, another(way.code))
    entered = come_in(session, engine, way.token, way.code)
    assert entered.expires_at == coming.ends_at + timedelta(hours=24)
    assert Right.SEE in rights(session, guest, coming)
    assert rights(session, guest, meeting) == frozenset()
    invitation = invitations.invitation_of(session, coming, guest)
    assert invitation is not None
    invitations.withdraw_invitation(session, cast.organiser, invitation)
    session.commit()
    assert rights(session, guest, coming) == frozenset()
    assert not entered.is_live(now())
    with pytest.raises(NotFound):
        guests.pass_of(session, way.token)


def test_after_ten_wrong_codes_one_waits_and_the_link_still_lets_in(
    session: Session, engine: Engine, cast: Cast, coming: Meeting
) -> None:
    way = guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="山本 太郎")
    for _ in range(10):
        with pytest.raises(WrongCode):
            come_in(session, engine, way.token, another(way.code))
    for code in (way.code, another(way.code)):
        with pytest.raises(TooManyTries, match="間違いが続いた") as problem:
            come_in(session, engine, way.token, code)
        assert 0 < problem.value.seconds <= 60
    session.expire_all()
    assert way.guest_pass.wrong_codes == 10 and guests.is_being_guessed(way.guest_pass)
    way.guest_pass.last_wrong_at = now() - timedelta(minutes=1)
    assert come_in(session, engine, way.token, way.code)
    renewed = guests.make_pass(
        session, cast.organiser, coming, way.guest_pass.person, guests.new_code()
    )
    assert come_in(session, engine, renewed.token, renewed.code)


def test_of_forty_wrong_codes_at_once_exactly_ten_are_tried(
    session: Session, engine: Engine, cast: Cast, coming: Meeting
) -> None:
    way = guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="山本 太郎")
    session.commit()

    def guess(_number: int) -> str:
        try:
            guests.let_in(engine, way.token, another(way.code), AT_HOME)
        except (WrongCode, TooManyTries) as problem:
            return type(problem).__name__
        return "let in"

    with ThreadPoolExecutor(40) as pool:
        told = Counter(pool.map(guess, range(40)))
    assert told == {"WrongCode": 10, "TooManyTries": 30}


def test_a_guests_link_ends_with_the_meeting(
    session: Session, engine: Engine, cast: Cast, coming: Meeting
) -> None:
    way = guests.add_guest(session, cast.organiser, coming, guests.new_code(), name="山本 太郎")
    coming.starts_at, coming.ends_at = now() - timedelta(days=3), now() - timedelta(days=2)
    with pytest.raises(NotPossibleNow, match="終わりました"):
        come_in(session, engine, way.token, way.code)


def test_the_printed_notice_says_what_it_must_and_nothing_breaks_out_of_it(
    config: Config, session: Session, cast: Cast, coming: Meeting
) -> None:
    coming.title = "#panic() *第2回* $x$ 懇話会"
    session.flush()
    letters = [printing.letter_to(config, i) for i in invitations.invited(coming)]
    letters.append(
        printing.InvitationLetter("山本 太郎", "", f"{config.address}/guest/abc", "204815")
    )
    pdf = pdfium.PdfDocument(printing.notice(session, config, coming, letters))
    assert len(pdf) == 2
    first, second = (page.get_textpage().get_text_bounded() for page in pdf)
    assert "#panic() *第2回* $x$ 懇話会" in first.replace("\r\n", "")
    assert cast.attendee.name in first and "第3会議室" in first
    assert "204815" in second and "204815" not in first


def invite_another(session: Session, cast: Cast, meeting: Meeting, address: str) -> Notice:
    """Somebody whose address was stored as it stands."""
    cast.presenter.email = address
    invited = invitations.invite(session, cast.organiser, meeting, cast.presenter)
    session.commit()
    return session.scalars(select(Notice).where(Notice.invitation_id == invited.id)).one()


@pytest.mark.parametrize("address", ["hanako@ｅxample.jp", "はなこ@example.jp", "a@b.jp\r\nX: y"])
def test_a_letter_to_an_impossible_address_is_set_aside_and_the_next_goes_out(
    session: Session, engine: Engine, cast: Cast, mailing: Config, coming: Meeting,
    post: Controller, letters: Letters, address: str,
) -> None:  # fmt: skip
    post.start()
    first = invite_another(session, cast, coming, address)
    first.next_try_at = now() - timedelta(days=1)  # it stands before the other one
    session.commit()
    send_all(engine, mailing)
    assert [letter["To"] for letter in letters.received]
    session.refresh(first)
    assert first.given_up_at is not None and "アドレスの形" in first.problem
    told = [finding.sentence for finding in health.set_aside(mailing, session)]
    assert any("送れなかったメールが1通" in one and "アドレスの形" in one for one in told)


def test_a_title_that_would_be_a_header_goes_out_as_a_title(
    session: Session, engine: Engine, mailing: Config, coming: Meeting, post: Controller,
    letters: Letters,
) -> None:  # fmt: skip
    post.start()
    session.execute(
        update(Meeting).values(title="改行の\r\nBcc: evil@example.com\r\n会議")
    )  # as databases of before may have it
    session.commit()
    send_all(engine, mailing)
    [letter] = letters.received
    assert "Bcc" not in letter and "改行の Bcc: evil@example.com 会議" in letter["Subject"]


def test_a_letter_that_breaks_in_the_middle_rests_and_the_next_goes_out(
    session: Session, engine: Engine, cast: Cast, mailing: Config, coming: Meeting,
    post: Controller, letters: Letters, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    post.start()
    broken = invite_another(session, cast, coming, "hanako@city.example.jp")
    broken.next_try_at = now() - timedelta(days=1)
    session.commit()
    broken_id, whole = broken.id, mail.compose

    def compose(config: Config, notice: Notice) -> EmailMessage:
        if notice.id == broken_id:
            raise LookupError
        return whole(config, notice)

    monkeypatch.setattr(mail, "compose", compose)
    with pytest.raises(LookupError):
        mail.send_some(engine, mailing)
    send_all(engine, mailing)
    assert len(letters.received) == 1
    session.commit()
    session.refresh(broken)
    assert broken.attempts == 1 and broken.next_try_at and broken.next_try_at > now()


def test_mail_that_is_switched_on_later_sends_nothing_old(
    session: Session, engine: Engine, mailing: Config, coming: Meeting, post: Controller,
    letters: Letters,
) -> None:  # fmt: skip
    post.start()
    notice = session.scalars(select(Notice)).one()
    notice.created_at = now() - timedelta(days=4)
    session.commit()
    send_all(engine, mailing)
    session.refresh(notice)
    assert letters.received == [] and "3日より前" in notice.problem
    notice.created_at, notice.given_up_at = now(), None
    coming.starts_at, coming.ends_at = now() - timedelta(hours=2), now() - timedelta(hours=1)
    session.commit()
    send_all(engine, mailing)
    session.refresh(notice)
    assert letters.received == [] and "会議が終わっている" in notice.problem
    assert notice.given_up_at is not None
