"""What every sign is worth, as a logarithm of a likelihood ratio. Chosen by cross-validation over
whole meetings (`tests/minutes/evaluation/fitting_items.py`, docs/accuracy.md)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AssignmentWeights:
    """`vote`: of one word; words that come together are no independent witnesses. Of an
    announcement: its `title`, more with words that lead over (`led_title`), its `number` in the
    agenda or of a `bill`, its `presenter`, the `last` item, `led` for any; `joined`: how far the
    next piece counts with it. `opening`, `closing`: phrases of talk before and after the items,
    `outside`: against it, for each piece. `shown`: a second in which its page was shown.
    `enter`: against any change, `skip`: besides for each item left out, `back`: for an earlier one.
    """

    vote: float = 0.04
    title: float = 3.0
    led_title: float = 8.0
    number: float = 3.0
    bill: float = 7.0
    presenter: float = 2.0
    last: float = 1.5
    led: float = 0.7
    joined: float = 0.9
    opening: float = 1.5
    closing: float = 2.0
    outside: float = 0.3
    shown: float = 0.05
    enter: float = 3.0
    skip: float = 1.0
    back: float = 4.0
    close: float = 1.0


CHOSEN = AssignmentWeights()
