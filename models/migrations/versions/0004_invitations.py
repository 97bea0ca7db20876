"""Rosters, answers in words, notices by mail, meetings called off, guests."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("attendee", "presenter", name="invitationkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_roster_entry_added_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_roster_entry_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_roster_entry_series_id_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_entry_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_entry_series_id"), ["series_id"], unique=False)

    op.create_table(
        "guest_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("ended_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_guest_pass_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_guest_pass_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_guest_pass_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_pass")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_guest_pass_token_sha256")),
    )
    with op.batch_alter_table("guest_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_pass_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guest_pass_person_id"), ["person_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "change",
                "withdrawal",
                "called_off",
                "reminder",
                name="noticekind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("seen_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("sent_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("given_up_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_notice_invitation_id_invitation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notice_invitation_id"), ["invitation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_notice_next_try_at"), ["next_try_at"], unique=False)

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("invitation_answer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "word",
                sa.Enum(
                    "coming", "absent", "proxy", name="answerword", native_enum=False, length=20
                ),
                nullable=False,
                server_default="coming",
            )
        )
        batch_op.add_column(
            sa.Column("proxy_name", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("note", sa.String(length=200), nullable=False, server_default="")
        )

    op.execute("UPDATE invitation_answer SET word = 'absent' WHERE NOT is_coming")
    with op.batch_alter_table("invitation_answer", schema=None) as batch_op:
        batch_op.drop_column("is_coming")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("called_off_at", models.base.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("called_off_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("called_off_reason", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_meeting_called_off_by_id_person"), "person", ["called_off_by_id"], ["id"]
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("email", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("is_guest", sa.Boolean(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("is_guest")
        batch_op.drop_column("email")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_meeting_called_off_by_id_person"), type_="foreignkey"
        )
        batch_op.drop_column("called_off_reason")
        batch_op.drop_column("called_off_by_id")
        batch_op.drop_column("called_off_at")

    with op.batch_alter_table("invitation_answer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_coming", sa.Boolean(), nullable=False, server_default="1")
        )
        batch_op.drop_column("note")
        batch_op.drop_column("proxy_name")
        batch_op.drop_column("word")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("sequence")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_next_try_at"))
        batch_op.drop_index(batch_op.f("ix_notice_invitation_id"))

    op.drop_table("notice")
    with op.batch_alter_table("guest_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guest_pass_person_id"))
        batch_op.drop_index(batch_op.f("ix_guest_pass_meeting_id"))

    op.drop_table("guest_pass")
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_entry_series_id"))
        batch_op.drop_index(batch_op.f("ix_roster_entry_person_id"))

    op.drop_table("roster_entry")
