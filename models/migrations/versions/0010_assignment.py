"""Where the agenda item of a segment comes from; those that have one were placed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ASSIGNED_BY = sa.Enum("person", "turns", "text", name="assignedby", native_enum=False, length=20)


def upgrade() -> None:
    op.add_column("segment", sa.Column("assigned_by", ASSIGNED_BY, nullable=True))
    op.execute("UPDATE segment SET assigned_by = 'person' WHERE agenda_item_id IS NOT NULL")


def downgrade() -> None:
    op.drop_column("segment", "assigned_by")
    op.execute("DELETE FROM step WHERE kind = 'items'")
