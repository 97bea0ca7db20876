"""What the tests of the editor (校正) share."""

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from minutes import transcripts
from models.transcript import Transcript
from web.demo.people import PASSWORD

SAVING_MS = 8000
TEXT = "それでは定刻となりましたので"


def sign_in(page: Page, login: str = "morishita") -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み", timeout=SAVING_MS)


def stored(session: Session, transcript: Transcript) -> list[str]:
    session.commit()
    return [segment.text for segment in transcripts.segments_of(session, transcript)]
