"""The page of a segment and the moments of a page, over the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from models.audit import AuditLine
from models.document import DocumentVersion
from models.person import Person
from models.recording import BeginningSource
from tests.conftest import Cast, Script
from tests.parts import FIRST, TwoParts
from tests.showing import add_papers, at, present, turn

SignIn = Callable[[Person], Script]


@pytest.fixture
def version(session: Session, storage: Storage, cast: Cast, two_parts: TwoParts) -> DocumentVersion:
    """Shown from the second segment on."""
    one = add_papers(session, storage, cast, two_parts.meeting)[0]
    present(session, two_parts.meeting, cast.organiser, 0, 60)
    turn(session, one, 14)
    session.commit()
    return one


def test_a_segment_carries_the_page_that_was_shown(
    script: SignIn, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    answer = script(cast.secretary).get(f"/transcripts/{two_parts.first.id}")
    first, second = answer["segments"]
    assert first["page"] is None
    assert second["page"] == {
        "document_id": version.document_id,
        "version_id": version.id,
        "version": 1,
        "page": 1,
        "url": f"/documents/{version.document_id}?version=1&page=1",
    }
    shown = answer["versions"][0]
    assert (shown["version_id"], shown["title"]) == (version.id, version.document.title)
    assert shown["page_count"] == 1 and len(answer["versions"]) == 2


def test_a_changed_segment_keeps_its_page(
    script: SignIn, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    secretary, segment = script(cast.secretary), two_parts.first.segments[1]
    body = {"text": "直した文", "revision": 0}
    changed = secretary.call("PUT", f"/segments/{segment.id}/text", body)
    assert changed["segment"]["page"]["version_id"] == version.id


def test_a_page_tells_its_moments_with_what_was_said_and_leaves_a_line(
    script: SignIn, session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    path = f"/versions/{version.id}/pages/1/moments"
    (moment,) = script(cast.approver).get(path)["moments"]
    duration = two_parts.first.recording.duration_seconds
    assert (moment["start_seconds"], moment["end_seconds"]) == (9.0, pytest.approx(duration))
    assert (moment["transcript_id"], moment["kind"], moment["part"]) == (
        two_parts.first.id,
        "part",
        1,
    )
    assert [said["text"] for said in moment["segments"]] == [FIRST[1].text]
    assert moment["is_beginning_sure"] is False
    session.commit()
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.verb, line.thing, line.thing_id) == ("read", "transcript", two_parts.first.id)


def test_whoever_may_not_hear_learns_nothing_of_what_was_said(
    script: SignIn, cast: Cast, version: DocumentVersion
) -> None:
    path = f"/versions/{version.id}/pages/1/moments"
    for person in (cast.attendee, cast.organiser, cast.outsider):
        script(person).get(path, status=404)


@pytest.mark.parametrize("number", [0, 2, 10**12])
def test_a_page_that_there_is_not_has_no_moments(
    script: SignIn, cast: Cast, version: DocumentVersion, number: int
) -> None:
    script(cast.secretary).get(f"/versions/{version.id}/pages/{number}/moments", status=404)


def test_a_removed_document_is_gone_from_segments_too(
    script: SignIn, session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    documents.remove_document(session, cast.organiser, version.document)
    secretary = script(cast.secretary)
    answer = secretary.get(f"/transcripts/{two_parts.first.id}")
    assert [segment["page"] for segment in answer["segments"]] == [None, None]
    assert version.id not in [known["version_id"] for known in answer["versions"]]
    secretary.get(f"/versions/{version.id}/pages/1/moments", status=404)


def test_a_script_learns_where_a_beginning_comes_from_and_can_confirm_it(
    script: SignIn, session: Session, cast: Cast, two_parts: TwoParts
) -> None:
    recording = two_parts.first.recording
    recording.beginning_source, recording.stamped_at = BeginningSource.STAMP, at(5)
    secretary, path = script(cast.secretary), f"/recordings/{recording.id}"
    told = secretary.get(path)
    assert (told["beginning_source"], told["is_beginning_sure"]) == ("stamp", False)
    assert told["stamped_at"] == told["began_at"] == "2026-11-23T05:00:05Z"
    body = {"kind": "part", "began_at": told["began_at"], "is_checked": True}
    assert secretary.call("PUT", f"{path}/place", body)["is_beginning_sure"] is True
