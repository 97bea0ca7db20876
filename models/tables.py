"""All tables in one place, for migrations and for tests that compare them with the database."""

from models import (
    audit,
    closed_passage,
    document,
    guest,
    meeting,
    memo,
    minutes,
    notice,
    person,
    recording,
    setback,
    sitting,
    statistics,
    term,
    transcript,
    upload,
    voiceprint,
)
from models.base import Base

__all__ = [
    "Base",
    "audit",
    "closed_passage",
    "document",
    "guest",
    "meeting",
    "memo",
    "minutes",
    "notice",
    "person",
    "recording",
    "setback",
    "sitting",
    "statistics",
    "term",
    "transcript",
    "upload",
    "voiceprint",
]
