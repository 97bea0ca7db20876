"""How long what belongs to a meeting is kept, holds, warnings, and deletions with certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

EMPTIED = ("recording", "document_version", "transcript", "minutes_revision", "meeting")


def upgrade() -> None:
    for table in EMPTIED:
        op.add_column(table, sa.Column("emptied_at", sa.DateTime(), nullable=True))
    # A plain column with its constraint in place: a table to which others refer is not made anew.
    op.execute(
        "ALTER TABLE meeting ADD COLUMN removed_by_id INTEGER"
        " CONSTRAINT fk_meeting_removed_by_id_person REFERENCES person (id)"
    )
    op.add_column(
        "meeting",
        sa.Column("removed_reason", sa.String(length=200), server_default="", nullable=False),
    )
    # Deleted words leave no traces in the index either (FTS5).
    op.execute("INSERT INTO published_search (published_search, rank) VALUES ('secure-delete', 1)")
    _rules()
    _holds()
    _warnings()
    _deletions()


def _rules() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("counted_from", sa.String(length=20), nullable=False),
        sa.Column("is_from_april", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_retention_rule_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_retention_rule_set_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("series_id", "kind", name=op.f("uq_retention_rule_series_id")),
    )
    op.create_index(
        "ix_retention_rule_of_city",
        "retention_rule",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("series_id IS NULL"),
    )


def _holds() -> None:
    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(series_id IS NULL) <> (meeting_id IS NULL)",
            name=op.f("ck_retention_hold_one_scope"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_retention_hold_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_retention_hold_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"], ["person.id"], name=op.f("fk_retention_hold_placed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_retention_hold_lifted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    for column in ("series_id", "meeting_id"):
        op.create_index(op.f(f"ix_retention_hold_{column}"), "retention_hold", [column])


def _warnings() -> None:
    op.create_table(
        "retention_warning",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("warned_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_retention_warning_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "kind", name=op.f("pk_retention_warning")),
    )


def _deletions() -> None:
    op.create_table(
        "deletion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("series", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("things", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_deletion_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_deletion_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion")),
    )
    op.create_index(op.f("ix_deletion_meeting_id"), "deletion", ["meeting_id"])
    op.create_index(op.f("ix_deletion_finished_at"), "deletion", ["finished_at"])
    op.create_index(
        "ix_deletion_unfinished",
        "deletion",
        ["begun_at"],
        sqlite_where=sa.text("finished_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("deletion", "retention_warning", "retention_hold", "retention_rule"):
        op.drop_table(table)
    with op.batch_alter_table("meeting") as batch:
        batch.drop_column("removed_reason")
        batch.drop_column("removed_by_id")
    for table in EMPTIED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("emptied_at")
