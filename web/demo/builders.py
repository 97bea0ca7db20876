"""Building a whole meeting from a folder of `web/demo/`: agenda, documents, recording, text."""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy.orm import Session

from meetings import agenda, setting_up
from meetings.dates import TOKYO
from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.invitations import invitations
from meetings.sitting import attendance, decisions, events, presenting
from meetings.sitting.decisions import DecisionFacts
from meetings.sitting.openness import set_openness
from minutes.recognition.heard import HeardSegment
from minutes.recordings import recordings
from minutes.recordings.timestamps import Beginning
from minutes.speakers import naming
from minutes.transcription import work
from minutes.transcripts import cutting, transcripts
from models.meeting import AnswerWord, InvitationKind, Meeting, Openness
from models.person import Department, Person
from models.proceedings import ItemResult, SittingEventKind, VotingMethod
from models.recording import BeginningSource, Recording, RecordingKind
from models.transcript import AssignedBy, Segment, Transcript
from web.demo import papers, people

FOLDERS = Path(__file__).parent
LENGTH = timedelta(hours=2)
LIMIT_BYTES = 500_000_000
NEAR_CHARACTERS = 6


@dataclass(frozen=True)
class MeetingFolder:
    """A folder of the form of `web/demo/dx-council`."""

    path: Path

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self._json("meeting.json")
        return facts

    @property
    def turns(self) -> list[dict[str, Any]]:
        """Return what was really said, with who and which item (from 1)."""
        turns: list[dict[str, Any]] = self._json("reference.json")
        return turns

    @property
    def heard(self) -> list[HeardSegment]:
        """Return what the packaged speech model made of the sound (see `web/demo/hear.py`)."""
        return [HeardSegment(**entry) for entry in self._json("heard.json")["segments"]]

    @property
    def audio(self) -> Path:
        return self.path / "audio.m4a"

    def _json(self, name: str) -> Any:
        return json.loads((self.path / name).read_text(encoding="utf-8"))


def folder(name: str) -> MeetingFolder:
    return MeetingFolder(FOLDERS / name)


def held_at(facts: dict[str, Any]) -> datetime:
    """Return 14:00 on the day that meeting.json names."""
    return datetime.fromisoformat(facts["date"] + "T14:00").replace(tzinfo=TOKYO)


def add_meeting(
    session: Session,
    organiser: Person,
    source: MeetingFolder,
    *,
    series: str,
    department: Department,
    starts_at: datetime,
    length: timedelta = LENGTH,
) -> Meeting:
    """Add the meeting with its agenda and everybody on its list invited."""
    facts = source.facts
    meeting = setting_up.set_up_meeting(
        session,
        organiser,
        series=setting_up.series_named(session, series, department),
        department=department,
        title=facts["title"],
        starts_at=starts_at,
        ends_at=starts_at + length,
        place=facts["place"],
        access_days=None,
    )
    for entry in facts["agenda"]:
        agenda.add_agenda_item(
            session,
            organiser,
            meeting,
            title=entry["title"],
            presenter=entry["presenter"],
            planned_minutes=entry["minutes"],
        )
    invite_all(session, organiser, meeting, source)
    return meeting


LEADING = ("座長", "会長", "委員長", "議長")
"""How the title of whoever takes the chair begins."""

OFFICE = re.compile("事務局|書記|記録")
"""What the title of those who keep the meeting's office says."""


def invite_all(
    session: Session, organiser: Person, meeting: Meeting, source: MeetingFolder
) -> list[Person]:
    presenters = {entry["presenter"] for entry in source.facts["agenda"]}
    invited = []
    for number, known in enumerate(source.facts["attendees"], 1):
        person = people.add_attendee(
            session,
            f"{source.path.name}-{number}",
            known["name"],
            known["kana"],
            known["title"],
            meeting.department,
        )
        kind = _capacity(known["title"], is_presenter=person.name in presenters)
        invitations.invite(session, organiser, meeting, person, kind)
        invited.append(person)
    return invited


def _capacity(title: str, *, is_presenter: bool) -> InvitationKind:
    """Return in which capacity somebody with this title attends."""
    if title.startswith(LEADING):
        return InvitationKind.CHAIR
    if is_presenter:
        return InvitationKind.PRESENTER
    return InvitationKind.STAFF if OFFICE.search(title) else InvitationKind.ATTENDEE


def everybody_comes(session: Session, meeting: Meeting) -> None:
    for invitation in invitations.invited(meeting):
        invitations.answer_invitation(session, invitation.person, meeting, AnswerWord.COMING)


def add_materials(
    session: Session, storage: Storage, by: Person, meeting: Meeting, source: MeetingFolder
) -> None:
    """Add every paper of the folder as a PDF on its agenda item."""
    for material in source.facts["materials"]:
        markdown = (source.path / material["file"]).read_text(encoding="utf-8")
        with storage.receive(LIMIT_BYTES) as incoming:
            incoming.write(papers.to_pdf(markdown))
            prepared = documents.prepare_document(storage, f"{material['title']}.pdf", incoming)
        entry = meeting.agenda_items[material["agenda_item"] - 1]
        documents.add_document(session, by, meeting, entry, prepared)


def show_pages(
    session: Session, meeting: Meeting, source: MeetingFolder, began_at: datetime
) -> None:
    """Turn the pages of meeting.json, through the verbs of the sitting and then back to their time:
    `began_at` is that of the recording, in which they are counted."""
    by = meeting.created_by
    shelf = [document for _, document in documents.reading_order(session, meeting)]
    spell = presenting.begin_presenting(session, by, meeting)
    spell.began_at = began_at
    for entry in source.facts["shown"]:
        version = shelf[entry["material"] - 1].current
        turn = presenting.turn_page(
            session, by, meeting, version=version, page_number=entry["page"]
        )
        turn.at = began_at + timedelta(seconds=entry["seconds"])
    presenting.stop_presenting(session, by, meeting)
    spell.ended_at = meeting.ends_at


def add_recording(
    session: Session,
    storage: Storage,
    by: Person,
    meeting: Meeting,
    source: MeetingFolder,
    stamped_at: datetime | None = None,
) -> Recording:
    """Add the folder's sound as a recording. `stamped_at` is what its own head would say."""
    return add_sound(
        session, storage, by, meeting, source.audio, "R01_0001.m4a", stamped_at=stamped_at
    )


def add_sound(
    session: Session,
    storage: Storage,
    by: Person,
    meeting: Meeting,
    audio: Path,
    name: str,
    kind: RecordingKind = RecordingKind.PART,
    began_at: datetime | None = None,
    stamped_at: datetime | None = None,
) -> Recording:
    """Add any sound file as a recording of the meeting. `began_at` as its sender says."""
    with storage.receive(LIMIT_BYTES) as incoming, audio.open("rb") as sound:
        while piece := sound.read(1 << 20):
            incoming.write(piece)
        prepared = recordings.prepare_received(storage, name, incoming)
    if stamped_at is not None:
        prepared = replace(prepared, sound=replace(prepared.sound, recorded_at=stamped_at))
    beginning = Beginning(began_at, BeginningSource.SENDER) if began_at else None
    return recordings.add_recording(session, by, meeting, prepared, kind=kind, beginning=beginning)


def add_transcript(
    session: Session, by: Person, recording: Recording, heard: list[HeardSegment]
) -> Transcript:
    """Add a finished transcription of these segments, through the verbs that the worker uses."""
    run = work.request_transcription(session, by, recording)
    work.begin(session, run, "whisper-base", [(0.0, recording.duration_seconds)])
    chunk = work.take_chunk(session, run)
    assert chunk is not None and chunk.lease is not None
    session.flush()
    for segment in heard:
        work.add_segment(session, chunk.id, chunk.lease, segment)
    work.finish_chunk(session, chunk.id, chunk.lease)
    session.flush()
    return transcripts.transcripts_of(session, recording.meeting)[-1]


def split_at_turns(
    session: Session, by: Person, transcript: Transcript, source: MeetingFolder
) -> None:
    """Split segments as a secretary does: where the next person begins within a segment, it becomes
    two, at the mark that is nearest."""
    for turn in source.turns[1:]:
        for segment in transcripts.segments_of(session, transcript):
            share = _share(segment, float(turn["start_seconds"]))
            place = _mark_near(segment.text, share * len(segment.text), NEAR_CHARACTERS)
            if place and 0 < share < 1:
                cutting.split(session, by, segment, place, based_on=segment.revision)


def place_by_reference(
    session: Session, by: Person, transcript: Transcript, source: MeetingFolder
) -> None:
    """Set speaker and agenda item of every segment, from the turn that it overlaps most."""
    items = transcript.meeting.agenda_items
    for segment in transcripts.segments_of(session, transcript):
        turn = max(source.turns, key=lambda t: _overlap(t, segment))
        naming.name_speaker(session, by, segment, turn["speaker"])
        segment.agenda_item = items[turn["agenda_item"] - 1]
        segment.assigned_by = AssignedBy.PERSON


def meant_texts(heard: list[str], meant: str) -> list[str]:
    """Cut what was really said into as many pieces as were heard, at the places that align; beside
    a punctuation mark behind the mark, within a number before it."""
    whole = "".join(heard)
    blocks = Levenshtein.opcodes(whole, meant)
    ends, position = [], 0
    for text in heard:
        position += len(text)
        end = max((_there(block, position) for block in blocks), default=0)
        ends.append(_mark_near(meant, end, 2) or _outside_number(meant, end))
    ends[-1:] = [len(meant)]
    starts = [0, *ends[:-1]]
    return [meant[start:end] for start, end in zip(starts, ends, strict=True)]


def correct_by_reference(
    session: Session, by: Person, segments: list[Segment], source: MeetingFolder
) -> None:
    """Correct and confirm these first segments as a careful secretary would have."""
    every = segments[0].transcript.segments
    meant = "".join(turn["text"] for turn in source.turns)
    meant = meant.replace("<filler>", "").replace("</filler>", "")
    texts = meant_texts([segment.heard for segment in every], meant)
    wanted = {segment.id: text for segment, text in zip(every, texts, strict=True)}
    for segment in segments:
        transcripts.correct(session, by, segment, wanted[segment.id], based_on=segment.revision)
        transcripts.confirm(session, by, segment)


def _share(segment: Segment, moment: float) -> float:
    length = segment.end_seconds - segment.start_seconds
    return (moment - segment.start_seconds) / length


def _mark_near(text: str, wanted: float, reach: int) -> int | None:
    """Return the place behind the nearest punctuation mark within the text, no further than
    `reach`."""
    marks = [found.end() for found in re.finditer("[。、？]", text[:-1])]
    near = [mark for mark in marks if abs(mark - wanted) <= reach]
    return min(near, key=lambda mark: abs(mark - wanted), default=None)


def _outside_number(text: str, place: int) -> int:
    """Return the place, or where the number begins (2億8,500) that it would cut in two."""
    numbers = re.finditer("[0-9][0-9,億万]*", text)
    return next((n.start() for n in numbers if n.start() < place < n.end()), place)


def _overlap(turn: dict[str, Any], segment: Segment) -> float:
    start = max(float(turn["start_seconds"]), segment.start_seconds)
    end = min(float(turn["end_seconds"]), segment.end_seconds)
    return end - start


def _there(block: Any, position: int) -> int:
    """Return how far the meant text has come at `position` of the heard one, seen from one
    block."""
    if position < block.src_start:
        return 0
    if position >= block.src_end:
        return int(block.dest_end)
    return int(min(block.dest_start + position - block.src_start, block.dest_end))


def note_course(session: Session, by: Person, meeting: Meeting, began_at: datetime) -> None:
    """Note what the record states of a public sitting of half an hour whose bill was passed."""
    set_openness(session, by, meeting, Openness.OPEN)
    attendance.count_audience(session, by, meeting, 3)
    bill, report = meeting.agenda_items
    for kind, at, item in (
        (SittingEventKind.OPENED, began_at, bill),
        (SittingEventKind.ADJOURNED, began_at + timedelta(minutes=30), report),
    ):
        events.note_event(session, by, meeting, kind, at=at, agenda_item=item)
    for item, result, method in (
        (bill, ItemResult.PASSED, VotingMethod.SIMPLE),
        (report, ItemResult.REPORTED, None),
    ):
        decisions.note_decision(session, by, meeting, DecisionFacts(result, item, method=method))
