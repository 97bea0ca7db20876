"""Passages of the minutes that citizens do not get."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def word(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, length=20)


def upgrade() -> None:
    op.create_table(
        "closed_passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", word("closed-session", "revoked", "personal", name="closedkind"), nullable=False
        ),
        sa.Column(
            "scope",
            word("words", "sentences", "section", "speaker", name="closedscope"),
            nullable=False,
        ),
        sa.Column(
            "state", word("proposed", "decided", "declined", name="closedstate"), nullable=False
        ),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("replacement", sa.String(length=200), nullable=False),
        sa.Column("hides_pages", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_whom", sa.String(length=200), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("absent_from", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_closed_passage_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_closed_passage_agenda_item_id_agenda_item"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["person.id"], name=op.f("fk_closed_passage_marked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_closed_passage_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_passage")),
    )
    op.create_index(op.f("ix_closed_passage_minutes_id"), "closed_passage", ["minutes_id"])
    op.create_index(op.f("ix_closed_passage_agenda_item_id"), "closed_passage", ["agenda_item_id"])
    op.create_table(
        "public_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
            name=op.f("fk_public_correction_publication_id_publication"),
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"],
            ["person.id"],
            name=op.f("fk_public_correction_corrected_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_correction")),
    )
    op.create_index(
        op.f("ix_public_correction_publication_id"), "public_correction", ["publication_id"]
    )
    op.add_column(
        "published_paragraph",
        sa.Column("silences", sa.JSON(), nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_column("published_paragraph", "silences")
    op.drop_table("public_correction")
    op.drop_table("closed_passage")
