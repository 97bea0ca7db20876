"""Setting up a meeting, changing it, and its series."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from meetings import setting_up
from meetings.errors import InvalidInput, StaleRevision
from meetings.sitting import openness
from models.base import now
from models.meeting import Meeting, Openness
from tests.conftest import Cast


def test_a_meeting_ends_after_it_starts(session: Session, cast: Cast, meeting: Meeting) -> None:
    with pytest.raises(InvalidInput, match="開始の時刻より後"):
        setting_up.set_up_meeting(
            session, cast.organiser, series=meeting.series, department=meeting.department,
            title="逆さ", starts_at=now(), ends_at=now() - timedelta(hours=1), place="会議室",
            access_days=None,
        )  # fmt: skip


def test_a_stale_form_does_not_overwrite_the_meeting(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    def change(title: str, based_on: int) -> None:
        setting_up.change_meeting(
            session, cast.organiser, meeting, title=title, starts_at=meeting.starts_at,
            ends_at=meeting.ends_at, place="第1会議室", based_on=based_on,
        )  # fmt: skip

    change("先の変更", 1)
    with pytest.raises(StaleRevision) as problem:
        change("後の変更", 1)
    assert "先の変更" in problem.value.theirs and "後の変更" in problem.value.mine
    assert meeting.title == "先の変更"


def test_a_series_of_a_department_is_made_once(session: Session, cast: Cast) -> None:
    department = cast.organiser.department
    first = setting_up.series_named(session, "定例会", department)
    assert setting_up.series_named(session, " 定例会 ", department) is first
    assert setting_up.series_named(session, "定　例会", department) is first
    assert setting_up.series_named(session, "臨時会", department) is not first


def test_a_meeting_of_no_series_stands_alone(session: Session, cast: Cast) -> None:
    made = setting_up.set_up_meeting(
        session, cast.organiser, series=None, department=cast.organiser.department,
        title="記念講演会", starts_at=now(), ends_at=now() + timedelta(hours=1), place="講堂",
        access_days=None,
    )  # fmt: skip
    assert made.series.name == "記念講演会"


def test_the_next_meeting_of_a_series_is_open_or_closed_as_the_last_one_was(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    openness.set_openness(session, cast.secretary, meeting, Openness.PARTLY, "条例第7条")

    def made(days: int) -> Meeting:
        starts_at = meeting.starts_at + timedelta(days=days)
        return setting_up.copy_meeting(
            session, cast.organiser, meeting, title="次の回", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1), place="会議室",
        )  # fmt: skip

    earlier, following = made(-7), made(7)
    assert (following.openness, following.openness_reason) == (Openness.PARTLY, "条例第7条")
    assert earlier.openness is None and following.audience_count is None
    openness.set_openness(session, cast.secretary, following, Openness.OPEN)
    session.flush()
    assert made(14).openness is Openness.OPEN
