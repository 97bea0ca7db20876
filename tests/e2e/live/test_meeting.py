"""A meeting with several people at once, each in a browser of their own."""

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from models.base import now
from models.database import connect, writing
from models.person import Person, SignIn
from tests import pdfs
from tests.e2e.conftest import (
    DESKTOP,
    PHONE,
    TABLET,
    LiveServer,
    let_in,
    start_server,
    todays_at,
)
from tests.e2e.live.viewer import (
    SECOND,
    THIRD,
    draw,
    enter,
    expect_shown,
    press,
    viewer,
)
from web.demo.people import PASSWORD

OpenPage = Callable[..., Page]


def test_everybody_is_on_the_presenters_page_and_free_to_leave_it(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    follower = enter(open_page("okuma", TABLET, has_touch=True))
    reader = enter(open_page("yasunaga"))
    for page in (follower, reader):
        expect_shown(page, f"{bundle}:1")
    presenter.keyboard.press("ArrowRight")
    for page in (presenter, follower, reader):
        expect_shown(page, f"{bundle}:2")

    reader.keyboard.press("ArrowRight")
    expect_shown(reader, f"{bundle}:3")
    expect(viewer(reader)).to_have_attribute("data-mode", "own")
    presenter.keyboard.press("ArrowLeft")
    expect_shown(follower, f"{bundle}:1")
    sign = reader.get_by_role("button", name=re.compile("発表に戻る.*1頁"))
    expect(sign).to_be_visible()
    expect_shown(reader, f"{bundle}:3")
    sign.click()
    expect_shown(reader, f"{bundle}:1")
    expect(sign).to_be_hidden()

    late = enter(open_page("morishita", PHONE, has_touch=True))
    expect_shown(late, f"{bundle}:1")
    press(late, "そのほかの操作")
    late.get_by_role("button", name="これまでに発表された頁").click()
    listed = late.get_by_role("dialog").locator("li")
    expect(listed.first).to_contain_text("1頁")
    assert any("2頁" in words for words in listed.all_inner_texts())


def test_the_presenters_area_is_shown_whole_on_every_screen(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    upright = enter(open_page("okuma", TABLET, has_touch=True))
    across = enter(open_page("yasunaga", DESKTOP))
    phone = enter(open_page("morishita", PHONE, has_touch=True))
    for _ in range(2):
        press(presenter, "拡大")
    expect(presenter.locator(".is-zoomed")).to_be_visible()
    presenter.wait_for_timeout(600)
    for page in (upright, across, phone):
        expect(page.locator(".sheet-frame")).to_have_attribute("d", re.compile("M"))
        # The lit part is within the stage, and nearly fills it one way.
        seen = page.evaluate(
            """() => {
              const [, left, top, wide, high] = document.querySelector('.sheet-frame')
                .getAttribute('d').match(/zM([\\d.]+) ([\\d.]+)h([\\d.]+)v([\\d.]+)/).map(Number);
              const sheet = document.querySelector('.sheet-drawing');
              const points = sheet.viewBox.baseVal;
              const box = sheet.getBoundingClientRect();
              const stage = document.querySelector('.stage').getBoundingClientRect();
              const x = box.left + left / points.width * box.width - stage.left;
              const y = box.top + top / points.height * box.height - stage.top;
              const w = wide / points.width * box.width, h = high / points.height * box.height;
              return {x, y, right: stage.width - x - w, bottom: stage.height - y - h,
                      fill: Math.max(w / stage.width, h / stage.height)};
            }"""
        )
        assert min(seen["x"], seen["y"], seen["right"], seen["bottom"]) > -12, (page.url, seen)
        assert seen["fill"] > 0.6, seen


def test_the_pointer_is_seen_on_the_same_words(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    follower = enter(open_page("okuma", TABLET, has_touch=True))
    expect_shown(follower, f"{bundle}:1")
    press(presenter, "指し示す")
    sheet = presenter.locator(".sheet").bounding_box()
    assert sheet
    x, y = sheet["x"] + 0.3 * sheet["width"], sheet["y"] + 0.6 * sheet["height"]
    presenter.mouse.move(x, y)
    presenter.wait_for_timeout(150)
    presenter.mouse.move(x, y + 1)
    spot = follower.locator(".sheet-pointer")
    expect(spot).to_be_visible()
    part = follower.evaluate(
        """() => { const s = document.querySelector('.sheet').getBoundingClientRect();
           const p = document.querySelector('.sheet-pointer').getBoundingClientRect();
           return [(p.left + p.width / 2 - s.left) / s.width,
                   (p.top + p.height / 2 - s.top) / s.height]; }"""
    )
    assert part == pytest.approx([0.3, 0.6], abs=0.02)


def test_presenting_is_handed_over_and_taken_back(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    other = enter(open_page("yasunaga"))
    press(presenter, "発表の操作")
    presenter.get_by_role("button", name="発表をほかの人に渡す").click()
    presenter.get_by_role("dialog").get_by_role("button", name="安永 理恵").click()
    expect(viewer(other)).to_have_attribute("data-presenting", "yes")
    expect(viewer(presenter)).to_have_attribute("data-presenting", "no")
    other.keyboard.press("ArrowRight")
    expect_shown(presenter, f"{bundle}:2")
    press(presenter, "発表を引き取る")
    expect(viewer(other)).to_have_attribute("data-presenting", "no")
    expect(viewer(presenter)).to_have_attribute("data-presenting", "yes")


def test_an_outsider_sees_nothing_of_the_meeting(open_page: OpenPage, bundle: str) -> None:
    page = open_page("shimada")
    for path in ("/meetings/1/presentation", f"/documents/{bundle}", "/api/meetings/1/live"):
        answer = page.goto(path)
        assert answer and answer.status == 404


def test_a_terminal_without_network_reads_on_and_is_right_again_at_once(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    page = enter(open_page("okuma", DESKTOP))
    expect_shown(page, f"{bundle}:1")
    expect(viewer(page)).to_have_attribute("data-kept", re.compile(r"^(\d+)/\1$"), timeout=30_000)
    page.context.set_offline(True)
    expect(page.locator(".viewer-lost")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect_shown(page, f"{bundle}:2")
    page.reload()
    expect_shown(page, f"{bundle}:1")
    expect(page.locator(".viewer-lost")).to_be_visible()
    page.get_by_role("button", name="発表", exact=True).click()
    presenter.keyboard.press("End")
    expect_shown(presenter, f"{bundle}:3")
    page.context.set_offline(False)
    expect_shown(page, f"{bundle}:3")
    expect(page.locator(".viewer-lost")).to_be_hidden()


def test_a_memo_written_without_network_is_saved_when_it_is_back(
    open_page: OpenPage, bundle: str
) -> None:
    page = enter(open_page("okuma", DESKTOP))
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    page.get_by_role("button", name="メモを書く").click()
    page.context.set_offline(True)
    draw(page, 0.3, 0.5)
    expect(page.get_by_text("保存を待っているメモ 1件")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("保存を待っているメモ")).to_be_hidden(timeout=15_000)
    page.reload()
    expect(page.locator(".memo-ink")).to_have_count(1)


def test_where_streams_are_blocked_the_terminal_asks_again_and_again(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma")

    def no_streams(route: Route) -> None:
        is_stream = "text/event-stream" in route.request.headers.get("accept", "")
        route.abort() if is_stream else route.continue_()

    page.context.route("**/api/meetings/1/live**", no_streams)
    page.goto("/meetings/1/presentation")
    expect(viewer(page)).to_have_attribute("data-link", "polling", timeout=20_000)
    expect_shown(page, f"{bundle}:1")
    presenter.keyboard.press("ArrowRight")
    expect_shown(page, f"{bundle}:2")


def test_a_clock_that_is_an_hour_off_does_no_harm(
    presenter: Page, open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma")
    page.add_init_script("const real = Date.now; Date.now = () => real() - 3_600_000")
    enter(page)
    expect_shown(page, f"{bundle}:1")
    presenter.keyboard.press("ArrowRight")
    expect_shown(page, f"{bundle}:2")


def test_the_test_of_a_seat_reaches_the_organiser(open_page: OpenPage, bundle: str) -> None:
    seat = open_page("okuma", TABLET)
    seat.goto("/meetings/1/connection-test")
    expect(seat.get_by_text("良好です。")).to_be_visible(timeout=40_000)
    organiser = open_page("koga")
    organiser.goto("/meetings/1/sitting")
    row = organiser.locator("tr", has_text="大隈 千鶴").filter(has_text="ミリ秒")
    expect(row).to_contain_text("良好")


def test_opening_the_meeting_is_attendance_and_the_secretary_corrects_it(
    open_page: OpenPage, bundle: str
) -> None:
    enter(open_page("okuma"))
    page = open_page("morishita")
    page.goto("/meetings/1/sitting")
    expect(page.locator("tr", has_text="大隈").first).to_contain_text("会議の画面を開いた")
    page.get_by_label("名簿にない人の職名と氏名").fill("総務部長　山本 太郎")
    page.get_by_role("button", name="出席を記録する").click()
    expect(page.locator("tr", has_text="山本 太郎")).to_contain_text("書記が記入")
    page.get_by_role("button", name=re.compile("山本 太郎の出席を取り消す")).click()
    expect(page.locator("tr", has_text="山本 太郎")).to_have_count(0)


def test_memos_stay_on_their_page_when_the_document_is_replaced(
    open_page: OpenPage, bundle: str, tmp_path: Path
) -> None:
    reader = open_page("okuma")
    reader.goto(f"/documents/{bundle}")
    expect_shown(reader, f"{bundle}:1")
    reader.get_by_role("button", name="メモを書く").click()
    draw(reader, 0.3, 0.2)
    reader.keyboard.press("End")
    expect_shown(reader, f"{bundle}:3")
    draw(reader, 0.3, 0.2)
    draw(reader, 0.3, 0.3)
    expect(reader.locator(".memo-ink")).to_have_count(2 + 1)  # and the one under the pen
    reader.wait_for_timeout(500)

    file = tmp_path / "差替え.pdf"
    changed = THIRD.replace("夏休み", "冬休み")
    file.write_bytes(pdfs.pdf_of("# 正誤表\n\n表紙の日付を改める。", changed, SECOND))
    organiser = open_page("koga")
    organiser.goto("/meetings/1")
    entry = organiser.locator("li", has=organiser.locator(f"a[href='/documents/{bundle}']")).last
    entry.get_by_text("差替え・許可・変更").click()
    entry.locator("input[type=file]").set_input_files(file)
    entry.get_by_role("button", name="変わる頁を確かめる").click()
    expect(organiser.get_by_text("メモ 2件は新しい版の頁に引き継がれます。")).to_be_visible(
        timeout=30_000
    )
    expect(organiser.get_by_text("1件は移る頁がないため")).to_be_visible()
    organiser.get_by_role("button", name="第2版に差し替える").click()

    expect(reader.get_by_role("alert")).to_contain_text("第2版に差し替わりました")
    reader.goto(f"/documents/{bundle}?page=2")
    expect_shown(reader, f"{bundle}:2")
    expect(reader.locator(".memo-ink")).to_have_count(2)
    expect(reader.get_by_role("button", name="第1版から")).to_be_visible()
    reader.get_by_role("button", name="そのほかの操作").click()
    reader.get_by_role("button", name="メモの一覧").click()
    expect(reader.get_by_text("新しい版に頁がないメモ（1件）")).to_be_visible()
    expect(reader.locator(".memo-stranded img")).to_be_visible()


def test_a_shared_memo_appears_on_the_others_screens(open_page: OpenPage, bundle: str) -> None:
    writer, reader = open_page("okuma"), open_page("yasunaga")
    for page in (writer, reader):
        page.goto(f"/documents/{bundle}")
        expect_shown(page, f"{bundle}:1")
        expect(viewer(page)).to_have_attribute("data-link", "stream")
    writer.get_by_role("button", name="メモを書く").click()
    writer.get_by_role("button", name="文字", exact=True).click()
    sheet = writer.locator(".sheet").bounding_box()
    assert sheet
    writer.mouse.click(sheet["x"] + 100, sheet["y"] + 300)
    writer.get_by_label("メモの文").fill("根拠を聞く")
    writer.get_by_role("dialog").get_by_role("button", name="全員に見せる").click()
    writer.get_by_role("button", name="保存", exact=True).click()
    expect(reader.get_by_role("button", name=re.compile("大隈.*根拠を聞く"))).to_be_visible()


def test_words_of_two_characters_are_found_in_all_documents(
    open_page: OpenPage, bundle: str
) -> None:
    page = open_page("okuma")
    page.goto(f"/documents/{bundle}")
    expect_shown(page, f"{bundle}:1")
    page.wait_for_timeout(3000)  # the worker reads the pages
    page.get_by_role("button", name="全資料から探す").click()
    page.get_by_label("資料の中の言葉").fill("空調")
    page.get_by_role("button", name="検索", exact=True).last.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("3頁")).last.click()
    expect(page.locator(".viewer-number")).to_have_value("3")


def test_a_guest_comes_in_with_link_and_code_and_sees_this_meeting_alone(
    open_page: OpenPage, bundle: str, tmp_path: Path
) -> None:
    organiser = open_page("koga")
    organiser.goto("/meetings/1/invitations")
    organiser.locator("#name").fill("山本 太郎")
    organiser.locator("#title").fill("弁護士")
    organiser.get_by_role("button", name="外部委員を招く").click()
    link = organiser.locator("dd").first.inner_text()
    code = organiser.locator(".guest-code").inner_text()
    with organiser.expect_download() as saved:
        organiser.get_by_role("link", name="通知文").click()
    saved.value.save_as(tmp_path / "notice.pdf")
    paper = pdfium.PdfDocument(tmp_path / "notice.pdf")[0].get_textpage().get_text_bounded()
    words = "".join(paper.split())
    assert "山本太郎" in words and f"番号{code}" in words, words

    guest = open_page(size=PHONE, has_touch=True)
    guest.goto("/guest/" + link.rsplit("/", 1)[1])
    guest.get_by_label("番号").fill("1")
    guest.get_by_role("button", name="会議に入る").click()
    expect(guest.get_by_text("番号が違います。")).to_be_visible()
    guest.get_by_label("番号").fill(code)
    guest.get_by_role("button", name="会議に入る").click()
    expect(guest.get_by_role("link", name="会議に入る")).to_be_visible()
    answer = guest.goto(f"/documents/{bundle}")
    assert answer and answer.status == 200
    expect_shown(guest, f"{bundle}:1")
    for closed in ("/meetings/2", "/meetings/3/minutes", "/administration", "/statistics"):
        answer = guest.goto(closed)
        assert answer and answer.status == 404, closed


def test_after_a_restart_of_the_server_all_are_right_again_by_themselves(
    browser: Browser, tmp_path: Path, empty_database: Path
) -> None:
    """With a server of its own; the last acknowledged turn is the one that is shown."""
    server = todays_at(tmp_path, empty_database)
    process = start_server(server)
    pages = [sign_in_to(browser, server, login) for login in ("koga", "okuma")]
    try:
        presenter, follower = pages
        presenter.get_by_role("button", name="みんなに見せる").click()
        expect(viewer(presenter)).to_have_attribute("data-presenting", "yes")
        presenter.keyboard.press("PageDown")
        for page in pages:
            expect_shown(page, "2:1")
        kill(process)
        expect(follower.locator(".viewer-lost")).to_be_visible(timeout=30_000)
        process = start_server(server)
        for page in pages:
            expect(viewer(page)).to_have_attribute("data-link", "stream", timeout=30_000)
            expect_shown(page, "2:1")
        presenter.keyboard.press("PageUp")
        expect_shown(follower, "1:1")
    finally:
        for page in pages:
            page.context.close()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """As a power cut does."""
    process.kill()
    process.wait()


def sign_in_to(browser: Browser, server: LiveServer, login: str) -> Page:
    context = browser.new_context(viewport=DESKTOP, base_url=server.url, locale="ja-JP")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("利用者ID").fill(login)
    page.get_by_role("textbox", name="パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.wait_for_url(re.compile("/today"))
    return enter(page)


def test_a_tablet_whose_sign_in_ended_hands_out_no_document_that_it_keeps(
    open_page: OpenPage, live: LiveServer, bundle: str
) -> None:
    """Nobody pressed サインアウト, and the next person takes it."""
    page = open_page()
    let_in(page.context, "okuma")
    enter(page)
    expect(viewer(page)).to_have_attribute("data-kept", re.compile(r"^(\d+)/\1$"), timeout=30_000)
    kept = "async () => (await (await caches.open('gijido-meeting')).keys()).map((k) => k.url)"
    path = next(urlsplit(url).path for url in page.evaluate(kept) if url.endswith("/file"))
    end_newest_sign_in(live, "okuma")
    page.goto("/")
    page.wait_for_timeout(10_500)  # an answer of the server holds for ten seconds
    asked = """(path) => Promise.all(
        [1, 2, 3].map(async () => (await fetch(path, {redirect: 'manual'})).status))"""
    assert set(page.evaluate(asked, path)) <= {0, 302}, "one of three at the same moment got it"
    assert page.evaluate("caches.has('gijido-meeting')") is False


def end_newest_sign_in(live: LiveServer, login: str) -> None:
    engine = connect(live.home / "gijido.sqlite3")
    with writing(engine) as session, session.begin():
        newest = select(SignIn).join(Person).where(Person.login == login).order_by(SignIn.id.desc())
        entry = session.scalars(newest).first()
        assert entry
        entry.ended_at = now()
    engine.dispose()
