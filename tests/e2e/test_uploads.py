"""Recordings from the browser that arrive whatever happens: a cut network, a killed server, a
closed page, a lost sign-in; files, and the terminal's own microphone (Chromium's, which beeps)."""

import hashlib
import re
import signal
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.e2e.conftest import (
    DESKTOP,
    LiveServer,
    chromium_for_tests,
    let_in,
    sign_in,
    start_server,
    todays_at,
)

URL = "/meetings/1/recordings"
SLOW_BYTES_A_SECOND = 2_000_000
RATE, CHANNELS, SECONDS = 192_000, 8, 10
"""30 MB: long on a slow line, and little to listen to."""

LONG_MS = 120_000


class Server:
    """One that can be killed and comes back at the same place."""

    def __init__(self, live: LiveServer) -> None:
        self.live = live
        self.start()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def start(self) -> None:
        self._process = start_server(self.live)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Server]:
    made = Server(todays_at(tmp_path_factory.mktemp("uploads"), empty_database))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def listening_browser(playwright: Playwright) -> Iterator[Browser]:
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]
    running = playwright.chromium.launch(executable_path=chromium_for_tests(), args=flags)
    yield running
    running.close()


@pytest.fixture
def context(listening_browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A secretary's browser."""
    made = listening_browser.new_context(
        viewport=DESKTOP, base_url=server.live.url, locale="ja-JP", permissions=["microphone"]
    )
    made.set_default_timeout(LONG_MS)
    expect.set_options(timeout=LONG_MS)
    page = made.new_page()
    sign_in(page, "morishita")
    page.close()
    yield made
    expect.set_options(timeout=5000)
    made.close()


def make_sound(path: Path, seed: int) -> Path:
    """Noise, so that every byte of it is needed."""
    values = CHANNELS * RATE * SECONDS
    noise = np.random.default_rng(seed).integers(-9000, 9000, values, np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(CHANNELS)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise.tobytes())
    return path


class Line:
    """The page's network: slow from the beginning, until it is cut or freed."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context.new_cdp_session(page)
        self.slow()

    def slow(self) -> None:
        self._set(offline=False, upload=SLOW_BYTES_A_SECOND)

    def cut(self) -> None:
        self._set(offline=True, upload=0)

    def free(self) -> None:
        self._set(offline=False, upload=-1)

    def _set(self, *, offline: bool, upload: int) -> None:
        conditions = {
            "offline": offline,
            "latency": 5,
            "downloadThroughput": -1,
            "uploadThroughput": upload,
        }
        self._browser.send("Network.emulateNetworkConditions", conditions)


def choose(page: Page, file: Path) -> None:
    page.get_by_label("録音ファイル").set_input_files(file)
    page.get_by_role("button", name="録音を送る").click()


def ask(page: Page, path: str) -> Any:
    answer = page.request.get(path)
    assert answer.ok, answer.text()
    return answer.json()


def until(page: Page, is_so: Callable[[], bool]) -> None:
    for _ in range(1200):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def has_some(page: Page) -> bool:
    uploads = ask(page, "/api/meetings/1/uploads")["uploads"]
    return any(upload["received_bytes"] for upload in uploads)


def received(page: Page) -> list[str]:
    """The hashes of the meeting's recordings."""
    recordings = ask(page, "/api/meetings/1/recordings")["recordings"]
    return [recording["sha256"] for recording in recordings]


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_file_arrives_through_a_cut_network_and_a_killed_server(
    context: BrowserContext, server: Server, tmp_path: Path
) -> None:
    file = make_sound(tmp_path / "議会 第1日.wav", 1)
    page = context.new_page()
    page.goto(URL)
    line = Line(page)
    choose(page, file)
    row = page.get_by_role("listitem").filter(has_text="議会 第1日.wav")
    expect(row).to_contain_text(re.compile(r"\d+ %（[\d.]+ MB／30.7 MB）・毎秒 .*残り約\d+秒"))
    until(page, lambda: has_some(page))
    line.cut()
    expect(row).to_contain_text("再接続しています")
    line.slow()
    expect(row).to_contain_text("送信しています")
    server.kill()
    expect(row).to_contain_text("再接続しています")
    line.free()
    server.start()
    expect(
        page.get_by_text("「議会 第1日.wav」を受け付けました。文字起こしを始めます")
    ).to_be_visible()
    assert received(page) == [sha256(file)]


def test_after_the_page_was_closed_the_same_file_goes_on_and_another_does_not(
    context: BrowserContext, tmp_path: Path
) -> None:
    file = make_sound(tmp_path / "委員会.wav", 2)
    (tmp_path / "elsewhere").mkdir()
    other = make_sound(tmp_path / "elsewhere" / "委員会.wav", 3)
    page = context.new_page()
    page.goto(URL)
    line = Line(page)
    choose(page, file)
    until(page, lambda: has_some(page))
    page.reload()
    line.free()
    listed = page.get_by_role("region", name="届いている途中の録音")
    expect(listed).to_contain_text("同じファイルを選ぶと続きから送ります")
    created: list[str] = []
    page.on(
        "request",
        lambda r: created.append(r.url) if r.method == "POST" and "/uploads" in r.url else None,
    )
    choose(page, file)
    until(page, lambda: sha256(file) in received(page))
    assert created == []
    expect(page.locator("[data-sending]").get_by_role("listitem")).to_have_count(0)
    line.slow()
    choose(page, other)
    row = page.locator("[data-sending]").get_by_role("listitem")
    row.get_by_role("button", name="一時停止").click()
    expect(row).to_contain_text("一時停止しています")
    assert len(created) == 1
    row.get_by_role("button", name="取りやめ").click()
    page.get_by_role("dialog").get_by_role("button", name="取りやめ").click()
    expect(row).to_contain_text("送信を取りやめました")
    assert ask(page, "/api/meetings/1/uploads")["uploads"] == []


def test_whoever_signs_in_again_goes_on_sending(context: BrowserContext, tmp_path: Path) -> None:
    file = make_sound(tmp_path / "部会.wav", 4)
    page = context.new_page()
    page.goto(URL)
    line = Line(page)
    choose(page, file)
    until(page, lambda: has_some(page))
    line.cut()
    other = context.new_page()
    other.goto("/today")
    other.get_by_role("button", name="サインアウト").click()
    line.free()
    row = page.locator("[data-sending]").get_by_role("listitem")
    expect(row).to_contain_text("サインインし直すと続きから送ります")
    with context.expect_page() as opened:
        row.get_by_role("link", name="サインインの画面を開く").click()
    sign_in(opened.value, "morishita")
    until(page, lambda: sha256(file) in received(page))


def test_while_another_person_is_signed_in_on_the_terminal_a_page_waits_for_its_own(
    context: BrowserContext, tmp_path: Path
) -> None:
    file = make_sound(tmp_path / "代わった人.wav", 5)
    page = context.new_page()
    page.goto(URL)
    context.clear_cookies()
    let_in(context, "koga")
    choose(page, file)
    row = page.locator("[data-sending]").get_by_role("listitem")
    expect(row).to_contain_text("サインインし直すと続きから送ります")
    context.clear_cookies()
    let_in(context, "morishita")
    until(page, lambda: sha256(file) in received(page))


def test_what_is_no_sound_is_told_and_can_be_taken_out_again(
    context: BrowserContext, tmp_path: Path
) -> None:
    file = tmp_path / "覚え書き.m4a"
    file.write_bytes(b"no sound at all")
    page = context.new_page()
    page.goto(URL)
    choose(page, file)
    row = page.locator("[data-sending]").get_by_role("listitem")
    expect(row).to_contain_text("開けませんでした")
    page.reload()
    listed = page.get_by_role("region", name="届いている途中の録音")
    with page.expect_download() as taken:
        listed.get_by_role("link", name="送ったファイルを取り出す").click()
    assert Path(taken.value.path()).read_bytes() == b"no sound at all"
    listed.get_by_role("button", name="取りやめ").click()
    page.get_by_role("dialog").get_by_role("button", name="取りやめ").click()
    expect(page.get_by_text("送信を取りやめました")).to_be_visible()


def start_recording(page: Page) -> Any:
    page.goto(f"{URL}#record")
    panel = page.get_by_role("region", name="マイクで録音")
    panel.get_by_role("button", name="この端末で録音する").click()
    expect(panel.locator("[data-recorder-saved]")).not_to_have_text("0:00:00")
    expect(panel.locator("[data-recorder-saved]")).not_to_have_text("0:00")
    return panel


def test_the_microphone_of_the_terminal_is_on_the_server_seconds_later(
    context: BrowserContext,
) -> None:
    """Through a network that is away for a while, into a recording that can be heard."""
    page = context.new_page()
    before = len(received(page))
    panel = start_recording(page)
    meter = panel.get_by_label("音の大きさ")
    until(page, lambda: float(meter.evaluate("meter => meter.value")) > 10)
    (upload,) = ask(page, "/api/meetings/1/uploads")["uploads"]
    assert upload["is_live"] and upload["received_bytes"] > 1000
    context.set_offline(True)
    expect(panel).to_contain_text("サーバーにつながりません。録音は続いていて")
    context.set_offline(False)
    panel.get_by_role("button", name="録音を終える").click()
    expect(page.locator(".recording")).to_have_count(before + 1)
    newest = ask(page, "/api/meetings/1/recordings")["recordings"][-1]
    assert newest["duration_seconds"] > 5 and newest["codec"] == "opus"


def test_a_page_closed_while_it_records_loses_nothing_that_was_said(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    before = len(received(page))
    start_recording(page)
    page.close()
    page = context.new_page()
    page.goto(URL)
    panel = page.get_by_role("region", name="マイクで録音")
    expect(panel).to_contain_text("録音の途中で止まりました")
    panel.get_by_role("button", name="ここまでで受け付ける").click()
    expect(page.locator(".recording")).to_have_count(before + 1)


def test_what_is_said_after_somebody_else_ended_the_upload_becomes_another_recording(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    before = len(received(page))
    older = ask(page, "/api/meetings/1/uploads")["uploads"]
    panel = start_recording(page)
    context.set_offline(True)
    expect(panel).to_contain_text("サーバーにつながりません")
    uploads = ask(page, "/api/meetings/1/uploads")["uploads"]
    known = {upload["key"] for upload in older}
    (upload,) = [upload for upload in uploads if upload["key"] not in known]
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    ended = page.request.post(
        f"/api/uploads/{upload['key']}/completion", headers={"X-CSRFToken": token}
    )
    assert ended.ok, ended.text()
    context.set_offline(False)
    expect(panel).to_contain_text("続きを別の録音として送っています")
    panel.get_by_role("button", name="録音を終える").click()
    expect(page.locator(".recording")).to_have_count(before + 2)
    # Either may be accepted first: the worker looks into both.
    newest = ask(page, "/api/meetings/1/recordings")["recordings"][-2:]
    first, rest = sorted(newest, key=lambda recording: "続き_" in recording["file_name"])
    assert rest["file_name"] == f"続き_{first['file_name']}"
    assert first["duration_seconds"] > 3 and rest["duration_seconds"] > 3
