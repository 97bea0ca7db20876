"""Pages of two versions are laid upon each other; an Office file goes out only when somebody says
so, whatever was allowed before; what it carries and which fonts are missing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page", sa.Column("picture_difference", sa.Double(), nullable=True))
    op.add_column(
        "document",
        sa.Column("may_take_original", sa.Boolean(), nullable=False, server_default="0"),
    )
    for column in (
        sa.Column("compared_pages", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("missing_fonts", sa.Text(), nullable=False, server_default=""),
        sa.Column("original_carries", sa.Text(), nullable=True),
    ):
        op.add_column("document_version", column)
    op.execute("UPDATE document_version SET compared_pages = page_count")
    op.create_index(
        "ix_document_version_to_compare",
        "document_version",
        ["page_count"],
        sqlite_where=sa.text("compared_pages < page_count"),
    )


def downgrade() -> None:
    op.drop_index("ix_document_version_to_compare", "document_version")
    for column in ("original_carries", "missing_fonts", "compared_pages"):
        op.drop_column("document_version", column)
    op.drop_column("document", "may_take_original")
    op.drop_column("page", "picture_difference")
