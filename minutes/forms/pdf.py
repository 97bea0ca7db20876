"""Sets a form as a PDF that programs can read aloud (PDF/UA-1), by typst."""

from dataclasses import asdict

from meetings.pdf import typesetting
from minutes.forms.context import FormContext
from minutes.forms.kinds import PdfLayout, RecordForm
from minutes.forms.marks import lines_in_pieces


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
