"""The course of sittings, what became of their items, who was there in which office; not known of
the meetings so far."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def _keys(table: str, columns: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column],
            [f"{other}.id"],
            name=op.f(f"fk_{table}_{column}_{other}"),
            ondelete="SET NULL" if other == "segment" else None,
        )
        for column, other in columns.items()
    ]


def _noted() -> list[sa.Column[object]]:
    return [
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("struck_at", sa.DateTime(), nullable=True),
        sa.Column("struck_by_id", sa.Integer(), nullable=True),
    ]


SHARED_KEYS = {
    "meeting_id": "meeting",
    "agenda_item_id": "agenda_item",
    "segment_id": "segment",
    "noted_by_id": "person",
    "struck_by_id": "person",
}


def upgrade() -> None:
    op.add_column("meeting", sa.Column("openness", sa.String(20), nullable=True))
    op.add_column(
        "meeting", sa.Column("openness_reason", sa.String(200), nullable=False, server_default="")
    )
    op.add_column("invitation", sa.Column("office", sa.String(200), nullable=True))
    op.add_column("attendance", sa.Column("kind", sa.String(20), nullable=True))
    op.execute("ALTER TABLE attendance ADD COLUMN proxy_for_id INTEGER REFERENCES person(id)")
    op.create_table(
        "sitting_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        *_noted(),
        *_keys("sitting_event", SHARED_KEYS | {"attendance_id": "attendance"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_event")),
    )
    op.create_table(
        "item_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("method", sa.String(20), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("names_for", sa.JSON(), nullable=False),
        sa.Column("names_against", sa.JSON(), nullable=False),
        sa.Column("mover", sa.String(200), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        *_noted(),
        *_keys("item_decision", SHARED_KEYS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_decision")),
    )
    for table in ("sitting_event", "item_decision"):
        for column in ("meeting_id", "agenda_item_id", "segment_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_sitting_event_attendance_id", "sitting_event", ["attendance_id"])


def downgrade() -> None:
    op.drop_table("item_decision")
    op.drop_table("sitting_event")
    with op.batch_alter_table("attendance") as table:
        table.drop_column("proxy_for_id")
        table.drop_column("kind")
    op.drop_column("invitation", "office")
    op.drop_column("meeting", "openness_reason")
    op.drop_column("meeting", "openness")
