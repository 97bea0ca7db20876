"""The seal of an approval, its signed PDF, issued texts, signers, scans, and reasons of errata."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approval", sa.Column("seal_sha256", sa.String(length=64), nullable=True))
    op.add_column("approval", sa.Column("attachments", sa.JSON(), nullable=True))
    op.create_index(op.f("ix_approval_seal_sha256"), "approval", ["seal_sha256"])
    op.add_column(
        "approval_request",
        sa.Column("errata_reason", sa.Text(), server_default="", nullable=False),
    )
    op.create_table(
        "signed_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_signed_record_approval_id_approval")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_record")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_signed_record_approval_id")),
    )
    op.create_index(op.f("ix_signed_record_pdf_sha256"), "signed_record", ["pdf_sha256"])
    op.create_table(
        "issued_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["minutes_revision.id"],
            name=op.f("fk_issued_text_revision_id_minutes_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_text")),
        sa.UniqueConstraint("revision_id", "text_sha256", name=op.f("uq_issued_text_revision_id")),
    )
    op.create_index(op.f("ix_issued_text_text_sha256"), "issued_text", ["text_sha256"])
    op.create_table(
        "signer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_signer_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_signer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["person.id"], name=op.f("fk_signer_chosen_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer")),
        sa.UniqueConstraint("minutes_id", "person_id", name=op.f("uq_signer_minutes_id")),
    )
    op.create_table(
        "signature_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_signature_scan_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_signature_scan_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_scan")),
    )
    op.create_index(op.f("ix_signature_scan_approval_id"), "signature_scan", ["approval_id"])


def downgrade() -> None:
    for table in ("signature_scan", "signer", "issued_text", "signed_record"):
        op.drop_table(table)
    op.drop_index(op.f("ix_approval_seal_sha256"), "approval")
    op.drop_column("approval", "attachments")
    op.drop_column("approval", "seal_sha256")
    op.drop_column("approval_request", "errata_reason")
