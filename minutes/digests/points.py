"""What a digest consists of: points, each with its kind, its speaker and its sentences, and each
sentence with the places in the minutes that it rests on.
"""

from enum import StrEnum

from pydantic import BaseModel


class PointKind(StrEnum):
    """What a point does in the course of an agenda item."""

    PROPOSAL = "proposal"
    QUESTION = "question"
    ANSWER = "answer"
    OPINION = "opinion"
    DECISION = "decision"
    TASK = "task"

    @property
    def label(self) -> str:
        """Return its name on screens and paper."""
        return {
            PointKind.PROPOSAL: "説明",
            PointKind.QUESTION: "質問",
            PointKind.ANSWER: "回答",
            PointKind.OPINION: "意見・要望",
            PointKind.DECISION: "決定",
            PointKind.TASK: "宿題・今後の予定",
        }[self]


class DigestSource(BaseModel, frozen=True):
    """The place of a paragraph of the minutes in the recordings, as `Paragraph.place`: transcript
    id, start and end in seconds.
    """

    transcript_id: int | None = None
    start_seconds: float
    end_seconds: float

    @property
    def place(self) -> tuple[int | None, float, float]:
        """Return it as `Paragraph.place` has it."""
        return self.transcript_id, self.start_seconds, self.end_seconds


class DigestSentence(BaseModel):
    """One sentence of a digest and the places of the paragraphs that it rests on, never none.

    `source_text` is what these paragraphs said when somebody last wrote the sentence, so that it
    can be told when they say something else by now. Only the server sets it.
    """

    text: str
    sources: list[DigestSource]
    source_text: str = ""


class DigestPoint(BaseModel):
    """What one speaker said in one turn to one end. `due` is the day or time that a task names, as
    it was said; empty where none was.
    """

    kind: PointKind
    speaker: str = ""
    sentences: list[DigestSentence]
    due: str = ""

    @property
    def text(self) -> str:
        """Return its sentences, joined."""
        return "".join(sentence.text for sentence in self.sentences)
