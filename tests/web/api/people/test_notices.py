"""お知らせ over the API: what waits for one, until one has seen it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from meetings import setting_up
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Cast, Script


def test_a_script_reads_its_own_notices_and_marks_the_oldest_of_them_as_seen(
    session: Session, script: Callable[[Person], Script], cast: Cast, meeting: Meeting
) -> None:
    setting_up.call_off(session, cast.organiser, meeting, "台風のため")
    setting_up.reinstate(session, cast.organiser, meeting)
    attendee, outsider = script(cast.attendee), script(cast.outsider)
    listed = attendee.get("/me/notices")["notices"]
    assert [(one["kind"], one["meeting_id"]) for one in listed] == [
        ("called_off", meeting.id),
        ("reinstated", meeting.id),
    ]
    assert "台風のため" in listed[0]["words"]
    assert outsider.get("/me/notices")["notices"] == []
    attendee.call("POST", "/me/notices/seen", {"count": 1}, status=204)
    assert attendee.get("/me/notices")["notices"] == listed[1:]
    attendee.call("POST", "/me/notices/seen", {}, status=204)
    assert attendee.get("/me/notices")["notices"] == []
