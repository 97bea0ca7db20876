"""Only what a person has passed is confirmed: what an approval had confirmed by itself is taken
back, with what it taught, and the figures are counted anew. It is known by its rows: confirmed by
the approver within the act of approving, on transcripts of the approved revision. Transcripts that
may have annotations are counted anew too: they are no error of the machine."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE, AFTER = timedelta(seconds=1), timedelta(minutes=5)
"""From the row of the approval to those of the segments that it confirmed: they were written in one
act, thousands of them one after the other in older versions."""

MOST_AT_ONCE = 500
RECOUNT = """
UPDATE transcript_count SET is_stale = 1, changes = changes + 1 WHERE transcript_id IN (
    SELECT transcript_id FROM segment WHERE confirmed_at IS NOT NULL
    AND (text LIKE '%（%' OR text LIKE '%(%' OR text LIKE '%〔%' OR text LIKE '%●●%'))
"""
"""What a person noted beside what was said is not counted any more."""

segment = sa.table(
    "segment",
    sa.column("id"),
    sa.column("transcript_id"),
    sa.column("confirmed_by_id"),
    sa.column("confirmed_at", sa.DateTime),
)
confusion = sa.table("confusion", sa.column("segment_id"))
count = sa.table(
    "transcript_count",
    sa.column("transcript_id"),
    sa.column("changes", sa.Integer),
    sa.column("is_stale", sa.Boolean),
)
approval = sa.table(
    "approval",
    sa.column("request_id"),
    sa.column("is_approved", sa.Boolean),
    sa.column("decided_by_id"),
    sa.column("decided_at", sa.DateTime),
)
request = sa.table("approval_request", sa.column("id"), sa.column("revision_id"))
minutes = sa.table("minutes_revision", sa.column("id"), sa.column("transcript_ids", sa.JSON))


def upgrade() -> None:
    approvals = (
        sa.select(minutes.c.transcript_ids, approval.c.decided_by_id, approval.c.decided_at)
        .join_from(approval, request, approval.c.request_id == request.c.id)
        .join(minutes, minutes.c.id == request.c.revision_id)
        .where(approval.c.is_approved)
    )
    for transcript_ids, person_id, at in op.get_bind().execute(approvals).all():
        for transcript_id in transcript_ids:
            _take_back(transcript_id, person_id, at)
    op.execute(RECOUNT)


def downgrade() -> None:
    """Nobody knows any more what had been confirmed."""


def _take_back(transcript_id: int, person_id: int, at: datetime) -> None:
    bind = op.get_bind()
    by_approval = sa.select(segment.c.id).where(
        segment.c.transcript_id == transcript_id,
        segment.c.confirmed_by_id == person_id,
        segment.c.confirmed_at.between(at - BEFORE, at + AFTER),
    )
    found: list[Any] = list(bind.execute(by_approval).scalars())
    for start in range(0, len(found), MOST_AT_ONCE):
        some = found[start : start + MOST_AT_ONCE]
        bind.execute(
            sa.update(segment)
            .where(segment.c.id.in_(some))
            .values(confirmed_by_id=None, confirmed_at=None)
        )
        bind.execute(sa.delete(confusion).where(confusion.c.segment_id.in_(some)))
    if found:
        bind.execute(
            sa.update(count)
            .where(count.c.transcript_id == transcript_id)
            .values(is_stale=True, changes=count.c.changes + 1)
        )
