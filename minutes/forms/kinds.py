"""Which forms of a record there are, as which files, and how a PDF is laid out."""

from dataclasses import dataclass
from enum import StrEnum


class RecordForm(StrEnum):
    """What a record is printed as."""

    VERBATIM = "verbatim"
    DIGEST = "digest"
    SUMMARY = "summary"
    OUTLINE = "outline"
    PROGRAMME = "programme"

    @property
    def label(self) -> str:
        """Return its name in Japanese, as it stands on the paper."""
        return {
            RecordForm.VERBATIM: "会議録",
            RecordForm.DIGEST: "要点記録",
            RecordForm.SUMMARY: "会議概要",
            RecordForm.OUTLINE: "議事要旨",
            RecordForm.PROGRAMME: "次第",
        }[self]

    @property
    def hint(self) -> str:
        """Return in Japanese what it holds, for whoever chooses one."""
        return {
            RecordForm.VERBATIM: "発言のすべて（逐語）",
            RecordForm.DIGEST: "議題ごとの要点、決定、宿題",
            RecordForm.SUMMARY: "会議の記録事項と、議題ごとの決定、宿題",
            RecordForm.OUTLINE: "発言のすべて。氏名は「委員A」などに替わる（残る氏名がないか確認）",
            RecordForm.PROGRAMME: "議題と資料の一覧",
        }[self]

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what it prints of each item beside its title, by the names that templates use."""
        return {
            RecordForm.VERBATIM: ("発言",),
            RecordForm.OUTLINE: ("発言",),
            RecordForm.DIGEST: ("要点", "決定", "宿題"),
            RecordForm.SUMMARY: ("決定", "宿題"),
            RecordForm.PROGRAMME: (),
        }[self]

    @property
    def has_speeches(self) -> bool:
        """Return whether it holds what everybody said."""
        return "発言" in self.parts

    @property
    def hides_names(self) -> bool:
        """Return whether those who speak are called 「委員A」, not by name."""
        return self is RecordForm.OUTLINE


class RecordFile(StrEnum):
    """The kinds of file that a form is written as; the values are the endings of their names."""

    DOCX = "docx"
    PDF = "pdf"
    TXT = "txt"

    @property
    def label(self) -> str:
        """Return its name in Japanese."""
        return {
            RecordFile.DOCX: "Word（docx）",
            RecordFile.PDF: "PDF",
            RecordFile.TXT: "テキスト（txt）",
        }[self]

    @property
    def content_type(self) -> str:
        """Return the media type."""
        return {
            RecordFile.DOCX: (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            RecordFile.PDF: "application/pdf",
            RecordFile.TXT: "text/plain",
        }[self]


@dataclass(frozen=True)
class PdfLayout:
    """How a PDF is set: in how many columns (1 or 2), with a page of contents, with a number at
    each line.
    """

    columns: int = 1
    has_contents: bool = False
    has_line_numbers: bool = False
