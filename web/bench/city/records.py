"""The records of a made city's meetings: sound, transcript, corrections and minutes."""

from datetime import datetime, timedelta
from typing import Any

from models.base import now
from models.minutes import (
    Approval,
    ApprovalRequest,
    Minutes,
    MinutesRevision,
    RevisionContent,
)
from models.recording import Chunk, Recording, Transcription, WorkState
from models.term import Confusion
from models.transcript import (
    AssignedBy,
    Correction,
    EditingTime,
    Origin,
    Proposal,
    Segment,
    Speaker,
    Transcript,
    TranscriptCount,
)
from web.bench.city.rows import Rows, Sentences

VOICES, SECONDS_OF_A_SEGMENT = 8, 7.0
TIMINGS = [[3, 1.25 * piece, 0.9] for piece in range(14)]


class Records:
    """`waiting`: so many of the newest are in correction, so many await approval, and so many
    publication. `to_publish` gathers the minutes of all before."""

    def __init__(
        self,
        rows: Rows,
        cast: dict[str, int],
        sentences: Sentences,
        sound: dict[str, Any],
        *,
        segments: int,
        items: int,
        waiting: int,
    ) -> None:
        self._rows, self._cast, self._sentences, self._sound = rows, cast, sentences, sound
        self._segments, self._items, self._waiting = segments, items, waiting
        self._confirmed_at = now()
        self.to_publish: list[int] = []

    def add(
        self, meeting: int, series: int, items: list[int], starts_at: datetime, since: int
    ) -> None:
        """Add sound, transcript and minutes; `since`: how many meetings were recorded after it."""
        seconds = self._segments * SECONDS_OF_A_SEGMENT
        recording = self._rows.add(
            Recording,
            meeting_id=meeting,
            duration_seconds=seconds,
            began_at=starts_at,
            received_by_id=self._cast["morishita"],
            received_at=starts_at,
            **self._sound,
        )
        run = self._rows.add(
            Transcription,
            recording_id=recording,
            state=WorkState.FINISHED,
            speech_model="whisper-base",
            requested_by_id=self._cast["morishita"],
            requested_at=starts_at,
        )
        self._rows.add(
            Chunk,
            transcription_id=run,
            number=1,
            start_seconds=0.0,
            end_seconds=seconds,
            state=WorkState.FINISHED,
            done_seconds=seconds,
        )
        transcript = self._rows.add(Transcript, transcription_id=run)
        self._rows.add_pair(TranscriptCount, transcript_id=transcript)
        self._rows.add_pair(
            EditingTime, transcript_id=transcript, person_id=self._cast["morishita"], seconds=5400.0
        )
        paragraphs = self._add_segments(
            series, transcript, items, is_confirmed=since >= self._waiting
        )
        if since < self._waiting:
            return
        minutes, request = self._add_minutes(
            meeting, series, transcript, items, starts_at, paragraphs
        )
        if since < 2 * self._waiting:
            return
        self._approve(request, starts_at)
        if since >= 3 * self._waiting:
            self.to_publish.append(minutes)

    def _add_segments(
        self, series: int, transcript: int, items: list[int], *, is_confirmed: bool
    ) -> list[dict[str, Any]]:
        """Add the segments, and return the paragraphs of the minutes that are made of them."""
        voices = [
            self._rows.add(Speaker, transcript_id=transcript, name=f"委員 {n}", number=n)
            for n in range(1, VOICES + 1)
        ]
        paragraphs = []
        for n, (heard, meant) in enumerate(self._sentences.said(transcript, self._segments)):
            start = n * SECONDS_OF_A_SEGMENT
            is_corrected = is_confirmed and n % 3 == 0
            text = meant if is_corrected else heard
            segment = self._rows.add(
                Segment,
                transcript_id=transcript,
                agenda_item_id=items[n * self._items // self._segments],
                assigned_by=AssignedBy.PERSON,
                speaker_id=voices[n // 7 % VOICES],
                start_seconds=start,
                end_seconds=start + SECONDS_OF_A_SEGMENT - 0.5,
                heard=heard,
                machine=heard,
                text=text,
                confidence=0.9,
                moments=TIMINGS,  # the name of the column: rows are written past the mapping
                revision=int(is_corrected),
                confirmed_by_id=self._cast["morishita"] if is_confirmed else None,
                confirmed_at=self._confirmed_at if is_confirmed else None,
            )
            if is_corrected:
                self._add_correction(series, segment, heard, meant)
            if n % 10 == 0:
                self._add_proposal(segment, heard, meant, is_decided=is_confirmed)
            paragraphs.append(
                {
                    "speaker": f"委員 {n // 7 % VOICES + 1}",
                    "text": text,
                    "start_seconds": start,
                    "end_seconds": start + SECONDS_OF_A_SEGMENT - 0.5,
                    "transcript_id": transcript,
                    "segment_ids": [segment],
                    "faithful": text,
                    "changes": [],
                    "unsure": [],
                }
            )
        return paragraphs

    def _add_correction(self, series: int, segment: int, heard: str, meant: str) -> None:
        self._rows.add(
            Correction,
            segment_id=segment,
            revision=1,
            before=heard,
            after=meant,
            corrected_by_id=self._cast["morishita"],
        )
        if segment % 10 == 0:
            self._rows.add(
                Confusion,
                series_id=series,
                segment_id=segment,
                heard="提告",
                meant="定刻",
            )

    def _add_proposal(self, segment: int, heard: str, meant: str, *, is_decided: bool) -> None:
        self._rows.add(
            Proposal,
            segment_id=segment,
            start=0,
            before=heard[:2],
            after=meant[:2],
            origin=Origin.TERM,
            probability=0.4,
            is_accepted=False if is_decided else None,
            decided_by_id=self._cast["morishita"] if is_decided else None,
            decided_at=self._confirmed_at if is_decided else None,
        )

    def _add_minutes(
        self,
        meeting: int,
        series: int,
        transcript: int,
        items: list[int],
        starts_at: datetime,
        paragraphs: list[dict[str, Any]],
    ) -> tuple[int, int]:
        """Add two revisions, of which approval is asked for the second; return the ids of the
        minutes and of that request."""
        minutes = self._rows.add(Minutes, meeting_id=meeting)
        length = self._segments // self._items
        content = {
            "title": f"会議 {meeting}",
            "series": f"第{series}審議会",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
            "place": "第1会議室",
            "attendees": [{"name": f"委員 {n}", "title": "委員"} for n in range(1, VOICES + 1)],
            "sections": [
                {
                    "agenda_item_id": item,
                    "number": str(place + 1),
                    "title": f"議題{place + 1}について",
                    "paragraphs": paragraphs[place * length : (place + 1) * length],
                }
                for place, item in enumerate(items)
            ],
            "transcript_ids": [transcript],
            "style": None,
        }
        revisions = [
            self._rows.add(
                MinutesRevision,
                minutes_id=minutes,
                transcript_id=transcript,
                transcript_ids=[transcript],
                number=number,
                written_by_id=self._cast["morishita"],
                written_at=starts_at,
            )
            for number in (1, 2)
        ]
        for revision in revisions:
            self._rows.add_pair(RevisionContent, revision_id=revision, content=content)
        request = self._rows.add(
            ApprovalRequest,
            revision_id=revisions[-1],
            requested_by_id=self._cast["morishita"],
            requested_at=starts_at,
        )
        return minutes, request

    def _approve(self, request: int, at: datetime) -> None:
        self._rows.add(
            Approval,
            request_id=request,
            is_approved=True,
            decided_by_id=self._cast["nagano"],
            decided_at=at,
        )
