"""In the original of a record, what citizens do not get is underlined: in Word, in the PDF, and
without a trace in plain text."""

import io

import docx
import pypdfium2

from minutes.forms.building import Printed
from minutes.forms.exporting import WantedFile, as_file
from minutes.forms.kinds import RecordFile, RecordForm
from minutes.forms.marks import lines_in_pieces, underlined
from minutes.records.closed.anchors import Anchor, MarkedText, Marks
from minutes.records.closed.underlined import Underlined
from minutes.records.content import Content, Paragraph, Section
from models.closed_passage import ClosedKind, ClosedPassage, ClosedScope, ClosedState

TEXT = "電話は03-1234-5678です。"
QUOTE = "03-1234-5678"


def original() -> Printed:
    said = Paragraph(
        speaker="森 一郎", text=TEXT, start_seconds=0, end_seconds=4, transcript_id=1, faithful=TEXT
    )
    content = Content(
        title="定例会",
        series="審議会",
        starts_at="2026-04-01T10:00:00+09:00",
        ends_at="2026-04-01T12:00:00+09:00",
        place="会議室",
        attendees=[],
        sections=[Section(title="相談", paragraphs=[said])],
        transcript_ids=[1],
    )
    start = TEXT.index(QUOTE)
    anchor = Anchor(
        recording_id=7,
        transcript_id=1,
        start_seconds=0,
        end_seconds=4,
        sentence=TEXT,
        start=start,
        end=start + len(QUOTE),
    )
    passage = ClosedPassage(
        scope=ClosedScope.WORDS,
        kind=ClosedKind.PERSONAL,
        state=ClosedState.DECIDED,
        quote=QUOTE,
        anchors=[anchor.model_dump()],
        replacement="〔略〕",
    )
    text = MarkedText(content, Marks([passage], {1: 7}, 1))
    return Printed(content, "若葉市", 1, underlined=Underlined([text.locate(passage)]))


def written(kind: RecordFile, revision_id: int = 0) -> bytes:
    return as_file(WantedFile(RecordForm.VERBATIM, kind), original(), revision_id=revision_id)


def test_word_underlines_it_alone_with_and_without_bookmarks() -> None:
    for revision_id in (0, 12):
        document = docx.Document(io.BytesIO(written(RecordFile.DOCX, revision_id)))
        runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
        assert [run.text for run in runs if run.underline] == [QUOTE]
        (said,) = (p for p in document.paragraphs if QUOTE in p.text)
        assert said.text == TEXT


def test_the_pdf_has_the_line_and_the_same_words() -> None:
    page = pypdfium2.PdfDocument(written(RecordFile.PDF))[0]
    assert TEXT in page.get_textpage().get_text_range().replace("\r\n", "")
    plain = Printed(original().content, "若葉市", 1)
    without = as_file(WantedFile(RecordForm.VERBATIM, RecordFile.PDF), plain)
    lines = (
        len(list(page.get_objects())),
        len(list(pypdfium2.PdfDocument(without)[0].get_objects())),
    )
    assert lines[0] > lines[1]


def test_plain_text_has_the_words_and_no_mark() -> None:
    text = written(RecordFile.TXT).decode()
    assert TEXT in text and not any("\ufdd0" <= letter <= "\ufdef" for letter in text)


def test_an_underline_goes_on_over_a_line_break() -> None:
    assert lines_in_pieces("あ" + underlined("い\nう") + "え") == [
        [("あ", False), ("い", True)],
        [("う", True), ("え", False)],
    ]
