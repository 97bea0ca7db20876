"""What was counted of a transcript is kept beside it. The worker counts those that there are."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COUNTS = [
    "segments",
    *(
        f"{kind}_{name}"
        for kind in ("raw", "normalised")
        for name in ("total", "wrong", "missing", "added", "fillers")
    ),
]


def upgrade() -> None:
    op.create_table(
        "transcript_count",
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcript.id"],
            name=op.f("fk_transcript_count_transcript_id_transcript"),
        ),
        sa.PrimaryKeyConstraint("transcript_id", name=op.f("pk_transcript_count")),
    )
    op.create_index(op.f("ix_transcript_count_is_stale"), "transcript_count", ["is_stale"])
    op.execute(
        "INSERT INTO transcript_count SELECT id, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0"
        " FROM transcript"
    )


def downgrade() -> None:
    op.drop_table("transcript_count")
