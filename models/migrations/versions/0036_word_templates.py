"""A city's own Word templates for its records."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "word_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("put_in_by_id", sa.Integer(), nullable=False),
        sa.Column("put_in_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["put_in_by_id"], ["person.id"], name=op.f("fk_word_template_put_in_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_word_template_series_id_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_template")),
    )
    op.create_index("ix_word_template_form", "word_template", ["form", "series_id"])
    op.create_index(op.f("ix_word_template_series_id"), "word_template", ["series_id"])


def downgrade() -> None:
    op.drop_table("word_template")
