"""Who is told what: notices that go with no invitation, requests for approval with a word and an
addressee, publications that replace others, the organiser's order of people, where a copied meeting
comes from, and how many listened."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NEWER_THAN_WHAT_IS_PUBLIC = """
UPDATE meeting SET is_in_work = 1 WHERE is_in_work = 0 AND EXISTS (
    SELECT 1 FROM publication AS public
    JOIN minutes_revision AS read ON read.id = public.revision_id
    JOIN minutes_revision AS newer
        ON newer.minutes_id = read.minutes_id AND newer.number > read.number
    WHERE public.meeting_id = meeting.id AND NOT EXISTS (
        SELECT 1 FROM withdrawal WHERE withdrawal.publication_id = public.id
    )
)
"""


def upgrade() -> None:
    with op.batch_alter_table("notice") as table:
        table.alter_column("invitation_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("meeting_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_notice_person", "person", ["person_id"], ["id"])
        table.create_foreign_key("fk_notice_meeting", "meeting", ["meeting_id"], ["id"])
        table.create_index("ix_notice_meeting_id", ["meeting_id"])
    op.add_column(
        "approval_request", sa.Column("word", sa.Text(), server_default="", nullable=False)
    )
    op.execute("ALTER TABLE approval_request ADD COLUMN addressee_id INTEGER REFERENCES person(id)")
    op.add_column(
        "withdrawal", sa.Column("is_replaced", sa.Boolean(), server_default="0", nullable=False)
    )
    for table_name in ("invitation", "roster_entry"):
        op.add_column(
            table_name, sa.Column("position", sa.Integer(), server_default="0", nullable=False)
        )
    op.execute("ALTER TABLE meeting ADD COLUMN copied_from_id INTEGER REFERENCES meeting(id)")
    op.create_index("ix_meeting_copied_from_id", "meeting", ["copied_from_id"])
    op.add_column("meeting", sa.Column("audience_count", sa.Integer(), nullable=True))
    op.execute(NEWER_THAN_WHAT_IS_PUBLIC)


def downgrade() -> None:
    op.execute("ALTER TABLE meeting DROP COLUMN audience_count")
    with op.batch_alter_table("meeting") as table:
        table.drop_index("ix_meeting_copied_from_id")
        table.drop_column("copied_from_id")
    for table_name in ("invitation", "roster_entry"):
        op.execute(f"ALTER TABLE {table_name} DROP COLUMN position")
    op.execute("ALTER TABLE withdrawal DROP COLUMN is_replaced")
    with op.batch_alter_table("approval_request") as table:
        table.drop_column("addressee_id")
        table.drop_column("word")
    op.execute("DELETE FROM notice WHERE invitation_id IS NULL")
    with op.batch_alter_table("notice") as table:
        table.drop_index("ix_notice_meeting_id")
        table.drop_column("meeting_id")
        table.drop_column("person_id")
        table.alter_column("invitation_id", existing_type=sa.Integer(), nullable=False)
