"""The text of a revision in a table of its own, and what citizens see without reading it: a line of
their list with the publication, its paragraphs, and the index that finds words in them."""

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TOKYO = ZoneInfo("Asia/Tokyo")
TextRows = Iterator[tuple[int, int, dict[str, Any]]]


def upgrade() -> None:
    op.create_table(
        "revision_content",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["minutes_revision.id"],
            name=op.f("fk_revision_content_revision_id_minutes_revision"),
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revision_content")),
    )
    sources = _move_texts()
    with op.batch_alter_table("minutes_revision") as table:
        table.drop_column("content")
        table.add_column(
            sa.Column("transcript_ids", sa.JSON(), nullable=False, server_default="[]")
        )
    for one in sources:
        _run("UPDATE minutes_revision SET transcript_ids = :ids WHERE id = :id", **one)
    with op.batch_alter_table("minutes_revision") as table:
        table.alter_column("transcript_ids", server_default=None)
    _widen_publications()
    _make_public_tables()


def downgrade() -> None:
    op.execute("DROP TABLE published_search")
    op.drop_table("published_paragraph")
    with op.batch_alter_table("publication") as table:
        for name in ("laid_out_at", "starts_at", "meeting_id", "series"):
            table.drop_index(op.f(f"ix_publication_{name}"))
        table.drop_constraint(op.f("fk_publication_meeting_id_meeting"), type_="foreignkey")
        for column in _list_columns():
            table.drop_column(column.name)
    with op.batch_alter_table("minutes_revision") as table:
        table.drop_column("transcript_ids")
        table.add_column(sa.Column("content", sa.JSON(), nullable=False, server_default="{}"))
    for one in _run("SELECT revision_id FROM revision_content").fetchall():
        packed = _run("SELECT content FROM revision_content WHERE revision_id = :id", id=one[0])
        text = json.dumps(json.loads(zlib.decompress(packed.scalar_one())))
        _run("UPDATE minutes_revision SET content = :text WHERE id = :id", text=text, id=one[0])
    with op.batch_alter_table("minutes_revision") as table:
        table.alter_column("content", server_default=None)
    op.drop_table("revision_content")


def _move_texts() -> list[dict[str, Any]]:
    """Into the table of their own, packed; what each was made from."""
    sources = []
    for number, transcript_id, content in _old_texts():
        written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(written.encode(errors="surrogatepass"))
        _run("INSERT INTO revision_content VALUES (:id, :packed)", id=number, packed=packed)
        ids = content.get("transcript_ids") or [transcript_id]
        sources.append({"id": number, "ids": json.dumps(ids)})
    return sources


def _old_texts() -> TextRows:
    """One at a time: all together they may be gigabytes."""
    for number, transcript_id in _run("SELECT id, transcript_id FROM minutes_revision").fetchall():
        text = _run("SELECT content FROM minutes_revision WHERE id = :id", id=number).scalar_one()
        yield number, transcript_id, json.loads(text)


def _list_columns() -> list[sa.Column[Any]]:
    """Of a publication's line in the list."""
    then = models.base.UtcDateTime()
    return [
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("series", sa.String(length=200), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("starts_at", then, nullable=True),
        sa.Column("ends_at", then, nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("laid_out_at", then, nullable=True),
    ]


def _widen_publications() -> None:
    for column in _list_columns():
        op.add_column("publication", column)
    found = _run(
        "SELECT p.id, m.meeting_id, c.content FROM publication p"
        " JOIN minutes_revision r ON r.id = p.revision_id JOIN minutes m ON m.id = r.minutes_id"
        " JOIN revision_content c ON c.revision_id = r.id"
    )
    lines = [_line(number, meeting, packed) for number, meeting, packed in found]
    for line in lines:
        _run(
            "UPDATE publication SET meeting_id = :meeting_id, title = :title, series = :series,"
            " place = :place, starts_at = :starts_at, ends_at = :ends_at, year = :year"
            " WHERE id = :id",
            **line,
        )
    with op.batch_alter_table("publication") as table:
        for column in _list_columns():
            if column.name != "laid_out_at":
                table.alter_column(column.name, existing_type=column.type, nullable=False)
        table.create_foreign_key(
            op.f("fk_publication_meeting_id_meeting"), "meeting", ["meeting_id"], ["id"]
        )
        table.create_index(op.f("ix_publication_meeting_id"), ["meeting_id"])
        table.create_index(op.f("ix_publication_starts_at"), ["starts_at"])
        table.create_index(op.f("ix_publication_laid_out_at"), ["laid_out_at"])
        table.create_index(op.f("ix_publication_series"), ["series", "year"])


def _line(number: int, meeting_id: int, packed: bytes) -> dict[str, Any]:
    content = json.loads(zlib.decompress(packed))
    starts_at, ends_at = (datetime.fromisoformat(content[n]) for n in ("starts_at", "ends_at"))
    return {
        "id": number,
        "meeting_id": meeting_id,
        "title": content["title"],
        "series": content["series"],
        "place": content["place"],
        "starts_at": _stored(starts_at),
        "ends_at": _stored(ends_at),
        "year": starts_at.astimezone(TOKYO).year,
    }


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _make_public_tables() -> None:
    """Empty: the worker lays out what is public already."""
    op.create_table(
        "published_paragraph",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=True),
        sa.Column("transcript_id", sa.Integer(), nullable=False),
        sa.Column("start_seconds", sa.Double(), nullable=False),
        sa.Column("end_seconds", sa.Double(), nullable=False),
        sa.Column("heard_until", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
            name=op.f("fk_published_paragraph_publication_id_publication"),
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcript.id"],
            name=op.f("fk_published_paragraph_transcript_id_transcript"),
        ),
        sa.PrimaryKeyConstraint(
            "publication_id", "section", "paragraph", name=op.f("pk_published_paragraph")
        ),
        sqlite_with_rowid=False,
    )
    op.execute(
        "CREATE VIRTUAL TABLE published_search USING fts5("
        "words, content='', contentless_delete=1, tokenize='ascii')"
    )


def _run(sql: str, **values: Any) -> Any:
    return op.get_bind().execute(sa.text(sql), values)
