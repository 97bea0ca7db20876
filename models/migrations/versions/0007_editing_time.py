"""How long people were at work on a transcript."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "editing_time",
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("noted_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_editing_time_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcript.id"],
            name=op.f("fk_editing_time_transcript_id_transcript"),
        ),
        sa.PrimaryKeyConstraint("transcript_id", "person_id", name=op.f("pk_editing_time")),
    )


def downgrade() -> None:
    op.drop_table("editing_time")
