"""What stays quick after ten years: indexes on what is looked up, and the few that are in work."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEXES = (
    ("agenda_item", "parent_id"),
    ("chunk", "state"),
    ("item_change", "agenda_item_id"),
    ("proposal", "page_id"),
    ("segment", "agenda_item_id"),
    ("segment", "speaker_id"),
    ("speaker", "suggestion_id"),
    ("step", "state"),
    ("turn", "agenda_item_id"),
    ("upload", "recording_id"),
)

IN_WORK = """
UPDATE meeting SET is_in_work = 1
WHERE id IN (SELECT meeting_id FROM recording) AND id NOT IN (
    SELECT meeting_id FROM publication
    WHERE publication.id NOT IN (SELECT publication_id FROM withdrawal))
"""

PAGE_COUNT = """
UPDATE document_version
SET page_count = (SELECT count(*) FROM page WHERE page.version_id = document_version.id)
"""


def upgrade() -> None:
    _add_column("meeting", sa.Column("is_in_work", sa.Boolean(), nullable=False), "0")
    _add_column("document_version", sa.Column("page_count", sa.Integer(), nullable=False), "0")
    op.execute(IN_WORK)
    op.execute(PAGE_COUNT)
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index(
        "ix_meeting_in_work", "meeting", ["starts_at"], sqlite_where=sa.text("is_in_work = 1")
    )
    op.create_index(
        "ix_document_version_to_read",
        "document_version",
        ["page_count"],
        sqlite_where=sa.text("prepared_pages < page_count"),
    )
    op.drop_index("ix_notice_next_try_at", "notice")
    op.create_index(
        "ix_notice_to_send",
        "notice",
        ["next_try_at"],
        sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_notice_to_send", "notice")
    op.create_index("ix_notice_next_try_at", "notice", ["next_try_at"])
    op.drop_index("ix_document_version_to_read", "document_version")
    op.drop_index("ix_meeting_in_work", "meeting")
    for name, column in INDEXES:
        op.drop_index(f"ix_{name}_{column}", name)
    with op.batch_alter_table("document_version") as table:
        table.drop_column("page_count")
    with op.batch_alter_table("meeting") as table:
        table.drop_column("is_in_work")


def _add_column(table: str, column: "sa.Column[int]", default: str) -> None:
    """Without a default of its own in the end, as the code's tables have it."""
    column.server_default = sa.DefaultClause(default)
    with op.batch_alter_table(table) as altered:
        altered.add_column(column)
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column.name, server_default=None)
