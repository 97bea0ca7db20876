"""The faithful text and the official one, stored together: what was changed where, by which rules,
and what a person changed afterwards.
"""

from dataclasses import dataclass

from pydantic import BaseModel

from minutes.style.changes import Rule, StyledStretch, after, by_hand, unchanged
from minutes.style.choice import Style
from minutes.style.official import official
from minutes.style.protected import Names


class StyleChange(BaseModel):
    """A change by rules: `before` stands at index `start` of the faithful text, `after` replaces
    it.
    """

    start: int
    before: str
    after: str
    rules: list[Rule]


@dataclass(frozen=True)
class Written:
    """An official text, the changes that led to it, and in `unsure` Japanese sentences on what was
    left unchanged. `is_nothing`: the rules leave nothing (「えー。」), and `text` is the faithful
    one.
    """

    text: str
    changes: list[StyleChange]
    unsure: list[str]
    is_nothing: bool = False


def in_style(faithful: str, style: Style, names: Names) -> Written:
    """Return the official text that the style's rules make of the faithful one."""
    made = official(faithful, style, names)
    if not made.text.strip():
        return Written(faithful, changes_of(made.pieces), [], is_nothing=True)
    unsure = [f"「{made.text[one.start : one.end]}」{one.reason}" for one in made.unsure]
    return Written(made.text, changes_of(made.pieces), list(dict.fromkeys(unsure)))


def changes_of(pieces: list[StyledStretch]) -> list[StyleChange]:
    """Return the changes that the stretches contain."""
    found, place = [], 0
    for piece in pieces:
        if piece.rules:
            rules = list(piece.rules)
            found.append(
                StyleChange(start=place, before=piece.before, after=piece.after, rules=rules)
            )
        place += len(piece.before)
    return found


def pieces_of(faithful: str, changes: list[StyleChange]) -> list[StyledStretch]:
    """Return the stretches of the faithful text with these changes."""
    pieces, place = [], 0
    for change in changes:
        same = faithful[place : change.start]
        pieces += [
            StyledStretch(same, same),
            StyledStretch(change.before, change.after, tuple(change.rules)),
        ]
        place = change.start + len(change.before)
    rest = faithful[place:]
    return [piece for piece in [*pieces, StyledStretch(rest, rest)] if piece.before or piece.after]


def shifted(changes: list[StyleChange], distance: int) -> list[StyleChange]:
    """Return the changes moved by `distance` letters, for a text that was put behind another
    one.
    """
    return [change.model_copy(update={"start": change.start + distance}) for change in changes]


def explained(faithful: str, changes: list[StyleChange], text: str) -> list[StyledStretch]:
    """Return the stretches from the faithful text to `text`, including what a person changed after
    the rules.
    """
    if text == faithful:
        return unchanged(text)
    return by_hand(pieces_of(faithful, changes), text)


def styled(faithful: str, changes: list[StyleChange]) -> str:
    """Return the official text as the rules made it, before a person changed it."""
    return after(pieces_of(faithful, changes))
