"""Voiceprints of those who agreed, and the samples that they are made of."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("series") as table:
        table.add_column(
            sa.Column("keeps_voiceprints", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("series") as table:
        table.alter_column("keeps_voiceprints", server_default=None)
    op.create_table(
        "voiceprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("direction", sa.LargeBinary(), nullable=False),
        sa.Column("weights_sha256", sa.String(length=64), nullable=False),
        sa.Column("transcription_id", sa.Integer(), nullable=False),
        sa.Column("consent_by_id", sa.Integer(), nullable=False),
        sa.Column("consent_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("expires_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_voiceprint_series_id_series")
        ),
        sa.ForeignKeyConstraint(
            ["transcription_id"],
            ["transcription.id"],
            name=op.f("fk_voiceprint_transcription_id_transcription"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_by_id"], ["person.id"], name=op.f("fk_voiceprint_consent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voiceprint")),
        sa.UniqueConstraint("series_id", "name", name=op.f("uq_voiceprint_series_id")),
    )
    op.create_index(op.f("ix_voiceprint_transcription_id"), "voiceprint", ["transcription_id"])
    op.create_index(op.f("ix_voiceprint_expires_at"), "voiceprint", ["expires_at"])
    op.create_table(
        "voice_sample",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("weights_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segment.id"],
            name=op.f("fk_voice_sample_segment_id_segment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_voice_sample")),
    )
    op.create_index(op.f("ix_voice_sample_made_at"), "voice_sample", ["made_at"])
    with op.batch_alter_table("speaker") as table:
        table.add_column(sa.Column("suggestion_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_speaker_suggestion_id_voiceprint"),
            "voiceprint",
            ["suggestion_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("speaker") as table:
        table.drop_constraint(op.f("fk_speaker_suggestion_id_voiceprint"), type_="foreignkey")
        table.drop_column("suggestion_id")
    op.drop_table("voice_sample")
    op.drop_table("voiceprint")
    with op.batch_alter_table("series") as table:
        table.drop_column("keeps_voiceprints")
