"""The two layers of the minutes: what was said, and the official text made of it."""

import pytest
from sqlalchemy.orm import Session

from meetings.style_choices import Endings, Numbers
from minutes.records import records
from minutes.records.content import Content, Paragraph, content_of, official_only
from minutes.style.choice import Style
from models.minutes import MinutesRevision
from models.transcript import Transcript
from tests.conftest import Cast

SAID = ["えー、予算は7億8,500万円です。", "えー。", "五十名と説明しました。"]


@pytest.fixture
def revision(session: Session, cast: Cast, transcript: Transcript) -> MinutesRevision:
    for segment, text in zip(transcript.segments, SAID, strict=True):
        segment.text, segment.speaker = text, None
    drafted = records.draft(session, cast.secretary, transcript)
    session.commit()
    return drafted


def paragraphs(content: Content) -> list[Paragraph]:
    return [p for section in content.sections for p in section.paragraphs]


def test_a_draft_is_in_the_official_style_and_keeps_what_was_said(
    revision: MinutesRevision, transcript: Transcript
) -> None:
    first, last = paragraphs(content_of(revision))
    assert first.text == "予算は7億8500万円です。"
    assert first.faithful == SAID[0] + SAID[1]
    assert first.segment_ids == [s.id for s in transcript.segments[:2]]
    assert first.end_seconds == transcript.segments[1].end_seconds
    reasons = [(p.before, p.reason) for p in first.differences if p.rules]
    assert reasons == [
        ("えー、", "フィラーを除く"),
        ("8,500", "数字のコンマをそろえる"),
        ("えー。", "フィラーを除く"),
    ]
    assert last.text == "50名と説明しました。" and not last.is_by_hand


def test_what_a_person_wrote_is_theirs_and_another_style_leaves_it_alone(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    paragraphs(content)[1].text = "50名に説明しました。"
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert [p.is_by_hand for p in paragraphs(content_of(second))] == [False, True]
    style = Style(numbers=Numbers.FULL_COMMAS, endings=Endings.PLAIN)
    left = paragraphs(records.restyle(session, second, style))
    assert [p.text for p in left] == ["予算は７億８，５００万円である。", "50名に説明しました。"]
    asked = paragraphs(records.restyle(session, second, style, includes_hand=True))
    assert asked[1].text == "５０名と説明した。"


def test_another_style_makes_a_revision_that_explains_itself(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = records.restyle(session, revision, Style(endings=Endings.PLAIN))
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    first, last = paragraphs(content_of(second))
    assert not first.is_by_hand and not last.is_by_hand
    assert "常体に" in [p.reason for p in last.differences]
    same = records.restyle(session, second, Style(endings=Endings.PLAIN))
    assert records.revise(session, cast.secretary, second.minutes, same, based_on=2) is second


def test_what_was_said_is_the_servers_to_know(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    content = content_of(revision)
    first = paragraphs(content)[0]
    first.text, first.faithful, first.changes, first.segment_ids = "別の文。", "嘘。", [], []
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    kept = paragraphs(content_of(second))[0]
    assert (kept.text, kept.faithful) == ("別の文。", SAID[0] + SAID[1])
    assert kept.segment_ids and "人が直した" in [p.reason for p in kept.differences]


def test_texts_from_before_there_were_layers_are_read_and_revised(
    session: Session, cast: Cast, revision: MinutesRevision
) -> None:
    old = content_of(revision).model_dump(exclude={"style"})
    for section in old["sections"]:
        for paragraph in section["paragraphs"]:
            for name in ("faithful", "segment_ids", "changes", "unsure"):
                del paragraph[name]
    revision.content = old
    session.commit()
    content = content_of(revision)
    assert content.style is None and not paragraphs(content)[0].is_by_hand
    paragraphs(content)[0].text = "直した文。"
    second = records.revise(session, cast.secretary, revision.minutes, content, based_on=1)
    assert paragraphs(content_of(second))[0].text == "直した文。"


def test_citizens_are_not_told_how_it_was_said(revision: MinutesRevision) -> None:
    assert "えー" not in official_only(content_of(revision)).model_dump_json()
