"""The way in which a sentence of the minutes is heard."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hearing:
    """The addresses by which a sentence is heard. `sound`: the URL of what is heard, with the
    seconds behind `#t=` where it is a piece of a whole recording. `page`: the URL of a page that
    plays it without a script, and leads back."""

    sound: str
    page: str
