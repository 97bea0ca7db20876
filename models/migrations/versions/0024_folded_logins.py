"""Logins in one form: half width, lower case, without spaces.

Of two that differ in nothing else, the one that has that form already keeps it, and the other stays
as it is; where neither has it, the older row gets it.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, login FROM person ORDER BY id")).all()
    taken = {login for _, login in rows}
    for identity, login in rows:
        folded = _folded(login)
        if not folded or len(folded) > 100 or folded in taken:
            continue
        connection.execute(
            sa.text("UPDATE person SET login = :login WHERE id = :id"),
            {"login": folded, "id": identity},
        )
        taken.add(folded)


def downgrade() -> None:
    """How they were written is not kept."""


def _folded(login: str) -> str:
    narrow = unicodedata.normalize("NFKC", login).casefold()
    return "".join(unicodedata.normalize("NFKC", narrow).split())
