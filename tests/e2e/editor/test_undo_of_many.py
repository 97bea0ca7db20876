"""元に戻す after one act on many segments: what nobody has changed since goes back, the rest is
said to stay."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from minutes.transcripts import transcripts
from models.transcript import AssignedBy, Speaker, Transcript
from tests.conftest import Cast
from tests.e2e.editor.desk import expect_saved, stored
from tests.e2e.editor.test_hands import reloaded

NAME = "篠原 泰成"


def forget_note(page: Page) -> None:
    page.locator("[data-note]").evaluate("(note) => (note.textContent = '')")


def press(page: Page, key: str, note: str) -> None:
    forget_note(page)
    page.keyboard.press(key)
    expect(page.locator("[data-note]")).to_contain_text(note)


def voices(session: Session, transcript: Transcript) -> list[tuple[str | None, bool]]:
    """Name, and whether it is only the machine's."""
    session.commit()
    found = [one.speaker for one in transcripts.segments_of(session, transcript)]
    return [(one.name, one.is_unnamed) if one else (None, False) for one in found]


@pytest.fixture
def told_apart(desk: Page, session: Session, transcript: Transcript) -> Page:
    """声1, 声2, 声1."""
    one, two = (Speaker(transcript=transcript, name=f"声{n}", number=n) for n in (1, 2))
    for segment, voice in zip(transcript.segments, (one, two, one), strict=True):
        segment.speaker = voice
    session.commit()
    return reloaded(desk)


def name_voice(page: Page, name: str) -> None:
    forget_note(page)
    page.keyboard.press("Alt+n")
    box = page.get_by_role("dialog")
    box.get_by_label("ほかの名前").fill(name)
    box.get_by_role("button", name=f"{name}にする").click()
    expect(page.locator("[data-note]")).to_contain_text("発話を")


def test_the_naming_of_a_voice_and_of_two_that_become_one_is_taken_back_and_done_again(
    told_apart: Page, session: Session, transcript: Transcript
) -> None:
    text, heard = told_apart.locator(".segment-text"), voices(session, transcript)
    text.first.focus()
    name_voice(told_apart, NAME)
    named = voices(session, transcript)
    assert named == [(NAME, False), ("声2", True), (NAME, False)]
    text.nth(1).focus()
    name_voice(told_apart, NAME)
    assert voices(session, transcript) == [(NAME, False)] * 3
    press(told_apart, "Control+z", "元に戻しました：1発話の発言者")
    assert voices(session, transcript) == named
    press(told_apart, "Control+z", "元に戻しました：2発話の発言者")
    assert voices(session, transcript) == heard
    expect(told_apart.locator(".segment-speaker").first).to_have_value("声1")
    expect(told_apart.locator(".segment-speaker").first).to_have_class(
        "segment-speaker is-suggested"
    )
    press(told_apart, "Control+y", "やり直しました")
    assert voices(session, transcript) == named


def test_a_voice_that_was_parted_is_one_again(
    told_apart: Page, session: Session, transcript: Transcript
) -> None:
    before = voices(session, transcript)
    told_apart.locator(".segment-text").nth(2).focus()
    told_apart.keyboard.press("Alt+b")
    expect(told_apart.locator(".segment-speaker").nth(2)).to_have_value("声3")
    press(told_apart, "Control+z", "元に戻しました：1発話の発言者")
    assert voices(session, transcript) == before


def test_a_name_that_another_gave_since_stays_when_the_voice_is_taken_back(
    told_apart: Page, other: Page, session: Session, transcript: Transcript
) -> None:
    told_apart.locator(".segment-text").first.focus()
    name_voice(told_apart, NAME)
    theirs = other.locator(".segment-speaker").nth(2)
    expect(theirs).to_have_value(NAME)
    theirs.fill("古賀 直樹")
    theirs.blur()
    expect(told_apart.locator(".segment-speaker").nth(2)).to_have_value("古賀 直樹")
    kept = "1発話は、そのあとで発言者が変わったため、そのままにしました。"
    press(told_apart, "Control+z", kept)
    names = [name for name, _ in voices(session, transcript)]
    assert names == ["声1", "声2", "古賀 直樹"]


def places(session: Session, transcript: Transcript) -> list[tuple[str | None, str | None]]:
    session.commit()
    return [
        (one.agenda_item.title if one.agenda_item else None, one.assigned_by)
        for one in transcripts.segments_of(session, transcript)
    ]


@pytest.fixture
def assigned(desk: Page, session: Session, transcript: Transcript) -> Page:
    """The machine has found the first item for all, a person has seen the last of them."""
    for segment in transcript.segments:
        segment.agenda_item = transcript.meeting.agenda_items[0]
        segment.assigned_by = AssignedBy.TEXT
    transcript.segments[2].assigned_by = AssignedBy.PERSON
    session.commit()
    return reloaded(desk)


def choose_item(page: Page, line: int, index: int) -> None:
    choice = page.locator(".segment-agenda select").nth(line)
    choice.focus()
    choice.select_option(index=index)
    expect(page.locator(".segment-item").nth(line)).to_be_visible()


def test_an_agenda_item_from_here_on_and_of_one_segment_is_taken_back_as_it_was(
    assigned: Page, session: Session, transcript: Transcript
) -> None:
    """What the machine had found is the machine's again, so that somebody still looks at it."""
    item = transcript.meeting.agenda_items[1].title
    before = places(session, transcript)
    choose_item(assigned, 1, 2)
    chosen = places(session, transcript)
    assert chosen == [before[0], (item, "person"), (item, "person")]
    choose_item(assigned, 0, 4)
    assert places(session, transcript)[1:] == chosen[1:]
    assigned.locator(".segment-text").first.focus()
    press(assigned, "Control+z", "元に戻しました：0:00:01からの議題")
    assert places(session, transcript) == chosen
    press(assigned, "Control+z", "元に戻しました：0:00:09からの議題")
    assert places(session, transcript) == before
    expect(assigned.locator(".segment-guess")).to_have_text(["推定：発話から"])
    press(assigned, "Control+y", "やり直しました")
    assert places(session, transcript) == chosen


def test_a_boundary_that_was_confirmed_is_a_guess_again(
    assigned: Page, session: Session, transcript: Transcript
) -> None:
    before = places(session, transcript)
    assigned.get_by_role("button", name="この区切りでよい").click()
    expect(assigned.locator(".segment-guess")).to_have_count(0)
    assigned.locator(".segment-text").first.focus()
    press(assigned, "Control+z", "元に戻しました")
    expect(assigned.locator(".segment-guess")).to_have_count(1)
    assert places(session, transcript) == before


def test_what_another_put_elsewhere_since_stays_when_an_item_is_taken_back(
    assigned: Page, other: Page, session: Session, transcript: Transcript
) -> None:
    titles = [item.title for item in transcript.meeting.agenda_items]
    session.commit()
    choose_item(assigned, 0, 2)
    expect(other.locator(".segment-item").first).to_contain_text(titles[1])
    choose_item(other, 2, 3)
    expect(assigned.locator(".segment-item").nth(2)).to_be_visible()
    assigned.locator(".segment-text").first.focus()
    kept = "1発話は、そのあとで議題が変わったため、そのままにしました。"
    press(assigned, "Control+z", kept)
    found = [title for title, _ in places(session, transcript)]
    assert found == [titles[0], titles[0], titles[2]]


def test_of_many_texts_taken_back_those_that_another_changed_since_are_told(
    desk: Page, other: Page, session: Session, cast: Cast, transcript: Transcript
) -> None:
    said = ["転入の鉄づき", "鉄づきの話", "この鉄づき"]
    for segment, text in zip(transcript.segments, said, strict=True):
        segment.text = text
    session.commit()
    page, text = reloaded(desk), desk.locator(".segment-text")
    text.first.fill("転入の手続き")
    text.nth(1).focus()
    page.get_by_role("button", name="選んだ箇所を直す").click()
    expect(text.nth(2)).to_have_value("この手続き")
    theirs = other.locator(".segment-text").nth(2)
    expect(theirs).to_have_value("この手続き")
    theirs.fill("この手続きです")
    expect_saved(other)
    expect(text.nth(2)).to_have_value("この手続きです")
    text.nth(1).focus()
    kept = "1発話は、そのあとで文が変わったため、そのままにしました。"
    press(page, "Control+z", kept)
    assert stored(session, transcript) == ["転入の手続き", "鉄づきの話", "この手続きです"]
    press(page, "Control+z", "元に戻しました：0:00:01の文")
    expect(text.first).to_have_value(said[0])
