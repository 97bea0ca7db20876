"""Long lists in pages, chosen by `?page=N`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from meetings.entries import plain_number

T = TypeVar("T")
ON_A_PAGE = 50
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Paged(Generic[T]):
    """One page of a list. `total` counts the entries of all pages; `number` is from 1 to `count`,
    the number of pages."""

    entries: Sequence[T]
    total: int
    number: int
    count: int

    @property
    def others(self) -> int:
        """Return how many entries are not on this page."""
        return self.total - len(self.entries)


def paged(every: Sequence[T], number: int, size: int = ON_A_PAGE) -> Paged[T]:
    """Return page `number` of the entries, or the last one where there are fewer."""
    count = max(1, -(-len(every) // size))
    number = min(max(1, number), count)
    return Paged(every[(number - 1) * size : number * size], len(every), number, count)


def paged_from(
    session: Session, chosen: Select[Any], number: int, size: int = ON_A_PAGE
) -> Paged[Any]:
    """Return page `number` of the rows that a query selects, as `paged` does; only the rows of the
    page are read."""
    first = session.scalars(chosen.limit(size)).unique().all()
    if len(first) < size:  # that is all: there is nothing to count
        return Paged(first, len(first), 1, 1)
    total = count_of(session, chosen)
    count = max(1, -(-total // size))
    number = min(max(1, number), count)
    if number == 1:
        return Paged(first, total, number, count)
    page = chosen.limit(size).offset((number - 1) * size)
    return Paged(session.scalars(page).unique().all(), total, number, count)


def count_of(session: Session, chosen: Select[Any]) -> int:
    """Return how many rows the query selects, without reading them."""
    everything = chosen.with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(everything.order_by(None)) or 0


def page_number() -> int:
    """Return the number of the page that the request asks for, from 1."""
    return plain_number(request.values.get("page"), most=LAST_PAGE) or 1
