"""Sets a form as a PDF that programs can read aloud (PDF/UA-1), by typst."""

from dataclasses import asdict, dataclass

from meetings.pdf import typesetting
from minutes.forms.context import FormContext
from minutes.forms.kinds import PdfLayout, RecordForm
from minutes.forms.marks import lines_in_pieces
from minutes.records.audible import sentences
from minutes.records.content import Content
from minutes.records.head_lines import head_lines


@dataclass(frozen=True)
class Unprintable:
    """What a PDF of a text cannot show: `letters` that are printed as a box, and `forms` of letters
    (IVS) that are printed in their usual form.
    """

    letters: list[str]
    forms: list[str]


def unprintable(content: Content) -> Unprintable:
    """Return what of this text no font has."""
    names = {one for _, said in sentences(content) for one in (said.speaker, said.text)}
    words = " ".join([*(value for _, value in head_lines(content.shown_head)), *sorted(names)])
    return Unprintable(typesetting.unprintable(words), typesetting.unprintable_forms(words))


def to_pdf(form: RecordForm, context: FormContext, layout: PdfLayout) -> bytes:
    """Return the PDF of the form with these values."""
    shown = {
        "layout": asdict(layout),
        "has_speeches": form.has_speeches,
        "parts": form.parts,
        "hides_names": form.hides_names,
    }
    values = context.model_dump()
    for item in values["items"]:
        for speech in item["speeches"]:
            speech["lines"] = lines_in_pieces(speech["text"])
    return typesetting.to_pdf("record", values | shown, is_accessible=True)
