"""Which page was shown while something was said, and what was said while a page was shown: the
turned pages of the sitting and the place of each recording on the meeting's clock.
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
"""Between handing over and going on: the page stood there all the time."""

LEAFED_PAST_SECONDS = 2.0
"""What was shown for less, and without a word, was only passed on the way to another page."""


@dataclass(frozen=True)
class ShownPage:
    version: DocumentVersion
    number: int


@dataclass(frozen=True)
class PresentedInterval:
    """A page stood on the screens from one turn to the next, or to the end of the presenting."""

    page: ShownPage
    since: datetime
    until: datetime


@dataclass(frozen=True)
class PageInterval:
    """A page was shown during these seconds of a recording; `segments` were said then."""

    placed: PlacedRecording
    transcript: Transcript | None
    start_seconds: float
    end_seconds: float
    segments: list[Segment]


class Showings:
    """What was shown at one meeting, as far as somebody may see it."""

    def __init__(self, stretches: list[PresentedInterval]) -> None:
        """`stretches` in the order of the clock, none over another."""
        self.stretches = stretches
        self._since = [stretch.since for stretch in stretches]

    def during(self, recording: Recording, start: float, end: float) -> ShownPage | None:
        """The page that was shown longest in these seconds of the recording; None where there was
        none, and when it is not known when the recording began."""
        seconds: dict[ShownPage, float] = defaultdict(float)
        for stretch, first, last in self._within(recording, start, max(end, start + 0.001)):
            seconds[stretch.page] += last - first
        return max(seconds, key=lambda page: seconds[page], default=None)

    def moments(self, recording: Recording, page: ShownPage) -> list[tuple[float, float]]:
        """The seconds of the recording, from and to, in which this page was shown."""
        every = self._within(recording, 0.0, recording.duration_seconds)
        return [(first, last) for stretch, first, last in every if stretch.page == page]

    def to_hear(self, recording: Recording) -> list[PresentedInterval]:
        """Some by whose first second one hears whether the recording stands right: the first, one
        in the middle and the last of those that the recording reaches, of all where its place is
        not known."""
        stretches = self.stretches
        if began := recording.began_at:
            ended = began + timedelta(seconds=recording.duration_seconds)
            reached = [stretch for stretch in stretches if began <= stretch.since <= ended]
            stretches = reached or stretches
        last = len(stretches) - 1
        return [stretches[place] for place in sorted({0, last // 2, last})] if stretches else []

    def _within(
        self, recording: Recording, start: float, end: float
    ) -> Iterable[tuple[PresentedInterval, float, float]]:
        """Every stretch that reaches into these seconds, with the seconds in which it does."""
        began = recording.began_at
        if began is None:
            return
        place = max(0, bisect_right(self._since, began + timedelta(seconds=start)) - 1)
        for number in range(place, len(self.stretches)):
            stretch = self.stretches[number]
            first = max(start, (stretch.since - began).total_seconds())
            last = min(end, (stretch.until - began).total_seconds())
            if first >= end:
                return
            if first < last:
                yield stretch, first, last


def for_person(session: Session, person: Person, meeting: Meeting) -> Showings:
    given = rights(session, person, meeting)
    return _seen(session, meeting, lambda document: may_read(given, person, document))


def for_citizens(session: Session, meeting: Meeting) -> Showings:
    """Beside published minutes."""
    return _seen(session, meeting, may_publish_pages)


def moments_of(
    session: Session, person: Person, version: DocumentVersion, number: int
) -> list[PageInterval]:
    """When this page was shown, in the order of the clock, over all recordings of the meeting.
    What was only leafed past is left out."""
    page = ShownPage(version, number)
    showings = for_person(session, person, version.meeting)
    found = [
        moment
        for placed in placed_recordings(session, version.meeting)
        for moment in _moments_in(session, showings, placed, page)
    ]
    return sorted(found, key=lambda moment: _on_the_clock(moment))


def stretches_of(session: Session, meeting: Meeting) -> list[PresentedInterval]:
    """Everything that was shown, for whoever may see all of it."""
    turned = _turns(session, meeting)
    if not turned:
        return []
    spells = _spells(session, meeting)
    ends = [at for at, _ in turned[1:]] + [FOREVER]
    cut = [
        PresentedInterval(page, max(at, began), min(end, ended))
        for (at, page), end in zip(turned, ends, strict=True)
        for began, ended in spells
        if max(at, began) < min(end, ended)
    ]
    return _joined(cut)


def _seen(session: Session, meeting: Meeting, may_see: Callable[[Document], bool]) -> Showings:
    every = stretches_of(session, meeting)
    versions = {stretch.page.version for stretch in every}
    open_ones = {v for v in versions if v.released_at is not None and may_see(v.document)}
    return Showings([stretch for stretch in every if stretch.page.version in open_ones])


def _turns(session: Session, meeting: Meeting) -> list[tuple[datetime, ShownPage]]:
    """In their order, which the clock of the server may have left by a little."""
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


def _spells(session: Session, meeting: Meeting) -> list[tuple[datetime, datetime]]:
    """When somebody presented. A page that was left open is there again for the next one."""
    rows = session.scalars(
        select(Presenting).where(Presenting.meeting_id == meeting.id).order_by(Presenting.sequence)
    )
    return [(row.began_at, row.ended_at or FOREVER) for row in rows]


def _joined(stretches: list[PresentedInterval]) -> list[PresentedInterval]:
    """One stretch while the same page stands there: zooming and handing over turn no page."""
    joined: list[PresentedInterval] = []
    for stretch in stretches:
        before = joined[-1] if joined else None
        is_same = before is not None and before.page == stretch.page
        if before and is_same and stretch.since - before.until < SAME_BREATH:
            joined[-1] = replace(before, until=stretch.until)
        else:
            joined.append(stretch)
    return joined


def _moments_in(
    session: Session, showings: Showings, placed: PlacedRecording, page: ShownPage
) -> list[PageInterval]:
    spans = showings.moments(placed.recording, page)
    transcript = usual_transcript(session, placed.recording) if spans else None
    made = []
    for start, end in spans:
        said = _said(session, showings, transcript, page, start, end) if transcript else []
        if said or end - start >= LEAFED_PAST_SECONDS:
            made.append(PageInterval(placed, transcript, start, end, said))
    return made


def _said(
    session: Session,
    showings: Showings,
    transcript: Transcript,
    page: ShownPage,
    start: float,
    end: float,
) -> list[Segment]:
    """What began, or went on, while the page was shown, and belongs to no other page."""
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


def _on_the_clock(moment: PageInterval) -> tuple[datetime, bool]:
    began = moment.placed.recording.began_at
    assert began is not None  # without one there are no moments
    return began + timedelta(seconds=moment.start_seconds), moment.placed.is_spare
