"""Where a recording's place on the clock comes from, and who has checked it."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SOURCES = ("stamp", "stamped_end", "changed", "browser", "sender", "hand")


def upgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "beginning_source",
                sa.Enum(*SOURCES, name="beginningsource", native_enum=False, length=20),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("beginning_checked_at", models.base.UtcDateTime(), nullable=True)
        )
        batch_op.add_column(sa.Column("beginning_checked_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stamped_at", models.base.UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_recording_beginning_checked_by_id_person"),
            "person",
            ["beginning_checked_by_id"],
            ["id"],
        )
    _tell_the_known_sources()


def _tell_the_known_sources() -> None:
    """What was recorded in a browser is known by its upload; of the others nobody wrote down
    where their time came from."""
    op.execute(
        "UPDATE recording SET beginning_source = 'browser' WHERE began_at IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM upload u WHERE u.recording_id = recording.id AND u.is_live"
        " AND u.began_at = recording.began_at)"
    )


def downgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_recording_beginning_checked_by_id_person"), type_="foreignkey"
        )
        batch_op.drop_column("stamped_at")
        batch_op.drop_column("beginning_checked_by_id")
        batch_op.drop_column("beginning_checked_at")
        batch_op.drop_column("beginning_source")
