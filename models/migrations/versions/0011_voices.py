"""Voices told apart: their numbers, segments with two of them, how many there are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("speaker") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
    with op.batch_alter_table("segment") as table:
        table.add_column(
            sa.Column("is_mixed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("segment") as table:
        table.alter_column("is_mixed", server_default=None)
    with op.batch_alter_table("transcription") as table:
        table.add_column(sa.Column("voices", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("transcription") as table:
        table.drop_column("voices")
    with op.batch_alter_table("segment") as table:
        table.drop_column("is_mixed")
    with op.batch_alter_table("speaker") as table:
        table.drop_column("number")
