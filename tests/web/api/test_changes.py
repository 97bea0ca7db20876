"""Several people at one transcript: what the others have changed, and where they are."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from minutes.assignment import spans
from minutes.records import records
from minutes.transcripts import changes
from models.audit import AuditLine
from models.person import Person
from models.transcript import AssignedBy, Transcript
from tests.conftest import Cast, Script


def asked(script: Script, transcript_id: int, since: int, **more: object) -> dict[str, object]:
    query = "&".join(f"{key}={value}" for key, value in {"since": since, **more}.items())
    answer: dict[str, object] = script.get(f"/transcripts/{transcript_id}/changes?{query}")
    return answer


def ids(answer: dict[str, object]) -> list[int]:
    segments = answer["segments"]
    assert isinstance(segments, list)
    return [segment["id"] for segment in segments]


def test_only_what_others_changed_since_is_given(
    secretary: Script, transcript: Transcript, session: Session
) -> None:
    identity = transcript.id
    session.commit()
    opened = secretary.get(f"/transcripts/{identity}")
    one, two, three = (segment["id"] for segment in opened["segments"])
    first = asked(secretary, identity, opened["latest"], newest=three)
    assert ids(first) == [] and not first["is_everything"]
    secretary.call("PUT", f"/segments/{two}/text", {"text": "直した", "revision": 0})
    secretary.call("PUT", f"/segments/{three}/confirmation")
    later = asked(secretary, identity, opened["latest"], newest=three)
    assert ids(later) == [two, three]
    assert ids(asked(secretary, identity, int(str(later["latest"])), newest=three)) == []
    assert ids(asked(secretary, identity, int(str(later["latest"])), newest=one)) == [two, three]
    session.commit()
    looks = select(func.count(AuditLine.id)).where(AuditLine.verb == "read")
    assert session.scalar(looks) == 1, "asking again is no second look"


def test_a_segment_that_was_joined_is_told_to_be_gone(
    secretary: Script, transcript: Transcript
) -> None:
    identity = transcript.id
    opened = secretary.get(f"/transcripts/{identity}")
    one, two, _ = (segment["id"] for segment in opened["segments"])
    secretary.call("POST", f"/segments/{one}/join", {"revision": 0})
    answer = asked(secretary, identity, opened["latest"], newest=two + 1)
    assert (ids(answer), answer["gone"]) == ([one], [two])


def test_a_change_of_very_many_is_read_anew(
    secretary: Script, session: Session, cast: Cast, transcript: Transcript
) -> None:
    identity, segment = transcript.id, transcript.segments[0]
    before = changes.latest(session)
    line = {"person_id": cast.secretary.id, "verb": "correct", "thing": "segment"}
    meeting = transcript.meeting.id
    session.add_all(
        AuditLine(**line, thing_id=segment.id, meeting_id=meeting) for _ in range(changes.MOST)
    )
    session.commit()
    assert asked(secretary, identity, before)["is_everything"]


def test_a_desk_from_before_a_backup_was_brought_back_reads_everything_anew(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    """It has seen lines of the audit that are not there any more."""
    later = changes.latest(session) + 1000
    session.commit()
    answer = asked(secretary, transcript.id, later)
    assert answer["is_everything"] and int(str(answer["latest"])) < later


def test_people_see_who_else_is_there_and_where(
    secretary: Script, script: Callable[[Person], Script], cast: Cast, transcript: Transcript
) -> None:
    identity, segment, name = transcript.id, transcript.segments[1].id, cast.secretary.name
    approver = script(cast.approver)
    assert asked(secretary, identity, 0, at=segment, seat="a")["others"] == []
    seen = asked(approver, identity, 0, seat="b")["others"]
    assert seen == [{"name": name, "is_self": False, "segment_id": segment}]
    (own,) = (o for o in asked(secretary, identity, 0, seat="c")["others"] if o["is_self"])
    assert own["segment_id"] == segment


def test_an_act_on_many_segments_is_seen_by_the_others(
    secretary: Script, session: Session, transcript: Transcript
) -> None:
    first = transcript.segments[0].id
    for segment in transcript.segments:
        segment.assigned_by = AssignedBy.TEXT
    session.commit()
    place = {"agenda_item_id": None, "assigned_by": "text"}
    named = {"segment_id": first, "now": "", "then": "芹沢"}
    for method, path, body in (
        ("PUT", f"/segments/{first}/agenda-item/confirmation", None),
        ("PUT", f"/transcripts/{transcript.id}/speakers", {"speakers": [named]}),
        (
            "PUT",
            f"/transcripts/{transcript.id}/agenda-items",
            {
                "places": [
                    {"segment_id": first, "now": place | {"assigned_by": "person"}, "then": place}
                ]
            },
        ),
    ):
        before = secretary.get(f"/transcripts/{transcript.id}")["latest"]
        secretary.call(method, path, body)
        assert asked(secretary, transcript.id, before)["is_everything"], path


def test_whoever_is_at_it_is_told_when_the_minutes_are_approved_and_when_they_are_open_again(
    secretary: Script, session: Session, cast: Cast, transcript: Transcript
) -> None:
    def is_closed() -> list[object]:
        session.commit()
        opened = secretary.get(f"/transcripts/{identity}")
        told = asked(secretary, identity, 0)["is_closed"]
        session.commit()  # what was read before that is old now
        return [opened["is_closed"], told]

    identity = transcript.id
    assert is_closed() == [False, False]
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    assert is_closed() == [False, False]
    records.approve(session, cast.approver, revision)
    assert is_closed() == [True, True]
    records.draft(session, cast.secretary, transcript)
    assert is_closed() == [False, False]
