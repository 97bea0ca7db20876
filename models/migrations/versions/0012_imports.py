"""Transcripts that were made elsewhere and taken in."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("transcription", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "imported_file_name", sa.String(length=200), server_default="", nullable=False
            )
        )
        batch_op.add_column(sa.Column("imported_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE segment SET doubt = NULL WHERE doubt = 'unplaced'")
    with op.batch_alter_table("transcription", schema=None) as batch_op:
        batch_op.drop_column("imported_sha256")
        batch_op.drop_column("imported_file_name")
