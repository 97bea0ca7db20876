"""Voices are suggested by the machine and named by people, who always win."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput, NotPossibleNow
from meetings.invitations import invitations
from minutes.speakers import naming
from minutes.transcripts import transcripts
from minutes.voices.speaker_turns import SpeakerTurn
from models.audit import AuditLine
from models.meeting import InvitationKind
from models.transcript import Segment, Transcript
from tests.conftest import Cast


@pytest.fixture
def segments(transcript: Transcript) -> list[Segment]:
    return transcript.segments


def turns(*voices: int | tuple[int, int], of: list[Segment]) -> list[SpeakerTurn]:
    """For each segment one voice, or two that share it."""
    found = []
    for segment, voice in zip(of, voices, strict=True):
        start, end = segment.start_seconds, segment.end_seconds
        if isinstance(voice, int):
            found.append(SpeakerTurn(start, end, voice))
        else:
            middle = start + 0.6 * (end - start)
            found += [SpeakerTurn(start, middle, voice[0]), SpeakerTurn(middle, end, voice[1])]
    return found


def names(session: Session, transcript: Transcript) -> list[str | None]:
    session.flush()
    return [
        s.speaker.name if s.speaker else None for s in transcripts.segments_of(session, transcript)
    ]


def test_voices_are_numbered_as_they_come_up_and_no_text_changes(
    session: Session, transcript: Transcript, segments: list[Segment]
) -> None:
    before = [(s.text, s.heard, s.revision) for s in segments]
    naming.keep(session, transcript, turns(7, 3, 7, of=segments))
    assert names(session, transcript) == ["声1", "声2", "声1"]
    assert [(s.text, s.heard, s.revision) for s in segments] == before
    assert all(s.speaker and s.speaker.is_unnamed for s in segments)


def test_a_segment_with_two_voices_is_marked_and_goes_to_the_longer(
    session: Session, transcript: Transcript, segments: list[Segment]
) -> None:
    naming.keep(session, transcript, turns(1, (2, 1), 1, of=segments))
    assert [s.is_mixed for s in segments] == [False, True, False]
    assert names(session, transcript) == ["声1", "声2", "声1"]


def test_where_no_voice_was_found_nothing_is_suggested(
    session: Session, transcript: Transcript
) -> None:
    naming.keep(session, transcript, [])
    assert names(session, transcript) == [None, None, None]


def test_telling_apart_again_replaces_suggestions_and_never_a_name(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    naming.keep(session, transcript, turns(1, 2, 3, of=segments))
    naming.name_speaker(session, cast.secretary, segments[1], "芹沢")
    naming.keep(session, transcript, turns(1, 1, 1, of=segments))
    assert names(session, transcript) == ["声1", "芹沢", "声1"]
    assert {speaker.name for speaker in transcript.speakers} == {"声1", "芹沢"}


def test_a_voice_is_named_once_for_all_that_it_says(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    naming.keep(session, transcript, turns(1, 2, 1, of=segments))
    changed = naming.name_voice(session, cast.secretary, segments[2], " 芹沢 ")
    assert changed == [segments[0], segments[2]]
    assert names(session, transcript) == ["芹沢", "声2", "芹沢"]
    assert session.scalars(select(AuditLine.verb).order_by(AuditLine.id)).all()[-1] == "name_voice"


def test_two_voices_with_one_name_become_one(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    naming.keep(session, transcript, turns(1, 2, 3, of=segments))
    naming.name_voice(session, cast.secretary, segments[0], "芹沢")
    naming.name_voice(session, cast.secretary, segments[1], "芹沢")
    naming.name_voice(session, cast.secretary, segments[2], "芹沢")
    assert names(session, transcript) == ["芹沢"] * 3
    assert [speaker.name for speaker in transcript.speakers] == ["芹沢"]


def test_from_here_on_it_is_another_voice(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    naming.keep(session, transcript, turns(1, 1, 1, of=segments))
    naming.name_voice(session, cast.secretary, segments[0], "芹沢")
    changed = naming.split_voice(session, cast.secretary, segments[1])
    assert changed == segments[1:]
    assert names(session, transcript) == ["芹沢", "声2", "声2"]


def test_without_a_voice_or_a_name_there_is_nothing_to_name(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    with pytest.raises(NotPossibleNow):
        naming.name_voice(session, cast.secretary, segments[0], "芹沢")
    with pytest.raises(NotPossibleNow):
        naming.split_voice(session, cast.secretary, segments[0])
    naming.keep(session, transcript, turns(1, 1, 1, of=segments))
    with pytest.raises(InvalidInput):
        naming.name_voice(session, cast.secretary, segments[0], "  ")


def test_the_chair_is_the_first_after_whom_a_voice_may_be_named(
    session: Session, cast: Cast, transcript: Transcript, segments: list[Segment]
) -> None:
    meeting = transcript.meeting
    cast.presenter.title, cast.attendee.title, cast.approver.title = "課長", "副委員長", "委員長"
    invitations.invite(session, cast.organiser, meeting, cast.presenter, InvitationKind.PRESENTER)
    for person in (cast.attendee, cast.approver):
        invitations.invite(session, cast.organiser, meeting, person)
    naming.name_speaker(session, cast.secretary, segments[0], "参考人")
    session.flush()
    session.expire_all()
    found = [one.name for one in naming.nameable(transcript)]
    people = [cast.approver.name, cast.attendee.name, cast.presenter.name]
    assert [name for name in found if name in people] == people
    assert (found[0], found[-1]) == (cast.approver.name, "参考人")
