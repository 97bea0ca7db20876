"""What a person is still asked to, and what is still to come, is found among all of ten years; the
statistics read their columns from indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_invitation_standing",
        "invitation",
        ["person_id", "meeting_id"],
        sqlite_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_meeting_ends_at", "meeting", ["ends_at"])
    op.create_index("ix_editing_time_seconds", "editing_time", ["transcript_id", "seconds"])
    op.drop_index("ix_transcription_recording_id", "transcription")
    op.create_index(
        "ix_transcription_recording_id",
        "transcription",
        ["recording_id", "imported_file_name", "state"],
    )


def downgrade() -> None:
    op.drop_index("ix_transcription_recording_id", "transcription")
    op.create_index("ix_transcription_recording_id", "transcription", ["recording_id"])
    op.drop_index("ix_editing_time_seconds", "editing_time")
    op.drop_index("ix_meeting_ends_at", "meeting")
    op.drop_index("ix_invitation_standing", "invitation")
