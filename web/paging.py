"""Long lists in pages: `?page=N`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
ON_A_PAGE = 50


@dataclass(frozen=True)
class Paged(Generic[T]):
    """`total`: of all pages; `number` from 1 to `count`."""

    entries: Sequence[T]
    total: int
    number: int
    count: int


def paged(every: Sequence[T], number: int, size: int = ON_A_PAGE) -> Paged[T]:
    """The last page where there are fewer."""
    count = max(1, -(-len(every) // size))
    number = min(max(1, number), count)
    return Paged(every[(number - 1) * size : number * size], len(every), number, count)
