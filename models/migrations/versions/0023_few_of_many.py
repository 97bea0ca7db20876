"""Notices that never went out, and sign-ins that have not run out, are found among all others."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notice_given_up",
        "notice",
        ["given_up_at"],
        sqlite_where=sa.text("given_up_at IS NOT NULL"),
    )
    op.drop_index("ix_sign_in_person_id", "sign_in")
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id", "expires_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_person_id", "sign_in")
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"])
    op.drop_index("ix_notice_given_up", "notice")
