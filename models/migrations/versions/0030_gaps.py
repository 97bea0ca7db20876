"""How long the time stamps of a recording leap; not known of the recordings so far."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "recording", sa.Column("gap_seconds", sa.Double(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("recording", "gap_seconds")
