"""Which page was shown while something was said, and when a page was shown."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.documents.documents import Permissions
from minutes.transcripts.shown_pages import ShownPage, for_citizens, for_person, page_intervals_of
from models.base import now
from models.document import DocumentVersion
from models.person import Person
from models.sitting import Presenting
from models.transcript import Segment
from tests.conftest import Cast
from tests.parts import FIRST, SECOND, STARTS_AT, TwoParts, add_spare
from tests.showing import add_papers, at, present, turn


@pytest.fixture
def papers(
    session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> tuple[DocumentVersion, DocumentVersion]:
    one, other = add_papers(session, storage, cast, two_parts.meeting)
    return one, other


def page_of(session: Session, by: Person, segment: Segment) -> tuple[int, int] | None:
    """The version's id and the page."""
    showings = for_person(session, by, segment.meeting)
    recording = segment.transcript.recording
    page = showings.during(recording, segment.start_seconds, segment.end_seconds)
    return (page.version.id, page.number) if page else None


def spans(session: Session, by: Person, version: DocumentVersion) -> list[tuple[str, float, float]]:
    """Which recording, from and to."""
    return [
        (m.placed.recording.file_name, m.start_seconds, m.end_seconds)
        for m in page_intervals_of(session, by, version, 1)
    ]


def test_a_page_is_there_from_its_turn_to_the_next_one_and_to_the_end_of_presenting(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    one, other = papers
    present(session, two_parts.meeting, cast.organiser, 0, 20)
    turn(session, one, 8)
    turn(session, other, 14.5)
    first, second = two_parts.first.segments
    assert page_of(session, cast.secretary, first) == (one.id, 1)  # 6 to 13.6 after two
    assert page_of(session, cast.secretary, second) == (other.id, 1)  # 14 to 18
    assert spans(session, cast.secretary, one) == [("前半.flac", 3.0, 9.5)]
    assert spans(session, cast.secretary, other) == [("前半.flac", 9.5, 15.0)]
    showings = for_person(session, cast.secretary, two_parts.meeting)
    recording = two_parts.first.recording
    assert showings.during(recording, 0.0, 2.9) is None, "before the first turn"
    assert showings.during(recording, 15.1, 19.0) is None, "nobody presents any more"


def test_a_segment_over_two_pages_belongs_to_the_one_that_was_there_longer(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    """The presenter turned late, and once too far and back: that is what was shown."""
    one, other = papers
    present(session, two_parts.meeting, cast.organiser, 0, 60)
    turn(session, one, 0)
    turn(session, other, 12.0)
    turn(session, one, 12.4)
    turn(session, other, 15.9)
    first, second = two_parts.first.segments
    assert page_of(session, cast.secretary, first) == (one.id, 1)
    assert page_of(session, cast.secretary, second) == (other.id, 1)  # 14 to 18: 2.1 of 4 seconds
    assert spans(session, cast.secretary, one) == [
        ("前半.flac", 0.0, 7.0),
        ("前半.flac", 7.4, pytest.approx(10.9)),
    ]
    assert spans(session, cast.secretary, other)[0][1] == pytest.approx(10.9), "not leafed past"


def test_zooming_and_handing_over_turn_no_page(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    one, _ = papers
    present(session, two_parts.meeting, cast.organiser, 0, 10)
    turn(session, one, 6)
    turn(session, one, 8, area=[0.1, 0.1, 0.5, 0.5])
    present(session, two_parts.meeting, cast.presenter, 10.2, 20)
    assert spans(session, cast.secretary, one) == [("前半.flac", 1.0, 15.0)]


def test_after_a_break_the_page_that_was_left_open_is_there_again(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    one, _ = papers
    present(session, two_parts.meeting, cast.organiser, 0, 10)
    turn(session, one, 6)
    present(session, two_parts.meeting, cast.organiser, 16, 20)
    assert spans(session, cast.secretary, one) == [
        ("前半.flac", 1.0, 5.0),
        ("前半.flac", 11.0, 15.0),
    ]


def test_a_clock_that_was_put_back_leaves_the_turns_in_their_order(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    one, other = papers
    present(session, two_parts.meeting, cast.organiser, 0, 20)
    turn(session, one, 8)
    turn(session, other, 7.5)
    assert spans(session, cast.secretary, one) == []
    assert spans(session, cast.secretary, other) == [("前半.flac", 3.0, 15.0)]


def test_both_parts_and_the_spare_recorder_know_the_same_page(
    session: Session,
    storage: Storage,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    tmp_path: Path,
) -> None:
    one, other = papers
    spare = add_spare(session, storage, cast, two_parts.meeting, tmp_path)
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, one, 0)
    turn(session, other, 60)
    turn(session, one, 87)
    assert page_of(session, cast.secretary, spare.segments[0]) == (one.id, 1)
    assert page_of(session, cast.secretary, two_parts.second.segments[0]) == (
        other.id,
        1,
    )  # 85.4 to 87.8
    found = page_intervals_of(session, cast.secretary, one, 1)
    assert [(m.placed.recording.file_name, [s.text for s in m.segments]) for m in found] == [
        ("前半.flac", [heard.text for heard in FIRST]),
        ("予備機.wav", [spare.segments[0].text]),
        ("後半.flac", [SECOND[1].text]),
    ]


def test_a_corrected_beginning_moves_every_page(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, papers[0], 30)
    first = two_parts.first.segments[0]
    assert page_of(session, cast.secretary, first) is None
    two_parts.first.recording.began_at = at(40)
    assert page_of(session, cast.secretary, first) == (papers[0].id, 1)


def test_nothing_is_known_while_the_beginning_is_not(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, papers[0], 0)
    two_parts.first.recording.began_at = None
    assert page_of(session, cast.secretary, two_parts.first.segments[0]) is None
    assert [name for name, *_ in spans(session, cast.secretary, papers[0])] == ["後半.flac"]


def test_a_meeting_over_midnight_goes_on(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    """15:00 in UTC is midnight in the city; presenting was never ended."""
    late = timedelta(hours=9, minutes=59, seconds=50)
    two_parts.first.recording.began_at = STARTS_AT + late
    present(session, two_parts.meeting, cast.organiser, late.total_seconds() - 60, 0)
    session.query(Presenting).one().ended_at = None
    turn(session, papers[0], late.total_seconds() + 5)
    assert spans(session, cast.secretary, papers[0])[0] == (
        "前半.flac", 5.0, pytest.approx(two_parts.first.recording.duration_seconds),
    )  # fmt: skip


def test_a_version_replaced_in_the_middle_is_the_one_that_was_shown(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    old = papers[0]
    new = DocumentVersion(
        document=old.document,
        number=2,
        page_count=1,
        file_name="新.pdf",
        sha256=old.sha256,
        size_bytes=1,
        thumbnail_sha256=old.thumbnail_sha256,
        created_by=cast.organiser,
        released_at=now(),
    )
    session.add(new)
    session.flush()
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, old, 0)
    turn(session, new, 14)
    first, second = two_parts.first.segments
    assert page_of(session, cast.secretary, first) == (old.id, 1)
    assert page_of(session, cast.secretary, second) == (new.id, 1)
    assert spans(session, cast.secretary, old) == [("前半.flac", 0.0, 9.0)]


def test_a_removed_document_is_shown_to_nobody(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    """And what stood there before does not take its place."""
    one, other = papers
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, one, 0)
    turn(session, other, 8)
    documents.remove_document(session, cast.organiser, other.document)
    assert page_of(session, cast.secretary, two_parts.first.segments[1]) is None
    assert page_intervals_of(session, cast.secretary, other, 1) == []


def test_a_closed_document_is_shown_to_its_readers_and_to_no_citizen(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    version = papers[0]
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, version, 0)
    invited = [invitation.person for invitation in two_parts.meeting.invitations]
    guest, reader, *_ = [person for person in invited if not person.grants]
    assert page_of(session, guest, two_parts.first.segments[0]) == (version.id, 1)
    permissions = Permissions(readers=[reader])
    documents.permit(session, cast.organiser, version.document, permissions)
    session.flush()
    assert page_of(session, guest, two_parts.first.segments[0]) is None
    assert page_of(session, reader, two_parts.first.segments[0]) == (version.id, 1)
    assert page_of(session, cast.secretary, two_parts.first.segments[0]) == (version.id, 1)
    assert page_of(session, cast.outsider, two_parts.first.segments[0]) is None
    recording = two_parts.first.recording
    assert for_citizens(session, two_parts.meeting).during(recording, 0.0, 9.0) is None


@pytest.mark.parametrize(
    "held_back", [{"is_watermarked": True}, {"may_print": False}, {"may_download": False}]
)
def test_citizens_see_no_page_of_what_is_not_to_be_kept(
    session: Session,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    held_back: dict[str, bool],
) -> None:
    version = papers[0]
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, version, 0)
    recording = two_parts.first.recording
    page = for_citizens(session, two_parts.meeting).during(recording, 0.0, 9.0)
    assert page == ShownPage(version, 1)
    documents.permit(session, cast.organiser, version.document, Permissions(**held_back))
    assert for_citizens(session, two_parts.meeting).during(recording, 0.0, 9.0) is None


def test_thousands_of_segments_ask_the_database_nothing_more(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    present(session, two_parts.meeting, cast.organiser, 0, 6000)
    for second in range(40):
        turn(session, papers[second % 2], second)
    showings, recording = (
        for_person(session, cast.secretary, two_parts.meeting),
        two_parts.first.recording,
    )
    asked: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    pages = [showings.during(recording, n / 500, n / 500 + 0.5) for n in range(4500)]
    assert all(pages) and asked == []


def test_some_turns_are_offered_to_the_ear(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> None:
    one, other = papers
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    seconds = [1, 6, 9, 12, 15, 300]
    for number, second in enumerate(seconds):
        turn(session, (one, other)[number % 2], second)
    showings = for_person(session, cast.secretary, two_parts.meeting)
    recording = two_parts.first.recording

    def offered() -> list[float]:
        return [(s.since - STARTS_AT).total_seconds() for s in showings.to_hear(recording)]

    assert offered() == [6, 9, 15], "the first, a middle one and the last that it reaches"
    recording.began_at = None
    assert offered() == [1, 9, 300]
