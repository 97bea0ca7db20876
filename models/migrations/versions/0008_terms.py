"""Terms that people and their corrections teach, and the collected terms of a meeting."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dictionary_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("shared_from_id", sa.Integer(), nullable=True),
        sa.Column("surface", sa.String(length=200), nullable=False),
        sa.Column("kana", sa.String(length=200), nullable=False),
        sa.Column("is_guessed", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(series_id IS NULL) <> (department_id IS NULL)",
            name=op.f("ck_dictionary_entry_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_dictionary_entry_added_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_dictionary_entry_department_id_department"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_dictionary_entry_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["shared_from_id"],
            ["series.id"],
            name=op.f("fk_dictionary_entry_shared_from_id_series"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_entry")),
    )
    with op.batch_alter_table("dictionary_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dictionary_entry_department_id"), ["department_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_dictionary_entry_series_id"), ["series_id"], unique=False
        )

    op.create_table(
        "switched_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("surface", sa.String(length=200), nullable=False),
        sa.Column("heard", sa.String(length=200), nullable=False),
        sa.Column("switched_off_by_id", sa.Integer(), nullable=False),
        sa.Column("switched_off_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_switched_off_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["switched_off_by_id"],
            ["person.id"],
            name=op.f("fk_switched_off_switched_off_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switched_off")),
    )
    with op.batch_alter_table("switched_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_switched_off_series_id"), ["series_id"], unique=False)

    op.create_table(
        "term_list",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("sources_sha256", sa.String(length=64), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("wanted_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("collected_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_term_list_meeting_id_meeting")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_term_list")),
    )
    op.create_table(
        "confusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("heard", sa.String(length=200), nullable=False),
        sa.Column("meant", sa.String(length=200), nullable=False),
        sa.Column("learned_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segment.id"],
            name=op.f("fk_confusion_segment_id_segment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_confusion_series_id_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confusion")),
        sa.UniqueConstraint("segment_id", "heard", "meant", name=op.f("uq_confusion_segment_id")),
    )
    with op.batch_alter_table("confusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confusion_series_id"), ["series_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM proposal WHERE origin = 'learned'")
    with op.batch_alter_table("confusion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confusion_series_id"))

    op.drop_table("confusion")
    op.drop_table("term_list")
    with op.batch_alter_table("switched_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_switched_off_series_id"))

    op.drop_table("switched_off")
    with op.batch_alter_table("dictionary_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dictionary_entry_series_id"))
        batch_op.drop_index(batch_op.f("ix_dictionary_entry_department_id"))

    op.drop_table("dictionary_entry")
