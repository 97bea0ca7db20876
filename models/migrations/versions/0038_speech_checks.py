"""Speakers who check their own words, and what they say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

OPEN = "ended_at IS NULL AND answered_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "speech_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=200), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("last_wrong_at", sa.DateTime(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["minutes_revision.id"],
            name=op.f("fk_speech_check_revision_id_minutes_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_speech_check_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_speech_check_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech_check")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_speech_check_token_sha256")),
    )
    op.create_index(op.f("ix_speech_check_revision_id"), "speech_check", ["revision_id"])
    op.create_index(
        "ix_speech_check_open", "speech_check", ["person_id"], sqlite_where=sa.text(OPEN)
    )
    op.create_table(
        "check_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["speech_check.id"], name=op.f("fk_check_answer_check_id_speech_check")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_check_answer_settled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
        sa.UniqueConstraint(
            "check_id", "section", "paragraph", name=op.f("uq_check_answer_check_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("check_answer")
    op.drop_table("speech_check")
