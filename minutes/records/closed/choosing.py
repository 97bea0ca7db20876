"""Makes a passage of what somebody chose in the text: which sentences it takes in, and the anchors
by which it is found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.errors import InvalidInput
from minutes.records.audible import SentencePlace, sentences
from minutes.records.closed.anchors import Anchor, Marks
from minutes.records.content import Content, Paragraph
from models.closed_passage import ClosedPassage, ClosedScope


@dataclass(frozen=True)
class ChosenPassage:
    """A passage as somebody chooses it in a revision: from character `start` of the sentence
    `first` to character `end` of the sentence `last`. Of whole sentences the characters do not
    count; of a section, or of a speaker, only `first` does.
    """

    scope: ClosedScope
    first: SentencePlace
    last: SentencePlace
    start: int = 0
    end: int = 0


def chosen_in(content: Content, marks: Marks, chosen: ChosenPassage) -> ClosedPassage:
    """Return a passage of what was chosen in the content, not yet of any minutes. Raises
    InvalidInput for what is not in the text.
    """
    said = dict(sentences(content))
    if chosen.first not in said or chosen.last not in said or chosen.first > chosen.last:
        raise InvalidInput(
            "first",
            "選んだ発言が見つかりません。会議録の画面を開き直して、もう一度選んでください。",
        )
    first = said[chosen.first]
    match chosen.scope:
        case ClosedScope.WORDS:
            return _chosen_words(marks, said, chosen)
        case ClosedScope.SENTENCES:
            within = [p for place, p in said.items() if chosen.first <= place <= chosen.last]
            quote = "\n".join(p.text for p in within)
            return _passage(chosen.scope, quote, [_anchor(marks, p) for p in within])
        case ClosedScope.SECTION:
            section = content.sections[chosen.first[0]]
            anchors = [_anchor(marks, p) for p in section.paragraphs]
            passage = _passage(chosen.scope, section.title, anchors)
            passage.agenda_item_id = section.agenda_item_id
            return passage
        case ClosedScope.SPEAKER:
            if not first.speaker.strip():
                raise InvalidInput("first", "この発言には、発言者の名前がありません。")
            own = [p for p in said.values() if p.speaker == first.speaker]
            return _passage(chosen.scope, first.speaker, [_anchor(marks, p) for p in own])


def _chosen_words(
    marks: Marks, said: dict[SentencePlace, Paragraph], chosen: ChosenPassage
) -> ClosedPassage:
    anchors = []
    for place, paragraph in said.items():
        if chosen.first <= place <= chosen.last:
            start = chosen.start if place == chosen.first else 0
            end = chosen.end if place == chosen.last else len(paragraph.text)
            if not 0 <= start <= end <= len(paragraph.text):
                raise InvalidInput(
                    "end", "選んだ範囲が発言の文の外にあります。もう一度選んでください。"
                )
            if paragraph.text[start:end].strip():
                anchors.append(_anchor(marks, paragraph, start, end))
    if not anchors:
        raise InvalidInput("end", "公開しない言葉を、1文字以上選んでください。")
    return _passage(chosen.scope, "".join(one.quote for one in anchors), anchors)


def words_of_one(marks: Marks, paragraph: Paragraph, start: int, end: int) -> ClosedPassage:
    """Return a passage of the characters from `start` to `end` of one sentence, not yet of any
    minutes.
    """
    anchor = _anchor(marks, paragraph, start, end)
    return _passage(ClosedScope.WORDS, anchor.quote, [anchor])


def _anchor(marks: Marks, said: Paragraph, start: int = 0, end: int = 0) -> Anchor:
    transcript_id = marks.transcript_of(said)
    return Anchor(
        recording_id=marks.recordings[transcript_id],
        transcript_id=transcript_id,
        start_seconds=said.start_seconds,
        end_seconds=said.end_seconds,
        sentence=said.text if end else "",
        start=start,
        end=end,
    )


def _passage(scope: ClosedScope, quote: str, anchors: Sequence[Anchor]) -> ClosedPassage:
    return ClosedPassage(scope=scope, quote=quote, anchors=[a.model_dump() for a in anchors])
