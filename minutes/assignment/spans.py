"""Finds what is still open in a transcript before its minutes may be approved: talk without an
agenda item, and sound that nobody has transcribed or confirmed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from meetings import audit, dates
from meetings.errors import NotPossibleNow
from minutes.transcripts import transcripts
from models.person import Person
from models.recording import WorkState
from models.transcript import AssignedBy, Doubt, Segment, Transcript


class SpanKind(StrEnum):
    """What is open in a stretch of a transcript."""

    UNASSIGNED = "unassigned"
    UNHEARD = "unheard"
    UNTRANSCRIBED = "untranscribed"

    @property
    def label(self) -> str:
        """Return the Japanese words for it."""
        return {
            SpanKind.UNASSIGNED: "議題に割り当てていない発話",
            SpanKind.UNHEARD: "声があるのに文字になっていない所",
            SpanKind.UNTRANSCRIBED: "文字起こしが終わっていない所",
        }[self]


@dataclass(frozen=True)
class AgendaSpan:
    """A stretch of the recording, in seconds, that is open; `segments` are those in it, if there
    are any.
    """

    kind: SpanKind
    transcript: Transcript
    start_seconds: float
    end_seconds: float
    segments: tuple[Segment, ...] = ()

    @property
    def seconds(self) -> float:
        """Return its length in seconds."""
        return max(0.0, self.end_seconds - self.start_seconds)


def open_spans(session: Session, transcript: Transcript) -> list[AgendaSpan]:
    """Return what is open, in order of time. A meeting without an agenda has nothing to assign.

    Silence is not open: nobody spoke there. A segment without words, where speech was heard, is
    open until somebody confirms it or leaves it out.
    """
    segments = transcripts.texts_of(session, transcript)
    spans = [*_unheard(transcript, segments), *_untranscribed(transcript, segments)]
    if transcript.meeting.agenda_items:
        spans = [*_unassigned(transcript, segments), *filter(_is_placed, spans)]
    return sorted(spans, key=lambda span: (span.start_seconds, span.kind))


def refuse_open(session: Session, sources: Iterable[Transcript]) -> None:
    """Raise NotPossibleNow, saying what is open, if anything is in these transcripts."""
    doubtful = [source for source in sources if _may_be_open(session, source)]
    spans = [span for source in doubtful for span in open_spans(session, source)]
    if spans:
        raise NotPossibleNow(
            f"まだ確かめていない所があります：{in_words(spans)}。校正の画面で議題を選ぶか確認してください。"
            "どの議題でもなければ「残りを議題外にする」を押してください。"
        )


def in_words(spans: list[AgendaSpan]) -> str:
    """Return the spans in words: 「議題に割り当てていない発話 12件（1分30秒）、…」."""
    return "、".join(
        _count_in_words(kind, spans) for kind in SpanKind if any(s.kind == kind for s in spans)
    )


def count(spans: Iterable[AgendaSpan]) -> int:
    """Return the number of open segments; a span without segments counts as one."""
    return sum(len(span.segments) or 1 for span in spans)


def leave_rest_out(session: Session, by: Person, transcript: Transcript) -> list[Segment]:
    """Mark everything that is still open as outside the agenda (議題外) and as seen. What could
    not be transcribed becomes a segment without words. Returns the segments.

    Raises NotPossibleNow while it is still being transcribed.
    """
    transcripts.refuse_when_approved(session, transcript)
    spans = open_spans(session, transcript)
    is_under_way = WorkState(transcript.transcription.state).is_open
    if is_under_way and any(span.kind == SpanKind.UNTRANSCRIBED for span in spans):
        raise NotPossibleNow(
            "文字起こしの途中です。終わるのを待つか、中止してから議題外にしてください。"
        )
    changed = [segment for span in spans for segment in span.segments or (_without_words(span),)]
    session.add_all(changed)
    transcripts.set_agenda_item(session, changed, None, AssignedBy.PERSON)
    if changed:
        audit.note(session, by, "leave_rest_out", transcript)
    return changed


def _may_be_open(session: Session, transcript: Transcript) -> bool:
    """Return whether it is worth looking for spans, without reading thousands of segments."""
    if any(chunk.state != WorkState.FINISHED for chunk in transcript.transcription.chunks):
        return True
    doubtful = and_(Segment.doubt == Doubt.MISSING, Segment.text == "")
    if transcript.meeting.agenda_items:
        doubtful = or_(doubtful, Segment.assigned_by.is_(None))
    found = select(Segment.id).where(Segment.transcript_id == transcript.id, doubtful).limit(1)
    return session.scalar(found) is not None


def _unassigned(transcript: Transcript, segments: Sequence[Segment]) -> Iterator[AgendaSpan]:
    for is_unassigned, run in groupby(segments, key=lambda segment: segment.is_unassigned):
        if is_unassigned:
            yield _span(SpanKind.UNASSIGNED, transcript, list(run))


def _unheard(transcript: Transcript, segments: Sequence[Segment]) -> Iterator[AgendaSpan]:
    for segment in segments:
        is_seen = segment.is_confirmed or _is_left_out_by_hand(segment)
        if segment.doubt == Doubt.MISSING and not segment.text and not is_seen:
            yield _span(SpanKind.UNHEARD, transcript, [segment])


def _untranscribed(transcript: Transcript, segments: Sequence[Segment]) -> Iterator[AgendaSpan]:
    left_out = [segment for segment in segments if _is_left_out_by_hand(segment)]
    for chunk in transcript.transcription.chunks:
        if chunk.state == WorkState.FINISHED:
            continue
        start = chunk.start_seconds + chunk.done_seconds
        is_left_out = any(
            one.start_seconds <= start and one.end_seconds >= chunk.end_seconds for one in left_out
        )
        if start < chunk.end_seconds and not is_left_out:
            yield AgendaSpan(SpanKind.UNTRANSCRIBED, transcript, start, chunk.end_seconds)


def _is_placed(span: AgendaSpan) -> bool:
    """Return whether all segments of the span have a place; otherwise it counts as unassigned
    already.
    """
    return not any(segment.is_unassigned for segment in span.segments)


def _is_left_out_by_hand(segment: Segment) -> bool:
    return segment.is_left_out and segment.assigned_by == AssignedBy.PERSON


def _span(kind: SpanKind, transcript: Transcript, run: list[Segment]) -> AgendaSpan:
    ends = max(segment.end_seconds for segment in run)
    return AgendaSpan(kind, transcript, run[0].start_seconds, ends, tuple(run))


def _without_words(span: AgendaSpan) -> Segment:
    return Segment(
        transcript=span.transcript,
        start_seconds=span.start_seconds,
        end_seconds=span.end_seconds,
        heard="",
        machine="",
        text="",
    )


def _count_in_words(kind: SpanKind, spans: list[AgendaSpan]) -> str:
    of_kind = [span for span in spans if span.kind == kind]
    return (
        f"{kind.label} {count(of_kind)}件（{dates.length(sum(span.seconds for span in of_kind))}）"
    )
