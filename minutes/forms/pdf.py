"""Sets a form as a PDF that programs can read aloud (PDF/UA-1), by typst."""

from dataclasses import asdict

from meetings.pdf import typesetting
from minutes.forms.context import FormContext
from minutes.forms.kinds import PdfLayout, RecordForm


def to_pdf(form: RecordForm, context: FormContext, layout: PdfLayout) -> bytes:
    """Return the PDF of the form with these values."""
    shown = {
        "layout": asdict(layout),
        "has_speeches": form.has_speeches,
        "parts": form.parts,
        "hides_names": form.hides_names,
    }
    return typesetting.to_pdf("record", context.model_dump() | shown, is_accessible=True)
