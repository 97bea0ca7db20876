"""One of everything: a meeting in work and a published one, with documents, sound and text."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import memos
from meetings.people import lists
from meetings.settings.work import LimitSettings
from meetings.sitting import attendance, decisions, events
from meetings.sitting.decisions import DecisionFacts
from minutes.recognition.heard import HeardSegment
from minutes.recordings import uploads
from minutes.records import publication, records
from minutes.sealing import signers
from minutes.terms import dictionaries
from minutes.transcripts import transcripts
from models.base import now
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.memo import MemoKind
from models.minutes import MinutesRevision, Publication
from models.proceedings import ItemResult, SittingEventKind
from models.recording import Recording
from models.retention import Deletion, KeptKind
from models.seal import SignatureScan, SignedRecord
from models.speech_check import CheckAnswer, CheckVerdict, SpeechCheck
from models.transcript import AssignedBy, Origin, Proposal, Transcript
from models.upload import Upload, UploadState
from tests.cast import Cast
from tests.parts import transcript_of
from web.demo import builders

HEARD = [
    HeardSegment(1.0, 8.6, "それでは提告となりましたので"),
    HeardSegment(9.0, 13.0, "本日はお忙しい中お集まりいただきありがとうございます"),
    HeardSegment(13.4, 19.5, "一つ目の論点整理について事務局から説明をお願いします"),
]


@dataclass(frozen=True)
class World:
    unpublished: Meeting
    published: Meeting
    recording: Recording
    transcript: Transcript
    upload: Upload

    def argument(self, name: str) -> int | str:
        """What stands for `name` in a URL: the thing of the unpublished meeting."""
        meeting = self.unpublished
        minutes = transcripts_minutes(self.transcript)
        found: dict[str, int | str] = {
            "meeting_id": meeting.id,
            "agenda_item_id": meeting.agenda_items[0].id,
            "invitation_id": meeting.invitations[0].id,
            "document_id": 1,
            "version_id": 1,
            "number": 1,
            "page_id": 1,
            "memo_id": 1,
            "attendance_id": 1,
            "sitting_event_id": 1,
            "item_decision_id": 1,
            "entry_id": 1,
            "file_id": 1,
            "voiceprint_id": 1,
            "series_id": self.unpublished.series_id,
            "token": 0,
            "recording_id": self.recording.id,
            "transcription_id": self.transcript.transcription_id,
            "step_id": self.transcript.transcription.steps[-1].id,
            "transcript_id": self.transcript.id,
            "segment_id": self.transcript.segments[0].id,
            "proposal_id": self.transcript.segments[0].proposals[0].id,
            "revision_id": minutes,
            "section": 0,
            "paragraph": 0,
            "place": 0,
            "person_id": 2,
            "sign_in_id": 1,
            "passkey_id": 1,
            "filename": 0,
            "kind": "txt",
            "form": "verbatim",
            "signature_scan_id": 1,
            "signed_record_id": 1,
            "speech_check_id": 1,
            "check_id": 1,
            "line_id": 1,
            "list_id": 1,
            "check_answer_id": 1,
            "hold_id": 1,
            "deletion_id": 1,
            "removed_id": 1,
            "kept_kind": "sound",
            "upload_key": self.upload.key,
            "manual_name": "attendee",
        }
        return found[name]


def transcripts_minutes(transcript: Transcript) -> int:
    """The id of the latest revision of the minutes that were made from this transcript."""
    session = Session.object_session(transcript)
    assert session is not None
    minutes = records.minutes_of(session, transcript.meeting)
    assert minutes is not None
    return minutes.latest.id


def build_world(session: Session, storage: Storage, cast: Cast) -> World:
    unpublished = _meeting(session, cast, now() - timedelta(minutes=10))
    builders.add_materials(
        session, storage, cast.organiser, unpublished, builders.folder("dx-council")
    )
    _read_first_document(session, cast)
    transcript = _transcript(session, storage, cast, unpublished)
    _seal(session, cast, records.draft(session, cast.secretary, transcript))
    records.draft(session, cast.secretary, transcript)
    published = _meeting(session, cast, datetime(2021, 8, 24, 5, tzinfo=UTC))
    other = _transcript(session, storage, cast, published)
    for segment in other.segments:
        transcripts.confirm(session, cast.secretary, segment)
    revision = records.draft(session, cast.secretary, other)
    records.request_approval(session, cast.secretary, revision)
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    lists.take(session, cast.administrator, "4月.csv", "利用者ID,職名\nokuma,課長\n".encode())
    dictionaries.add(session, cast.secretary, unpublished.series, "汐見線", "しおみせん")
    upload = _refused_upload(session, storage, cast, unpublished)
    return World(unpublished, published, transcript.recording, transcript, upload)


def find_world(session: Session) -> World:
    """What `build_world` has built."""
    upload = session.scalars(select(Upload)).one()
    published = session.scalars(select(Publication)).one().meeting
    recording = session.scalars(select(Recording).where(Recording.meeting == upload.meeting)).one()
    return World(upload.meeting, published, recording, transcript_of(session, recording), upload)


def _refused_upload(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Upload:
    announced = uploads.Announced("覚え書き.txt", 4)
    upload = uploads.start_upload(
        session, storage, cast.secretary, meeting, announced, LimitSettings(spare_mb=0)
    )
    arrival = storage.open_arrival(upload.key)
    arrival.write(b"text")
    arrival.close()
    upload.received_bytes, upload.state = 4, UploadState.REFUSED
    upload.problem = "録音ではありません。"
    return upload


def _seal(session: Session, cast: Cast, revision: MinutesRevision) -> None:
    """As a revision would be that was signed, by the program and on paper; it was sent back."""
    signers.choose(session, cast.secretary, revision.minutes, [cast.attendee])
    records.request_approval(session, cast.secretary, revision)
    decision = records.send_back(session, cast.approver, revision, "数字を確かめてください。")
    sha256 = session.get_one(Document, 1).current.sha256
    session.add(SignedRecord(approval=decision, pdf_sha256=sha256, signer="若葉市 会議録"))
    session.add(
        SignatureScan(
            approval=decision,
            sha256=sha256,
            file_name="署名.pdf",
            page_count=1,
            taken_by=cast.secretary,
        )
    )
    check = SpeechCheck(
        revision=revision,
        speaker="",
        person=cast.secretary,
        asked_by=cast.secretary,
        until=now() + timedelta(days=7),
    )
    check.answers.append(
        CheckAnswer(section=0, paragraph=0, verdict=CheckVerdict.COMMENT, text="数字を見てください")
    )
    session.add(check)
    session.add(
        Deletion(
            meeting=revision.meeting,
            kind=KeptKind.NOTICE,
            title=revision.meeting.title,
            series=revision.meeting.series.name,
            starts_at=revision.meeting.starts_at,
            rule="1年（会議の終わりから）",
            things=[],
            files=[],
            finished_at=now(),
            certificate="{}",
            pdf_sha256=sha256,
        )
    )
    session.flush()


def _read_first_document(session: Session, cast: Cast) -> None:
    """As the worker leaves it, and with a memo of the attendee."""
    session.flush()
    version = session.get_one(DocumentVersion, 1)
    for page in version.pages:
        page.picture_sha256 = version.thumbnail_sha256
    version.prepared_pages = len(version.pages)
    version.original_sha256, version.original_file_name = version.sha256, "資料.docx"
    version.document.may_take_original = True
    content = {"x": 100, "y": 100, "text": "後で聞く"}
    attendance.note_by_hand(session, cast.organiser, version.meeting, name="傍聴 一郎")
    events.note_event(
        session,
        cast.organiser,
        version.meeting,
        SittingEventKind.OPENED,
        at=version.meeting.starts_at,
    )
    decided = DecisionFacts(ItemResult.APPROVED, version.meeting.agenda_items[0])
    decisions.note_decision(session, cast.organiser, version.meeting, decided)
    memos.write(
        session, cast.attendee, version.pages[0], key="world-1", kind=MemoKind.NOTE, content=content
    )


def _meeting(session: Session, cast: Cast, starts_at: datetime) -> Meeting:
    return builders.add_meeting(
        session,
        cast.organiser,
        builders.folder("dx-council"),
        series="DX推進計画策定懇話会",
        department=cast.organiser.department,
        starts_at=starts_at,
    )


def _transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    source = builders.folder("dx-council")
    recording = builders.add_recording(session, storage, cast.secretary, meeting, source)
    transcript = builders.add_transcript(session, cast.secretary, recording, HEARD)
    transcript.segments[0].proposals.append(
        Proposal(start=4, before="提告", after="定刻", origin=Origin.DICTIONARY, probability=0.5)
    )
    with storage.receive(100) as incoming:
        incoming.write(b"an outline")
        recording.peaks_sha256 = storage.keep(incoming).sha256
    # So that there is a file to fetch; what makes a text an imported one is the file's name.
    transcript.transcription.imported_sha256 = recording.peaks_sha256
    for segment in transcripts.segments_of(session, transcript):
        segment.agenda_item = meeting.agenda_items[0]
        segment.assigned_by = AssignedBy.PERSON
    session.flush()
    return transcript
