"""Which rows of a meeting belong to a kind and still have their content."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from meetings.rights import may_publish_pages, publication_of, publications
from models.document import Document, DocumentVersion, Page
from models.meeting import Invitation, Meeting
from models.memo import Bookmark, Memo
from models.minutes import Approval, ApprovalRequest, Minutes, MinutesRevision, Publication
from models.notice import Notice
from models.recording import Recording, Transcription
from models.retention import KeptKind
from models.sitting import ConnectionTest
from models.transcript import Transcript


@dataclass(frozen=True)
class KeptRows:
    """The rows of one kind in one meeting that have content. Memos and notices are only counted:
    there may be thousands.
    """

    recordings: Sequence[Recording] = ()
    transcripts: Sequence[Transcript] = ()
    versions: Sequence[DocumentVersion] = ()
    revisions: Sequence[MinutesRevision] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def marked(self) -> list[Any]:
        """Return the rows that say by themselves since when their content is gone."""
        return [*self.recordings, *self.transcripts, *self.versions, *self.revisions]


def rows_of(session: Session, meeting: Meeting, kind: KeptKind) -> KeptRows:
    """Return what of this kind the meeting has."""
    match kind:
        case KeptKind.SOUND:
            return KeptRows(recordings=_recordings(session, meeting))
        case KeptKind.TRANSCRIPT:
            return KeptRows(transcripts=_transcripts(session, meeting))
        case KeptKind.DOCUMENT:
            return KeptRows(versions=_closed_versions(session, meeting))
        case KeptKind.DRAFT:
            return KeptRows(revisions=_drafts(session, meeting))
        case KeptKind.ORIGINAL:
            return KeptRows(revisions=_originals(session, meeting))
        case KeptKind.MEMO | KeptKind.NOTICE:
            return KeptRows(counts=_counts(session, meeting, kind))
        case KeptKind.VOICEPRINT:
            return KeptRows()  # minutes/speakers/voiceprints.py deletes them
    return KeptRows(
        recordings=_recordings(session, meeting),
        transcripts=_transcripts(session, meeting),
        versions=_versions(session, meeting),
        revisions=_revisions(session, meeting),
        counts={
            **_counts(session, meeting, KeptKind.MEMO),
            **_counts(session, meeting, KeptKind.NOTICE),
        },
    )


def meetings_with(kind: KeptKind) -> Select[int]:
    """Select the ids of the meetings that have something of this kind. Of documents and drafts it
    may turn out that nothing goes (`goes`).
    """
    match kind:
        case KeptKind.SOUND:
            return select(Recording.meeting_id).where(Recording.emptied_at.is_(None))
        case KeptKind.TRANSCRIPT:
            of_recording = select(Recording.meeting_id).join(Recording.transcriptions)
            with_text = of_recording.join(
                Transcript, Transcript.transcription_id == Transcription.id
            )
            return with_text.where(Transcript.emptied_at.is_(None))
        case KeptKind.DOCUMENT:
            of_document = select(Document.meeting_id).join(Document.versions)
            return of_document.where(DocumentVersion.emptied_at.is_(None))
        case KeptKind.MEMO:
            of_memo = (
                select(Document.meeting_id).join(Document.versions).join(DocumentVersion.pages)
            )
            pages = or_(Page.id.in_(select(Memo.page_id)), Page.id.in_(select(Bookmark.page_id)))
            return of_memo.where(pages)
        case KeptKind.NOTICE:
            return select(func.coalesce(Notice.meeting_id, Invitation.meeting_id)).join(
                Notice.invitation, isouter=True
            )
        case KeptKind.DRAFT:
            return _with_revisions().where(MinutesRevision.id.not_in(_approved()))
    published = publications().with_only_columns(Publication.meeting_id)
    originals = _with_revisions().where(MinutesRevision.id.in_(_approved()))
    return originals.where(Minutes.meeting_id.not_in(published))


def goes(session: Session, meeting: Meeting, kind: KeptKind) -> bool:
    """Return whether one of those that `meetings_with` selects has something that goes."""
    if kind not in (KeptKind.DOCUMENT, KeptKind.DRAFT):
        return True
    return bool(rows_of(session, meeting, kind).marked)


def _with_revisions() -> Select[int]:
    of_minutes = select(Minutes.meeting_id).join(Minutes.revisions)
    return of_minutes.where(MinutesRevision.emptied_at.is_(None))


def _approved() -> Select[int]:
    return (
        select(ApprovalRequest.revision_id)
        .join(ApprovalRequest.decision)
        .where(Approval.is_approved)
    )


def _recordings(session: Session, meeting: Meeting) -> Sequence[Recording]:
    wanted = select(Recording).where(
        Recording.meeting_id == meeting.id, Recording.emptied_at.is_(None)
    )
    return session.scalars(wanted.order_by(Recording.id)).all()


def _transcripts(session: Session, meeting: Meeting) -> Sequence[Transcript]:
    wanted = (
        select(Transcript)
        .join(Transcript.transcription)
        .join(Transcription.recording)
        .where(Recording.meeting_id == meeting.id, Transcript.emptied_at.is_(None))
    )
    return session.scalars(wanted.order_by(Transcript.id)).all()


def _versions(session: Session, meeting: Meeting) -> Sequence[DocumentVersion]:
    wanted = (
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .where(Document.meeting_id == meeting.id, DocumentVersion.emptied_at.is_(None))
    )
    return session.scalars(wanted.order_by(DocumentVersion.id)).all()


def _closed_versions(session: Session, meeting: Meeting) -> list[DocumentVersion]:
    """Return the versions whose pages do not stand beside public minutes."""
    is_public = publication_of(session, meeting.id) is not None
    every = _versions(session, meeting)
    return [one for one in every if not (is_public and may_publish_pages(one.document))]


def _revisions(session: Session, meeting: Meeting) -> Sequence[MinutesRevision]:
    wanted = (
        select(MinutesRevision)
        .join(MinutesRevision.minutes)
        .where(Minutes.meeting_id == meeting.id, MinutesRevision.emptied_at.is_(None))
    )
    return session.scalars(wanted.order_by(MinutesRevision.number)).all()


def _drafts(session: Session, meeting: Meeting) -> list[MinutesRevision]:
    """Return what was written on the way to the last approved revision. What is newer may become a
    correction of it; without an approved one all are drafts.
    """
    every = _revisions(session, meeting)
    approved = [one.number for one in every if one.is_approved]
    return [
        one for one in every if not one.is_approved and (not approved or one.number < approved[-1])
    ]


def _originals(session: Session, meeting: Meeting) -> list[MinutesRevision]:
    """Return the approved revisions; none while minutes are public, which stay for ever."""
    if publication_of(session, meeting.id) is not None:
        return []
    return [one for one in _revisions(session, meeting) if one.is_approved]


def pages_of(meeting_id: int) -> Select[int]:
    """Select the ids of all pages of the meeting's documents."""
    return (
        select(Page.id)
        .join(Page.version)
        .join(DocumentVersion.document)
        .where(Document.meeting_id == meeting_id)
    )


def notices_of(meeting_id: int) -> Select[int]:
    """Select the ids of the notices about the meeting."""
    mine = select(Invitation.id).where(Invitation.meeting_id == meeting_id)
    return select(Notice.id).where(
        or_(Notice.meeting_id == meeting_id, Notice.invitation_id.in_(mine))
    )


def _counts(session: Session, meeting: Meeting, kind: KeptKind) -> dict[str, int]:
    pages = pages_of(meeting.id)
    wanted: dict[str, Select[Any]] = (
        {
            "メモ": select(Memo.id).where(Memo.page_id.in_(pages)),
            "しおり": select(Bookmark.page_id).where(Bookmark.page_id.in_(pages)),
        }
        if kind == KeptKind.MEMO
        else {
            "お知らせ": notices_of(meeting.id),
            "接続の確認": select(ConnectionTest.id).where(ConnectionTest.meeting_id == meeting.id),
        }
    )
    counted = {
        name: session.scalar(select(func.count()).select_from(rows.subquery())) or 0
        for name, rows in wanted.items()
    }
    return {name: count for name, count in counted.items() if count}
