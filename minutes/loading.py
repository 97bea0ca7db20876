"""The way to the recogniser and to the teacher for worker, evaluation and benchmark: what
needs a speech model in memory."""

from meetings.config import Config
from minutes.proposals.selection import Teach
from minutes.recognition import backend
from minutes.recognition.heard import FindWords, Recognise
from minutes.speech_models.speech_model import SpeechModel


def load(config: Config, model: SpeechModel, language: str = "ja") -> Recognise:
    """The recogniser with this speech model, on the backend that is fastest here.

    Raises ConfigurationError when the file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.recognition import decoding  # only now: the backend is chosen by its import

    return decoding.load(model, config.speech.threads, language)


def load_teacher(config: Config, model: SpeechModel) -> Teach:
    """What puts the words of the papers into a heard text, with the same speech model.

    Raises ConfigurationError when the file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.proposals import teaching

    return teaching.load(model, config.speech.threads)


def load_word_finder(config: Config, model: SpeechModel, language: str) -> FindWords:
    """What tells when each word of a heard text was said, with the same speech model.

    Raises ConfigurationError when the file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.recognition import words

    return words.load(model, config.speech.threads, language)
