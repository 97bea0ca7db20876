"""What is told where something stood that was deleted when its time was over."""

from datetime import datetime

from meetings import dates
from meetings.errors import ContentDeleted


def words(what: str, emptied_at: datetime) -> str:
    """Return 「録音は保存期間が過ぎたため削除しました（令和8年11月29日（日））。」"""
    return f"{what}は保存期間が過ぎたため削除しました（{dates.in_full(emptied_at)}）。"


def refuse(what: str, emptied_at: datetime | None) -> None:
    """Raise ContentDeleted where the content is gone."""
    if emptied_at is not None:
        raise ContentDeleted(words(what, emptied_at))
