"""What an approver sees who has read an earlier revision."""

import pytest
from sqlalchemy.orm import Session

from meetings.errors import InvalidInput
from minutes.assignment import spans
from minutes.records import comparing, records
from minutes.records.content import content_of
from models.transcript import Transcript
from tests.conftest import Cast


def test_only_lines_that_changed_are_shown_letter_by_letter(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    content = content_of(records.draft(session, cast.secretary, transcript))
    newer = content.model_copy(deep=True)
    assert comparing.differences(content, newer) == []
    said = newer.sections[-1].paragraphs[-1]
    newer.place = "大会議室"
    said.text += "以上、2,731件です。"
    content.sections[-1].paragraphs[-1].text += "以上、775件です。"
    place, line = comparing.differences(content, newer)
    assert place.heading == "" and "場所" in place.pieces[0].text
    changed = [(piece.kind, piece.text) for piece in line.pieces if piece.kind != "kept"]
    assert changed == [("removed", "775"), ("added", "2,731")], "figures change whole"
    assert line.heading == newer.sections[-1].title


def test_the_revision_that_was_decided_about_is_compared_and_not_every_saving(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    spans.leave_rest_out(session, cast.secretary, transcript)
    first = records.draft(session, cast.secretary, transcript)
    assert comparing.usual_base(first) is None
    records.request_approval(session, cast.secretary, first)
    records.send_back(session, cast.approver, first, "直してください。")
    latest = first
    for number in (1, 2):
        content = content_of(latest)
        content.sections[-1].paragraphs[0].text = f"{number}度目に直した文"
        latest = records.revise(session, cast.secretary, first.minutes, content, based_on=number)
        session.flush()
    assert comparing.usual_base(latest) is first


def test_errata_are_dated_corrections_of_what_was_approved_before(
    session: Session, cast: Cast, transcript: Transcript
) -> None:
    first = records.draft(session, cast.secretary, transcript)
    records.leave_rest_out(session, cast.secretary, first)
    minutes = first.minutes
    with pytest.raises(InvalidInput, match="正誤にはできません"):
        records.request_approval(session, cast.secretary, minutes.latest, errata_reason="誤記")
    approved = minutes.latest
    records.request_approval(session, cast.secretary, approved)
    records.approve(session, cast.approver, approved)
    content = content_of(approved)
    said = next(section for section in content.sections if section.paragraphs).paragraphs[0]
    said.text = said.text.replace("提告", "定刻")
    number = approved.number
    newer = records.revise(session, cast.secretary, minutes, content, based_on=number)
    records.request_approval(session, cast.secretary, newer, errata_reason="誤記のため")
    assert comparing.errata(newer, content_of) == [], "not before it is approved"
    records.approve(session, cast.approver, newer)
    session.flush()
    (one,) = comparing.errata(newer, content_of)
    assert (one.number, one.reason) == (newer.number, "誤記のため")
    pieces = [(p.kind, p.text) for d in one.differences for p in d.pieces if p.kind != "kept"]
    assert pieces == [("removed", "提告"), ("added", "定刻")]
    assert content_of(approved) != content_of(newer), "the approved revision stays as it was"
    assert comparing.errata(approved, content_of) == []
