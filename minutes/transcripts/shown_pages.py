"""Finds which page was shown while something was said, and what was said while a page was shown,
from the page turns of the meeting and the start times of its recordings.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from meetings.rights import may_publish_pages, may_read, rights
from minutes.recordings.parts import PlacedRecording, placed_recordings, usual_transcript
from models.document import Document, DocumentVersion
from models.meeting import Meeting
from models.person import Person
from models.recording import Recording
from models.sitting import Presenting, Turn
from models.transcript import Segment, Transcript

FOREVER = datetime.max.replace(tzinfo=UTC)
SAME_BREATH = timedelta(seconds=1)
"""The longest break between two presenters during which a page counts as shown all the time."""

LEAFED_PAST_SECONDS = 2.0
"""A page that was shown for less, without a word being said, was only passed on the way to
another.
"""


@dataclass(frozen=True)
class ShownPage:
    """A page of a version of a document; `number` counts from 1."""

    version: DocumentVersion
    number: int


@dataclass(frozen=True)
class PresentedInterval:
    """Time from one page turn to the next, or to the end of the presentation."""

    page: ShownPage
    since: datetime
    until: datetime


@dataclass(frozen=True)
class PageInterval:
    """Seconds of a recording during which a page was shown; `segments` were spoken then."""

    placed: PlacedRecording
    transcript: Transcript | None
    start_seconds: float
    end_seconds: float
    segments: list[Segment]


class Showings:
    """The pages shown at one meeting that somebody may see."""

    def __init__(self, intervals: list[PresentedInterval]) -> None:
        """Expect `intervals` in order of time, without overlaps."""
        self.intervals = intervals
        self._since = [interval.since for interval in intervals]

    def during(self, recording: Recording, start: float, end: float) -> ShownPage | None:
        """Return the page that was shown longest in these seconds of the recording. None if no
        page was shown or the recording's start time is unknown.
        """
        seconds: dict[ShownPage, float] = defaultdict(float)
        for interval, first, last in self._within(recording, start, max(end, start + 0.001)):
            seconds[interval.page] += last - first
        return max(seconds, key=lambda page: seconds[page], default=None)

    def all_during(self, recording: Recording, start: float, end: float) -> set[ShownPage]:
        """Return every page that was shown in these seconds of the recording."""
        within = self._within(recording, start, max(end, start + 0.001))
        return {interval.page for interval, _, _ in within}

    def without(self, pages: set[ShownPage]) -> "Showings":
        """Return what was shown but for these pages."""
        return Showings([one for one in self.intervals if one.page not in pages])

    def spans_of(self, recording: Recording, page: ShownPage) -> list[tuple[float, float]]:
        """Return start and end, in seconds of the recording, of each time this page was shown."""
        every = self._within(recording, 0.0, recording.duration_seconds)
        return [(first, last) for interval, first, last in every if interval.page == page]

    def to_hear(self, recording: Recording) -> list[PresentedInterval]:
        """Return up to three page turns by whose sound a person can check the recording's start
        time: the first, one in the middle and the last of those during the recording; of all of
        them if none falls into it or the start time is unknown.
        """
        intervals = self.intervals
        if began := recording.began_at:
            ended = began + timedelta(seconds=recording.duration_seconds)
            reached = [interval for interval in intervals if began <= interval.since <= ended]
            intervals = reached or intervals
        last = len(intervals) - 1
        return [intervals[place] for place in sorted({0, last // 2, last})] if intervals else []

    def _within(
        self, recording: Recording, start: float, end: float
    ) -> Iterable[tuple[PresentedInterval, float, float]]:
        """Yield every interval that overlaps these seconds, with start and end of the overlap in
        seconds of the recording.
        """
        began = recording.began_at
        if began is None:
            return
        place = max(0, bisect_right(self._since, began + timedelta(seconds=start)) - 1)
        for number in range(place, len(self.intervals)):
            interval = self.intervals[number]
            first = max(start, (interval.since - began).total_seconds())
            last = min(end, (interval.until - began).total_seconds())
            if first >= end:
                return
            if first < last:
                yield interval, first, last


def for_person(session: Session, person: Person, meeting: Meeting) -> Showings:
    """Return the pages shown at the meeting that the person may read."""
    given = rights(session, person, meeting)
    return _seen(session, meeting, lambda document: may_read(given, person, document))


def for_citizens(session: Session, meeting: Meeting) -> Showings:
    """Return the pages shown at the meeting that may be published with its minutes."""
    return _seen(session, meeting, may_publish_pages)


def page_intervals_of(
    session: Session, person: Person, version: DocumentVersion, number: int
) -> list[PageInterval]:
    """Return when this page was shown, in order of time over all recordings of the meeting. Times
    when it was only passed on the way to another page are left out.
    """
    page = ShownPage(version, number)
    showings = for_person(session, person, version.meeting)
    found = [
        interval
        for placed in placed_recordings(session, version.meeting)
        for interval in _page_intervals_in(session, showings, placed, page)
    ]
    return sorted(found, key=lambda interval: _on_the_clock(interval))


def presented_intervals_of(session: Session, meeting: Meeting) -> list[PresentedInterval]:
    """Return all pages shown at the meeting, whatever a reader may see of them."""
    turned = _turns(session, meeting)
    if not turned:
        return []
    presentings = _presentings(session, meeting)
    ends = [at for at, _ in turned[1:]] + [FOREVER]
    cut = [
        PresentedInterval(page, max(at, began), min(end, ended))
        for (at, page), end in zip(turned, ends, strict=True)
        for began, ended in presentings
        if max(at, began) < min(end, ended)
    ]
    return _joined(cut)


def _seen(session: Session, meeting: Meeting, may_see: Callable[[Document], bool]) -> Showings:
    every = presented_intervals_of(session, meeting)
    versions = {interval.page.version for interval in every}
    open_ones = {v for v in versions if v.released_at is not None and may_see(v.document)}
    return Showings([interval for interval in every if interval.page.version in open_ones])


def _turns(session: Session, meeting: Meeting) -> list[tuple[datetime, ShownPage]]:
    """Return the page turns in their order. The server's clock may contradict that order by a
    little.
    """
    document = selectinload(Turn.version).selectinload(DocumentVersion.document)
    rows = session.scalars(
        select(Turn)
        .where(Turn.meeting_id == meeting.id)
        .order_by(Turn.sequence)
        .options(document.selectinload(Document.readers))
    )
    turned: list[tuple[datetime, ShownPage]] = []
    for row in rows:
        at = max(row.at, turned[-1][0]) if turned else row.at
        turned.append((at, ShownPage(row.version, row.page_number)))
    return turned


def _presentings(session: Session, meeting: Meeting) -> list[tuple[datetime, datetime]]:
    """Return from when to when somebody presented. A page that was left open is shown again for
    the next presenter.
    """
    rows = session.scalars(
        select(Presenting).where(Presenting.meeting_id == meeting.id).order_by(Presenting.sequence)
    )
    return [(row.began_at, row.ended_at or FOREVER) for row in rows]


def _joined(intervals: list[PresentedInterval]) -> list[PresentedInterval]:
    """Return the intervals with those of the same page joined: zooming and handing over do not
    turn a page.
    """
    joined: list[PresentedInterval] = []
    for interval in intervals:
        before = joined[-1] if joined else None
        is_same = before is not None and before.page == interval.page
        if before and is_same and interval.since - before.until < SAME_BREATH:
            joined[-1] = replace(before, until=interval.until)
        else:
            joined.append(interval)
    return joined


def _page_intervals_in(
    session: Session, showings: Showings, placed: PlacedRecording, page: ShownPage
) -> list[PageInterval]:
    spans = showings.spans_of(placed.recording, page)
    transcript = usual_transcript(session, placed.recording) if spans else None
    made = []
    for start, end in spans:
        said = _said_during(session, showings, transcript, page, start, end) if transcript else []
        if said or end - start >= LEAFED_PAST_SECONDS:
            made.append(PageInterval(placed, transcript, start, end, said))
    return made


def _said_during(
    session: Session,
    showings: Showings,
    transcript: Transcript,
    page: ShownPage,
    start: float,
    end: float,
) -> list[Segment]:
    """Return the segments during which this page was shown longer than any other."""
    recording = transcript.recording
    reaching = session.scalars(
        select(Segment)
        .where(
            Segment.transcript_id == transcript.id,
            Segment.start_seconds < end,
            Segment.end_seconds > start,
        )
        .order_by(Segment.start_seconds, Segment.id)
    )
    return [
        segment
        for segment in reaching
        if showings.during(recording, segment.start_seconds, segment.end_seconds) == page
    ]


def _on_the_clock(interval: PageInterval) -> tuple[datetime, bool]:
    began = interval.placed.recording.began_at
    assert began is not None  # without one there are no intervals
    return began + timedelta(seconds=interval.start_seconds), interval.placed.is_spare
