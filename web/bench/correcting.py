"""`gijido bench correcting`: a secretary who knows every word corrects a machine transcript to its
reference in a real Chromium, with the keyboard alone, and counts keys and decisions."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from meetings.config import Config
from meetings.disk.storage import Storage
from meetings.errors import GijidoError
from minutes.accuracy import same_place
from minutes.japanese.readings import tokens
from minutes.japanese.similarity import sounds
from minutes.recognition.heard import HeardSegment
from models.base import now
from models.database import connect, migrate, writing
from web.bench.harness import client
from web.bench.harness.chromium import open_browser, signed_in
from web.bench.harness.client import Client
from web.bench.harness.server import empty_home, running
from web.demo import builders
from web.demo.builders import MeetingFolder
from web.demo.people import add_people

DESK = {"width": 1280, "height": 800}
SECRETARY = "morishita"
LONGEST_STEP_SECONDS = 600
SAVING_MS = 15_000
CONVERSION = 2
"""Keys of the input method for one piece of text: convert, take."""

FIRST, LAST = "Control+Home", "Control+End"
"""Of the whole text: without Control, of the row in the field."""

LOOK_MS, MOST_LOOKS = 50, 100
FIELD = """() => {
  const field = document.activeElement;
  return [field.value, field.selectionStart, field.selectionEnd];
}"""


@dataclass(frozen=True)
class DeskHelp:
    """Which help of the desk is used."""

    words: str
    queue: bool = False
    alike: bool = False
    unsure: bool = False


WAYS = (
    DeskHelp("line after line"),
    DeskHelp("with the queue", queue=True),
    DeskHelp("with all that are alike", alike=True),
    DeskHelp("with both", queue=True, alike=True),
    DeskHelp("with the unsure words", unsure=True),
    DeskHelp("with everything", queue=True, alike=True, unsure=True),
)


@dataclass
class CorrectionMeasurement:
    """`errors`: characters between the machine's text and the reference at the beginning. `keys`:
    pressed, and those that an input method needs for what is typed. `decisions`: whether to take a
    proposal, all that are alike, a line as it stands, or to write. `left`: what is still wrong."""

    way: str
    errors: int
    keys: int = 0
    decisions: int = 0
    seconds: float = 0.0
    left: int = 0


def measure(source: MeetingFolder) -> list[CorrectionMeasurement]:
    """Measure each way on a fresh transcript. Raises GijidoError where there is no browser."""
    return [_measure(source, way) for way in WAYS]


def as_json(measured: list[CorrectionMeasurement]) -> list[dict[str, Any]]:
    return [asdict(one) for one in measured]


def as_table(measured: list[CorrectionMeasurement]) -> str:
    lines = [
        f"{'':26}{'errors':>8}{'keys':>8}{'per 100':>9}{'decisions':>11}{'per 100':>9}{'left':>6}"
    ]
    for one in measured:
        share = 100 / max(1, one.errors)
        lines.append(
            f"{one.way:26}{one.errors:>8}{one.keys:>8}{one.keys * share:>9.0f}"
            f"{one.decisions:>11}{one.decisions * share:>9.0f}{one.left:>6}"
        )
    return "\n".join(lines)


def _measure(source: MeetingFolder, way: DeskHelp) -> CorrectionMeasurement:
    with empty_home() as config, open_browser() as browser:
        transcript_id, meant = _transcript(config, source)
        with running(config) as server:
            api = client.sign_in(server, SECRETARY)
            _wait_for_proposals(api, transcript_id)
            page = signed_in(browser, server.url, SECRETARY, DESK)
            page.goto(f"/transcripts/{transcript_id}")
            page.locator("textarea.segment-text").first.wait_for()
            hands = Hands(page, api, transcript_id, meant)
            measured = CorrectionMeasurement(way.words, errors=hands.errors())
            begin = time.monotonic()
            hands.correct_all(way)
            measured.seconds = round(time.monotonic() - begin, 1)
            measured.keys, measured.decisions = hands.keys, hands.decisions
            measured.left = hands.errors()
    return measured


class Hands:
    """The keyboard of somebody who hears every word rightly."""

    def __init__(self, page: Any, api: Client, transcript_id: int, meant: list[str]) -> None:
        self.page, self.api, self.transcript_id = page, api, transcript_id
        self.meant = {s["id"]: text for s, text in zip(self._segments(), meant, strict=True)}
        self.keys = self.decisions = 0

    def errors(self) -> int:
        return sum(self._distance(s["id"], s["text"]) for s in self._segments())

    def correct_all(self, way: DeskHelp) -> None:
        if way.queue:
            self._go_through_the_queue()
        if way.unsure:
            self._go_through_unsure_words()
        self._go_to_the_first_line()
        for _ in self.meant:
            self._correct_line()
            self._press("Control+Enter")
            self.decisions += 1
            self._saved()
            if way.alike:
                self._decide_alike()

    def _go_to_the_first_line(self) -> None:
        self.page.evaluate("scrollTo(0, 0)")
        first = next(iter(self.meant))
        self.page.locator(f"#segment-{first} textarea.segment-text").focus()

    def _go_through_the_queue(self) -> None:
        self._press("F8")
        for _ in range(10 * len(self.meant)):
            if self.page.locator("[data-queue-next]").is_disabled():
                return
            here = self._proposal_here()
            if here is None:  # the line as a whole is doubtful
                self._correct_line()
                self._press("Control+Enter")
            else:
                self._press("F9" if self._is_right(*here) else "F10")
            self.decisions += 1
            self._saved()
        raise GijidoError("疑わしい箇所が終わりません。")

    def _go_through_unsure_words(self) -> None:
        self._go_to_the_first_line()
        self._press(FIRST)
        while self._next_unsure_word():
            text, start, end = self.page.evaluate(FIELD)
            self.decisions += 1
            new = _meant_between(text, self.meant[self._line_here()], start, end)
            if new != text[start:end]:
                self._replace(new)

    def _next_unsure_word(self) -> bool:
        """Return whether there was a next unsure word to go to. The words may have to be fetched
        first."""
        before = (self._line_here(), self.page.evaluate(FIELD)[1:])
        self._press("F7")
        note = self.page.locator("[data-note]")
        for _ in range(MOST_LOOKS):
            if (self._line_here(), self.page.evaluate(FIELD)[1:]) != before:
                return True
            if "自信のない言葉はありません" in (note.text_content() or ""):
                return False
            self.page.wait_for_timeout(LOOK_MS)
        raise GijidoError("自信のない言葉へ進めません。")

    def _proposal_here(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the segment and the proposal whose words are selected, if there is one."""
        segment_id = self._line_here()
        segment = next(s for s in self._segments() if s["id"] == segment_id)
        selected = self.page.evaluate("document.activeElement.selectionStart")
        starts = [p for p in segment["proposals"] if p["start"] == selected]
        return (segment, starts[0]) if starts else None

    def _is_right(self, segment: dict[str, Any], proposal: dict[str, Any]) -> bool:
        taken, refused = proposal["after"], proposal["before"]
        now_there = taken if proposal["was_changed"] else refused
        start, text = proposal["start"], segment["text"]
        rest = text[start + len(now_there) :]
        return self._distance(segment["id"], text[:start] + taken + rest) < self._distance(
            segment["id"], text[:start] + refused + rest
        )

    def _correct_line(self) -> None:
        segment_id = self._line_here()
        text = self.page.evaluate("document.activeElement.value")
        for start, end, new in _changes(text, self.meant[segment_id]):
            self.decisions += 1
            self._place_cursor(start)
            for _ in range(end - start):
                self._press("Shift+ArrowRight")
            self._replace(new)

    def _replace(self, new: str) -> None:
        """Replace what is selected, or insert where nothing is."""
        if new:
            self._type(new)
        else:
            self._press("Delete")

    def _decide_alike(self) -> None:
        box = self.page.locator("[data-alike]")
        self.page.wait_for_timeout(300)
        while box.is_visible():
            shown = box.locator("h2").text_content()
            self.decisions += 1
            self._press("Alt+a")
            if not self._alike_is_right(box):
                for _ in range(3):
                    self._press("Tab")
            self._press("Enter")
            self._saved()
            self.page.wait_for_timeout(300)
            if box.is_visible() and box.locator("h2").text_content() == shown:
                raise GijidoError("「同じように直す」が閉じません。")
        self.page.keyboard.press("Control+ArrowDown")
        self.page.keyboard.press("Control+ArrowUp")

    def _alike_is_right(self, box: Any) -> bool:
        """Return whether all that are ticked make their lines better."""
        words = box.locator("h2").text_content().split("　")[0]
        before, after = words.strip("「」").split("」→「")
        texts = {s["id"]: s["text"] for s in self._segments()}
        ticked = [(identity, text) for identity, text in texts.items() if before in text]
        return all(
            self._distance(identity, text.replace(before, after)) < self._distance(identity, text)
            for identity, text in ticked
        )

    def _place_cursor(self, wanted: int) -> None:
        """Move the cursor by the shortest way: from where it is, or from either end of the text."""
        here = self.page.evaluate("document.activeElement.selectionEnd")
        length = self.page.evaluate("document.activeElement.value.length")
        ways = [(abs(wanted - here), ""), (wanted + 1, FIRST), (length - wanted + 1, LAST)]
        _, first = min(ways)
        if first:
            self._press(first)
            here = 0 if first == FIRST else length
        key = "ArrowRight" if wanted > here else "ArrowLeft"
        if here == wanted and not first:
            return
        for _ in range(abs(wanted - here)):
            self._press(key)

    def _type(self, text: str) -> None:
        """Type the text as an input method hands it over; its own keys are counted."""
        self.keys += sum(len(sounds(word.kana)) or len(word.surface) for word in tokens(text))
        self.keys += CONVERSION
        self.page.keyboard.insert_text(text)

    def _press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def _saved(self) -> None:
        self.page.locator("[data-saved]:not(.is-unsaved)").wait_for(timeout=SAVING_MS)

    def _line_here(self) -> int:
        line = self.page.evaluate("document.activeElement.closest('.segment')?.id ?? ''")
        return int(line.removeprefix("segment-"))

    def _segments(self) -> list[dict[str, Any]]:
        found = self.api.ask("GET", f"/api/transcripts/{self.transcript_id}")["segments"]
        return list(found)

    def _distance(self, segment_id: int, text: str) -> int:
        return int(Levenshtein.distance(text, self.meant[segment_id]))


def _meant_between(text: str, meant: str, start: int, end: int) -> str:
    """Return what was meant by these letters of the text."""
    return meant[same_place(text, meant, start) : same_place(text, meant, end)]


def _changes(text: str, meant: str) -> Iterator[tuple[int, int, str]]:
    """Yield what to replace, from the end to the beginning, so that no place moves."""
    for block in reversed(list(Levenshtein.opcodes(text, meant))):
        if block.tag != "equal":
            yield block.src_start, block.src_end, meant[block.dest_start : block.dest_end]


def _transcript(config: Config, source: MeetingFolder) -> tuple[int, list[str]]:
    """Add what the machine heard in the demo's recording; return its id, and what was meant by
    segment."""
    told = json.loads((source.path / "heard.json").read_text(encoding="utf-8"))["segments"]
    heard = [
        HeardSegment(one["start_seconds"], one["end_seconds"], one["text"], one.get("confidence"))
        for one in told
    ]
    migrate(config.database)
    with writing(connect(config.database)) as session, session.begin():
        people, storage = add_people(session), Storage(config.home)
        by = people[SECRETARY]
        meeting = builders.add_meeting(
            session,
            people["koga"],
            source,
            series="測定",
            department=people["koga"].department,
            starts_at=now(),
        )
        session.flush()
        builders.add_materials(session, storage, people["koga"], meeting, source)
        recording = builders.add_recording(session, storage, by, meeting, source)
        transcript = builders.add_transcript(session, by, recording, heard)
        said = "".join(turn["text"] for turn in source.turns)
        said = said.replace("<filler>", "").replace("</filler>", "")
        return transcript.id, builders.meant_texts([one.text for one in heard], said)


def _wait_for_proposals(api: Client, transcript_id: int) -> None:
    end = time.monotonic() + LONGEST_STEP_SECONDS
    while time.monotonic() < end:
        stages = api.ask("GET", f"/api/transcripts/{transcript_id}")["work"]["stages"]
        if all(stage["state"] in ("finished", "failed") for stage in stages):
            return
        time.sleep(1)
    raise GijidoError("資料の言葉との照らし合わせが終わりませんでした。")
