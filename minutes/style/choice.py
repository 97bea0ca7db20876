"""The style of a city's minutes (整文), as it has chosen it."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel

from meetings import clean_text
from meetings.settings.work import MinutesSettings
from meetings.style_choices import (
    FIELDS,
    Annotations,
    Endings,
    Letters,
    Numbers,
    Removal,
    Speakers,
    Years,
)


class Style(BaseModel):
    """The city's choices. `spelling` has entries such as 「下さ=くださ」: how it is written, and
    how it should be.
    """

    fillers: Removal = Removal.REMOVE
    repeats: Removal = Removal.REMOVE
    numbers: Numbers = Numbers.HALF
    letters: Letters = Letters.HALF
    years: Years = Years.AS_THEY_ARE
    endings: Endings = Endings.AS_THEY_ARE
    annotations: Annotations = Annotations.ROUND
    speakers: Speakers = Speakers.NAME
    spelling: list[Annotated[str, AfterValidator(clean_text.line)]] = list(
        MinutesSettings().spelling
    )


USUAL = Style()
"""The style of a city that has chosen nothing."""

FAITHFUL = Style(
    fillers=Removal.KEEP,
    repeats=Removal.KEEP,
    numbers=Numbers.AS_IS,
    letters=Letters.AS_THEY_ARE,
    annotations=Annotations.AS_TYPED,
    spelling=[],
)
"""The style that changes nothing."""


def style_of(settings: MinutesSettings) -> Style:
    """Return the style that config.toml asks for."""
    chosen: dict[str, Any] = {name: getattr(settings, name) for name in FIELDS}
    return Style(**chosen, spelling=list(settings.spelling))
