"""One-time passwords, where and when somebody was seen, wrong tries, and refusals as audit lines.

Columns are added in place: a table of millions of audit lines is not made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("one_time_until", sa.DateTime(), nullable=True))
    op.add_column("sign_in", sa.Column("seen_at", sa.DateTime(), nullable=True))
    op.add_column("sign_in", _text("address", 45))
    op.add_column("sign_in", sa.Column("device_sha256", sa.String(64), nullable=True))
    op.add_column("guest_pass", sa.Column("last_wrong_at", sa.DateTime(), nullable=True))
    op.add_column("audit_line", _text("address", 45))
    op.add_column(
        "audit_line", sa.Column("times", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_table(
        "wrong_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("place_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_tries")),
        sa.UniqueConstraint("login_hash", "place_hash", name=op.f("uq_wrong_tries_login_hash")),
    )
    op.create_index(op.f("ix_wrong_tries_place_hash"), "wrong_tries", ["place_hash"])
    op.create_index(op.f("ix_wrong_tries_last_at"), "wrong_tries", ["last_at"])


def downgrade() -> None:
    op.drop_table("wrong_tries")
    op.drop_column("audit_line", "times")
    op.drop_column("audit_line", "address")
    op.drop_column("guest_pass", "last_wrong_at")
    op.drop_column("sign_in", "device_sha256")
    op.drop_column("sign_in", "address")
    op.drop_column("sign_in", "seen_at")
    op.drop_column("person", "one_time_until")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")
