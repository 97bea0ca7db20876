"""Meetings and people are found whichever of the letters for a name is typed."""

import pytest
from sqlalchemy.orm import Session

from meetings import finding
from meetings.finding import MeetingFilter
from meetings.people import people
from models.meeting import Meeting
from models.person import Person
from tests.conftest import Cast

IVS = "\U000e0100"


def add_people(session: Session, cast: Cast) -> None:
    names = ["髙橋 誠", f"葛{IVS}城 実", "\U00020bb7田 望", "山﨑 ひかり", "ジョー 順"]
    for number, name in enumerate(names):
        person = Person(
            login=f"Z{number}",
            name=name,
            kana="テスト　やまだ",
            title="ＤＸ推進係長",
            password_hash="",
            department=cast.organiser.department,
        )
        session.add(person)
    session.flush()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("高橋", ["髙橋 誠"]),
        ("髙橋誠", ["髙橋 誠"]),
        ("葛城", [f"葛{IVS}城 実"]),
        (f"葛{IVS}城　実", [f"葛{IVS}城 実"]),
        ("吉田", ["\U00020bb7田 望"]),
        ("山崎 ﾔﾏﾀﾞ", []),
        ("山崎 ﾃｽﾄ dx", ["山﨑 ひかり"]),
        ("ｼﾞｮｰ", ["ジョー 順"]),
        ("橋誠テスト", []),
        ("%", []),
    ],
)
def test_a_person_is_found_by_whoever_reads_the_name(
    session: Session, cast: Cast, typed: str, found: list[str]
) -> None:
    add_people(session, cast)
    assert [person.name for person in session.scalars(finding.people_named(typed))] == found
    assert [person.name for person in session.scalars(people.chosen(words=typed))] == found


def test_a_meeting_is_found_by_its_title_or_its_body(
    session: Session, cast: Cast, meeting: Meeting
) -> None:
    meeting.title, meeting.series.name = "第３回　⻘葉區会議", "サーバー整備"
    session.flush()
    for words in ("青葉区", "第3回青葉", "ｻｰﾊﾞｰ 青葉", "会議 整備"):
        chosen = finding.meetings_for(cast.organiser, MeetingFilter(words))
        assert session.scalars(chosen).all() == [meeting], words
    assert not session.scalars(
        finding.meetings_for(cast.organiser, MeetingFilter("会議サーバー"))
    ).all()
