"""The record as Word file, PDF and text, in each form."""

import io
import re
import zipfile

import pikepdf
import pypdfium2 as pdfium
import pytest
from sqlalchemy.orm import Session

from meetings.errors import NotPossibleNow
from minutes.assignment import spans
from minutes.forms import exporting, plain
from minutes.forms.building import DRAFT, ItemSummary, Printed, context_of
from minutes.forms.exporting import WantedFile
from minutes.forms.kinds import PdfLayout, RecordFile, RecordForm
from minutes.records import records
from minutes.records.head import Head, HeadDecision, HeadItem, HeadPaper, HeadPerson
from models.proceedings import ItemResult
from models.transcript import Transcript
from tests.cast import Cast
from tests.minutes.forms.sample import CHAIR, FIRST, RARE, SECOND, sample


def words_of(document: bytes) -> list[str]:
    """The texts of the paragraphs of a Word file."""
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        xml = packed.read("word/document.xml").decode()
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL)
    found = ["".join(re.findall(r"<w:t[^>]*>([^<]*)", one)) for one in paragraphs]
    return [one.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for one in found]


def text_of(pdf: bytes) -> str:
    """The text of a PDF without its breaks and spaces."""
    pages = (page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(pdf))
    return "".join("".join(pages).split())


def written(
    form: RecordForm, kind: RecordFile, layout: PdfLayout | None = None, **how: object
) -> bytes:
    text = Printed(sample(), "光陵市", 3, **how)  # type: ignore[arg-type]
    return exporting.as_file(WantedFile(form, kind, layout or PdfLayout()), text, revision_id=12)


def test_a_word_file_says_every_sentence_between_marks_that_name_it() -> None:
    made = written(RecordForm.VERBATIM, RecordFile.DOCX)
    words = words_of(made)
    assert words[:3] == ["総務財政委員会", "総務財政委員会 <第3回> & 協議", "会議録"]
    assert f"{RARE}財源は基金です。（拍手）桐生委員長の御指摘です。" in words
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        xml = packed.read("word/document.xml").decode()
    names = re.findall('bookmarkStart w:id="(\\d+)" w:name="(_gijido_12_\\d_\\d)"', xml)
    assert [name[-3:] for _, name in names] == ["0_0", "0_1", "0_2", "1_0"]
    assert {number for number, _ in names} < set(re.findall('bookmarkEnd w:id="(\\d+)"', xml))
    assert xml.count("_gijido_12_") == 4 + 3  # sentences, and who says them
    assert not re.search("[\ufdd0-\ufdef]", xml)


@pytest.mark.parametrize("form", RecordForm)
def test_a_pdf_is_tagged_holds_its_fonts_and_gives_its_text_back(form: RecordForm) -> None:
    made = written(form, RecordFile.PDF, PdfLayout(2, has_contents=True, has_line_numbers=True))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "ja"
        assert str(pdf.open_metadata()["pdfuaid:part"]) == "1"
        fonts = [
            f
            for f in pdf.objects
            if isinstance(f, pikepdf.Dictionary) and f.get("/Type") == "/FontDescriptor"
        ]
        assert fonts and all({"/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
    text = text_of(made)
    assert "総務財政委員会<第3回>&協議" in text
    if form.hides_names:
        assert "委員長" in text and not {"桐生", "𠮷田", "槗本", "三浦"} & set(
            re.findall("桐生|𠮷田|槗本|三浦", text)
        )
    if form is RecordForm.VERBATIM:
        plain = text_of(written(form, RecordFile.PDF))
        assert "".join(RARE.split()) in plain and "○槗本葛󠄀" in plain


def test_a_draft_says_so_on_every_page_and_what_is_approved_does_not() -> None:
    layout = PdfLayout(has_contents=True)
    pages = pdfium.PdfDocument(written(RecordForm.VERBATIM, RecordFile.PDF, layout, is_draft=True))
    assert len(pages) == 3
    assert all(DRAFT in page.get_textpage().get_text_bounded() for page in pages)
    with zipfile.ZipFile(
        io.BytesIO(written(RecordForm.DIGEST, RecordFile.DOCX, is_draft=True))
    ) as packed:
        assert DRAFT in packed.read("word/header1.xml").decode()
    assert written(RecordForm.VERBATIM, RecordFile.TXT, is_draft=True).decode().startswith(DRAFT)
    for kind in RecordFile:
        made = written(RecordForm.SUMMARY, kind)
        assert DRAFT.encode() not in made and (
            kind is not RecordFile.PDF or DRAFT not in text_of(made)
        )


def test_nothing_is_made_up_where_nobody_wrote_a_summary() -> None:
    text = written(RecordForm.DIGEST, RecordFile.TXT).decode()
    assert text.count("要点\n　・なし\n決定\n　・なし\n宿題\n　・なし") == 2
    written_by_hand = {0: ItemSummary(points=["財源は基金。"], decisions=["原案可決"])}
    text = written(RecordForm.DIGEST, RecordFile.TXT, summaries=written_by_hand).decode()
    assert "要点\n　・財源は基金。\n決定\n　・原案可決\n宿題\n　・なし" in text
    assert text.count("・なし") == 4


def test_the_outline_names_nobody_and_the_verbatim_text_names_all() -> None:
    outline = written(RecordForm.OUTLINE, RecordFile.TXT).decode()
    assert "委員長　説明を求めます。" in outline and "委員A　ありません。" in outline
    assert not any(name.split()[0] in outline for name in (CHAIR, FIRST, SECOND))
    verbatim = written(RecordForm.VERBATIM, RecordFile.TXT).decode()
    assert all(f"{name}（" in verbatim for name in (CHAIR, FIRST, SECOND))


def test_the_head_of_the_record_and_its_decisions_stand_in_every_kind_of_file() -> None:
    content = sample()
    content.sections[0].agenda_item_id = 7
    content.head = Head(
        **{name: getattr(content, name) for name in ("title", "series", "starts_at", "place")},
        ends_at="2026-11-24T14:30:00+09:00",
        present=[HeadPerson(name=FIRST, office="委員")],
        absent=[HeadPerson(name=SECOND, office="委員", proxy="代理 花")],
        audience_count=2,
        items=[HeadItem(agenda_item_id=7, number="1", title="桐生委員長の提案")],
        papers=[HeadPaper(document_id=1, number="資料1", title="予算書")],
        decisions=[
            HeadDecision(agenda_item_id=7, item="1", subject="予算", result=ItemResult.PASSED)
        ],
    )
    text = Printed(content)
    for kind in RecordFile:
        made = exporting.as_file(WantedFile(RecordForm.SUMMARY, kind), text)
        found = (
            text_of(made)
            if kind is RecordFile.PDF
            else made.decode()
            if kind is RecordFile.TXT
            else "\n".join(words_of(made))
        )
        for words in ("午後2時30分まで", "代理 花", "2人", "桐生委員長の提案", "予算書", "可決"):
            assert words.replace(" ", "") in "".join(found.split()), kind
    outline = plain.to_text(RecordForm.OUTLINE, context_of(text, RecordForm.OUTLINE)).decode()
    assert "1　委員長の提案" in outline and "代理" not in outline


def test_only_approved_text_leaves_the_house_unless_a_draft_is_asked_for(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    meeting = transcript.meeting
    with pytest.raises(NotPossibleNow, match="まだありません"):
        exporting.revision_to_export(session, meeting, may_be_draft=True)
    spans.leave_rest_out(session, cast.secretary, transcript)
    first = records.draft(session, cast.secretary, transcript)
    with pytest.raises(NotPossibleNow, match="承認された会議録がまだ"):
        exporting.revision_to_export(session, meeting, may_be_draft=False)
    records.request_approval(session, cast.secretary, first)
    records.approve(session, cast.approver, first)
    second = records.draft(session, cast.secretary, transcript)
    session.flush()
    session.expire_all()
    assert exporting.revision_to_export(session, meeting, may_be_draft=False) is first
    assert exporting.revision_to_export(session, meeting, may_be_draft=True) is second
    assert [exporting.printed(one, "").is_draft for one in (first, second)] == [False, True]
