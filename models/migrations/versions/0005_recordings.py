"""Recordings in parts and pieces: uploads, steps, turns of the queue, doubts of segments."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("part", "spare", name="recordingkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("began_at", models.base.UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "receiving",
                "whole",
                "accepted",
                "refused",
                "withdrawn",
                name="uploadstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", models.base.UtcDateTime(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("created_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("changed_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_upload_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_upload_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_upload_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_state"), ["state"], unique=False)

    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transcription_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sound", "playback", name="stepkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "paused",
                "finished",
                "failed",
                "cancelled",
                name="workstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", models.base.UtcDateTime(), nullable=True),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcription_id"],
            ["transcription.id"],
            name=op.f("fk_step_transcription_id_transcription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("transcription_id", "kind", name=op.f("uq_step_transcription_id")),
    )
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_step_transcription_id"), ["transcription_id"], unique=False
        )

    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_at", models.base.UtcDateTime(), nullable=True))

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("part", "spare", name="recordingkind", native_enum=False, length=20),
                server_default="part",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("began_at", models.base.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("peaks_sha256", sa.String(length=64), nullable=True))

    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confidence", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "doubt",
                sa.Enum(
                    "missing",
                    "repeated",
                    "invented",
                    "fast",
                    "unsure",
                    name="doubt",
                    native_enum=False,
                    length=20,
                ),
                nullable=True,
            )
        )

    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("speech_model", sa.String(length=200), server_default="", nullable=False)
        )

    with op.batch_alter_table("transcription", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language", sa.String(length=10), server_default="ja", nullable=False)
        )
        batch_op.add_column(
            sa.Column("wanted_model", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("speech_model_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("moved_up_at", models.base.UtcDateTime(), nullable=True))

    _add_steps()


def _add_steps() -> None:
    """What was asked for before there were steps is prepared like everything else, and recordings
    that are there already get their peaks."""
    first_of_open = (
        "SELECT t.id, 'sound', 'waiting', '', 0 FROM transcription t"
        " WHERE t.state = 'waiting' AND NOT EXISTS"
        " (SELECT 1 FROM chunk c WHERE c.transcription_id = t.id)"
    )
    newest_of_recording = (
        "SELECT max(t.id), 'playback', 'waiting', '', 0 FROM transcription t"
        " WHERE t.state != 'cancelled' GROUP BY t.recording_id"
    )
    for rows in (first_of_open, newest_of_recording):
        op.execute(f"INSERT INTO step (transcription_id, kind, state, problem, attempts) {rows}")


def downgrade() -> None:
    with op.batch_alter_table("transcription", schema=None) as batch_op:
        batch_op.drop_column("moved_up_at")
        batch_op.drop_column("speech_model_sha256")
        batch_op.drop_column("wanted_model")
        batch_op.drop_column("language")

    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_column("speech_model")

    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_column("doubt")
        batch_op.drop_column("confidence")

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_column("peaks_sha256")
        batch_op.drop_column("began_at")
        batch_op.drop_column("kind")

    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.drop_column("taken_at")

    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_transcription_id"))

    op.drop_table("step")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_state"))
        batch_op.drop_index(batch_op.f("ix_upload_meeting_id"))

    op.drop_table("upload")
