"""`gijido bench editor`: a transcript of hours in a real Chromium: how long it takes to open, how
quickly a letter shows, how evenly it scrolls."""

import json
import statistics
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from meetings.config import Config
from meetings.disk.storage import Storage
from minutes.recognition.heard import HeardSegment
from models.base import now
from models.database import connect, migrate, writing
from models.recording import WorkState
from web.bench.harness.chromium import open_browser, signed_in
from web.bench.harness.server import empty_home, running
from web.demo import builders
from web.demo.people import add_people

OPENINGS = 3
LETTERS = 60
SCROLL_SECONDS = 3
SETTLING_MS = 500
DESK = {"width": 1280, "height": 800}
SECONDS_EACH = 4.0
SECRETARY = "morishita"

# From the start of the navigation to the frame that shows words in a field.
NOTE_FIRST_WORDS = """
const seen = () => {
  if (![...document.querySelectorAll('textarea.segment-text')].some((field) => field.value)) return;
  watching.disconnect();
  requestAnimationFrame(() =>
    setTimeout(() => (document.documentElement.dataset.opened = performance.now())));
};
const watching = new MutationObserver(seen);
watching.observe(document, {childList: true, subtree: true});
"""
# From the key to the end of the frame that shows its letter.
NOTE_LETTERS = """() => {
  window.letters = [];
  let pressed = 0;
  addEventListener('keydown', () => (pressed = performance.now()), true);
  addEventListener('input', () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.letters.push(performance.now() - pressed);
    channel.port2.postMessage(null);
  }), true);
}"""
# Down the list, a fifth of the window every frame.
SCROLL = """(seconds) => new Promise((done) => {
  const begin = performance.now();
  let frames = 0;
  const step = () => {
    const passed = performance.now() - begin;
    if (passed > 1000 * seconds) return done((1000 * frames) / passed);
    frames += 1;
    scrollBy({top: innerHeight / 5, behavior: 'instant'});
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


@dataclass(frozen=True)
class EditorMeasurement:
    """`open_ms`: from the address to the first words in their fields, the median of three, with a
    warm cache. `keystroke_p95_ms`: from the key to the end of the frame that shows its letter.
    `heap_mb`: of the page's script, after all that."""

    segments: int
    open_ms: float
    keystroke_p95_ms: float
    scroll_fps: float
    heap_mb: float


def measure(segments: int) -> EditorMeasurement:
    """Raise GijidoError where there is no browser."""
    with empty_home() as config, open_browser() as browser:
        path = f"/transcripts/{add_long_transcript(config, segments)}"
        with running(config) as server:
            page = signed_in(browser, server.url, SECRETARY, DESK)
            page.add_init_script(NOTE_FIRST_WORDS)
            opened = [_open(page, path) for _ in range(OPENINGS)]
            letters = _type(page)
            frames = page.evaluate(SCROLL, SCROLL_SECONDS)
            heap = page.context.new_cdp_session(page).send("Runtime.getHeapUsage")
    return EditorMeasurement(
        segments=segments,
        open_ms=round(statistics.median(opened)),
        keystroke_p95_ms=round(statistics.quantiles(letters, n=20)[-1], 1),
        scroll_fps=round(frames, 1),
        heap_mb=round(heap["usedSize"] / 1e6, 1),
    )


def as_json(measured: EditorMeasurement) -> dict[str, Any]:
    return asdict(measured)


def as_table(measured: EditorMeasurement) -> str:
    return (
        f"{measured.segments:,} segments: first words after {measured.open_ms:,.0f} ms (median of "
        f"{OPENINGS})\na letter shows after {measured.keystroke_p95_ms:.0f} ms (p95 of {LETTERS})\n"
        f"scrolling: {measured.scroll_fps:.0f} frames a second\n"
        f"memory of the page's script: {measured.heap_mb:.0f} MB"
    )


def add_long_transcript(config: Config, segments: int) -> int:
    """Add what was heard in the demo's meeting again and again, half of it confirmed, and return
    its id. The sound below it is as short as the demo's."""
    source = builders.folder("finance-committee")
    heard = json.loads((source.path / "heard.json").read_text(encoding="utf-8"))["segments"]
    migrate(config.database)
    with writing(connect(config.database)) as session, session.begin():
        people = add_people(session)
        meeting = builders.add_meeting(
            session,
            people["koga"],
            source,
            series="測定",
            department=people["koga"].department,
            starts_at=now() - timedelta(hours=6),
        )
        session.flush()
        storage = Storage(config.home)
        recording = builders.add_recording(session, storage, people[SECRETARY], meeting, source)
        said = [_heard(heard[n % len(heard)], n) for n in range(segments)]
        transcript = builders.add_transcript(session, people[SECRETARY], recording, said)
        for segment in transcript.segments[::2]:
            segment.confirmed_by, segment.confirmed_at = people[SECRETARY], now()
        for step in transcript.transcription.steps:
            step.state = WorkState.FINISHED  # the machine is for the desk alone
        return transcript.id


def _heard(given: dict[str, Any], number: int) -> HeardSegment:
    start = number * SECONDS_EACH
    return HeardSegment(start, start + SECONDS_EACH, given["text"], given.get("confidence"))


def _open(page: Any, path: str) -> float:
    page.goto("about:blank")
    page.goto(path)
    opened = float(page.locator("html[data-opened]").get_attribute("data-opened"))
    page.wait_for_load_state("networkidle")  # the lines below, which the next opening is not for
    return opened


def _type(page: Any) -> list[float]:
    """Type in the middle of the transcript, and return the milliseconds of each letter."""
    page.evaluate("scrollTo({top: document.body.scrollHeight / 2, behavior: 'instant'})")
    page.wait_for_timeout(SETTLING_MS)
    page.locator("textarea.segment-text").nth(4).click()
    page.evaluate(NOTE_LETTERS)
    page.keyboard.type("a" * LETTERS, delay=50)
    page.wait_for_timeout(SETTLING_MS)
    return [float(each) for each in page.evaluate("window.letters")]
