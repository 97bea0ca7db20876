"""What is asked of the database while something is done: counted, and looked into."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, select

from models.base import Base

OF_WHO_CAME = {"refusal_tally", "audit_line", "sign_in", "setback", "wrong_tries"}
"""Tables in which even a refusal leaves its line."""


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """Every statement, in order."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def unchanged(engine: Engine) -> Iterator[None]:
    """What is refused leaves every row as it was."""
    before = _rows(engine)
    yield
    assert _rows(engine) == before


def _rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    tables = [table for table in Base.metadata.sorted_tables if table.name not in OF_WHO_CAME]
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables
        }
