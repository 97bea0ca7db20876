"""What an issued text was (the original, a public copy, a city's own form), and when the words of a
public copy were noted last."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "issued_text",
        sa.Column("standing", sa.String(length=20), server_default="original", nullable=False),
    )
    op.add_column("publication", sa.Column("words_noted_at", sa.DateTime(), nullable=True))
    # What is public already is recognised as it is now; its past copies were noted nowhere.
    op.execute("UPDATE publication SET words_noted_at = CURRENT_TIMESTAMP")


def downgrade() -> None:
    op.drop_column("publication", "words_noted_at")
    op.drop_column("issued_text", "standing")
