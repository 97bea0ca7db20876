"""The figures of each department and 年度 are kept. The worker sums those that there are."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LETTERS = [
    f"{kind}_{name}"
    for kind in ("raw", "normalised")
    for name in ("total", "wrong", "missing", "added", "fillers")
]
FILL = """
INSERT INTO department_year SELECT department_id, year, year || '-03-31 15:00:00.000000',
    (year + 1) || '-03-31 15:00:00.000000', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM (
    SELECT DISTINCT department_id,
        CAST(strftime('%Y', starts_at, '+9 hours', '-3 months') AS INTEGER) AS year
    FROM meeting WHERE id IN (SELECT meeting_id FROM recording)
)
"""
"""A 年度 begins with April in Tokyo, nine hours before it does in UTC."""


def upgrade() -> None:
    op.create_table(
        "department_year",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("recordings", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("editing_seconds", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in LETTERS),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_department_year_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("department_id", "year", name=op.f("pk_department_year")),
    )
    op.create_index(op.f("ix_department_year_is_stale"), "department_year", ["is_stale"])
    op.drop_index("ix_meeting_department_id", "meeting")
    op.create_index("ix_meeting_department_id", "meeting", ["department_id", "starts_at"])
    op.execute(FILL)


def downgrade() -> None:
    op.drop_index("ix_meeting_department_id", "meeting")
    op.create_index("ix_meeting_department_id", "meeting", ["department_id"])
    op.drop_table("department_year")
