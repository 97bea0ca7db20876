"""The names of the papers of a meeting in print and on every screen: 「資料3」「参考資料1」. The
one place that numbers them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from meetings.documents.documents import reading_order
from models.meeting import Meeting

OWN = re.compile(
    r"(?:参考資料|追加資料|当日資料|別紙|別添|資料)\s*"
    r"[0-9０-９]+(?:[-－‐‑–−の.．][0-9０-９]+)*(?![0-9０-９])"
)
"""How an organiser's own number begins a title."""


@dataclass(frozen=True)
class PaperName:
    """The name of a paper. `full`: 「資料3 予算書」; of it `number`, "" for a paper without one,
    and the `rest`."""

    full: str
    number: str
    rest: str

    @property
    def short(self) -> str:
        """Return how others refer to it: by the number, else by the title."""
        return self.number or self.rest


def paper_names(session: Session, meeting: Meeting) -> dict[int, PaperName]:
    """Return the name of every document of the meeting, by the document's id.

    A title that carries a number keeps it, and none is invented beside it; where no title carries
    one, they are numbered as they follow each other, whoever may read which of them.
    """
    titles = [(document.id, document.title) for _, document in reading_order(session, meeting)]
    found = {number: OWN.match(title) for number, title in titles}
    if any(found.values()):
        return {number: _own(title, found[number]) for number, title in titles}
    return {
        number: PaperName(f"資料{place}　{title}", f"資料{place}", title)
        for place, (number, title) in enumerate(titles, 1)
    }


def repeated_numbers(names: Iterable[PaperName]) -> list[str]:
    """Return the numbers that several papers carry, each once: whoever is told 「資料2」 does not
    know which is meant."""
    counted = Counter(unicodedata.normalize("NFKC", "".join(n.number.split())) for n in names)
    return [number for number, count in counted.items() if number and count > 1]


def _own(title: str, found: re.Match[str] | None) -> PaperName:
    if found is None:
        return PaperName(title, "", title)
    return PaperName(title, found[0], title[found.end() :].lstrip(" 　:：・_-．.").strip())
