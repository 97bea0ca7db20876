"""The weight of every sign for an agenda item, as a logarithm of a likelihood ratio. Chosen by
cross-validation over whole meetings (`tests/minutes/evaluation/fitting_items.py`,
docs/accuracy.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AssignmentWeights:
    """The weights of all signs.

    - `vote`: of the words of an item; small, since words that come together are no independent
      witnesses.
    - Of an announcement: the `title`, more with words that lead over (`led_title`), the `number` in
      the agenda or of a `bill`, the `presenter`, the `last` item, and `led` for leading over to
      anything. `joined`: how far the next piece counts with it.
    - Of talk outside the items: `opening` and `closing` for phrases before and after them,
      `outside` against it, for each piece.
    - `shown`: for each second in which a page of the item was shown.
    - Against a change: `enter` for any, `skip` for each item left out, `back` for an earlier one,
      `close` for the end of the items.
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
