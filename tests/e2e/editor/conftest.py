"""The editor in a real Chromium, on a transcript of three segments."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetings.disk.storage import Storage
from meetings.people import people
from minutes.proposals import decisions
from minutes.proposals.candidates import Candidate
from minutes.proposals.selection import RatedCandidate, Selection
from minutes.recognition.heard import HeardSegment
from minutes.terms.terms import Term
from models.document import Page as Page_
from models.meeting import Meeting
from models.person import Role
from models.transcript import Origin, Transcript
from tests.conftest import Cast
from tests.e2e.conftest import let_in
from tests.e2e.editor.desk import SAVING_MS, TEXT, WAITING
from tests.world import HEARD
from web.demo import builders


@pytest.fixture
def transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    made = builders.add_transcript(session, cast.secretary, recording, HEARD)
    session.commit()
    return made


@pytest.fixture
def context(server: str, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=server)
    context.set_default_timeout(SAVING_MS)
    yield context
    context.close()


@pytest.fixture
def desk(context: BrowserContext, cast: Cast, transcript: Transcript, session: Session) -> Page:
    login, path = cast.secretary.login, f"/transcripts/{transcript.id}"
    session.commit()
    let_in(context, login)
    page = context.new_page()
    page.goto(path)
    expect(page.locator(".segment")).to_have_count(len(HEARD))
    return page


@pytest.fixture
def taught(
    session: Session, storage: Storage, cast: Cast, meeting: Meeting, transcript: Transcript
) -> Page_:
    """The papers changed a word of the first segment and propose one for the second; the page
    that prints it."""
    builders.add_materials(session, storage, cast.organiser, meeting, builders.folder("dx-council"))
    session.flush()
    printed = session.scalars(select(Page_).order_by(Page_.id)).first()
    assert printed is not None
    first, second, _ = transcript.segments
    sure = Candidate(4, 6, "提告", "定刻", Origin.DICTIONARY, 0.0, 6, 0)
    decisions.keep(first, Selection(TEXT, (RatedCandidate(sure, 0.9),)))
    term = Term("今日", "ホンジツ", "資料1 1頁", False, 1, 5_000, printed.id)
    likely = Candidate(0, 2, "本日", "今日", Origin.TERM, 0.0, 6, 0, term)
    decisions.keep(second, Selection(second.heard, (), (RatedCandidate(likely, 0.5),)))
    session.commit()
    return printed


@pytest.fixture
def other(
    server: str, browser: Browser, desk: Page, cast: Cast, session: Session
) -> Iterator[Page]:
    """Another secretary at the same transcript."""
    people.grant_role(session, cast.approver, Role.SECRETARY, None)
    login, address = cast.approver.login, desk.url
    session.commit()
    context = browser.new_context(base_url=server)
    context.set_default_timeout(SAVING_MS)
    let_in(context, login)
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".segment")).to_have_count(3)
    yield page
    context.close()


@pytest.fixture
def long_transcript(session: Session, storage: Storage, cast: Cast, meeting: Meeting) -> Transcript:
    recording = builders.add_recording(
        session, storage, cast.secretary, meeting, builders.folder("dx-council")
    )
    heard = [HeardSegment(n * 2.0, n * 2.0 + 2, f"{n}番目の発話") for n in range(WAITING)]
    made = builders.add_transcript(session, cast.secretary, recording, heard)
    session.commit()
    return made
