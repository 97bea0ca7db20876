"""Invitations as iCalendar (RFC 5545, 5546): what calendar programs take over by themselves."""

from datetime import timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from meetings import clean_text, entries
from meetings.config import Config
from models.base import now
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting

ALARM_BEFORE = timedelta(minutes=15)
ANSWERS = {
    AnswerWord.COMING: "ACCEPTED",
    AnswerWord.ABSENT: "DECLINED",
    AnswerWord.PROXY: "DELEGATED",
}


def calendar_of(config: Config, invitation: Invitation) -> bytes:
    """REQUEST while the invitation stands, CANCEL when it or the meeting does not.

    The same UID for ever and a growing SEQUENCE make programs change the entry they have.
    """
    meeting = invitation.meeting
    is_off = invitation.withdrawn_at is not None or meeting.called_off_at is not None
    calendar = Calendar()
    calendar.add("prodid", "-//Gijido//Gijido//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "REQUEST")
    calendar.add_component(_event(config, invitation, is_off))
    return bytes(calendar.to_ical())


def _event(config: Config, invitation: Invitation, is_off: bool) -> Event:
    meeting = invitation.meeting
    event = Event()
    event.add("uid", f"meeting-{meeting.id}-{meeting.created_at:%Y%m%d%H%M%S}@gijido")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", now())
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", clean_text.line(meeting.title))
    event.add("location", clean_text.line(meeting.place))
    event.add("url", link(config, meeting))
    event.add("description", f"{meeting.series.name}\n{link(config, meeting)}")
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("organizer", _organiser(config, meeting))
    event.add("attendee", _attendee(invitation), encode=False)
    if not is_off:
        event.add_component(_alarm(meeting))
    return event


def link(config: Config, meeting: Meeting) -> str:
    return f"{config.address}/meetings/{meeting.id}"


def _organiser(config: Config, meeting: Meeting) -> vCalAddress:
    """The city's own address: answers are given in the product, not by mail."""
    organiser = vCalAddress(f"mailto:{config.mail.sender or 'gijido@localhost'}")
    organiser.params["cn"] = vText(f"{config.city.name} {meeting.department.full_name}")
    return organiser


def _attendee(invitation: Invitation) -> vCalAddress:
    person, given = invitation.person, invitation.answer
    address = person.email if entries.is_address(person.email) else f"{person.login}@localhost"
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["cn"] = vText(clean_text.line(person.name))
    attendee.params["role"] = vText(
        "CHAIR" if invitation.kind == InvitationKind.PRESENTER else "REQ-PARTICIPANT"
    )
    state = ANSWERS[AnswerWord(given.word)] if given else "NEEDS-ACTION"
    attendee.params["partstat"] = vText(state)
    attendee.params["rsvp"] = vText("FALSE" if given else "TRUE")
    return attendee


def _alarm(meeting: Meeting) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean_text.line(meeting.title))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
