"""People's telephone numbers, 兼務, and roles that are given for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    phone = sa.Column("phone", sa.String(200), server_default="", nullable=False)
    op.add_column("person", phone)
    op.add_column("role_grant", sa.Column("from_at", sa.DateTime(), nullable=True))
    op.add_column("role_grant", sa.Column("until_at", sa.DateTime(), nullable=True))
    op.create_table(
        "additional_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_additional_post_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name=op.f("fk_additional_post_department_id_department"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_post")),
        sa.UniqueConstraint(
            "person_id", "department_id", name=op.f("uq_additional_post_person_id")
        ),
    )
    op.create_index(op.f("ix_additional_post_department_id"), "additional_post", ["department_id"])


def downgrade() -> None:
    op.drop_table("additional_post")
    op.drop_column("role_grant", "until_at")
    op.drop_column("role_grant", "from_at")
    op.drop_column("person", "phone")
