"""The agenda items to which segments belong, and what is still open there."""

from typing import Literal

from flask import Blueprint, url_for
from pydantic import Field

from meetings.errors import InvalidInput
from meetings.rights import Right
from minutes.assignment import decisions, spans
from minutes.assignment.decisions import AgendaMove, AgendaPlace
from minutes.assignment.spans import AgendaSpan
from minutes.records import records
from models.meeting import Meeting
from models.minutes import MinutesRevision
from models.person import Person
from models.transcript import AssignedBy, Segment, Transcript
from web import access
from web.api.meetings.agenda import item_or_none
from web.api.minutes.minutes import RevisionAnswer
from web.api.minutes.segment_shapes import SegmentsChanged
from web.api.minutes.segments import MOST_AT_ONCE
from web.api.operations import Identity, Shape, operation
from web.transaction import database_session

blueprint = Blueprint("api_assignment", __name__)


class AgendaItemChoice(Shape):
    agenda_item_id: Identity | None = Field(description="この発話から始まる議題")
    is_left_out: bool = Field(
        False,
        description="議題外にする。agenda_item_id が null でこれも false なら、割り当てを外す",
    )


class PlaceInAgenda(Shape):
    """SegmentAnswer の agenda_item_id と assigned_by のとおり。"""

    agenda_item_id: Identity | None
    assigned_by: Literal["person", "turns", "text"] | None

    def of(self, meeting: Meeting) -> AgendaPlace:
        item = item_or_none(meeting, self.agenda_item_id)
        by = AssignedBy(self.assigned_by) if self.assigned_by else None
        if item and by is None:
            raise InvalidInput("assigned_by", "議題があるときは、割り当てたものも必要です。")
        return AgendaPlace(item, by)


class OnePlace(Shape):
    segment_id: Identity
    now: PlaceInAgenda = Field(description="いまの議題（違っていればそのままにする）")
    then: PlaceInAgenda = Field(description="変えたあとの議題")


class Places(Shape):
    places: list[OnePlace] = Field(min_length=1, max_length=MOST_AT_ONCE)


class SpanAnswer(Shape):
    """会議録の承認の前に確かめる所。"""

    kind: str = Field(description="unassigned, unheard, untranscribed")
    label: str
    start_seconds: float
    end_seconds: float
    segment_ids: list[int]
    page: str = Field(description="校正の画面でその所を開く URL")

    @classmethod
    def of(cls, span: AgendaSpan) -> "SpanAnswer":
        return cls(
            kind=span.kind,
            label=span.kind.label,
            start_seconds=span.start_seconds,
            end_seconds=span.end_seconds,
            segment_ids=[segment.id for segment in span.segments],
            page=place_of(span),
        )


class SpansAnswer(Shape):
    spans: list[SpanAnswer] = Field(description="時刻の順。空なら承認を依頼できる")


def place_of(span: AgendaSpan) -> str:
    """Return the URL at which the editor shows the span."""
    anchor = f"segment-{span.segments[0].id}" if span.segments else None
    return url_for("transcripts.edit", transcript_id=span.transcript.id, _anchor=anchor)


@blueprint.put("/segments/<int:segment_id>/agenda-item")
@access.to(Segment, Right.CORRECT)
@operation("この発話から議題を始める", answers=SegmentsChanged, body=AgendaItemChoice)
def start_agenda_item(person: Person, segment: Segment, body: AgendaItemChoice) -> SegmentsChanged:
    if body.is_left_out and body.agenda_item_id is not None:
        raise InvalidInput("is_left_out", "議題か議題外か、どちらかひとつにしてください。")
    item = item_or_none(segment.meeting, body.agenda_item_id)
    changed = decisions.start_agenda_item(
        database_session(), person, segment, item, is_left_out=body.is_left_out
    )
    return SegmentsChanged.of(changed)


@blueprint.put("/segments/<int:segment_id>/agenda-item/confirmation")
@access.to(Segment, Right.CORRECT)
@operation("推定した議題がここから始まることを確認する", answers=SegmentsChanged)
def confirm_item(person: Person, segment: Segment) -> SegmentsChanged:
    return SegmentsChanged.of(decisions.confirm_item(database_session(), person, segment))


@blueprint.put("/transcripts/<int:transcript_id>/agenda-items")
@access.to(Transcript, Right.CORRECT)
@operation("いくつもの発話の議題を前の割り当てに戻す", answers=SegmentsChanged, body=Places)
def place_again(person: Person, transcript: Transcript, body: Places) -> SegmentsChanged:
    """Place segments in the agenda again. Those whose item is not `now` any more, and those that
    are gone, are left as they are."""
    session = database_session()  # first: all is read anew with it, and here at once
    known, meeting = {one.id: one for one in transcript.segments}, transcript.meeting
    placings = [
        AgendaMove(known[one.segment_id], one.now.of(meeting), one.then.of(meeting))
        for one in body.places
        if one.segment_id in known
    ]
    return SegmentsChanged.of(decisions.place_again(session, person, placings))


@blueprint.get("/transcripts/<int:transcript_id>/open-spans")
@access.to(Transcript, Right.HEAR)
@operation("議題に割り当てていない所と、文字になっていない所", answers=SpansAnswer)
def open_spans(person: Person, transcript: Transcript) -> SpansAnswer:
    found = spans.open_spans(database_session(), transcript)
    return SpansAnswer(spans=[SpanAnswer.of(span) for span in found])


@blueprint.post("/transcripts/<int:transcript_id>/left-out")
@access.to(Transcript, Right.CORRECT)
@operation("逐語録の残りを議題外にする", answers=SegmentsChanged)
def leave_rest_out(person: Person, transcript: Transcript) -> SegmentsChanged:
    return SegmentsChanged.of(spans.leave_rest_out(database_session(), person, transcript))


@blueprint.post("/revisions/<int:revision_id>/left-out")
@access.to(MinutesRevision, Right.CORRECT)
@operation("会議録の残りを議題外にする（新しい改訂になることがある）", answers=RevisionAnswer)
def leave_rest_of_minutes_out(person: Person, revision: MinutesRevision) -> RevisionAnswer:
    records.leave_rest_out(database_session(), person, revision)
    return RevisionAnswer.of(revision.minutes.latest)
