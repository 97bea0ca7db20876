"""An audit that can only be added to: each line linked to the one before, with its origin and its
result; archives of the oldest lines; tallies of what is refused many times a minute."""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

CONTENT = [
    "id",
    "at",
    "person_id",
    "verb",
    "thing",
    "thing_id",
    "meeting_id",
    "way",
    "address",
    "result",
    "times",
]
INDEXED = ("at", "person_id", "verb", "meeting_id", "address")

LINK = """
CREATE TRIGGER audit_line_link AFTER INSERT ON audit_line BEGIN
  SELECT RAISE(ABORT, 'an audit line is added at the end, without a link of its own')
    WHERE NEW.link IS NOT NULL OR EXISTS (SELECT 1 FROM audit_line WHERE id > NEW.id);
  UPDATE audit_line SET link = audit_link(
      COALESCE(
        (SELECT link FROM audit_line WHERE id < NEW.id ORDER BY id DESC LIMIT 1),
        (SELECT last_link FROM audit_archive ORDER BY id DESC LIMIT 1),
        zeroblob(32)),
      NEW.id, NEW.at, NEW.person_id, NEW.verb, NEW.thing, NEW.thing_id, NEW.meeting_id, NEW.way,
      NEW.address, NEW.result, NEW.times)
    WHERE id = NEW.id;
END
"""
REFUSING = {
    # INSERT OR REPLACE would take the old row out without asking the trigger for deletions.
    "audit_line_is_new": """BEFORE INSERT ON audit_line
        WHEN EXISTS (SELECT 1 FROM audit_line WHERE id = NEW.id)""",
    "audit_line_never_changes": "BEFORE UPDATE ON audit_line WHEN OLD.link IS NOT NULL",
    "audit_line_stays_until_archived": """BEFORE DELETE ON audit_line
        WHEN OLD.id > COALESCE((SELECT MAX(last_line) FROM audit_archive), 0)""",
    "audit_archive_is_of_the_beginning": """BEFORE INSERT ON audit_archive
        WHEN NEW.first_line IS NOT (SELECT MIN(id) FROM audit_line)
          OR NEW.last_link IS NOT (SELECT link FROM audit_line WHERE id = NEW.last_line)""",
    "audit_archive_never_changes": "BEFORE UPDATE ON audit_archive",
    "audit_archive_stays": "BEFORE DELETE ON audit_archive",
}


def upgrade() -> None:
    _create_archive()
    _create_tally()
    for column in ("at", "meeting_id", "person_id"):
        op.drop_index(f"ix_audit_line_{column}", "audit_line")
    op.rename_table("audit_line", "audit_line_before")
    _create_lines()
    op.execute(LINK)
    op.execute(
        "INSERT INTO audit_line (id, at, person_id, verb, thing, thing_id, meeting_id, way,"
        " address, result, times)"
        " SELECT id, at, person_id, verb, thing, thing_id, meeting_id, '', address,"
        " CASE WHEN verb LIKE 'refused!_%' ESCAPE '!' THEN 'refused' ELSE 'done' END, times"
        " FROM audit_line_before ORDER BY id"
    )
    op.drop_table("audit_line_before")
    for column in INDEXED:
        op.create_index(f"ix_audit_line_{column}", "audit_line", [column])
    refused = sa.text("result <> 'done'")
    op.create_index("ix_audit_line_refused", "audit_line", ["id"], sqlite_where=refused)
    for name, when in REFUSING.items():
        words = f"SELECT RAISE(ABORT, '{name.replace('_', ' ')}')"
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {words}; END")


def downgrade() -> None:
    for name in ("audit_line_link", *REFUSING):
        op.execute(f"DROP TRIGGER {name}")
    op.drop_index("ix_audit_line_refused", "audit_line")
    for column in ("verb", "address"):
        op.drop_index(f"ix_audit_line_{column}", "audit_line")
    with op.batch_alter_table("audit_line") as batch_op:
        for column in ("way", "result", "link"):
            batch_op.drop_column(column)
        for column, table in (("person_id", "person"), ("meeting_id", "meeting")):
            name = f"fk_audit_line_{column}_{table}"
            batch_op.create_foreign_key(name, table, [column], ["id"])
    op.drop_table("refusal_tally")
    op.drop_table("audit_archive")


def _create_lines() -> None:
    op.create_table(
        "audit_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(60), nullable=False),
        sa.Column("thing", sa.String(60), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(20), server_default="", nullable=False),
        sa.Column("address", sa.String(45), server_default="", nullable=False),
        sa.Column("result", sa.String(20), server_default="done", nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("link", sa.LargeBinary(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )


def _create_archive() -> None:
    op.create_table(
        "audit_archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("last_line", sa.Integer(), nullable=False),
        sa.Column("last_link", sa.LargeBinary(32), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_archive")),
    )


def _create_tally() -> None:
    op.create_table(
        "refusal_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minute", models.base.UtcDateTime(), nullable=False),
        sa.Column("last_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(60), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal_tally")),
    )
    op.create_index("ix_refusal_tally_minute", "refusal_tally", ["minute"])
