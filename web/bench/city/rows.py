"""The writing of a made city: rows by the thousand, and sentences that somebody said."""

import random
from collections import defaultdict
from itertools import count
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from models.base import Base
from models.person import Person

SEED, SENTENCES = 20, 2000
WHERE = ("汐見", "南町", "港", "中央", "北部", "西山", "川端", "東浜")
WHAT = ("予算", "道路", "公園", "学校", "保育", "福祉", "防災", "上下水道", "図書館", "公共交通")
HOW = ("計上", "調整", "検討", "実施", "説明", "報告", "見直し", "整備")


class Rows:
    """Rows that wait to be written, table by table, numbered as they come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._numbers: dict[type[Base], Any] = {}

    def add(self, table: type[Base], /, **columns: Any) -> int:
        """Add a row and return its id."""
        if table not in self._numbers:
            last = self._connection.scalar(select(func.max(table.__table__.c.id)))
            self._numbers[table] = count((last or 0) + 1)
        number = int(next(self._numbers[table]))
        self._waiting[table].append({"id": number, **columns})
        return number

    def add_pair(self, table: type[Base], /, **columns: Any) -> None:
        """Add a row of a table whose rows have no number of their own."""
        self._waiting[table].append(columns)

    def write(self) -> None:
        for table, rows in self._waiting.items():
            self._connection.execute(insert(table), rows)
        self._waiting.clear()


class Sentences:
    """The same in every city."""

    def __init__(self) -> None:
        same = random.Random(SEED)  # noqa: S311 - nothing secret
        self._all = [_sentence(same) for _ in range(SENTENCES)]

    def said(self, start: int, count: int) -> list[tuple[str, str]]:
        """Return so many sentences as they were heard and as they were meant; others for another
        `start`."""
        return [self._all[(start * 37 + n) % SENTENCES] for n in range(count)]


def of_the_cast(session: Session) -> dict[str, int]:
    return {login: number for login, number in session.execute(select(Person.login, Person.id))}


def columns_of(row: Base, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _sentence(random: random.Random) -> tuple[str, str]:
    """Return a sentence as it was heard, with two wrong letters, and as it was meant."""
    where, what, how = (random.choice(words) for words in (WHERE, WHAT, HOW))
    year, amount = random.randint(1, 9), random.randint(2, 990)
    meant = f"{where}地区の{what}につきましては、令和{year}年度に{amount}万円を{how}しております。"
    place = random.randrange(len(meant) - 3)
    return meant[:place] + "提告" + meant[place + 2 :], meant
