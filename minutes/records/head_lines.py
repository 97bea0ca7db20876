"""The head of a record in words, the same for screen, paper, text and files: pairs of a label and
a value, which may have several lines.
"""

from collections.abc import Sequence
from datetime import datetime

from meetings import dates
from minutes.records.head import Head, HeadDecision, HeadEvent, HeadPerson
from models.proceedings import SittingEventKind

NOBODY = "なし"


def head_lines(head: Head) -> list[tuple[str, str]]:
    """Return what the head says, one pair for each fact that is known."""
    body = _member_word(head)
    pairs = [
        ("会議名", full_title(head)),
        ("日時", held(head)),
        ("経過", "\n".join(event_line(one, head) for one in head.events)),
        ("場所", head.place),
        (_chair_word(head), _names(head.chairs)),
        (f"出席{body}", _names(head.present) or "（出席の記録はありません）"),
        (f"欠席{body}", _names(head.absent) or (NOBODY if head.present else "")),
        ("説明員", _names(head.explainers)),
        ("参考人", _names(head.witnesses)),
        ("事務局", _names(head.staff)),
        ("オブザーバー", _names(head.observers)),
        ("傍聴者数", audience_words(head)),
        ("公開の別", openness_words(head)),
        ("議題", "\n".join(f"{one.number}　{one.title}" for one in head.items)),
        ("配布資料", "\n".join(f"{p.number}　{p.title}".strip("　") for p in head.papers)),
    ]
    return [(label, value) for label, value in pairs if value]


def decision_lines(head: Head) -> list[tuple[str, str]]:
    """Return the list of decisions: for each, what was decided about and what became of it."""
    return [
        (f"{one.item}　{one.subject}".strip("　"), decision_words(one)) for one in head.decisions
    ]


def decision_words(one: HeadDecision) -> str:
    """Return a decision as the record says it, such as 「可決（起立採決　賛成12人、反対3人）」,
    with the names of a 記名投票 on lines of their own.
    """
    numbers = [
        f"{word}{count}人"
        for word, count in (("賛成", one.votes_for), ("反対", one.votes_against))
        if count is not None
    ]
    how = "　".join(
        part for part in (one.method.label if one.method else "", "、".join(numbers)) if part
    )
    lines = [one.result.label + (f"（{how}）" if how else "")]
    if one.mover:
        lines.append(f"提出者　{one.mover}")
    if one.names_for:
        lines.append(f"賛成　{'、'.join(one.names_for)}")
    if one.names_against:
        lines.append(f"反対　{'、'.join(one.names_against)}")
    if one.note:
        lines.append(one.note)
    return "\n".join(lines)


def full_title(head: Head) -> str:
    """Return the title, followed by the name of its series where the title does not say it."""
    return head.title if head.series in head.title else f"{head.title}（{head.series}）"


def held(head: Head) -> str:
    """Return date and times of the meeting in Japanese."""
    return dates.span(datetime.fromisoformat(head.starts_at), datetime.fromisoformat(head.ends_at))


def event_line(event: HeadEvent, head: Head) -> str:
    """Return an event in a line, such as 「午後2時15分　退席　山本 太郎（議題2）」; with its
    date where the meeting goes over several days.
    """
    at = datetime.fromisoformat(event.at)
    days = {dates.local(datetime.fromisoformat(e.at)).date() for e in head.events}
    day = dates.in_full(at) if len(days) > 1 else ""
    item = f"（議題{event.item}）" if event.item and event.kind.is_of_somebody else ""
    label = _chair_change(head) if event.kind is SittingEventKind.CHAIR else event.kind.label
    return (
        f"{day}{dates.clock_in_words(at)}　{label}" + (f"　{event.who}" if event.who else "") + item
    )


def person_words(one: HeadPerson) -> str:
    """Return somebody's name with the office, such as 「古賀 泰成（推進室次長）」."""
    words = office_words(one)
    return f"{one.name}（{words}）" if words else one.name


def office_words(one: HeadPerson) -> str:
    """Return somebody's office, and who stood in for whom; an empty text where nothing is known."""
    notes = [one.office]
    if one.proxy_for:
        notes.append(f"{one.proxy_for}の代理")
    if one.proxy:
        notes.append(f"代理出席　{one.proxy}")
    return "、".join(note for note in notes if note)


def _names(people: Sequence[HeadPerson]) -> str:
    return "、".join(person_words(one) for one in people)


def audience_words(head: Head) -> str:
    """Return how many listened, such as 「3人」; an empty text where nobody counted."""
    return "" if head.audience_count is None else f"{head.audience_count}人"


def openness_words(head: Head) -> str:
    """Return whether it was public, with the reason; an empty text where nobody said."""
    if head.openness is None:
        return ""
    reason = f"（理由：{head.openness_reason}）" if head.openness_reason else ""
    return head.openness.label + reason


def _member_word(head: Head) -> str:
    """Return how the body calls its members: 議員, 委員, or 者 for nobody in particular."""
    offices = "".join(one.office for one in (*head.present, *head.absent))
    return next((word for word in ("議員", "委員") if word in offices), "者")


def _chair_word(head: Head) -> str:
    """Return how the body calls its chair, by the office of whoever sits there."""
    offices = "".join(one.office for one in head.chairs)
    words = ("委員長", "議長", "座長", "会長", "部会長")
    return next((word for word in words if word in offices), "議長")


def _chair_change(head: Head) -> str:
    return f"{_chair_word(head)}交代"
