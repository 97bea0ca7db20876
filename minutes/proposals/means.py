"""By what the recognised text of a meeting is corrected: papers, the input method's dictionary, the
sound.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from minutes.conversion import dictionary
from minutes.terms import papers
from models.meeting import Meeting
from models.recording import StepKind, Transcription

SAID = {
    (False, True): "資料がないため、辞書と音だけで直しています。資料を入れると、資料にある名前や"
    "言葉も直せます。",
    (False, False): "資料がなく、かな漢字変換の辞書も入っていないため、ほぼ聞き取ったままの文です。"
    "資料を入れると、資料にある名前や言葉を直せます。",
    (True, False): "かな漢字変換の辞書が入っていないため、資料にない同音の言葉は直していません。"
    "管理者に連絡してください。",
}


@dataclass(frozen=True)
class CorrectionMeans:
    """Whether the meeting has papers that everybody in it may read, and whether the dictionary of
    the input method is installed.
    """

    has_papers: bool
    has_dictionary: bool

    @property
    def remark(self) -> str:
        """Return in Japanese what is lacking; empty if nothing is."""
        return SAID.get((self.has_papers, self.has_dictionary), "")


def means_of(session: Session, meeting: Meeting) -> CorrectionMeans:
    """Return by what the texts of the meeting are corrected now."""
    has_papers = bool(papers.open_documents(session, meeting))
    return CorrectionMeans(has_papers, has_dictionary=dictionary.problem() is None)


def is_corrected(transcription: Transcription) -> bool:
    """Return whether the machine corrects the text of the transcription at all: it does so in
    Japanese, and not where the text came from a file.
    """
    return any(step.kind == StepKind.PROPOSALS for step in transcription.steps)
