"""The pages that citizens see beside published minutes, and those that they never do."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.documents import documents
from meetings.documents.documents import Permissions
from meetings.settings.work import MinutesSettings
from minutes.recordings.recordings import place_recording
from minutes.records import publication, records
from minutes.records.closed import passages
from minutes.records.closed.choosing import ChosenPassage
from minutes.records.closed.passages import ClosedGround
from models.closed_passage import ClosedKind, ClosedScope
from models.document import DocumentVersion
from models.minutes import MinutesRevision
from models.person import Person
from models.recording import RecordingKind
from tests.conftest import Browser, Cast
from tests.parts import SECOND, TwoParts
from tests.showing import add_papers, present, turn

Browse = Callable[[Person], Browser]


@pytest.fixture
def two_parts(session: Session, cast: Cast, two_parts: TwoParts) -> TwoParts:
    """Its beginnings are checked."""
    for recording in two_parts.recordings:
        began, recording.began_at = recording.began_at, None
        part = RecordingKind.PART
        place_recording(session, cast.secretary, recording, kind=part, began_at=began)
    session.commit()
    return two_parts


@pytest.fixture
def papers(
    session: Session, storage: Storage, cast: Cast, two_parts: TwoParts
) -> tuple[DocumentVersion, DocumentVersion]:
    """The first one was shown during the first part, the other one during the second."""
    one, other = add_papers(session, storage, cast, two_parts.meeting)
    present(session, two_parts.meeting, cast.organiser, 0, 600)
    turn(session, one, 0)
    turn(session, other, 60)
    session.commit()
    return one, other


@pytest.fixture
def published(
    session: Session, cast: Cast, two_parts: TwoParts, papers: tuple[DocumentVersion, ...]
) -> MinutesRevision:
    revision = records.draft(session, cast.secretary, two_parts.first, two_parts.second)
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    records.approve(session, cast.approver, revision)
    publication.publish(session, cast.approver, revision)
    session.commit()
    return revision


def url_of(two_parts: TwoParts, version: DocumentVersion) -> str:
    return f"/published/{two_parts.meeting.id}/pages/{version.id}/1"


def test_a_citizen_goes_from_the_sentence_to_the_page_and_to_its_sound(
    citizen: Browser,
    storage: Storage,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, DocumentVersion],
    published: MinutesRevision,
) -> None:
    paper = citizen.get(f"/published/{two_parts.meeting.id}").text
    one, other = (url_of(two_parts, version) for version in papers)
    assert paper.count(f'href="{one}"') == 1, "once, before the first of its sentences"
    assert paper.index(f'href="{one}"') < paper.index('id="said-0-0"')
    assert paper.index('id="said-0-0"') < paper.index(f'href="{other}"')
    page = citizen.get(other).text
    assert SECOND[0].text in page and "それでは定刻" not in page
    assert f"/published/{two_parts.meeting.id}#said-0-2" in page
    sound = f"/published/{two_parts.meeting.id}/sentences/0/2/sound"
    assert f'data-sound="{sound}"' in page and citizen.get(sound).status_code == 200
    picture = citizen.get(f"{other}/picture")
    assert picture.data == storage.path(papers[1].thumbnail_sha256).read_bytes()
    assert picture.headers["Cache-Control"] == "no-cache"


def test_a_script_reads_the_same(
    citizen: Browser,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    published: MinutesRevision,
) -> None:
    pages = citizen.get(f"/api/published/{two_parts.meeting.id}").get_json()["pages"]
    assert [(p["section"], p["paragraph"], p["url"]) for p in pages] == [
        (0, 0, url_of(two_parts, papers[0])),
        (0, 1, url_of(two_parts, papers[0])),
        (0, 2, url_of(two_parts, papers[1])),
        (0, 3, url_of(two_parts, papers[1])),
    ]


def closed(session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion) -> None:
    readers = [two_parts.meeting.invitations[0].person]
    documents.permit(session, cast.organiser, version.document, Permissions(readers=readers))


def watermarked(
    session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    documents.permit(session, cast.organiser, version.document, Permissions(is_watermarked=True))


def removed(session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion) -> None:
    documents.remove_document(session, cast.organiser, version.document)


def never_released(
    session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion
) -> None:
    version.released_at = None


def unread(session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion) -> None:
    version.pages[0].picture_sha256 = None


def unchecked(session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion) -> None:
    two_parts.first.recording.beginning_checked_at = None


def unplaced(session: Session, cast: Cast, two_parts: TwoParts, version: DocumentVersion) -> None:
    two_parts.first.recording.began_at = None


HIDING = [closed, watermarked, removed, never_released, unread, unchecked, unplaced]


@pytest.mark.parametrize("hide", HIDING, ids=lambda hide: hide.__name__)
def test_what_is_not_for_citizens_is_gone_at_once_in_text_and_picture(
    citizen: Browser,
    session: Session,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    published: MinutesRevision,
    hide: Callable[..., None],
) -> None:
    url = url_of(two_parts, papers[0])
    for shown in (f"/published/{two_parts.meeting.id}", f"/api/published/{two_parts.meeting.id}"):
        assert url in citizen.get(shown).text
    hide(session, cast, two_parts, papers[0])
    session.commit()
    assert url not in citizen.get(f"/published/{two_parts.meeting.id}").text
    assert citizen.get(url).status_code == 404
    assert citizen.get(f"{url}/picture").status_code == 404
    pages = citizen.get(f"/api/published/{two_parts.meeting.id}").get_json()["pages"]
    assert url not in [page["url"] for page in pages]


def test_a_page_beside_no_sentence_of_the_published_text_stays_inside(
    citizen: Browser,
    session: Session,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    published: MinutesRevision,
) -> None:
    """It was on the screens when nobody spoke for the minutes."""
    turn(session, papers[0], 200, page=2)
    session.commit()
    url = f"/published/{two_parts.meeting.id}/pages/{papers[0].id}"
    for number in (0, 2, 99):
        assert citizen.get(f"{url}/{number}").status_code == 404
        assert citizen.get(f"{url}/{number}/picture").status_code == 404


def test_with_the_minutes_their_pages_are_withdrawn(
    citizen: Browser,
    session: Session,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
    published: MinutesRevision,
) -> None:
    publication.withdraw(session, cast.approver, published, "誤りがあった")
    session.commit()
    assert citizen.get(url_of(two_parts, papers[0])).status_code == 410
    assert citizen.get(f"{url_of(two_parts, papers[0])}/picture").status_code == 410


def test_whoever_publishes_is_told_that_pages_go_along(
    browse: Browse,
    session: Session,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, ...],
) -> None:
    revision = records.draft(session, cast.secretary, two_parts.first, two_parts.second)
    records.request_approval(session, cast.secretary, revision)
    session.flush()
    records.approve(session, cast.approver, revision)
    approver = browse(cast.approver)
    page = approver.get(f"/meetings/{two_parts.meeting.id}/minutes").text
    assert "示された頁の画像（2頁）も公開されます" in page
    assert f"/documents/{papers[0].document_id}?version=1&amp;page=1" in page


def test_a_page_that_was_shown_while_closed_words_were_said_is_seen_nowhere(
    citizen: Browser,
    session: Session,
    cast: Cast,
    two_parts: TwoParts,
    papers: tuple[DocumentVersion, DocumentVersion],
    published: MinutesRevision,
) -> None:
    one, other = (url_of(two_parts, version) for version in papers)
    assert citizen.get(f"{other}/picture").status_code == 200
    last = (0, len(published.content["sections"][0]["paragraphs"]) - 1)
    passages.mark(
        session,
        cast.secretary,
        published,
        ChosenPassage(ClosedScope.SENTENCES, last, last),
        ClosedGround(kind=ClosedKind.CLOSED_SESSION, hides_pages=True),
        MinutesSettings(),
    )
    session.commit()
    paper = citizen.get(f"/published/{two_parts.meeting.id}").text
    assert f'href="{one}"' in paper and f'href="{other}"' not in paper
    for url in (other, f"{other}/picture"):
        assert citizen.get(url).status_code == 404
    pages = citizen.get(f"/api/published/{two_parts.meeting.id}").get_json()["pages"]
    assert {page["url"] for page in pages} == {one}
