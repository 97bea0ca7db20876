"""Taking recordings in."""

import io
import wave

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.errors import FileRejected, NotPossibleNow
from minutes.recordings import recordings
from models.audit import AuditLine
from models.meeting import Meeting
from models.recording import Recording
from tests.conftest import Cast
from web.demo import builders

LIMIT_BYTES = 100_000_000
SOUND = builders.folder("section-meeting").audio


def prepare(storage: Storage, name: str, content: bytes) -> recordings.PreparedRecording:
    with storage.receive(LIMIT_BYTES) as incoming:
        incoming.write(content)
        return recordings.prepare_received(storage, name, incoming)


def test_a_recording_is_kept_as_it_came_with_its_measured_length(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    prepared = prepare(storage, "R01.m4a", SOUND.read_bytes())
    recording = recordings.add_recording(session, cast.secretary, meeting, prepared)
    assert storage.path(recording.sha256).read_bytes() == SOUND.read_bytes()
    assert recording.size_bytes == SOUND.stat().st_size
    assert recording.duration_seconds > 60
    assert not recording.is_cut_off
    lines = session.execute(select(AuditLine.verb, AuditLine.thing, AuditLine.meeting_id))
    assert ("receive", "recording", meeting.id) in [tuple(line) for line in lines]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "0バイト"), (b"%PDF-1.7 no sound", "開けません")],
    ids=["empty", "not sound"],
)
def test_what_cannot_be_heard_is_refused_with_a_sentence_and_leaves_nothing(
    storage: Storage, content: bytes, words: str
) -> None:
    with pytest.raises(FileRejected, match=words):
        prepare(storage, "R01.mp3", content)
    home = storage.path("0" * 64).parents[2]
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_the_same_sound_twice_is_told_by_the_name_of_the_first(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    prepared = prepare(storage, "一回目.m4a", SOUND.read_bytes())
    recordings.add_recording(session, cast.secretary, meeting, prepared)
    with pytest.raises(NotPossibleNow, match="一回目"):
        recordings.add_recording(session, cast.secretary, meeting, prepared)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\録音\\会議.m4a", "会議.m4a"),
        ("../../etc/passwd", "passwd"),
        ("", "録音"),
        ("あ" * 300 + ".m4a", "あ" * 196 + ".m4a"),
    ],
)
def test_a_file_name_is_kept_without_its_folders_and_never_too_long(
    storage: Storage, given: str, kept: str
) -> None:
    assert prepare(storage, given, SOUND.read_bytes()).file_name == kept


def test_recordings_are_listed_in_the_order_in_which_they_came(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, recording: Recording
) -> None:
    prepared = prepare(storage, "続き.m4a", SOUND.read_bytes())
    later = recordings.add_recording(session, cast.secretary, meeting, prepared)
    assert recordings.recordings_of(session, meeting) == [recording, later]


def test_a_recording_that_breaks_off_is_taken_and_marked(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting
) -> None:
    """Ten seconds are promised by the head of the file, five are there."""
    second = b"\0\1" * 16_000
    head = io.BytesIO()
    with wave.open(head, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(10 * second)
    prepared = prepare(storage, "切れた.wav", head.getvalue()[: -5 * len(second)])
    recording = recordings.add_recording(session, cast.secretary, meeting, prepared)
    assert recording.is_cut_off
    assert recording.duration_seconds == pytest.approx(5, abs=0.2)
