"""The faithful text and the official one made of it, as they are kept together: what was changed,
at which place, by which rules, and what a person changed after that."""

from dataclasses import dataclass

from pydantic import BaseModel

from minutes.style.changes import Rule, StyledStretch, after, by_hand, unchanged
from minutes.style.choice import Style
from minutes.style.kept import Names
from minutes.style.official import official


class StyleChange(BaseModel):
    """`start`: a place in the faithful text, where `before` stands."""

    start: int
    before: str
    after: str
    rules: list[Rule]


@dataclass(frozen=True)
class Written:
    """An official text with the changes that led to it, and what was left as it is, in words.
    `is_nothing`: the rules leave nothing (「えー。」); `text` is then the faithful one."""

    text: str
    changes: list[StyleChange]
    unsure: list[str]
    is_nothing: bool = False


def in_style(faithful: str, style: Style, names: Names) -> Written:
    made = official(faithful, style, names)
    if not made.text.strip():
        return Written(faithful, changes_of(made.pieces), [], is_nothing=True)
    unsure = [f"「{made.text[one.start : one.end]}」{one.reason}" for one in made.unsure]
    return Written(made.text, changes_of(made.pieces), list(dict.fromkeys(unsure)))


def changes_of(pieces: list[StyledStretch]) -> list[StyleChange]:
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
    return [change.model_copy(update={"start": change.start + distance}) for change in changes]


def explained(faithful: str, changes: list[StyleChange], text: str) -> list[StyledStretch]:
    """From the faithful text to what stands there now."""
    if text == faithful:
        return unchanged(text)
    return by_hand(pieces_of(faithful, changes), text)


def styled(faithful: str, changes: list[StyleChange]) -> str:
    """The official text, before a person changed it."""
    return after(pieces_of(faithful, changes))
