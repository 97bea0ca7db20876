"""`gijido bench documents`: a heavy PDF from the upload to the last page in a real Chromium."""

import io
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from PIL import Image

from meetings.config import MEGABYTE
from web.bench.harness import client
from web.bench.harness.chromium import open_browser, signed_in
from web.bench.harness.server import RunningServer, empty_home, running

OPENINGS = 3
SEED = 7
MEMORY_EVERY_PAGES = 50
NOTE_TAP_AND_PAGE = """
const clock = () => performance.timeOrigin + performance.now();
addEventListener('click', () => (sessionStorage.tappedAt = clock()), true);
addEventListener('DOMContentLoaded', () => {
  const viewer = document.getElementById('viewer');
  if (!viewer) return;
  const seen = () => requestAnimationFrame(() => (sessionStorage.seenAt = clock()));
  new MutationObserver(() => viewer.dataset.shown && seen()).observe(viewer, {attributes: true});
});
"""


@dataclass(frozen=True)
class DocumentMeasurement:
    """`first_page_ms`: from the tap on the document to its first page, in a fresh browser, the
    median of three. `tab_mb`: memory of the tab after each 50 pages (proportional set size)."""

    pages: int
    size_mb: float
    upload_s: float
    prepared_s: float
    first_page_ms: float
    page_p50_ms: float
    page_p95_ms: float
    tab_mb: list[float]


def measure(pages: int, megabytes: int) -> DocumentMeasurement:
    """Raise GijidoError where there is no browser."""
    with empty_home() as config, open_browser() as browser:
        meeting_id, item_id = client.add_meeting(config)
        pdf = heavy_pdf(pages, megabytes)
        with running(config) as server:
            api = client.sign_in(server)
            begin = time.monotonic()
            document = api.upload(meeting_id, item_id, pdf)
            upload_s = time.monotonic() - begin
            _wait_until_prepared(api, document)
            prepared_s = time.monotonic() - begin - upload_s
            openings = [_open(browser, server, meeting_id, document) for _ in range(OPENINGS)]
            turns, memory = _leaf(browser, server, document, pages)
    return DocumentMeasurement(
        pages=pages,
        size_mb=round(len(pdf) / 1e6, 1),
        upload_s=round(upload_s, 1),
        prepared_s=round(prepared_s, 1),
        first_page_ms=round(statistics.median(openings)),
        page_p50_ms=round(statistics.median(turns)),
        page_p95_ms=round(statistics.quantiles(turns, n=20)[-1]),
        tab_mb=memory,
    )


def as_json(measured: DocumentMeasurement) -> dict[str, Any]:
    return asdict(measured)


def as_table(measured: DocumentMeasurement) -> str:
    memory = ", ".join(f"{size:.0f}" for size in measured.tab_mb)
    return (
        f"{measured.pages} pages, {measured.size_mb:.1f} MB: taken in after "
        f"{measured.upload_s:.1f} s, all pages read {measured.prepared_s:.1f} s later\n"
        f"first page {measured.first_page_ms:.0f} ms after the tap (median of {OPENINGS})\n"
        f"leafing: p50 {measured.page_p50_ms:.0f} ms, p95 {measured.page_p95_ms:.0f} ms a page\n"
        f"memory of the tab every {MEMORY_EVERY_PAGES} pages: {memory} MB"
    )


def heavy_pdf(pages: int, megabytes: int) -> bytes:
    """Return a PDF of which every page is a picture that does not compress, as scans are, with a
    line of text."""
    wanted = megabytes * MEGABYTE // pages
    side = int((wanted / 0.561) ** 0.5)
    chance = np.random.default_rng(SEED)
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    for number in range(1, pages + 1):
        noise = chance.integers(0, 256, (side, side), dtype=np.uint8)
        packed = io.BytesIO()
        Image.fromarray(noise, "L").save(packed, "JPEG", quality=75)
        picture = pdf.make_stream(packed.getvalue())
        picture.stream_dict.update(
            pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=side,
                Height=side,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
        )
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(P=picture), Font=pikepdf.Dictionary(F=font)
        )
        drawn = f"q 595 0 0 780 0 0 cm /P Do Q BT /F 20 Tf 40 800 Td (Page {number}) Tj ET"
        page.Contents = pdf.make_stream(drawn.encode())
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def _wait_until_prepared(api: client.Client, document: int) -> None:
    while True:
        version = api.ask("GET", f"/api/documents/{document}")["versions"][-1]
        if version["prepared_pages"] >= version["page_count"]:
            return
        time.sleep(0.5)


def _open(browser: Any, server: RunningServer, meeting_id: int, document: int) -> float:
    """Open the document in a browser that has not opened one of ours yet; return the milliseconds
    from the tap to the frame that shows the page, by the browser's own clock."""
    page = signed_in(browser, server.url)
    page.add_init_script(NOTE_TAP_AND_PAGE)
    page.goto(f"/meetings/{meeting_id}")
    card = page.locator(f"a[href='/documents/{document}']").first
    page.wait_for_load_state("networkidle")
    card.click(no_wait_after=True)
    page.wait_for_selector(f"#viewer[data-shown='{document}:1']", timeout=60_000)
    page.wait_for_function("sessionStorage.seenAt")
    taken = page.evaluate("sessionStorage.seenAt - sessionStorage.tappedAt")
    page.context.close()
    return float(taken)


def _leaf(
    browser: Any, server: RunningServer, document: int, pages: int
) -> tuple[list[float], list[float]]:
    page = signed_in(browser, server.url)
    page.goto(f"/documents/{document}")
    page.wait_for_selector(f"#viewer[data-shown='{document}:1']", timeout=60_000)
    turns, memory = [], [_tab_mb(browser)]
    for number in range(2, pages + 1):
        begin = time.monotonic()
        page.keyboard.press("ArrowRight")
        page.wait_for_selector(f"#viewer[data-shown='{document}:{number}']", timeout=60_000)
        turns.append(1000 * (time.monotonic() - begin))
        if number % MEMORY_EVERY_PAGES == 0:
            memory.append(_tab_mb(browser))
    page.context.close()
    return turns, memory


def _tab_mb(browser: Any) -> float:
    """Return the renderers' memory in MB, shared parts in proportion."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    sizes = [_pss_kb(entry["id"]) for entry in processes if entry["type"] == "renderer"]
    return round(sum(sizes) / 1024, 1)


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
