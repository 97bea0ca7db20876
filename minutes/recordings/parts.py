"""Orders the recordings of one meeting on its clock: parts (第1部、第2部 …) and spares (予備),
which are recordings of a second device that cover a part.

The start time of a part may be unknown. It is then assumed to follow the part that was received
before it, and screens say so.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings import dates
from minutes.recordings.recordings import recordings_of
from models.meeting import Meeting
from models.recording import Recording, RecordingKind, Transcription, WorkState
from models.transcript import Segment, Transcript

TOLERANCE_SECONDS = 2.0
"""Gap or overlap below which two parts count as adjacent: start times are typed in seconds."""


VOICE = re.compile(r"声[1-9][0-9]{0,3}(?:（第[0-9]+部）)?")


def is_voice(speaker: str) -> bool:
    """Return whether `speaker` is how the minutes call a voice without a name: 声1,
    声1（第2部）.
    """
    return VOICE.fullmatch(speaker) is not None


def voice_of_part(speaker: str, part: int) -> str:
    """Return what the minutes call this speaker of a part: 「声1（第2部）」 for a voice, since
    each recording numbers its voices anew and 声1 of two parts are two people. A name stays as it
    is.
    """
    return f"{speaker}（第{part}部）" if is_voice(speaker) else speaker


@dataclass(frozen=True)
class PlacedRecording:
    """A recording on the meeting's clock.

    `number` counts the parts from 1; for a spare it is that of the part which it covers, 0 where
    there is none. `offset_seconds` is the distance from the start of the first part; None for a
    spare whose place is not known.
    """

    recording: Recording
    number: int
    offset_seconds: float | None

    @property
    def is_spare(self) -> bool:
        """Return whether it is a spare (予備) and not a part."""
        return is_spare(self.recording)

    @property
    def label(self) -> str:
        """Return what screens call it: 「第2部」 or 「予備」."""
        return RecordingKind.SPARE.label if self.is_spare else f"第{self.number}部"

    @property
    def start_seconds(self) -> float:
        """Return its distance from the start of the first part in seconds, 0 where that is
        unknown.
        """
        return self.offset_seconds or 0.0

    @property
    def end_seconds(self) -> float:
        """Return the distance of its end from the start of the first part in seconds."""
        return self.start_seconds + self.recording.duration_seconds


def placed_recordings(session: Session, meeting: Meeting) -> list[PlacedRecording]:
    """Return the recordings of the meeting in the order of the clock, each spare after the part
    that it covers.
    """
    return place(recordings_of(session, meeting))


def place(recordings: list[Recording]) -> list[PlacedRecording]:
    """Return `recordings`, all of one meeting and in the order in which they were received, placed
    on its clock, each spare after the part that it covers.
    """
    parts = _parts([r for r in recordings if not is_spare(r)])
    beside: dict[int, list[PlacedRecording]] = defaultdict(list)
    for recording in filter(is_spare, recordings):
        spare = _spare(recording, parts)
        beside[spare.number].append(spare)
    in_order = list(beside[0])
    for part in parts:
        in_order += [part, *sorted(beside[part.number], key=lambda spare: spare.start_seconds)]
    return in_order


def place_of(session: Session, recording: Recording) -> PlacedRecording:
    """Return where the recording is on the clock of its meeting."""
    every = placed_recordings(session, recording.meeting)
    return next(placed for placed in every if placed.recording is recording)


def parts_of(session: Session, meeting: Meeting) -> list[PlacedRecording]:
    """Return the parts of the meeting in the order of the clock, without spares."""
    return [placed for placed in placed_recordings(session, meeting) if not placed.is_spare]


def is_spare(recording: Recording) -> bool:
    """Return whether the recording is a spare (予備) and not a part."""
    return recording.kind == RecordingKind.SPARE


def in_order(session: Session, transcripts: Iterable[Transcript]) -> list[Transcript]:
    """Return `transcripts`, all of one meeting, in the order of the clock."""
    chosen = list(transcripts)
    if len(chosen) < 2:
        return chosen
    every = placed_recordings(session, chosen[0].meeting)
    order = {placed.recording.id: number for number, placed in enumerate(every)}
    return sorted(chosen, key=lambda transcript: order[transcript.recording.id])


def usual_transcript(session: Session, recording: Recording) -> Transcript | None:
    """Return the transcript that minutes are made from unless somebody chooses another: of those
    with words the newest of a finished transcription, else the newest. None where none has words.
    """
    has_words = select(Segment.id).where(Segment.transcript_id == Transcript.id, Segment.text != "")
    return session.scalar(
        select(Transcript)
        .join(Transcription)
        .where(Transcription.recording_id == recording.id, has_words.exists())
        .order_by((Transcription.state == WorkState.FINISHED).desc(), Transcript.id.desc())
        .limit(1)
    )


def usual_transcripts(session: Session, meeting: Meeting) -> list[Transcript]:
    """Return the usual transcript of every part that has words, in the order of the clock."""
    found = [usual_transcript(session, part.recording) for part in parts_of(session, meeting)]
    return [transcript for transcript in found if transcript]


def times_of(recording: Recording) -> str:
    """Return a phrase for people: 「14:00:05から15:12:40まで（会議の開始から0:00:05）」."""
    if recording.began_at is None:
        return "始まりの時刻が分かりません"
    meeting = recording.meeting
    ends_at = recording.began_at + timedelta(seconds=recording.duration_seconds)
    late = (recording.began_at - meeting.starts_at).total_seconds()
    distance = f"から{dates.position(late)}" if late >= 0 else f"の{dates.position(-late)}前"
    began, ended = (_clock(meeting, at) for at in (recording.began_at, ends_at))
    return f"{began}から{ended}まで（会議の開始{distance}）"


def remarks(every: list[PlacedRecording], placed: PlacedRecording) -> list[str]:
    """Return sentences for people on the place of `placed` among all recordings of the meeting:
    what it covers, follows or overlaps, or how long a gap is before it.
    """
    parts = [one for one in every if not one.is_spare]
    if placed.is_spare:
        return [f"第{placed.number}部の予備です。"] if placed.number else []
    if placed.recording.began_at is None:
        return _assumed(parts, placed)
    earlier = [part for part in parts if part.number < placed.number]
    known = [part for part in earlier if part.recording.began_at]
    if not known:
        return []
    longest = max(known, key=lambda part: part.end_seconds)
    return _overlap(longest, placed) or (_gap(longest, placed) if known == earlier else [])


def _parts(recordings: list[Recording]) -> list[PlacedRecording]:
    starts = _starts(recordings)
    zero = min(starts, default=0.0)
    timed = sorted(zip(starts, recordings, strict=True), key=lambda one: (one[0], one[1].id))
    return [
        PlacedRecording(recording, number, start - zero)
        for number, (start, recording) in enumerate(timed, 1)
    ]


def _starts(recordings: list[Recording]) -> list[float]:
    """Return the start of each part in seconds on one scale, whose zero is where the first part
    with a known start begins. Parts received before that one end there; any other part of unknown
    start begins where the part received before it ends.
    """
    unknown = list(takewhile(lambda r: r.began_at is None, recordings))
    origin = next((r.began_at for r in recordings if r.began_at), None)
    end = -sum(r.duration_seconds for r in unknown)
    starts = []
    for recording in recordings:
        if recording.began_at and origin:
            end = (recording.began_at - origin).total_seconds()
        starts.append(end)
        end += recording.duration_seconds
    return starts


def _spare(recording: Recording, parts: list[PlacedRecording]) -> PlacedRecording:
    zero = _zero(parts)
    if not recording.began_at or not zero:
        received_before = [part for part in parts if part.recording.id < recording.id]
        covered = max(received_before, key=lambda part: part.recording.id, default=None)
        return PlacedRecording(recording, covered.number if covered else min(1, len(parts)), None)
    spare = PlacedRecording(recording, 0, (recording.began_at - zero).total_seconds())
    covered = max(parts, key=lambda part: _shared_seconds(part, spare))
    return PlacedRecording(recording, covered.number, spare.offset_seconds)


def _zero(parts: list[PlacedRecording]) -> datetime | None:
    """Return when the first part begins on the clock; None where no part's start is known."""
    for part in parts:
        if part.recording.began_at:
            return part.recording.began_at - timedelta(seconds=part.start_seconds)
    return None


def _assumed(parts: list[PlacedRecording], part: PlacedRecording) -> list[str]:
    by_reception = sorted(parts, key=lambda one: one.recording.id)
    position = by_reception.index(part)
    if position > 0:
        return [f"{by_reception[position - 1].label}に続くものとして並べています。"]
    return [f"{by_reception[1].label}の前に並べています。"] if len(parts) > 1 else []


def _overlap(before: PlacedRecording, part: PlacedRecording) -> list[str]:
    shared = _shared_seconds(before, part)
    is_overlap = shared >= TOLERANCE_SECONDS
    if not is_overlap:
        return []
    return [
        f"{before.label}と{part.label}は{_length(shared)}重なっています。"
        "重なりの発言は、会議録の案に両方とも入ります。"
    ]


def _gap(before: PlacedRecording, part: PlacedRecording) -> list[str]:
    between = part.start_seconds - before.end_seconds
    is_gap = between >= TOLERANCE_SECONDS
    return [f"{before.label}の終わりから{_length(between)}空いています。"] if is_gap else []


def _shared_seconds(one: PlacedRecording, other: PlacedRecording) -> float:
    """Return how long both last at once; a negative number is how far they are apart."""
    start = max(one.start_seconds, other.start_seconds)
    return min(one.end_seconds, other.end_seconds) - start


def _clock(meeting: Meeting, at: datetime) -> str:
    """Return the time of day, with the date where that is not the meeting's."""
    here = dates.local(at)
    is_same_day = here.date() == dates.local(meeting.starts_at).date()
    return ("" if is_same_day else f"{here.month}月{here.day}日 ") + here.strftime("%H:%M:%S")


def _length(seconds: float) -> str:
    return dates.length(seconds).replace("分0秒", "分")
