"""The work on a recording as the secretary sees it: the outline, the buttons, the part that renews
itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

MAKING_MS = 120_000


def test_the_outline_of_the_sound_is_drawn_and_a_click_goes_there(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("morishita")
    page.goto("/transcripts/1")
    wave = page.locator("[data-wave]")
    expect(wave).to_be_visible(timeout=MAKING_MS)  # the worker makes it when the server has started
    inked = """canvas => { const pen = canvas.getContext("2d");
        const seen = pen.getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0; for (let at = 3; at < seen.length; at += 4) count += seen[at] > 0;
        return count / (seen.length / 4); }"""
    assert 0.02 < wave.evaluate(inked) < 0.9
    expect(page.locator("audio")).to_have_js_property("readyState", 4, timeout=MAKING_MS)
    box = wave.bounding_box()
    assert box is not None
    wave.click(position={"x": box["width"] / 2, "y": 10})
    slider = page.get_by_role("slider", name="再生位置")
    length = float(slider.get_attribute("max") or 0)
    assert float(slider.input_value()) == pytest.approx(length / 2, abs=length / 50)


def test_a_run_is_begun_paused_resumed_and_cancelled(open_page: Callable[..., Page]) -> None:
    page = open_page("morishita")
    page.goto("/meetings/3/recordings")
    runs = page.locator(".run")
    before = runs.count()
    page.locator("summary", has_text="もう一度文字起こし").click()
    page.get_by_role("button", name="もう一度文字起こしを始める").click()
    expect(runs).to_have_count(before + 1)
    newest = runs.first
    newest.get_by_role("button", name="一時停止").click()
    expect(newest.locator("[data-progress-text]")).to_contain_text("一時停止")
    newest.get_by_role("button", name="続きから再開").click()
    newest.get_by_role("button", name="先に処理").click()
    expect(newest.get_by_text("優先", exact=True)).to_be_visible()
    expect(newest.locator(".stage-finished", has_text="音声確認")).to_be_visible(timeout=MAKING_MS)
    newest.get_by_role("button", name="中止").click()
    expect(newest.locator("[data-progress-text]")).to_contain_text(re.compile(r"中止（\d+ %まで）"))
    expect(page.locator("summary", has_text="もう一度文字起こし")).to_be_visible()
