"""Writes the digest of the minutes (要点記録) as the short forms print it, item by item."""

from minutes.digests.points import DigestPoint, PointKind
from minutes.forms.building import ItemSummary
from minutes.records.content import Content


def summaries_of(content: Content) -> dict[int, ItemSummary]:
    """Return what the digest says of each section, by the section's index. A section whose digest
    nobody has written is not among them: nothing is guessed.
    """
    return {
        number: _summary(section.digest)
        for number, section in enumerate(content.sections)
        if section.digest is not None
    }


def _summary(points: list[DigestPoint]) -> ItemSummary:
    settled = (PointKind.DECISION, PointKind.TASK)
    return ItemSummary(
        points=[_line(point) for point in points if point.kind not in settled],
        decisions=[point.text for point in points if point.kind is PointKind.DECISION],
        homework=[_task(point) for point in points if point.kind is PointKind.TASK],
    )


def _line(point: DigestPoint) -> str:
    who = f"（{point.speaker}）" if point.speaker else ""
    return f"【{point.kind.label}】{who}{point.text}"


def _task(point: DigestPoint) -> str:
    return f"{point.text}（期限：{point.due or 'なし'}）"
