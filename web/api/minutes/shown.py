"""The page that was shown while something was said, and what was said while a page was shown."""

from flask import Blueprint, g
from pydantic import Field
from sqlalchemy import func, select

from meetings.documents import documents
from meetings.errors import NotFound
from meetings.rights import Right
from minutes.transcripts import shown_pages
from minutes.transcripts.shown_pages import PageInterval, Showings, ShownPage
from models.document import DocumentVersion, Page
from models.meeting import Meeting
from models.person import Person
from models.transcript import Segment
from web import access
from web.api.operations import Shape, operation
from web.audit_access import note_look
from web.transaction import database_session
from web.urls import page_url

blueprint = Blueprint("api_shown", __name__)


class ShownPageAnswer(Shape):
    """話していたときに示されていた頁。"""

    document_id: int
    version_id: int
    version: int = Field(description="示された版の番号。あとで差し替わっても変わらない")
    page: int
    url: str = Field(description="その頁を開く")

    @classmethod
    def of(cls, page: ShownPage) -> "ShownPageAnswer":
        version = page.version
        return cls(
            document_id=version.document_id,
            version_id=version.id,
            version=version.number,
            page=page.number,
            url=page_url(version, page.number),
        )


class ReadableVersionAnswer(Shape):
    """読める資料の版。頁の画像は /versions/{version_id}/pages/{頁}/picture。"""

    document_id: int
    version_id: int
    version: int
    title: str
    page_count: int


class SaidAnswer(Shape):
    segment_id: int
    start_seconds: float
    speaker: str | None
    text: str

    @classmethod
    def of(cls, segment: Segment) -> "SaidAnswer":
        return cls(
            segment_id=segment.id,
            start_seconds=segment.start_seconds,
            speaker=segment.speaker.name if segment.speaker else None,
            text=segment.text,
        )


class MomentAnswer(Shape):
    """その頁が示されていた間。秒は録音の始まりから。"""

    recording_id: int
    transcript_id: int | None
    kind: str = Field(description="part（本編）か spare（予備）")
    part: int | None = Field(description="第何部か。予備では、どの部の予備か")
    is_beginning_sure: bool = Field(description="録音の始まりの時刻が確かめてある")
    start_seconds: float
    end_seconds: float
    segments: list[SaidAnswer] = Field(description="その間の発話")

    @classmethod
    def of(cls, moment: PageInterval) -> "MomentAnswer":
        recording = moment.placed.recording
        return cls(
            recording_id=recording.id,
            transcript_id=moment.transcript.id if moment.transcript else None,
            kind=recording.kind,
            part=moment.placed.number or None,
            is_beginning_sure=recording.is_beginning_sure,
            start_seconds=moment.start_seconds,
            end_seconds=moment.end_seconds,
            segments=[SaidAnswer.of(segment) for segment in moment.segments],
        )


class MomentsAnswer(Shape):
    moments: list[MomentAnswer] = Field(description="時刻の順")


@blueprint.get("/versions/<int:version_id>/pages/<int:number>/moments")
@access.to(DocumentVersion, Right.HEAR)
@operation("その頁が示されていた間と、そのときの発話", answers=MomentsAnswer)
def moments(person: Person, version: DocumentVersion, number: int) -> MomentsAnswer:
    session = database_session()
    if number > page_counts([version])[version.id] or number < 1:
        raise NotFound()
    found = shown_pages.page_intervals_of(session, person, version, number)
    for transcript in {m.transcript for m in found if m.transcript and m.segments}:
        note_look(person, "read", transcript)
    return MomentsAnswer(moments=[MomentAnswer.of(moment) for moment in found])


def page_of(segment: Segment) -> ShownPage | None:
    """Return the page that was shown while the segment was said, or None. A transcript has
    thousands of segments: the turns are read once for one request."""
    recording = segment.transcript.recording
    if "showings" not in g:
        person = access.required_person()
        g.showings = shown_pages.for_person(database_session(), person, recording.meeting)
    showings: Showings = g.showings
    return showings.during(recording, segment.start_seconds, segment.end_seconds)


def readable_versions(person: Person, meeting: Meeting) -> list[ReadableVersionAnswer]:
    """Return every version of the meeting's documents that was ever released and that this person
    may read."""
    readable = documents.readable(database_session(), person, meeting)
    versions = [version for _, document in readable for version in document.released]
    counts = page_counts(versions)
    return [
        ReadableVersionAnswer(
            document_id=version.document_id,
            version_id=version.id,
            version=version.number,
            title=version.document.title,
            page_count=counts[version.id],
        )
        for version in versions
    ]


def page_counts(versions: list[DocumentVersion]) -> dict[int, int]:
    """Return the number of pages by the version's id, without reading the pages themselves."""
    counted = database_session().execute(
        select(Page.version_id, func.count())
        .where(Page.version_id.in_([version.id for version in versions]))
        .group_by(Page.version_id)
    )
    return {version.id: 0 for version in versions} | {row[0]: row[1] for row in counted}
