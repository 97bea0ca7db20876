"""The item of segments: as the machine found it, and as people decide."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.assignment import decisions, spans
from minutes.assignment.assigning import OUTSIDE, Assigned
from minutes.records import records
from minutes.transcripts import cutting
from models.transcript import AssignedBy, Segment, Transcript
from tests.conftest import Cast

BY_TEXT = AssignedBy.TEXT


def keep(transcript: Transcript, *places: int | None) -> None:
    items = [item.id for item in transcript.meeting.agenda_items]
    found = [None if place is None else Assigned(place, BY_TEXT) for place in places]
    session = Session.object_session(transcript)
    assert session is not None
    decisions.keep(session, zip(transcript.segments, found, strict=True), items)


def origins(segments: Sequence[Segment]) -> list[str | None]:
    return [segment.assigned_by for segment in segments]


def test_the_machine_leaves_out_assigns_or_says_nothing(transcript: Transcript) -> None:
    keep(transcript, OUTSIDE, 0, None)
    left_out, assigned, unknown = transcript.segments
    assert left_out.is_left_out and not left_out.is_unassigned
    assert assigned.agenda_item_id == transcript.meeting.agenda_items[0].id
    assert unknown.is_unassigned and not unknown.is_left_out


def test_a_run_again_overwrites_what_the_machine_said_and_never_what_a_person_did(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    keep(transcript, 0, 0, 1)
    first, second, third = transcript.segments
    item = transcript.meeting.agenda_items[2]
    decisions.start_agenda_item(session, cast.secretary, third, item)
    keep(transcript, 1, None, 0)
    assert first.agenda_item_id == transcript.meeting.agenda_items[1].id
    assert second.is_unassigned
    assert (third.agenda_item_id, third.assigned_by) == (item.id, AssignedBy.PERSON)


def test_an_item_begun_by_a_person_goes_up_to_the_next_border(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    keep(transcript, 0, 0, 1)
    first, second, third = transcript.segments
    item = transcript.meeting.agenda_items[2]
    assert decisions.start_agenda_item(session, cast.secretary, first, item) == [first, second]
    assert origins(transcript.segments) == [AssignedBy.PERSON, AssignedBy.PERSON, BY_TEXT]
    assert third.agenda_item_id == transcript.meeting.agenda_items[1].id


def test_left_out_and_unassigned_are_two_things(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first, second, third = transcript.segments
    decisions.start_agenda_item(session, cast.secretary, second, None, is_left_out=True)
    assert [s.is_left_out for s in transcript.segments] == [False, True, True]
    changed = decisions.start_agenda_item(session, cast.secretary, third, None)
    assert changed == [third] and third.is_unassigned
    assert first.is_unassigned


def test_one_press_confirms_what_begins_here(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    keep(transcript, 0, 0, 1)
    first, second, _ = transcript.segments
    assert decisions.confirm_item(session, cast.secretary, first) == [first, second]
    assert origins(transcript.segments) == [AssignedBy.PERSON, AssignedBy.PERSON, BY_TEXT]
    with pytest.raises(NotPossibleNow, match="確認する推定がありません"):
        decisions.confirm_item(session, cast.secretary, first)


def test_of_what_nobody_has_assigned_nothing_is_confirmed(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    with pytest.raises(NotPossibleNow):
        decisions.confirm_item(session, cast.secretary, transcript.segments[0])


def test_both_halves_of_a_segment_keep_their_origin(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    keep(transcript, 0, 0, 0)
    first = transcript.segments[0]
    _, second = cutting.split(session, cast.secretary, first, 4, based_on=first.revision)
    assert second.assigned_by == BY_TEXT


def test_after_approval_nothing_is_moved(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    keep(transcript, 0, 0, 0)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    first = transcript.segments[0]
    with pytest.raises(NotPossibleNow, match="承認されています"):
        decisions.confirm_item(session, cast.secretary, first)
    with pytest.raises(NotPossibleNow, match="承認されています"):
        decisions.start_agenda_item(session, cast.secretary, first, None)
    with pytest.raises(NotPossibleNow, match="承認されています"):
        spans.leave_rest_out(session, cast.secretary, transcript)
