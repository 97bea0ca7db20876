"""Letters that are the same to a reader are found as the same, and minutes by who spoke: what is
public is laid out anew by the worker, one after the other. Until then it is found as before."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _lay_out_anew()


def downgrade() -> None:
    _lay_out_anew()


def _lay_out_anew() -> None:
    op.execute("UPDATE publication SET laid_out_at = NULL")
