"""The screen where a recording's beginning is checked by ear; here without its script."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from models.document import DocumentVersion
from models.person import Person
from models.recording import BeginningSource, Recording
from tests import pages
from tests.conftest import Browser, Cast
from tests.parts import TwoParts
from tests.showing import add_papers, at, present, turn

Browse = Callable[[Person], Browser]


@pytest.fixture
def version(session: Session, storage: Storage, cast: Cast, two_parts: TwoParts) -> DocumentVersion:
    """Shown from 14:00:15 on."""
    one = add_papers(session, storage, cast, two_parts.meeting)[0]
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, one, 15)
    session.commit()
    return one


@pytest.fixture
def recording(session: Session, two_parts: TwoParts) -> Recording:
    """Begins at 14:00:05 by its own stamp."""
    recording = two_parts.first.recording
    recording.beginning_source, recording.stamped_at = BeginningSource.STAMP, at(5)
    session.commit()
    return recording


def form_of(page: str) -> dict[str, str]:
    return pages.form(page, "/place")


def test_a_turned_page_is_told_with_the_place_where_one_hears_it(
    browse: Browse, cast: Cast, recording: Recording, version: DocumentVersion
) -> None:
    page = browse(cast.secretary).get(f"/recordings/{recording.id}/place").text
    title = version.document.title
    assert f"<strong>14:00:15</strong> に「{title}」の1頁が示されました" in page
    assert "録音の 0:00:10" in page
    assert f'href="/recordings/{recording.id}/sound#t=7.0"' in page, "three seconds before"
    assert f"/versions/{version.id}/pages/1/picture" in page


def test_the_files_own_time_is_shown_with_what_it_may_mean(
    browse: Browse, cast: Cast, recording: Recording
) -> None:
    page = browse(cast.secretary).get(f"/recordings/{recording.id}/place").text
    assert "録音ファイルにある時刻：令和8年11月23日（月）14:00:05" in page
    assert "<strong>14:00:05</strong>（会議に合うのはこちら）" in page
    assert "<strong>13:59:45</strong>" in page, "as the end of its 19 seconds"
    assert "時刻は未確認" in page and "出どころ：録音ファイルの時刻" in page


def test_a_clock_that_is_far_off_is_told_and_offered_to_nobody(
    browse: Browse, session: Session, cast: Cast, recording: Recording
) -> None:
    recording.stamped_at, recording.began_at = at(-400 * 86_400), None
    session.commit()
    page = browse(cast.secretary).get(f"/recordings/{recording.id}/place").text
    assert "会議から離れているため、使っていません" in page and "data-take" not in page


def test_whoever_listened_says_so_and_the_list_tells_who(
    browse: Browse, session: Session, cast: Cast, recording: Recording
) -> None:
    secretary, url = browse(cast.secretary), f"/recordings/{recording.id}/place"
    listed = f"/meetings/{recording.meeting_id}/recordings"
    assert "時刻は未確認" in secretary.get(listed).text
    form = form_of(secretary.get(url).text)
    assert secretary.post(url, data=form).status_code == 302
    session.commit()
    assert not recording.is_beginning_sure, "saved, but nobody said that they listened"
    assert secretary.post(url, data={**form, "checked": "yes"}).status_code == 302
    session.commit()
    assert recording.is_beginning_sure and recording.beginning_source == BeginningSource.STAMP
    page = secretary.get(listed).text
    assert "時刻は確認済み" in page and "森下 義之さんが確認" in page


def test_a_meeting_where_nothing_was_turned_says_so(
    browse: Browse, cast: Cast, recording: Recording
) -> None:
    page = browse(cast.secretary).get(f"/recordings/{recording.id}/place").text
    assert "頁送りの記録がない" in page


def test_a_removed_document_is_not_offered_to_the_ear(
    browse: Browse, session: Session, cast: Cast, recording: Recording, version: DocumentVersion
) -> None:
    documents.remove_document(session, cast.organiser, version.document)
    page = browse(cast.secretary).get(f"/recordings/{recording.id}/place").text
    assert version.document.title not in page


def test_the_desk_says_what_to_do_while_the_beginning_is_unknown_or_unchecked(
    browse: Browse, session: Session, cast: Cast, two_parts: TwoParts, recording: Recording
) -> None:
    url, place = f"/transcripts/{two_parts.first.id}", f"/recordings/{recording.id}/place"
    secretary, approver = browse(cast.secretary), browse(cast.approver)
    assert "頁がずれているかもしれません" in secretary.get(url).text
    recording.began_at = None
    session.commit()
    page = secretary.get(url).text
    assert f'href="{place}">録音の始まりの時刻を決める' in page
    assert place not in approver.get(url).text, "who may not place it is sent nowhere"
