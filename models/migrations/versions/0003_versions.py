"""Versions that are proposed before they are released; memos, bookmarks, and who may read."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_reader",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_reader_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_document_reader_person_id_person")
        ),
        sa.PrimaryKeyConstraint("document_id", "person_id", name=op.f("pk_document_reader")),
    )
    with op.batch_alter_table("document_reader", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_reader_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "version_look",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_version_look_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["document_version.id"],
            name=op.f("fk_version_look_version_id_document_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "person_id", name=op.f("pk_version_look")),
    )
    with op.batch_alter_table("version_look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_version_look_person_id"), ["person_id"], unique=False)

    op.create_table(
        "bookmark",
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_bookmark_page_id_page")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_bookmark_person_id_person")
        ),
        sa.PrimaryKeyConstraint("page_id", "person_id", name=op.f("pk_bookmark")),
    )
    with op.batch_alter_table("bookmark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookmark_person_id"), ["person_id"], unique=False)

    op.create_table(
        "memo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("ink", "marker", "note", name="memokind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("changed_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("shared_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("erased_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_memo_page_id_page")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_memo_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_memo_person_id")),
    )
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memo_page_id"), ["page_id"], unique=False)

    op.create_table(
        "page_match",
        sa.Column("new_page_id", sa.Integer(), nullable=False),
        sa.Column("old_page_id", sa.Integer(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["new_page_id"], ["page.id"], name=op.f("fk_page_match_new_page_id_page")
        ),
        sa.ForeignKeyConstraint(
            ["old_page_id"], ["page.id"], name=op.f("fk_page_match_old_page_id_page")
        ),
        sa.PrimaryKeyConstraint("new_page_id", name=op.f("pk_page_match")),
    )
    with op.batch_alter_table("page_match", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_page_match_old_page_id"), ["old_page_id"], unique=False
        )

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("may_print", sa.Boolean(), nullable=False, server_default="1")
        )
        batch_op.add_column(
            sa.Column("may_download", sa.Boolean(), nullable=False, server_default="1")
        )
        batch_op.add_column(
            sa.Column("is_watermarked", sa.Boolean(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("released_at", models.base.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("released_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", models.base.UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("prepared_pages", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column(
                "original_file_name", sa.String(length=200), nullable=False, server_default=""
            )
        )
        batch_op.add_column(sa.Column("original_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("original_size_bytes", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_document_version_released_by_id_person"),
            "person",
            ["released_by_id"],
            ["id"],
        )

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("access_days", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("documents_revision", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("picture_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("problem", sa.String(length=200), nullable=False, server_default="")
        )

    op.execute(
        "UPDATE document_version SET released_at = created_at, released_by_id = created_by_id"
    )


def downgrade() -> None:
    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.drop_column("problem")
        batch_op.drop_column("picture_hash")
        batch_op.drop_column("picture_sha256")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("documents_revision")
        batch_op.drop_column("access_days")

    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_document_version_released_by_id_person"), type_="foreignkey"
        )
        batch_op.drop_column("original_size_bytes")
        batch_op.drop_column("original_sha256")
        batch_op.drop_column("original_file_name")
        batch_op.drop_column("prepared_pages")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("released_by_id")
        batch_op.drop_column("released_at")

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_column("is_watermarked")
        batch_op.drop_column("may_download")
        batch_op.drop_column("may_print")

    with op.batch_alter_table("page_match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_page_match_old_page_id"))

    op.drop_table("page_match")
    with op.batch_alter_table("memo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memo_page_id"))

    op.drop_table("memo")
    with op.batch_alter_table("bookmark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bookmark_person_id"))

    op.drop_table("bookmark")
    with op.batch_alter_table("version_look", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_version_look_person_id"))

    op.drop_table("version_look")
    with op.batch_alter_table("document_reader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_reader_person_id"))

    op.drop_table("document_reader")
