"""Deletes the content of rows whose content is to go, some at a time, so that nobody waits long to
write. Each function returns how many rows it changed, and 0 once nothing is left: it may be broken
off at any moment and called again.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from minutes.recordings.uploads import OPEN_STATES
from minutes.retention.scope import notices_of, pages_of
from minutes.transcription import work
from models.approval import ApprovalComment
from models.base import Base
from models.closed_passage import ClosedPassage
from models.document import Document, DocumentReader, DocumentVersion, Page, VersionLook
from models.guest import GuestPass
from models.meeting import AgendaItem, Invitation, InvitationReply, Meeting
from models.memo import Bookmark, Memo
from models.minutes import (
    Approval,
    ApprovalRequest,
    Minutes,
    MinutesRevision,
    Publication,
    PublishedParagraph,
    RevisionContent,
    Withdrawal,
)
from models.notice import Notice
from models.proceedings import ItemDecision, SittingEvent
from models.recording import Recording, Step, Transcription, WorkState
from models.retention import KeptKind
from models.sitting import Attendance, ConnectionTest
from models.speech_check import CheckAnswer, SpeechCheck
from models.term import CollectedTerms, Confusion
from models.transcript import Correction, Proposal, Segment, Speaker, Transcript, VoiceSample
from models.upload import Upload, UploadState

AT_ONCE = 500
"""Rows of one transaction."""

GONE = "（削除）"
"""Stands where a name must stand."""

Erase = Callable[[Session, int], int]
"""Takes the id of the meeting."""


def _recordings(meeting_id: int) -> Select[int]:
    return select(Recording.id).where(
        Recording.meeting_id == meeting_id, Recording.emptied_at.is_not(None)
    )


def _transcripts(meeting_id: int) -> Select[int]:
    return (
        select(Transcript.id)
        .join(Transcript.transcription)
        .join(Transcription.recording)
        .where(Recording.meeting_id == meeting_id, Transcript.emptied_at.is_not(None))
    )


def _versions(meeting_id: int) -> Select[int]:
    return (
        select(DocumentVersion.id)
        .join(DocumentVersion.document)
        .where(Document.meeting_id == meeting_id, DocumentVersion.emptied_at.is_not(None))
    )


def _revisions(meeting_id: int) -> Select[int]:
    return (
        select(MinutesRevision.id)
        .join(MinutesRevision.minutes)
        .where(Minutes.meeting_id == meeting_id, MinutesRevision.emptied_at.is_not(None))
    )


def _of_recordings(meeting_id: int) -> Select[int]:
    """Select the transcripts of sound that goes, whether their words go or not."""
    return (
        select(Transcript.id)
        .join(Transcript.transcription)
        .where(Transcription.recording_id.in_(_recordings(meeting_id)))
    )


def _end_work(session: Session, meeting_id: int) -> int:
    found = session.scalars(
        select(Transcription).where(
            Transcription.recording_id.in_(_recordings(meeting_id)),
            Transcription.state.in_([state for state in WorkState if state.is_open]),
        )
    ).all()
    for transcription in found:
        work.cancel_transcription(session, None, transcription)
    runs = select(Transcription.id).where(Transcription.recording_id.in_(_recordings(meeting_id)))
    waiting = Step.state.in_([state for state in WorkState if state.is_open])
    later = update(Step).where(Step.transcription_id.in_(runs), waiting)
    ended = later.values(state=WorkState.CANCELLED, lease=None, lease_until=None)
    return len(found) + _change(session, ended)


def _sound(session: Session, meeting_id: int) -> int:
    made = or_(Recording.playback_sha256.is_not(None), Recording.peaks_sha256.is_not(None))
    return _change(
        session,
        update(Recording)
        .where(Recording.id.in_(_recordings(meeting_id)), made)
        .values(playback_sha256=None, peaks_sha256=None),
    )


def _hearing(session: Session, meeting_id: int) -> int:
    """Let citizens hear none of it."""
    said = PublishedParagraph.transcript_id.in_(_of_recordings(meeting_id))
    return _change(
        session,
        update(PublishedParagraph)
        .where(said, PublishedParagraph.heard_until.is_not(None))
        .values(heard_until=None, silences=[]),
    )


def _voices(session: Session, meeting_id: int) -> int:
    mine = (
        select(VoiceSample.segment_id)
        .join(VoiceSample.segment)
        .where(Segment.transcript_id.in_(_of_recordings(meeting_id)))
    )
    return _delete_some(session, VoiceSample, VoiceSample.segment_id, mine)


def _segments(session: Session, meeting_id: int) -> int:
    chosen = session.scalars(
        select(Segment.id).where(Segment.transcript_id.in_(_transcripts(meeting_id))).limit(AT_ONCE)
    ).all()
    for kind in (Proposal, Correction, Confusion, VoiceSample):
        session.execute(delete(kind).where(kind.segment_id.in_(chosen)))
    session.execute(delete(Segment).where(Segment.id.in_(chosen)))
    return len(chosen)


def _speakers(session: Session, meeting_id: int) -> int:
    mine = select(Speaker.id).where(Speaker.transcript_id.in_(_transcripts(meeting_id)))
    return _delete_some(session, Speaker, Speaker.id, mine)


def _imported(session: Session, meeting_id: int) -> int:
    runs = select(Transcript.transcription_id).where(Transcript.id.in_(_transcripts(meeting_id)))
    return _change(
        session,
        update(Transcription)
        .where(Transcription.id.in_(runs), Transcription.imported_sha256.is_not(None))
        .values(imported_sha256=None),
    )


def _memos(session: Session, meeting_id: int) -> int:
    mine = select(Memo.id).where(Memo.page_id.in_(pages_of(meeting_id)))
    return _delete_some(session, Memo, Memo.id, mine)


def _bookmarks(session: Session, meeting_id: int) -> int:
    mine = select(Bookmark.page_id).where(Bookmark.page_id.in_(pages_of(meeting_id)))
    return _delete_some(session, Bookmark, Bookmark.page_id, mine)


def _texts(session: Session, meeting_id: int) -> int:
    mine = select(RevisionContent.revision_id).where(
        RevisionContent.revision_id.in_(_revisions(meeting_id))
    )
    return _delete_some(session, RevisionContent, RevisionContent.revision_id, mine, at_once=10)


def _remarks(session: Session, meeting_id: int) -> int:
    mine = ApprovalComment.revision_id.in_(_revisions(meeting_id))
    return _delete_some(session, ApprovalComment, ApprovalComment.id, _ids(ApprovalComment, mine))


def _answers(session: Session, meeting_id: int) -> int:
    checks = select(SpeechCheck.id).where(SpeechCheck.revision_id.in_(_revisions(meeting_id)))
    mine = CheckAnswer.check_id.in_(checks)
    return _delete_some(session, CheckAnswer, CheckAnswer.id, _ids(CheckAnswer, mine))


def _words_to_approvers(session: Session, meeting_id: int) -> int:
    mine = ApprovalRequest.revision_id.in_(_revisions(meeting_id))
    requests = _change(
        session,
        update(ApprovalRequest)
        .where(mine, or_(ApprovalRequest.word != "", ApprovalRequest.errata_reason != ""))
        .values(word="", errata_reason=""),
    )
    decided = Approval.request_id.in_(_ids(ApprovalRequest, mine))
    answers = update(Approval).where(decided, Approval.reason != "").values(reason="")
    return requests + _change(session, answers)


def _closed_passages(session: Session, meeting_id: int) -> int:
    """Delete the passages that were closed, once no text of the minutes is left."""
    minutes = select(Minutes.id).where(Minutes.meeting_id == meeting_id)
    kept = select(MinutesRevision.minutes_id).where(MinutesRevision.emptied_at.is_(None))
    mine = ClosedPassage.minutes_id.in_(minutes), ClosedPassage.minutes_id.not_in(kept)
    return _delete_some(session, ClosedPassage, ClosedPassage.id, _ids(ClosedPassage, *mine))


def _pages(session: Session, meeting_id: int) -> int:
    has_content = or_(Page.text != "", Page.picture_sha256.is_not(None))
    chosen = session.scalars(
        select(Page.id)
        .where(Page.version_id.in_(_versions(meeting_id)), has_content)
        .limit(AT_ONCE)
    ).all()
    empty = {"text": "", "picture_sha256": None, "picture_hash": None}
    session.execute(update(Page).where(Page.id.in_(chosen)).values(**empty))
    return len(chosen)


def _originals_of_versions(session: Session, meeting_id: int) -> int:
    left = or_(
        DocumentVersion.original_sha256.is_not(None),
        DocumentVersion.missing_fonts != "",
        DocumentVersion.original_carries.is_not(None),
        DocumentVersion.prepared_pages < DocumentVersion.page_count,
        DocumentVersion.compared_pages < DocumentVersion.page_count,
    )
    return _change(
        session,
        update(DocumentVersion)
        .where(DocumentVersion.id.in_(_versions(meeting_id)), left)
        .values(
            original_sha256=None,
            original_carries=None,
            missing_fonts="",
            prepared_pages=DocumentVersion.page_count,
            compared_pages=DocumentVersion.page_count,
        ),
    )


def _terms(session: Session, meeting_id: int) -> int:
    mine = CollectedTerms.meeting_id == meeting_id, CollectedTerms.terms != ""
    return _change(session, update(CollectedTerms).where(*mine).values(terms="", sources_sha256=""))


def _notices(session: Session, meeting_id: int) -> int:
    return _delete_some(session, Notice, Notice.id, notices_of(meeting_id))


def _tests(session: Session, meeting_id: int) -> int:
    mine = ConnectionTest.meeting_id == meeting_id
    return _delete_some(session, ConnectionTest, ConnectionTest.id, _ids(ConnectionTest, mine))


def _course(session: Session, meeting_id: int) -> int:
    """Delete who came and what was decided."""
    kinds: tuple[Any, ...] = (ItemDecision, SittingEvent, Attendance, GuestPass)
    for kind in kinds:  # an event may name who came: the events go first
        mine = _ids(kind, kind.meeting_id == meeting_id)
        if done := _delete_some(session, kind, kind.id, mine):
            return done
    return 0


def _invitations(session: Session, meeting_id: int) -> int:
    mine = Invitation.meeting_id == meeting_id
    answers = InvitationReply.invitation_id.in_(_ids(Invitation, mine))
    done = _delete_some(
        session, InvitationReply, InvitationReply.id, _ids(InvitationReply, answers)
    )
    return done or _delete_some(session, Invitation, Invitation.id, _ids(Invitation, mine))


def _uploads(session: Session, meeting_id: int) -> int:
    """Give up what is still arriving; its file goes with the next tidying."""
    mine = Upload.meeting_id == meeting_id, Upload.state.in_(OPEN_STATES)
    return _change(session, update(Upload).where(*mine).values(state=UploadState.WITHDRAWN))


def _readers(session: Session, meeting_id: int) -> int:
    documents = select(Document.id).where(Document.meeting_id == meeting_id)
    versions = select(DocumentVersion.id).where(DocumentVersion.document_id.in_(documents))
    named = delete(DocumentReader).where(DocumentReader.document_id.in_(documents))
    looked = delete(VersionLook).where(VersionLook.version_id.in_(versions))
    return _change(session, named) + _change(session, looked)


def _names(session: Session, meeting_id: int) -> int:
    """Take every name from what is left, so that a row says only that there was one."""
    mine, documents = Meeting.id == meeting_id, Document.meeting_id == meeting_id
    versions = DocumentVersion.document_id.in_(_ids(Document, documents))
    published = Publication.meeting_id == meeting_id
    checks = SpeechCheck.revision_id.in_(_revisions(meeting_id))
    withdrawn = Withdrawal.publication_id.in_(_ids(Publication, published))
    changes: tuple[tuple[type[Base], ColumnElement[bool], dict[str, str]], ...] = (
        (AgendaItem, AgendaItem.meeting_id == meeting_id, {"title": GONE, "presenter": ""}),
        (Document, documents, {"title": GONE}),
        (DocumentVersion, versions, {"file_name": GONE, "original_file_name": ""}),
        (Recording, Recording.meeting_id == meeting_id, {"file_name": GONE}),
        (Upload, Upload.meeting_id == meeting_id, {"file_name": GONE, "problem": ""}),
        (Publication, published, {"title": GONE, "place": GONE}),
        (Withdrawal, withdrawn, {"reason": GONE}),
        (SpeechCheck, checks, {"speaker": GONE}),
        (
            Meeting,
            mine,
            {
                "title": GONE,
                "place": "",
                "called_off_reason": "",
                "openness_reason": "",
                "removed_reason": "",
            },
        ),
    )
    done = 0
    for kind, chosen, names in changes:
        left = or_(*(getattr(kind, name) != value for name, value in names.items()))
        done += _change(session, update(kind).where(chosen, left).values(**names))
    return done


def _ids(kind: Any, *mine: ColumnElement[bool]) -> Select[int]:
    return select(kind.id).where(*mine)


def _delete_some(
    session: Session, kind: type[Base], column: Any, mine: Select[int], at_once: int = AT_ONCE
) -> int:
    chosen = session.scalars(mine.limit(at_once)).all()
    if chosen:
        session.execute(delete(kind).where(column.in_(chosen)))
    return len(chosen)


def _change(session: Session, statement: Any) -> int:
    done: Any = session.execute(statement)
    return int(done.rowcount)


OF_SOUND: tuple[Erase, ...] = (_end_work, _hearing, _voices, _sound)
OF_TRANSCRIPT: tuple[Erase, ...] = (_segments, _speakers, _imported)
OF_MEMO: tuple[Erase, ...] = (_memos, _bookmarks)
OF_RECORD: tuple[Erase, ...] = (_texts, _remarks, _answers, _words_to_approvers, _closed_passages)
OF_DOCUMENT: tuple[Erase, ...] = (_pages, _originals_of_versions, _terms)
OF_NOTICE: tuple[Erase, ...] = (_notices, _tests)
ERASING: dict[KeptKind, tuple[Erase, ...]] = {
    KeptKind.SOUND: OF_SOUND,
    KeptKind.TRANSCRIPT: OF_TRANSCRIPT,
    KeptKind.MEMO: OF_MEMO,
    KeptKind.DRAFT: OF_RECORD,
    KeptKind.DOCUMENT: OF_DOCUMENT,
    KeptKind.NOTICE: OF_NOTICE,
    KeptKind.ORIGINAL: OF_RECORD,
    KeptKind.MEETING: (
        *OF_SOUND,
        *OF_TRANSCRIPT,
        *OF_MEMO,
        *OF_RECORD,
        *OF_DOCUMENT,
        *OF_NOTICE,
        _uploads,
        _course,
        _invitations,
        _readers,
        _names,
    ),
}
"""What is done for each kind, in this order, each until it returns 0."""
