"""Invitations as iCalendar (RFC 5545, 5546), which calendar programs take over by themselves."""

from datetime import timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from meetings import clean_text, entries
from meetings.config import Config
from models.base import now
from models.meeting import AnswerWord, Invitation, InvitationKind, Meeting
from models.person import Person

ALARM_BEFORE = timedelta(minutes=15)
ANSWERS = {
    AnswerWord.COMING: "ACCEPTED",
    AnswerWord.ABSENT: "DECLINED",
    AnswerWord.PROXY: "DELEGATED",
}

ROLES = {
    InvitationKind.CHAIR: "CHAIR",
    InvitationKind.OBSERVER: "OPT-PARTICIPANT",
    InvitationKind.AUDIENCE: "NON-PARTICIPANT",
}
"""Of those whose presence is not simply required (RFC 5545, 3.2.16)."""


def calendar_of(config: Config, invitation: Invitation) -> bytes:
    """Return the calendar entry: REQUEST while the invitation stands, CANCEL when it or the meeting
    does not.

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
    if _is_delegated(invitation):
        event.add("attendee", _proxy(invitation), encode=False)
    if not is_off:
        event.add_component(_alarm(meeting))
    return event


def link(config: Config, meeting: Meeting) -> str:
    return f"{config.address}/meetings/{meeting.id}"


def _organiser(config: Config, meeting: Meeting) -> vCalAddress:
    """Return the city's own address: answers are given in the product, not by mail."""
    organiser = vCalAddress(f"mailto:{config.mail.sender or 'gijido@localhost'}")
    organiser.params["cn"] = vText(f"{config.city.name} {meeting.department.full_name}")
    return organiser


def _attendee(invitation: Invitation) -> vCalAddress:
    person, given = invitation.person, invitation.answer
    attendee = vCalAddress(_address(person))
    attendee.params["cn"] = vText(clean_text.line(person.name))
    attendee.params["role"] = vText(ROLES.get(InvitationKind(invitation.kind), "REQ-PARTICIPANT"))
    state = ANSWERS[AnswerWord(given.word)] if given else "NEEDS-ACTION"
    attendee.params["partstat"] = vText(state)
    attendee.params["rsvp"] = vText("FALSE" if given else "TRUE")
    if _is_delegated(invitation):
        attendee.params["delegated-to"] = vText(_proxy_address(invitation))
    return attendee


def _proxy(invitation: Invitation) -> vCalAddress:
    """Return who comes instead, by name: what is known of their address is that there is none."""
    assert invitation.answer is not None
    proxy = vCalAddress(_proxy_address(invitation))
    proxy.params["cn"] = vText(clean_text.line(invitation.answer.proxy_name))
    proxy.params["role"] = vText("REQ-PARTICIPANT")
    proxy.params["partstat"] = vText("ACCEPTED")
    proxy.params["delegated-from"] = vText(_address(invitation.person))
    return proxy


def _is_delegated(invitation: Invitation) -> bool:
    return invitation.answer is not None and invitation.answer.word == AnswerWord.PROXY


def _proxy_address(invitation: Invitation) -> str:
    return f"mailto:proxy-{invitation.id}@proxy.invalid"  # a name that no mail reaches (RFC 2606)


def _address(person: Person) -> str:
    known = person.email if entries.is_address(person.email) else f"{person.login}@localhost"
    return f"mailto:{known}"


def _alarm(meeting: Meeting) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean_text.line(meeting.title))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
