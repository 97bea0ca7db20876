"""What the tests of the editor (校正) share."""

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from minutes.assignment import spans
from minutes.records import records
from minutes.transcripts import transcripts
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast

SAVING_MS = 8000
WAITING = 100
"""Changes that wait while the network is away."""

TEXT = "それでは定刻となりましたので"


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み", timeout=SAVING_MS)


def stored(session: Session, transcript: Transcript) -> list[str]:
    session.commit()
    return [segment.text for segment in transcripts.segments_of(session, transcript)]


def sent_for_approval(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    """Minutes made from what stands there now."""
    spans.leave_rest_out(session, cast.secretary, transcript)
    revision = records.draft(session, cast.secretary, transcript)
    records.request_approval(session, cast.secretary, revision)
    session.commit()
    return revision


def approved(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    revision = sent_for_approval(session, cast, transcript)
    records.approve(session, cast.approver, revision)
    session.commit()
    return revision


def type_offline(page: Page, lines: int) -> None:
    """A 「。」 at the end of each, from the first one on."""
    page.locator(".segment-text").first.focus()
    page.context.set_offline(True)
    for _ in range(lines):
        page.keyboard.press("End")
        page.keyboard.type("。")
        page.keyboard.press("Control+ArrowDown")
    expect(page.locator("[data-saved]")).to_have_text(f"未保存 {lines}件")
