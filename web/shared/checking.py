"""発言者確認, for screens and API alike: asking somebody, and the sound of their own words."""

from datetime import datetime, time, timedelta

from flask import Response

from meetings import entries
from meetings.dates import TOKYO
from meetings.errors import InvalidInput, NotFound
from meetings.invitations import guests
from minutes.checks import checks
from minutes.checks.checks import CheckAccess
from models.minutes import MinutesRevision
from models.person import Person
from models.speech_check import SpeechCheck
from models.transcript import Transcript
from web.audit_access import note_look
from web.shared.people import person_numbered
from web.shared.sentences import send_clip
from web.transaction import database_session, reading_session


def ask(
    person: Person, revision: MinutesRevision, speaker: str, asked: str | int | None, day: str
) -> CheckAccess:
    """Ask the person of this number to check the speaker's words to the end of that day. Raises
    InvalidInput and NotPossibleNow as `checks.ask` does."""
    code = guests.new_code()  # slow, and before the write lock
    until = datetime.combine(entries.date_of("until", "締切", day), time.min, TOKYO)
    whom = person_numbered("person_id", asked)
    if whom is None:
        raise InvalidInput("person_id", "確認をお願いする人を選んでください。")
    session = database_session()
    return checks.ask(
        session, person, revision, speaker, whom, until + timedelta(days=1, seconds=-1), code
    )


def send_sound(check: SpeechCheck, section: int, paragraph: int) -> Response:
    """Send the seconds of one of the speaker's own paragraphs. Raises NotFound for any other."""
    own = {one.place: one for one in checks.own_words(reading_session(), check)}
    found = own.get((section, paragraph))
    if found is None or found.heard_until is None:
        raise NotFound()
    identity = found.said.transcript_id or check.revision.transcript_id
    recording = reading_session().get_one(Transcript, identity).recording
    note_look(check.person, "hear", check)
    return send_clip(recording, found.said.start_seconds, found.heard_until)
