"""One meeting, the whole way, on the screens, with the real speech model (steps 1 to 10)."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from meetings.dates import TOKYO
from tests.e2e.conftest import TABLET
from web.demo import papers
from web.demo.builders import folder

SOURCE = folder("dx-council")
TITLE = "第3回 試しの懇話会"
TRANSCRIBING_MS = 10 * 60_000
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The meeting's materials as an organiser has them: PDFs with their titles as names."""
    made = []
    for material in SOURCE.facts["materials"]:
        path = tmp_path_factory.mktemp("papers") / f"{material['title']}.pdf"
        path.write_bytes(papers.to_pdf((SOURCE.path / material["file"]).read_text("utf-8")))
        made.append(path)
    return made


def test_one_meeting_from_agenda_and_recording_to_published_minutes(
    open_page: Callable[..., Page], pdfs: list[Path]
) -> None:
    organiser = open_page("koga")
    url = set_up_meeting(organiser)
    add_agenda(organiser)
    add_documents(organiser, pdfs)
    invite(organiser, "大隈 千鶴", "篠原 泰成")
    attendee = open_page("okuma", TABLET)
    answer_and_read(attendee)
    secretary = open_page("morishita")
    upload(secretary, url)
    watch_segments_appear(secretary)
    correct(secretary)
    send_to_approval(secretary, url)
    approver = open_page("nagano")
    send_back(approver, url)
    revise_and_ask_again(secretary, url)
    approve_and_publish(approver, url)
    citizen = open_page()
    read_and_hear(citizen)
    withdraw(approver, url)
    citizen.goto("/")
    expect(citizen.get_by_role("link", name=TITLE)).to_have_count(0)
    read_statistics(secretary)


def set_up_meeting(page: Page) -> str:
    page.goto("/meetings")
    page.get_by_role("link", name="会議を登録する").click()
    page.get_by_label("会議体").fill("試しの懇話会")
    page.get_by_label("会議名").fill(TITLE)
    page.get_by_label("開催日").fill(datetime.now(TOKYO).date().isoformat())
    page.get_by_label("開始").fill("00:00")
    page.get_by_label("終了").fill("23:59")
    page.get_by_label("場所").fill(SOURCE.facts["place"])
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("heading", name="議題の編集")).to_be_visible()
    return page.url.removesuffix("/agenda")


def add_agenda(page: Page) -> None:
    box = page.get_by_role("region", name="議題を加える")
    for entry in SOURCE.facts["agenda"]:
        box.get_by_label("議題名").fill(entry["title"])
        box.get_by_label("説明者").fill(entry["presenter"])
        box.get_by_label("予定時間（分）").fill(str(entry["minutes"]))
        box.get_by_role("button", name="議題を加える").click()
        expect(page.locator(f'input[name^=title-][value="{entry["title"]}"]')).to_be_visible()
    third = SOURCE.facts["agenda"][2]["title"]
    page.get_by_role("button", name=f"「{third}」を前の議題の下に入れる").click()
    expect(page.locator("[data-number]").last).to_have_text("2-1")
    page.get_by_role("button", name=f"「{third}」を一段上に出す").click()
    expect(page.locator("[data-number]").last).to_have_text("3")
    page.get_by_role("button", name="保存して資料へ進む").click()


def add_documents(page: Page, pdfs: list[Path]) -> None:
    """Two at once by the form, then a file that is no PDF, which is told by name."""
    page.get_by_label("議題1の資料を加える").set_input_files(pdfs)
    page.locator("section", has=page.get_by_label("議題1の資料を加える")).get_by_role(
        "button", name="登録する"
    ).click()
    expect(page.get_by_text("資料を2件登録しました")).to_be_visible()
    page.get_by_label("議題2の資料を加える").set_input_files(
        files=[{"name": "覚え書き.pdf", "mimeType": "application/pdf", "buffer": b"plain text"}]
    )
    page.locator("section", has=page.get_by_label("議題2の資料を加える")).get_by_role(
        "button", name="登録する"
    ).click()
    expect(page.get_by_text("「覚え書き.pdf」は登録できませんでした")).to_be_visible()


def invite(page: Page, *names: str) -> None:
    page.get_by_role("link", name="出席", exact=True).click()
    for name in names:
        page.get_by_label("氏名・ふりがな・職名で絞り込む").fill(name.split()[0])
        page.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_role("button", name="選んだ人を招集する").click()
    expect(page.get_by_text(f"{len(names)}人を招集しました")).to_be_visible()


def answer_and_read(page: Page) -> None:
    """Found on the first page, answered, opened in one tap, on to the next document."""
    page.goto("/today")
    page.get_by_role("button", name=f"{TITLE}に出席").click()
    expect(page.get_by_text("出席で回答しました")).to_be_visible()
    page.get_by_role("link", name=re.compile("資料1")).first.click()
    viewer = page.locator("#viewer")
    expect(viewer).to_have_attribute("data-shown", re.compile(r":1$"))
    expect(page.locator(".textLayer")).to_contain_text("第1回の論点整理と現状分析")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("資料2")
    expect(page.locator(".textLayer")).to_contain_text("骨子")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("資料1")


def upload(page: Page, url: str) -> None:
    page.goto(f"{url}/recordings")
    page.get_by_label("録音ファイル").set_input_files(
        files=[{"name": "空.m4a", "mimeType": "audio/mp4", "buffer": b""}]
    )
    page.get_by_role("button", name="録音を送る").click()
    expect(page.get_by_text("空（0バイト）")).to_be_visible()
    page.get_by_label("録音ファイル").set_input_files(SOURCE.audio)
    page.get_by_role("button", name="録音を送る").click()
    expect(page.get_by_text("受け付けました。文字起こしを始めます")).to_be_visible(
        timeout=TRANSCRIBING_MS
    )


def watch_segments_appear(page: Page) -> None:
    """The first ones stand on the desk while the machine still listens to the rest."""
    expect(page.locator("[data-progress-text]")).to_contain_text(
        re.compile(r"文字起こし \d+ %"), timeout=TRANSCRIBING_MS
    )
    early = first_count(page)
    page.get_by_role("link", name="校正する").click()
    expect(page.locator(".segment").first).to_be_visible(timeout=TRANSCRIBING_MS)
    expect(page.locator("[data-work]")).to_be_visible()
    expect(page.locator("[data-work]")).to_be_hidden(timeout=TRANSCRIBING_MS)
    assert segments(page) > early


def first_count(page: Page) -> int:
    """Of segments, asked so often that the machine cannot have heard a second window meanwhile."""
    url = page.locator("[data-is-moving]").first.get_attribute("data-progress-url") or ""
    for _ in range(TRANSCRIBING_MS // 200):
        if count := page.request.get(url).json()["segment_count"]:
            return int(count)
        page.wait_for_timeout(200)
    raise AssertionError("no text came")


def segments(page: Page) -> int:
    """All of them; only those near the window are on the page."""
    return int(page.locator(".segment").first.get_attribute("aria-setsize") or 0)


def correct(page: Page) -> None:
    """Type over the first segment, confirm it by key, name who spoke, say where items begin."""
    page.reload()
    first = page.locator(".segment").first
    field = first.locator("textarea")
    heard = field.input_value()
    field.fill(SOURCE.turns[0]["sentences"][0]["text"])
    field.press("Control+Enter")
    expect(page.locator(".segment").nth(1).locator("textarea")).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み")
    expect(page.locator("[data-accuracy-raw]")).to_contain_text(
        re.compile(r"\d+字中\d+字を正しく変換")
    )
    expect(first.locator(".corrected").first).to_be_visible()
    first.get_by_label("0:00:01の発言者").or_(first.locator(".segment-speaker")).first.fill(
        "篠原 泰成"
    )
    first.locator("select").focus()
    first.locator("select").select_option(index=1)
    expect(page.locator("[data-saved]")).to_have_text("すべて保存済み")
    page.reload()
    expect(page.locator(".segment").first.locator("textarea")).to_have_value(
        SOURCE.turns[0]["sentences"][0]["text"]
    )
    assert heard != SOURCE.turns[0]["sentences"][0]["text"]
    page.locator("[data-toggle]").click()
    expect(page.locator("[data-clock]")).not_to_have_text("0:00:00", timeout=20_000)


def send_to_approval(page: Page, url: str) -> None:
    page.goto(f"{url}/minutes")
    page.get_by_role("button", name="会議録を作成").click()
    expect(page.locator(".paper")).to_contain_text(SOURCE.turns[0]["sentences"][0]["text"])
    expect(page.locator(".paper")).to_contain_text("大隈 千鶴")
    page.get_by_role("button", name="承認を依頼").click()
    expect(page.get_by_text("承認を待っています")).to_be_visible()


def send_back(page: Page, url: str) -> None:
    page.goto("/today")
    expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
    page.goto(f"{url}/minutes")
    page.get_by_label("差し戻す理由").fill("開会の発言を直してください。")
    page.get_by_role("button", name="差し戻す").click()
    expect(page.get_by_text("開会の発言を直してください。").first).to_be_visible()


def revise_and_ask_again(page: Page, url: str) -> None:
    page.goto(f"{url}/minutes")
    expect(page.get_by_text("開会の発言を直してください。").first).to_be_visible()
    page.get_by_role("link", name="文を編集").click()
    page.locator("textarea[name^=text-]").first.fill("ただいまから開会いたします。")
    page.get_by_role("button", name="新しい版として保存").click()
    expect(page.locator(".paper")).to_contain_text("ただいまから開会いたします。")
    page.get_by_role("button", name="承認を依頼").click()


def approve_and_publish(page: Page, url: str) -> None:
    page.goto(f"{url}/minutes")
    page.get_by_role("button", name="承認する").click()
    page.wait_for_load_state()  # the question is asked by the page's script
    page.get_by_role("button", name="公開する").click()
    page.get_by_role("dialog").get_by_role("button", name="公開する").click()
    expect(page.get_by_role("link", name="公開しています")).to_be_visible()


def read_and_hear(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.locator(".paper")).to_contain_text("ただいまから開会いたします。")
    place = page.locator(".words").first.get_attribute("data-sound")
    assert place
    sound = page.request.get(place)
    assert sound.ok and sound.headers["content-type"].startswith("audio/")
    assert len(sound.body()) > 5_000
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("文.*保存|テキスト|ダウンロード")).first.click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    assert "ただいまから開会いたします。" in text


def withdraw(page: Page, url: str) -> None:
    page.goto(f"{url}/minutes")
    page.get_by_text("公開を取り下げる").click()
    page.get_by_label("取り下げる理由").fill("誤りが見つかったため")
    page.get_by_role("button", name="取り下げる").click()
    expect(page.get_by_text("誤りが見つかったため").first).to_be_visible()


def read_statistics(page: Page) -> None:
    page.goto("/statistics")
    expect(page.get_by_text(re.compile(r"\d+所属\s*\d+件")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"[\d,]+字中[\d,]+字を正しく変換")).first).to_be_visible()
