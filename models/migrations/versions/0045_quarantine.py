"""Files in which the virus scanner found something."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarantined_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("virus", sa.String(length=200), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("is_let_in", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_quarantined_file_sent_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_quarantined_file_settled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_file")),
    )
    op.create_index(op.f("ix_quarantined_file_found_at"), "quarantined_file", ["found_at"])
    op.create_index(op.f("ix_quarantined_file_sha256"), "quarantined_file", ["sha256"])


def downgrade() -> None:
    op.drop_table("quarantined_file")
