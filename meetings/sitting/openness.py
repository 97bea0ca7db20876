"""Whether a meeting is open to listeners (公開の別), and why where it is not."""

from sqlalchemy.orm import Session

from meetings import audit, entries
from meetings.errors import InvalidInput
from models.meeting import Meeting, Openness
from models.person import Person


def set_openness(
    session: Session, by: Person, meeting: Meeting, openness: Openness | None, reason: str = ""
) -> None:
    """Note 公開, 部分公開 or 非公開; None takes it back. Raises InvalidInput where a meeting that
    is not wholly open has no reason."""
    reason = entries.optional_text("openness_reason", "公開しない理由", reason)
    if openness in (Openness.PARTLY, Openness.CLOSED):
        if not reason:
            raise InvalidInput(
                "openness_reason",
                f"{openness.label}にする理由を入力してください（根拠の条例など）。会議録に載ります。",
            )
    else:
        reason = ""
    if (meeting.openness, meeting.openness_reason) != (openness, reason):
        meeting.openness, meeting.openness_reason = openness, reason
        audit.note(session, by, "set_openness", meeting)
