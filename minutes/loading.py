"""Loads what needs a speech model in memory, for worker, evaluation and benchmarks."""

from meetings.config import Config
from minutes.proposals.selection import Teach
from minutes.recognition import backend
from minutes.recognition.heard import FindTokenTimings, Recognise
from minutes.speech_models.speech_model import SpeechModel


def load(config: Config, model: SpeechModel, language: str = "ja") -> Recognise:
    """Return the recogniser with this speech model, on the arithmetic backend that is fastest
    here.

    Raises ConfigurationError when the model's file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.recognition import decoding  # only now: the backend is chosen by its import

    return decoding.load(model, config.speech.threads, language)


def load_teacher(config: Config, model: SpeechModel) -> Teach:
    """Return the function that corrects heard texts by the words of the documents, with the same
    speech model.

    Raises ConfigurationError when the model's file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.proposals import teaching

    return teaching.load(model, config.speech.threads, second_hearing=config.speech.second_hearing)


def load_word_finder(config: Config, model: SpeechModel, language: str) -> FindTokenTimings:
    """Return the function that finds when each word of a heard text was said, with the same speech
    model.

    Raises ConfigurationError when the model's file is no longer the one that was chosen.
    """
    backend.prefer_fastest(config.home, model)
    from minutes.recognition import words

    return words.load(model, config.speech.threads, language)
