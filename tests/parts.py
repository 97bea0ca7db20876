"""A meeting of two parts with a spare recorder: real sound, given words."""

import wave
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from minutes.assignment import decisions as assignment
from minutes.recognition.heard import HeardSegment
from minutes.speakers import naming
from models.meeting import Meeting
from models.recording import Recording, RecordingKind, Transcription
from models.transcript import Transcript
from tests.cast import Cast
from web.demo import builders

SPEECH = Path(__file__).parent / "data" / "speech"
FIRST_SOUND = SPEECH / "meeting" / "audio.flac"
SECOND_SOUND = SPEECH / "human" / "common_voice_ja_38833628.flac"
STARTS_AT = datetime(2026, 11, 23, 5, tzinfo=UTC)
FIRST = [
    HeardSegment(1.0, 8.6, "それでは定刻となりましたので。"),
    HeardSegment(9.0, 13.0, "一つ目の論点整理について。"),
]
SECOND = [
    HeardSegment(0.4, 2.8, "やっぱりお化けや幽霊じゃないんだ。"),
    HeardSegment(2.9, 5.2, "人間にちがいない。"),
]
SPARE = [HeardSegment(1.0, 3.0, "予備の録音で聞こえた言葉")]


@dataclass(frozen=True)
class TwoParts:
    """`first` begins five seconds after two o'clock, `second` a minute after its end."""

    meeting: Meeting
    first: Transcript
    second: Transcript

    @property
    def recordings(self) -> tuple[Recording, Recording]:
        return self.first.recording, self.second.recording


def build_two_parts(session: Session, storage: Storage, cast: Cast) -> TwoParts:
    """The second one was sent first. Both talk about the first agenda item."""
    meeting = fixed_meeting(session, cast)
    begins = STARTS_AT + timedelta(seconds=5)
    second = add(session, storage, cast, meeting, SECOND_SOUND, "後半.flac")
    second.began_at = begins + timedelta(seconds=80)
    first = add(session, storage, cast, meeting, FIRST_SOUND, "前半.flac")
    first.began_at = begins
    made = TwoParts(
        meeting,
        builders.add_transcript(session, cast.secretary, first, FIRST),
        builders.add_transcript(session, cast.secretary, second, SECOND),
    )
    for transcript in (made.first, made.second):
        start = transcript.segments[0]
        assignment.start_agenda_item(session, cast.secretary, start, meeting.agenda_items[0])
        naming.name_speaker(session, cast.secretary, start, "篠原 泰成")
    session.commit()
    return made


def find_two_parts(session: Session) -> TwoParts:
    """What `build_two_parts` has built."""
    named = {recording.file_name: recording for recording in session.scalars(select(Recording))}
    first, second = (transcript_of(session, named[name]) for name in ("前半.flac", "後半.flac"))
    return TwoParts(first.meeting, first, second)


def transcript_of(session: Session, recording: Recording) -> Transcript:
    wanted = Transcription.recording == recording
    return session.scalars(select(Transcript).join(Transcription).where(wanted)).one()


def fixed_meeting(session: Session, cast: Cast) -> Meeting:
    """14:00 to 16:00 on 23 November 2026."""
    meeting = builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="DX推進計画策定懇話会",
        department=cast.organiser.department,
        starts_at=STARTS_AT,
    )
    session.flush()
    return meeting


def add(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, sound: Path, name: str
) -> Recording:
    recording = builders.add_sound(session, storage, cast.secretary, meeting, sound, name)
    session.flush()
    return recording


def add_spare(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, folder: Path
) -> Transcript:
    """Twelve seconds of noise from a second recorder, begun with the first part."""
    sound = folder / "spare.wav"
    noise = np.random.default_rng(4).integers(-900, 900, 12 * 16_000, dtype="<i2")
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    recording = add(session, storage, cast, meeting, sound, "予備機.wav")
    recording.kind = RecordingKind.SPARE
    recording.began_at = STARTS_AT + timedelta(seconds=6)
    made = builders.add_transcript(session, cast.secretary, recording, SPARE)
    session.commit()
    return made
