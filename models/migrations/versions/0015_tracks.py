"""Which sound track of a file is heard, of how many; not known of the recordings so far."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recording") as table:
        table.add_column(sa.Column("track", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("tracks", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("recording") as table:
        table.alter_column("track", server_default=None)
        table.alter_column("tracks", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("recording") as table:
        table.drop_column("tracks")
        table.drop_column("track")
