"""The terms that somebody waits for are found without reading those of all meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_term_list_to_collect",
        "term_list",
        ["wanted_at"],
        sqlite_where=sa.text("collected_at IS NULL OR collected_at < wanted_at"),
    )


def downgrade() -> None:
    op.drop_index("ix_term_list_to_collect", "term_list")
