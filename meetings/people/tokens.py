"""Tokens of links that can be read aloud and typed from paper."""

import secrets

LEGIBLE = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0 and o, 1, l and i."""

GROUPS, IN_A_GROUP = 6, 5


def new_token() -> str:
    """Return the token of a link that can be read aloud and typed from paper: 「abcd2-efgh3-…」, 30
    letters and figures of which no two look alike, 148 bits."""
    letters = [secrets.choice(LEGIBLE) for _ in range(GROUPS * IN_A_GROUP)]
    return "-".join("".join(letters[n::GROUPS]) for n in range(GROUPS))


def plain_token(token: str) -> str:
    """Return the token however it was typed: without hyphens, in small letters."""
    return token.replace("-", "").casefold()
