"""A word that was corrected somewhere is noted where it was confirmed as heard, too: as corrected
to itself. Here without looking for the borders of words, so rather too often than too seldom.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

KEPT = """
INSERT INTO confusion (series_id, segment_id, heard, meant, learned_at)
SELECT corrected.series_id, segment.id, corrected.heard, corrected.heard, segment.confirmed_at
FROM (SELECT DISTINCT series_id, heard FROM confusion) AS corrected
JOIN meeting ON meeting.series_id = corrected.series_id
JOIN recording ON recording.meeting_id = meeting.id
JOIN transcription ON transcription.recording_id = recording.id
JOIN transcript ON transcript.transcription_id = transcription.id
JOIN segment ON segment.transcript_id = transcript.id
WHERE segment.confirmed_at IS NOT NULL
AND instr(segment.heard, corrected.heard) > 0 AND instr(segment.text, corrected.heard) > 0
"""


def upgrade() -> None:
    op.execute(KEPT)


def downgrade() -> None:
    op.execute("DELETE FROM confusion WHERE heard = meant")
