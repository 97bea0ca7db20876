"""Alembic's entry: runs on the engine handed over by `models.database.migrate`."""

from alembic import context
from sqlalchemy import Connection

from models.database import RowsLost
from models.tables import Base


def run() -> None:
    """All steps in one transaction, which takes the write lock at its start: whoever is killed
    or fails in the middle leaves the tables as they were."""
    engine = context.config.attributes["engine"].execution_options(is_writing=True)
    with engine.connect() as connection:
        _suspend_foreign_keys(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            _check_foreign_keys(connection)


def _suspend_foreign_keys(connection: Connection) -> None:
    """SQLite changes a table by making it anew under its name: what refers to it must let go for
    that moment. Only possible before the transaction begins, so not through SQLAlchemy."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")


def _check_foreign_keys(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        raise RowsLost(f"the migration would leave rows without what they refer to: {lost[:5]}")


run()
