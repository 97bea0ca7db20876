"""The measurement of a long record as files: seconds and memory for each kind, and for a Word file
that comes back."""

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from minutes.forms import exporting, returning
from minutes.forms.building import Printed
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.records.content import Attendee, Content, Paragraph, Section

SENTENCE = (
    "補正予算書の12ページをお願いいたします。歳入歳出予算の総額に、それぞれ12億3400万円を追加し、"
    "総額を586億7200万円とするものでございます。第{}号でございます。"
)
SENTENCES_OF_A_PAGE = 16
SECTIONS, MEMBERS = 20, 40


@dataclass(frozen=True)
class FormMeasurement:
    """One kind of file. `server_mb` is the most memory that this process had so far, without its
    cells."""

    name: str
    megabytes: float
    seconds: float
    server_mb: float


def measure(pages: int) -> list[FormMeasurement]:
    """Return a measurement for each kind of file, of a record of about so many pages, and for its
    Word file that is read and compared."""
    text = Printed(long_record(pages), "若葉市", 1)
    layout = PdfLayout(has_contents=True)
    measured, made = [], b""
    for kind in RecordFile:
        wanted = WantedFile(RecordForm.VERBATIM, kind, layout)
        one, made_now = _measured(str(kind), partial(exporting.as_file, wanted, text, b"", 1))
        measured.append(one)
        made = made_now if kind is RecordFile.DOCX else made
    measured.append(_measured("docx back", lambda: _back(made, text.content))[0])
    return measured


def long_record(pages: int) -> Content:
    """Return a record that takes about so many pages of A4."""
    count = pages * SENTENCES_OF_A_PAGE // SECTIONS
    return Content(
        title="定例会",
        series="本会議",
        starts_at="2026-11-24T10:00:00+09:00",
        ends_at="2026-11-24T17:00:00+09:00",
        place="議場",
        attendees=[Attendee(name=f"議員 {n:02}", title="議員") for n in range(MEMBERS)],
        sections=[_section(number, count) for number in range(SECTIONS)],
    )


def _section(number: int, count: int) -> Section:
    paragraphs = [
        Paragraph(
            speaker=f"議員 {n // 3 % MEMBERS:02}",
            text=SENTENCE.format(n),
            start_seconds=float(number * count + n),
            end_seconds=float(number * count + n + 1),
            goes_on=n % 3 != 0,
        )
        for n in range(count)
    ]
    return Section(number=str(number + 1), title=f"議案第{number + 1}号", paragraphs=paragraphs)


def _back(document: bytes, content: Content) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gijido-") as folder:
        path = Path(folder) / "returned.docx"
        path.write_bytes(document)
        pieces = returning.read(path.name, path)
    found = returning.changes(pieces, content, content, 1)
    assert not found, "what nobody changed differs"
    return document


def _measured(name: str, make: Callable[[], bytes]) -> tuple[FormMeasurement, bytes]:
    began = time.perf_counter()
    made = make()
    seconds = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return FormMeasurement(name, len(made) / 1e6, seconds, most), made


def as_json(measured: list[FormMeasurement]) -> list[dict[str, Any]]:
    return [asdict(one) for one in measured]


def as_table(measured: list[FormMeasurement]) -> str:
    lines = [f"{'':<10}{'MB':>7}{'seconds':>9}{'server MB':>11}"]
    lines += [
        f"{one.name:<10}{one.megabytes:>7.1f}{one.seconds:>9.1f}{one.server_mb:>11.0f}"
        for one in measured
    ]
    return "\n".join(lines)
