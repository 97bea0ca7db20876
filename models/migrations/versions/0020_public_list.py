"""The public list is counted from an index alone, and the few removed meetings are found by one."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_publication_series", "publication")
    op.create_index("ix_publication_series", "publication", ["series", "year", "meeting_id"])
    op.create_index(
        "ix_meeting_removed",
        "meeting",
        ["removed_at"],
        sqlite_where=sa.text("removed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_meeting_removed", "meeting")
    op.drop_index("ix_publication_series", "publication")
    op.create_index("ix_publication_series", "publication", ["series", "year"])
